from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.core.signals import setting_changed

from stator.django.checks import check_stator
from stator.django.conf import forget_options


class StatorConfig(AppConfig):
    name = "stator.django"
    label = "stator"
    verbose_name = "Stator"

    def ready(self) -> None:
        checks.register(check_stator, checks.Tags.staticfiles)
        setting_changed.connect(forget_options)
