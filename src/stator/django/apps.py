from __future__ import annotations

from contextlib import suppress

from django.apps import AppConfig
from django.core.signals import setting_changed

from stator.django.conf import forget_options, options
from stator.errors import ConfigError


class StatorConfig(AppConfig):
    name = "stator.django"
    label = "stator"
    verbose_name: str = "Stator"

    def ready(self) -> None:
        from stator.django import checks  # noqa: F401, PLC0415  (which registers them)

        setting_changed.connect(forget_options)
        with suppress(ConfigError):  # the checks tell
            if options().frontends:
                from stator.django.finders import add_finder  # noqa: PLC0415  (few sites have any)

                add_finder()
