from django.urls import path

from readers import views

app_name = "readers"

urlpatterns = [
    path("", views.ReaderList.as_view(), name="readers"),
    path("<int:pk>/", views.profile, name="profile"),
]
