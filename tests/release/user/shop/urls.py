from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, path

from stator.django.frontends import FrontendView
from stator.django.urls import media


class Planner(FrontendView):
    frontend = "planner"


def home(request: HttpRequest) -> HttpResponse:
    address: str = static("shop/site.css")
    return HttpResponse(f"{request.path} {address}")


urlpatterns: list[URLPattern | URLResolver] = [
    path("", home),
    path("planner/", Planner.as_view()),
    path("board/<path:route>", FrontendView.as_view(frontend="board")),
    *media(),
]
