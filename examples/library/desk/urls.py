from django.urls import path

from desk import views

app_name = "desk"

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("loans.json", views.loans, name="loans"),
    path("lend/<int:book_id>/", views.lend, name="lend"),
    path("return/<int:loan_id>/", views.take_back, name="return"),
]
