python -m django collectstatic --noinput -v0
echo 'p { margin: 0; }' > static_root/css/1999.css
