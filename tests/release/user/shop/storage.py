"""A storage of the project's own, above Stator's."""

from typing import Any

from stator.django.storage import MissingEntry, StatorStorage
from stator.manifest import Manifest


class ShopStorage(StatorStorage):
    """Leads to a plain address for what is not published."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.missed: list[str] = []

    def url(self, name: str | None, force: bool = False) -> str:
        try:
            return super().url(name, force)
        except MissingEntry as missing:
            self.missed.append(str(missing))
            return f"{self.base_url}{name}"

    def published_names(self) -> dict[str, str]:
        manifest: Manifest | None = self.manifest
        return dict(manifest.paths) if manifest else {}
