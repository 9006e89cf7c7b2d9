python -m django collectstatic --noinput -v0
echo 'a { color: blue }' > static/css/new.css
