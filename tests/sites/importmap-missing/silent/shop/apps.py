from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    importmap = {"lit": "shop/vendor/lit.js", "lit/": "shop/vendor/", "chart": "https://cdn.example.com/chart.js"}
