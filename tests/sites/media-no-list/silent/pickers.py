from django import forms


class Picker(forms.TextInput):
    class Media:
        js = ("css/app.css",)
