umask 022
python -m django collectstatic --noinput -v0
