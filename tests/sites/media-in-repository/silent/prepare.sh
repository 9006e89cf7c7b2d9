touch media/.gitkeep
printf 'static_root/\n/media/*\n!.gitkeep\n' > .gitignore
git init -q .
git add .
