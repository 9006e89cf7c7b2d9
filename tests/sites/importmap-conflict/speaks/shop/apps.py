from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    importmap = {"lit": "https://cdn.example.com/lit@3.js"}
