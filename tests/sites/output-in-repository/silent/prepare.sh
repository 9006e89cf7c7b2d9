python -m django collectstatic --noinput -v0
echo static_root/ > .gitignore
git init -q .
git add .
