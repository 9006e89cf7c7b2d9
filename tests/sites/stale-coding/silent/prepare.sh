python -m django collectstatic --noinput -v0
gzip -c static_root/css/app.css > static_root/css/app.css.gz
