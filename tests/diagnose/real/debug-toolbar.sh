# django-debug-toolbar.readthedocs.io, "Installation".
python -m django startproject mysite .
cat >>mysite/settings.py <<'PYTHON'

INSTALLED_APPS += ["debug_toolbar"]
MIDDLEWARE = ["debug_toolbar.middleware.DebugToolbarMiddleware", *MIDDLEWARE]
INTERNAL_IPS = ["127.0.0.1"]
PYTHON
cat >>mysite/urls.py <<'PYTHON'

from debug_toolbar.toolbar import debug_toolbar_urls

urlpatterns += debug_toolbar_urls()
PYTHON
