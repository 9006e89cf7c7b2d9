printf 'static_root/\n/static/built/\n' > .gitignore
git init -q .
git add .
