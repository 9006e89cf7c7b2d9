mkdir static
touch static/.gitkeep
printf '/static/*\n!.gitkeep\n' > .gitignore
git init -q .
git add .
