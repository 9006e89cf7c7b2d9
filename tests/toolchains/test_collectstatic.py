"""All of these front ends in one project, collected as a project is."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from stator.django.finders import FRONTEND_FINDER
from tests.django.conftest import Project
from tests.toolchains import BUNDLERS, TOOLCHAINS, Output

pytestmark = [pytest.mark.needs("toolchains"), pytest.mark.other_programs]


def test_names_and_bytes_are_those_of_the_tools(output: Output, project: Project) -> None:
    with project.settings(
        STATICFILES_FINDERS=[*settings.STATICFILES_FINDERS, FRONTEND_FINDER],
        STATOR={"FRONTENDS": {name: {"root": str(output(name).parent)} for name in TOOLCHAINS}},
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        manifest = staticfiles_storage.manifest
    kept = {path for path, name in manifest.paths.items() if path == name}
    images = {path for path in manifest.paths if path.endswith(".png")}
    assert {path.partition("/")[0] for path in kept} == {*BUNDLERS, "gulp"}
    for path in kept | images:
        name, _, file = path.partition("/")
        assert (project.root / manifest.paths[path]).read_bytes() == (output(name) / file).read_bytes()
    assert all("src/main.js" in manifest.frontends[name].entries for name in BUNDLERS)
