from stator.django.urls import media

urlpatterns = [*media()]
