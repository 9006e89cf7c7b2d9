from django.urls import path

from catalogue import views

app_name = "catalogue"

urlpatterns = [
    path("", views.BookList.as_view(), name="books"),
    path("books/<int:pk>/", views.BookDetail.as_view(), name="book"),
]
