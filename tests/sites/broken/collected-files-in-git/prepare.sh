python -m django collectstatic --noinput -v0
git init -q
printf '__pycache__/\n.stator-cache/\n' > .gitignore
git add .
