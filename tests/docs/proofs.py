"""What packages do in cases in which they differ: ``python proofs.py PACKAGE`` prints true or false by case.

Each case is a small site that is collected, or asked, with the package alone, set up as it documents itself.
The cases are those that ``docs/comparison.md`` calls *proven*; ``test_comparison.py`` holds the page to them.
"""

import io
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import django
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_settings


class Modules(ManifestStaticFilesStorage):
    """Django's storage as its documentation has it for sites with modules."""

    support_js_module_import_aggregation = True


class Package(NamedTuple):
    """How a package is set up: its storage with options, its app and its middleware, "" for none."""

    storage: str
    app: str = ""
    middleware: str = ""
    options: Mapping[str, Any] = {}


PACKAGES = {
    "Django": Package(f"{__name__}.Modules"),
    "WhiteNoise": Package(
        "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "whitenoise.runserver_nostatic",
        "whitenoise.middleware.WhiteNoiseMiddleware",
    ),
    "ServeStatic": Package(
        "servestatic.storage.CompressedManifestStaticFilesStorage",
        "servestatic",
        "servestatic.middleware.ServeStaticMiddleware",
    ),
    "MSF enhanced": Package(
        "django_manifeststaticfiles_enhanced.storage.EnhancedManifestStaticFilesStorage",
        "django_manifeststaticfiles_enhanced",
        "",
        {"support_js_module_import_aggregation": True, "use_lexer": True},
    ),
    "Stator": Package(
        "stator.django.storage.StatorStorage", "stator.django", "stator.django.middleware.StatorMiddleware"
    ),
}
GOOD = {"app.css": "body { color: black; background: white; margin: 0 }\n" * 40, "app.js": "export {}\n"}
CIRCLE = {
    "a.js": 'import { b } from "./b.js";\nexport const a = () => b;\n',
    "b.js": 'import { a } from "./a.js";\nexport const b = () => a;\n',
}
COMMENTS = {"c.css": "/* url(gone.png) */\nbody { margin: 0 }\n", "c.js": "// import './gone.js'\n"}
STRINGS = {"s.css": 'a::after { content: "url(gone.png)" }\n'}
BROKEN = {"x.css": "a { background: url(gone.png) }\n", "y.css": "a { background: url(lost.png) }\n"}


class Site:
    """A site that has the files of a case, in folders of its own."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.sources, self.root = (Path(tempfile.mkdtemp()) for _ in range(2))
        for name, text in files.items():
            (self.sources / name).write_text(text)

    def settings(self) -> override_settings:
        return override_settings(STATICFILES_DIRS=[self.sources], STATIC_ROOT=self.root)

    def collect(self) -> tuple[bool, str]:
        """Return whether collecting went well, and all that was said."""
        said = io.StringIO()
        with self.settings():
            try:
                call_command("collectstatic", interactive=False, stdout=said, stderr=said)
            except BaseException as error:  # noqa: BLE001  (whatever stops it)
                return False, f"{said.getvalue()}{error}"
        return True, said.getvalue()

    def name(self, path: str) -> str:
        return json.loads((self.root / "staticfiles.json").read_text())["paths"][path]

    def ask(self, path: str, **fields: str) -> Any:
        with self.settings():
            return Client(headers={name.replace("_", "-"): value for name, value in fields.items()}).get(
                f"/static/{self.name(path)}"
            )

    def times(self) -> dict[Path, int]:
        return {
            file: file.stat().st_mtime_ns
            for file in self.root.rglob("*.*")
            if file.name != "staticfiles.json"
        }


def collects(files: Mapping[str, str]) -> Callable[[], bool]:
    return lambda: Site(files).collect()[0]


def links_a_circle() -> bool:
    site = Site(CIRCLE)
    return site.collect()[0] and all(
        site.name(other) in (site.root / site.name(path)).read_text()
        for path, other in (("a.js", "b.js"), ("b.js", "a.js"))
    )


def tells_all_problems() -> bool:
    said = Site(BROKEN).collect()[1]
    return "gone.png" in said and "lost.png" in said


def fails_with_debug() -> bool:
    from django.templatetags.static import static

    site = Site(GOOD)
    with site.settings(), override_settings(DEBUG=True):
        try:
            static("gone.css")
        except ValueError:
            return True
    return False


def writes_only_what_changed() -> bool:
    site = Site({**GOOD, "other.css": "a { margin: 0 }\n"})
    site.collect()
    before = site.times()
    (site.sources / "other.css").write_text("a { margin: 1px }\n")
    site.collect()
    after = site.times()
    return all(after[file] == time for file, time in before.items() if file.name.startswith("app."))


def published() -> Site:
    site = Site(GOOD)
    assert site.collect()[0]
    return site


def heeds_weights() -> bool:
    return "content-encoding" not in published().ask("app.css", accept_encoding="br;q=0, gzip;q=0").headers


def has_an_etag_for_each_form() -> bool:
    site = published()
    plain, coded = site.ask("app.css"), site.ask("app.css", accept_encoding="gzip")
    return "content-encoding" in coded.headers and plain.headers.get("etag") != coded.headers.get("etag")


def knows_lists_of_etags() -> bool:
    site = published()
    etag = site.ask("app.css").headers.get("etag", "")
    return bool(etag) and site.ask("app.css", if_none_match=f'"other", {etag}').status_code == 304


def keeps_a_missing_name_out_of_caches() -> bool:
    site = published()
    with site.settings():
        answer = Client().get("/static/app.0123456789ab.css")
    return answer.status_code == 404 and "no-store" in answer.headers.get("cache-control", "")


def answers_earlier_names_for_good() -> bool:
    """Whether a name of the release before is answered as one that never changes."""
    site = published()
    old = f"/static/{site.name('app.css')}"
    (site.sources / "app.css").write_text("body { margin: 1px }\n")
    site.collect()
    with site.settings():
        answer = Client().get(old)
    return answer.status_code == 200 and "immutable" in answer.headers.get("cache-control", "")


COLLECTING = {
    "modules in a circle": links_a_circle,
    "comments are left alone": collects(COMMENTS),
    "strings are left alone": collects(STRINGS),
    "all problems in one run": tells_all_problems,
    "names fail with `DEBUG`": fails_with_debug,
    "a second collect writes only what changed": writes_only_what_changed,
}
SERVING = {
    "weights in `Accept-Encoding`": heeds_weights,
    "an `ETag` for each form": has_an_etag_for_each_form,
    "a list in `If-None-Match`": knows_lists_of_etags,
    "earlier names stay immutable": answers_earlier_names_for_good,
    "an unknown digested name is not kept by caches": keeps_a_missing_name_out_of_caches,
}


def main(package: Package) -> None:
    settings.configure(
        SECRET_KEY="for tests",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="empty",
        INSTALLED_APPS=[*filter(None, [package.app]), "django.contrib.staticfiles"],
        MIDDLEWARE=[*filter(None, [package.middleware])],
        STATIC_URL="/static/",
        STORAGES={"staticfiles": {"BACKEND": package.storage, "OPTIONS": package.options}},
    )
    django.setup()
    sys.modules["empty"] = type("Empty", (), {"urlpatterns": []})
    cases = {**COLLECTING, **(SERVING if package.middleware else {})}
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        json.dump({name: case() for name, case in cases.items()}, sys.stdout)


if __name__ == "__main__":
    main(PACKAGES[sys.argv[1]])
