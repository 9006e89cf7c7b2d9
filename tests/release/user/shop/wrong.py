"""What is wrong must not be silent: each line that ends with ``# wrong`` is an error, and no other is."""

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static

from stator.django.frontends import FrontendView
from stator.django.middleware import StatorMiddleware
from stator.django.storage import StatorStorage
from stator.django.urls import media
from stator.findings import Finding
from stator.serve.wsgi import StaticFiles


class Storage(StatorStorage):
    def url(self, name: int) -> bytes:  # wrong
        return bytes(name)


class View(FrontendView):
    frontend = 3  # wrong


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


def text_of(finding: Finding) -> int:
    return finding.message  # wrong


pattern: str = media()  # wrong
address: int = static("shop/site.css")  # wrong
names: list[str] = StatorStorage().manifest.paths  # wrong
middleware = StatorMiddleware()  # wrong
front = StaticFiles(answer, root="/srv/static_root")  # wrong
unknown = StaticFiles(View, roots="/srv/static_root")  # wrong
