from wsgiref.types import WSGIApplication

from django.core.wsgi import get_wsgi_application as djangos

from stator.django.wsgi import get_wsgi_application
from stator.serve.wsgi import StaticFiles

application: WSGIApplication = get_wsgi_application()
around_django: WSGIApplication = StaticFiles(djangos(), root="/srv/static_root", prefix="/static/")
with_all = StaticFiles(
    application,
    "/srv/static_root",
    immutable=r"\.[0-9a-f]{8}\.",
    headers={"*.pdf": {"Content-Disposition": "attachment", "X-Frame-Options": None}},
    root_files="/srv/root_files",
)
