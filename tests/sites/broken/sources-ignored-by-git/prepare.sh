git init -q
printf 'lib/\n__pycache__/\n' > .gitignore
git add .
