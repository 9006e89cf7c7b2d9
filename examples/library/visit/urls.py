from django.conf import settings
from django.urls import path
from stator.django.frontends import FrontendView

from visit.views import FrontendPage

app_name = "visit"

planner = FrontendPage.as_view(frontend="planner", template_name="visit/planner.html")

urlpatterns = [
    path(
        "welcome/",
        FrontendPage.as_view(frontend="welcome", template_name="visit/welcome.html"),
        name="welcome",
    ),
    path("seats/", FrontendPage.as_view(frontend="seats", template_name="visit/seats.html"), name="seats"),
    path("planner/", planner, name="planner"),
    path("planner/<path:route>", planner),
]

if "planner" in settings.STATOR["FRONTENDS"]:
    kiosk = FrontendView.as_view(frontend="planner")  # its own index.html
    urlpatterns += [path("kiosk/", kiosk, name="kiosk"), path("kiosk/<path:route>", kiosk)]
