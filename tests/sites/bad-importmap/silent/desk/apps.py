from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
    importmap = {"lit": "https://cdn.example.com/lit.js"}
