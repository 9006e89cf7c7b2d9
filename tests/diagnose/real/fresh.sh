# docs.djangoproject.com, "Writing your first Django app": nothing but startproject.
python -m django startproject mysite .
