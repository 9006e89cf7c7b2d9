from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path, re_path
from django.views.static import serve
from rest_framework.routers import DefaultRouter

from catalogue.api import BookViewSet
from library.views import favicon

router = DefaultRouter()
router.register("books", BookViewSet)

urlpatterns = [
    path("", include("catalogue.urls")),
    path("readers/", include("readers.urls")),
    path("desk/", include("desk.urls")),
    path("api/", include(router.urls)),
    path("admin/", admin.site.urls),
    path("login/", auth.LoginView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("favicon.ico", favicon),
]

urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)  # only with DEBUG on
if not settings.DEBUG:
    # For the demo only: in production the web server does this.
    urlpatterns += [re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT})]
