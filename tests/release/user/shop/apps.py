from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    importmap = {"chart": "shop/vendor/chart.js"}
