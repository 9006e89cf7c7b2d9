"""The start of a project: whether its settings are found, and they and its apps can be loaded."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from stator.diagnose.facts.setup import Failure
from stator.findings import Place
from stator.load_path import printable


class Start(NamedTuple):
    """How far a project in ``folder`` has come.

    ``module`` is that of the settings, ``""`` where none is named; ``named`` marks it in ``manage.py`` where
    that names it. ``found`` says that there is such a module, ``file`` is its file, and ``others`` are
    modules that may be settings too. ``failure`` is what stopped the settings, ``apps_failure`` the apps;
    ``lost_app`` is the entry of INSTALLED_APPS that leads to nothing, and ``nearest_app`` what was probably
    meant.
    ``app_names`` are INSTALLED_APPS as they are written, ``places`` where settings are written.
    """

    folder: str
    module: str = ""
    named: Place | None = None
    found: bool = True
    file: str = ""
    others: tuple[str, ...] = ()
    failure: Failure | None = None
    apps_failure: Failure | None = None
    lost_app: str = ""
    nearest_app: str = ""
    app_names: tuple[str, ...] = ()
    places: Mapping[str, Place] = MappingProxyType({})

    @property
    def place_of_apps(self) -> Place:
        return self.places.get("INSTALLED_APPS", self.place)

    @property
    def place(self) -> Place:
        """Return the file of the settings, the folder of the project where they are in none."""
        return Place(printable(self.file or self.folder))
