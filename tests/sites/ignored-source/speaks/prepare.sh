printf 'static_root/\nlib/\n' > .gitignore
git init -q .
git add .
