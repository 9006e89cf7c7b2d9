python -m django collectstatic --noinput -v0
echo 'p { margin: 0; }' >> static/css/app.css
python -m django collectstatic --noinput -v0
