"""The admin in the colours of the house."""

from django.apps import AppConfig
from django.contrib import admin


class HouseConfig(AppConfig):
    name = "house"

    def ready(self):
        admin.site.site_header = admin.site.site_title = "The Lending Library"
