python -m django collectstatic --noinput -v0
git init -q .
git add .
