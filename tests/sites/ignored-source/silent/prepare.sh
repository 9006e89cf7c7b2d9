printf 'static_root/\n*.map\n/static/built/\n' > .gitignore
git init -q .
git add .
