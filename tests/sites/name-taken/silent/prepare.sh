python -m django collectstatic --noinput -v0
cp static/logo.svg static/logo.old.svg
