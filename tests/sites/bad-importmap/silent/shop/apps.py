from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    importmap = {"lit/": "vendor/lit/"}
