python -m django collectstatic --noinput -v0
head -c 100 static_root/staticfiles.json > cut.json
mv cut.json static_root/staticfiles.json
