python -m django collectstatic --noinput -v0
echo 'body { color: red; }' | gzip > static_root/css/app.css.gz
