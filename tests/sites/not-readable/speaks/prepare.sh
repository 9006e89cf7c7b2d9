python -m django collectstatic --noinput -v0
chmod 700 static_root/css
