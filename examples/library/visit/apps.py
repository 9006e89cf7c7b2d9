from django.apps import AppConfig


class VisitConfig(AppConfig):
    name = "visit"
    # What the scripts of any app can import by these names; {% importmap %} tells browsers where it is.
    importmap = {"opening": "visit/js/opening.js"}
