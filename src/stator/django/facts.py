"""Facts: what the settings of the project say, as values for the checks in ``stator.diagnose``."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import Resolver404, get_resolver, get_script_prefix, resolve
from django.utils.module_loading import import_string

import stator
from stator.config import Options
from stator.diagnose.checks.apps import OUR_STORAGE
from stator.diagnose.checks.middleware import OURS as OUR_MIDDLEWARE
from stator.diagnose.checks.snippets import masked, quoted
from stator.diagnose.facts.failure import FAILURES, failure_of
from stator.diagnose.facts.setup import App, Failure, Routes, Setup, StaticFolder
from stator.django.conf import options, project_folder
from stator.django.given import address, given, is_path, is_text, wrong
from stator.django.importmap import declared
from stator.django.packages import is_package
from stator.errors import ConfigError
from stator.findings import Place
from stator.load_path import printable

_OLD_STORAGES = ("DEFAULT_FILE_STORAGE", "STATICFILES_STORAGE")
_IMPORT = re.compile(r"^\s*(?:from|import)\s+([\w.]+)", re.MULTILINE)
_PROBES = ("x.jpg", "2000/x.jpg")  # below an address, to see whether a URL pattern answers
_LARGE = frozenset((OUR_MIDDLEWARE, OUR_STORAGE))  # known, and not to be loaded whenever something is checked
_FOREIGN = (sysconfig.get_path("stdlib"), os.path.dirname(stator.__file__))


def setup_of(*, with_places: bool = True, with_urls: bool = True) -> Setup:
    """Return what the settings of the project say.

    Without their places nothing is read; without URLs no URL pattern is loaded, nor what serves the site.
    """
    file = file_of(os.environ.get("DJANGO_SETTINGS_MODULE", ""))
    try:
        chosen, problem = options(), None
    except ConfigError as error:
        chosen, problem = Options(), (error.message, error.hint)
    own = frozenset(name for name in dir(settings) if name.isupper() and settings.is_overridden(name))
    static, uploads = _options_of("staticfiles"), _options_of("default")
    storages = {alias: one.get("BACKEND", "") for alias, one in given("STORAGES").items()}
    middleware, finders = tuple(given("MIDDLEWARE")), tuple(given("STATICFILES_FINDERS"))
    bases, unimportable = _classes([*middleware, *finders, *storages.values()])
    try:
        importmap, importmap_problem = tuple(declared()), None
    except ConfigError as error:
        importmap, importmap_problem = (), (error.message, error.hint)
    places = places_in(file) if with_places else {}
    return Setup(
        file=file,
        project=project_folder(),
        debug=bool(settings.DEBUG),
        settings=own,
        places=places,
        inside=_inside(),
        static_url=_url("STATIC_URL", static),
        media_url=_url("MEDIA_URL", uploads),
        relative=frozenset(name for name in ("STATIC_URL", "MEDIA_URL") if _is_relative(given(name) or "")),
        static_root=_root("STATIC_ROOT", static),
        media_root=_root("MEDIA_ROOT", uploads),
        static_folders=tuple(_static_folders()),
        app_names=tuple(settings.INSTALLED_APPS),
        apps=tuple(
            App(app.name, app.label, app.path, is_package(app.path)) for app in apps.get_app_configs()
        ),
        middleware=middleware,
        finders=finders,
        storages=storages,
        bases=bases,
        unimportable=unimportable,
        old_storages={name: str(getattr(settings, name)) for name in _OLD_STORAGES if name in own},
        no_lists=_no_lists(),
        wrong=wrong(),
        options=chosen,
        importmap=importmap,
        importmap_problem=importmap_problem,
        problem=problem,
        guard_problem=_guard_problem(chosen),
        secure=_is_secure(),
        fronts=_fronts() if with_urls else None,
        routes=_routes(places.get("ROOT_URLCONF", Place(file))) if with_urls else None,
    )


def failure_in(error: BaseException, otherwise: Place) -> Failure:
    """Return why code of the project could not be run, at its own line where there is one."""
    failure = failure_of(error, _is_foreign, otherwise)
    return failure._replace(said=masked(failure.said))


def _is_foreign(file: str) -> bool:
    return is_package(file) or file.startswith(tuple(f"{folder}{os.sep}" for folder in _FOREIGN))


# --- addresses and folders


def _options_of(alias: str) -> Mapping[str, Any]:
    """Return what a storage is told beside the settings."""
    found = given("STORAGES").get(alias, {}).get("OPTIONS")
    return found if isinstance(found, Mapping) else {}


def _url(name: str, chosen: Mapping[str, Any]) -> str | None:
    own = chosen.get("base_url")
    return str(own) if own and is_text(own) else address(name)


def _is_relative(url: str) -> bool:
    return bool(url) and not url.startswith(("/", "http://", "https://"))


def _inside() -> str:
    base = given("BASE_DIR")
    if isinstance(base, os.PathLike):
        return 'BASE_DIR / "{}"'
    folder = quoted(project_folder())[1:-1].replace("{", "{{").replace("}", "}}")
    return 'BASE_DIR + "/{}"' if base else f'"{folder}/{{}}"'


def _root(name: str, chosen: Mapping[str, Any]) -> str:
    own = chosen.get("location")
    return _absolute(own if own and is_path(own) else given(name))


def _absolute(path: str | os.PathLike[str] | None) -> str:
    return os.path.abspath(path) if path else ""


def _no_lists() -> dict[str, str]:
    folders = settings.STATICFILES_DIRS
    if isinstance(folders, (list, tuple)):
        return {}
    kind = "a path" if isinstance(folders, os.PathLike) else "a text" if isinstance(folders, str) else "none"
    return {"STATICFILES_DIRS": kind}


def _static_folders() -> Iterator[StaticFolder]:
    if _no_lists():
        return
    for one in given("STATICFILES_DIRS"):
        prefix, folder = one if isinstance(one, (list, tuple)) else ("", one)
        yield StaticFolder(_absolute(folder), prefix or "")


def _is_secure() -> bool:
    return bool(settings.SECURE_SSL_REDIRECT or settings.SESSION_COOKIE_SECURE) or any(
        origin.startswith("https://") for origin in given("CSRF_TRUSTED_ORIGINS")
    )


# --- classes


def _classes(names: Iterable[str]) -> tuple[dict[str, frozenset[str]], dict[str, str]]:
    """Return the names of classes and of what they are made from, and why others cannot be imported."""
    bases: dict[str, frozenset[str]] = {}
    unimportable = {}
    for dotted in dict.fromkeys(filter(None, names)):
        if dotted in _LARGE:
            bases[dotted] = frozenset((dotted,))
            continue
        try:
            found = import_string(dotted)
        except FAILURES as error:  # code of anybody runs
            unimportable[dotted] = printable(masked(f"{type(error).__name__}: {error}"))
        else:
            kinds = getattr(found, "__mro__", (found,))
            written = (f"{one.__module__}.{getattr(one, '__qualname__', '')}" for one in kinds)
            bases[dotted] = frozenset((dotted, *written))
    return bases, unimportable


def _guard_problem(chosen: Options) -> tuple[str, str] | None:
    if not chosen.media.private:
        return None
    from stator.django.media import load_guards  # noqa: PLC0415  (not before the apps are loaded)

    try:
        load_guards(chosen.media)
    except ConfigError as error:
        return error.message, error.hint
    return None


# --- what answers


def _routes(otherwise: Place) -> Routes:
    urlconf = given("ROOT_URLCONF")
    if not urlconf:
        return Routes()
    from stator.django.urls import unserved_uploads  # noqa: PLC0415  (not before the apps are loaded)

    try:
        get_resolver().url_patterns  # noqa: B018  (loaded now, if they have not been)
        urls = {name: address(name) for name in ("STATIC_URL", "MEDIA_URL")}
        answered = frozenset(name for name, url in urls.items() if url and _is_answered(url))
        return Routes(file_of(str(urlconf)), answered, unserved_uploads())
    except FAILURES as error:  # code of the project runs, when patterns are loaded and when they are tried
        return Routes(failure=failure_in(error, otherwise))


def _is_answered(url: str) -> bool:
    from stator.serve.file_table import path_prefix  # noqa: PLC0415  (the server, which few commands need)

    prefix = "/" + path_prefix(url).removeprefix(get_script_prefix())
    return any(map(_leads_somewhere, (prefix + probe for probe in _PROBES)))


def _leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _fronts() -> frozenset[str]:
    """Return the modules that those of the WSGI and ASGI applications import; none of them is run."""
    package = os.environ.get("DJANGO_SETTINGS_MODULE", "").partition(".")[0]
    beside = {package, str(given("ROOT_URLCONF") or "").rpartition(".")[0]}
    usual = [f"{one}.{kind}".lstrip(".") for one in beside for kind in ("wsgi", "asgi")]
    named = [str(given(f"{kind}_APPLICATION") or "").rpartition(".")[0] for kind in ("WSGI", "ASGI")]
    return frozenset(one for module in {*usual, *named} for one in _imported_by(module))


def _imported_by(module: str) -> list[str]:
    try:
        spec = importlib.util.find_spec(module) if module else None
        if spec is None or not spec.origin:
            return []
        with open(spec.origin, encoding="utf-8") as source:
            return _IMPORT.findall(source.read())
    except FAILURES:  # packages around it are imported; a front that cannot be read is no front of anybody
        return []


# --- where settings are written


def places_in(file: str) -> Mapping[str, Place]:
    """Return where each setting is written, by the file of the module of settings."""
    from stator.diagnose.facts.written import places_of  # noqa: PLC0415  (the parser, which few commands need)

    return places_of(file, _find_module)


def file_of(module: str) -> str:
    """Return the file of a module that has been imported, "" where it has not."""
    return getattr(sys.modules.get(module), "__file__", None) or ""


def _find_module(name: str, level: int, importer: str) -> str | None:
    """Return the file of a module of settings, which has been imported by now."""
    loaded = {getattr(module, "__file__", None): known for known, module in list(sys.modules.items())}
    package = loaded.get(importer, "")
    if level and not importer.endswith("__init__.py"):
        package = package.rpartition(".")[0]
    try:
        dotted = importlib.util.resolve_name("." * level + name, package)
    except ImportError:
        return None
    return file_of(dotted) or None
