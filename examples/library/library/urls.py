from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path
from rest_framework.routers import DefaultRouter
from stator.django.urls import media

from catalogue.api import BookViewSet
from library.views import favicon

router = DefaultRouter()
router.register("books", BookViewSet)

urlpatterns = [
    path("", include("catalogue.urls")),
    path("readers/", include("readers.urls")),
    path("desk/", include("desk.urls")),
    path("", include("visit.urls")),
    path("api/", include(router.urls)),
    path("admin/", admin.site.urls),
    path("login/", auth.LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("favicon.ico", favicon),
]

urlpatterns += media()  # what the librarians upload, with DEBUG on and off
