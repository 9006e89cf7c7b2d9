echo static_root/ > .gitignore
git init -q .
git add .
