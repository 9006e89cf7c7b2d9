python -m django collectstatic --noinput -v0
