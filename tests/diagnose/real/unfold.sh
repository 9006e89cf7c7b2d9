# unfoldadmin.com/docs, "Quickstart", with every optional app that needs no other package.
python -m django startproject mysite .
python -m django startapp shop
cat >>mysite/settings.py <<'PYTHON'

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    *INSTALLED_APPS,
    "shop",
]
PYTHON
cat >shop/models.py <<'PYTHON'
from django.db import models


class Product(models.Model):
    name = models.CharField(max_length=80)
    text = models.TextField()
PYTHON
cat >shop/admin.py <<'PYTHON'
from django.contrib import admin
from django.db import models
from unfold.admin import ModelAdmin
from unfold.contrib.forms.widgets import WysiwygWidget

from shop.models import Product


@admin.register(Product)
class ProductAdmin(ModelAdmin):
    formfield_overrides = {models.TextField: {"widget": WysiwygWidget}}
PYTHON
