python -m django collectstatic --noinput -v0
cp -R static_root copy
rm -r static_root
mv copy static_root
