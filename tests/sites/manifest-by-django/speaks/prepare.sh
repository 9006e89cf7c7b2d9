DJANGO_SETTINGS_MODULE=before python -m django collectstatic --noinput -v0
