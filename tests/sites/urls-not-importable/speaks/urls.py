from django.urls import path
import shop_views

urlpatterns = [path("", shop_views.start)]
