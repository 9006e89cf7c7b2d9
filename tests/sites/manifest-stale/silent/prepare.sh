python -m django collectstatic --noinput -v0 -i draft.css
touch static/css/app.css
