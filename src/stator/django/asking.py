"""What a project asks for: its templates and modules, found through Django and read from disk.

Templates are those of all engines and loaders, packages included. Of several with one name the first is read,
as it is the one that is loaded; the next one too where the first extends its own name, which Django looks for
behind it. Modules are those of the project and its own apps, tests and migrations left out. What ``Media``
of admin classes comes to is asked for at run time, since classes of packages and computed lists take part.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.forms.widgets import MediaAsset, Widget
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.template.library import Library
from django.template.loaders.base import Loader
from django.template.loaders.cached import Loader as Cached
from django.template.loaders.filesystem import Loader as FromFolders
from django.template.loaders.locmem import Loader as FromMemory
from django.templatetags.static import static

from stator.diagnose.facts.failure import FAILURES
from stator.diagnose.facts.setup import Setup
from stator.diagnose.scan import jinja, modules, templates
from stator.diagnose.scan.addresses import SUFFIXES, past_static
from stator.diagnose.scan.pieces import Template, is_document
from stator.diagnose.scan.request import Asked, Kind, Request, together
from stator.diagnose.scan.sights import asked
from stator.django import compiling
from stator.django.packages import is_package
from stator.django.reading import content_of, place_in, unread, why_not
from stator.findings import Place, Places
from stator.load_path import printable

TEXT = (
    *(".html", ".htm", ".xhtml", ".xml", ".svg", ".txt", ".md", ".rst", ".email", ".eml", ".mjml"),
    *(".js", ".mjs", ".json", ".css", ".webmanifest", *SUFFIXES),
)
_NO_MODULES = frozenset(("tests", "test", "migrations", "node_modules", "__pycache__"))
_TESTS = ("test_", "tests.", "conftest.")


class Source(NamedTuple):
    """A template to read: its name, its file, and its content where that is known without reading."""

    name: str
    file: str
    content: bytes | None = None


def asked_of(setup: Setup) -> Asked:
    """Return all names that templates, modules and the admin ask for."""
    prefixes = [
        url for url in (setup.static_url, setup.media_url) if url and url != "/" and url.endswith("/")
    ]
    with_doubtful = [*prefixes, *past_static(setup.static_url)]
    written = together([*_in_templates(setup, with_doubtful), *_in_modules(setup, prefixes)])
    return together([written, *_in_admin(written.requests)])


# Templates


def _in_templates(setup: Setup, prefixes: list[str]) -> Iterator[Asked]:
    if "TEMPLATES" in setup.wrong:
        return
    found = []
    for alias in engines.templates:
        try:
            found.append(engines[alias])
        except FAILURES as error:  # whatever a backend and the libraries of tags raise
            yield unread(
                setup.place("TEMPLATES"), f"The engine {alias!r} cannot be made: {printable(str(error))}"
            )
    folders = [_folders(engine) for engine in found]
    files = {setup.static_root, setup.media_root, *(folder.path for folder in setup.static_folders)}
    seen: set[str] = set()
    for number, engine in enumerate(found):
        others = {folder for other in folders[:number] + folders[number + 1 :] for folder in other}
        if isinstance(engine, DjangoTemplates):
            left_out = (others | files) - folders[number]
            yield from _of_django(engine, found, left_out, seen, setup, prefixes)
        elif hasattr(engine, "env"):
            yield from _of_jinja(engine, found, setup, prefixes)
        else:
            kind = type(engine)
            reason = f"The language of {kind.__module__}.{kind.__qualname__} is not known."
            yield unread(setup.place("TEMPLATES"), reason)


def _folders(engine: Any) -> set[str]:
    return {os.path.abspath(folder) for folder in engine.template_dirs}


def _of_django(
    backend: DjangoTemplates,
    backends: list[Any],
    others: set[str],
    seen: set[str],
    setup: Setup,
    prefixes: list[str],
) -> Iterator[Asked]:
    """Yield what the templates of an engine ask for, one of the ``backends``.

    Folders of ``others``, of another engine or of static files, are left out, as are files that were
    ``seen``; those that are read now are added to them.
    """
    engine = backend.engine
    tags = templates.Tags(
        {name: _asking_tags([library]) for name, library in engine.template_libraries.items()},
        _asking_tags(engine.template_builtins),
    )
    by_name: dict[str, list[Source]] = {}
    closed: list[OSError] = []
    for loader in _plain_loaders(engine.template_loaders):
        if not isinstance(loader, (FromFolders, FromMemory)):
            kind = type(loader)
            reason = f"The templates of {kind.__module__}.{kind.__qualname__} cannot be listed."
            yield unread(setup.place("TEMPLATES"), reason)
            continue
        for source in _sources(loader, others, closed):
            by_name.setdefault(source.name, []).append(source)
    yield from _closed(closed)
    for name, sources in by_name.items():
        for source in sources:
            if source.file in seen:
                break
            seen.add(source.file)
            content = _content(source, engine.file_charset)
            if isinstance(content, Asked):
                yield content
                break
            sights = templates.scan(content, tags, prefixes, source.name)
            read = asked(printable(source.file), content, sights, package=is_package(source.file))
            read = read._replace(templates=(_template(source, content),))
            yield compiling.by_django(read, backend, backends, source.file, source.name, content)
            if templates.extends(content) != name:
                break


def _template(source: Source, content: bytes) -> Template:
    uses = templates.uses(content, source.name)
    package = is_package(source.file)
    return Template(source.name, "django", printable(source.file), package, uses, is_document(content))


def _asking_tags(libraries: Iterable[Library]) -> dict[str, Kind]:
    """Return the tags of libraries that ask for static files."""
    found = {}
    for library in libraries:
        for name, compiled in library.tags.items():
            if name in templates.STATIC:
                found[name] = Kind.TAG
            elif name in {*templates.OURS, templates.FRONTEND} and compiled.__module__.startswith("stator."):
                found[name] = Kind.STATOR_TAG
    return found


def _plain_loaders(loaders: Iterable[Loader]) -> Iterator[Loader]:
    for loader in loaders:
        if isinstance(loader, Cached):
            yield from _plain_loaders(loader.loaders)
        else:
            yield loader


def _sources(loader: FromFolders | FromMemory, others: set[str], closed: list[OSError]) -> Iterator[Source]:
    if isinstance(loader, FromMemory):
        for name, text in loader.templates_dict.items():
            yield Source(name, name, text.encode())
        return
    for folder in loader.get_dirs():
        root = os.path.abspath(folder)
        for file in _files(root, others, closed):
            if file.lower().endswith(TEXT):
                yield Source(os.path.relpath(file, root).replace(os.sep, "/"), file)


def _files(root: str, left_out: set[str], closed: list[OSError]) -> Iterator[str]:
    """Yield all files below a folder in a fixed order, some folders left out.

    Why folders cannot be listed goes to ``closed``.
    """
    for folder, folders, names in os.walk(root, onerror=closed.append):
        folders[:] = sorted(
            name for name in folders if name != "node_modules" and os.path.join(folder, name) not in left_out
        )
        for name in sorted(names):
            yield os.path.join(folder, name)


def _closed(errors: Iterable[OSError]) -> Iterator[Asked]:
    """Yield the folders that cannot be listed; one that is not there holds nothing."""
    for error in errors:
        if not isinstance(error, FileNotFoundError):
            yield unread(Place(printable(error.filename)), why_not(error))


def _content(source: Source, charset: str) -> bytes | Asked:
    """Return the content of a template in UTF-8, or that it cannot be read and why."""
    if source.content is not None:
        return source.content
    try:
        raw = content_of(source.file)
        text = raw.decode(charset)
    except (OSError, ValueError) as error:
        return unread(Place(printable(source.file)), why_not(error))
    if "\0" in text:
        return unread(Place(printable(source.file)), "It is no text.")
    return text.encode()


def _of_jinja(backend: Any, backends: list[Any], setup: Setup, prefixes: list[str]) -> Iterator[Asked]:
    environment = backend.env
    functions = {name for name, value in environment.globals.items() if _is_static(name, value)}
    try:
        names = environment.list_templates(filter_func=lambda name: name.lower().endswith(TEXT))
    except TypeError:  # in the words of Jinja: the loader does not support it, or there is none
        yield unread(setup.place("TEMPLATES"), "The templates of a loader of Jinja cannot be listed.")
        return
    for name in names:
        file = name
        try:
            text, file, _ = environment.loader.get_source(environment, name)
            file = file or name
            content = text.encode()
            refused = compiling.by_jinja(backend, backends, functions, file, name, content)
            is_broken = any(fault.id == "template-broken" for fault in refused)
            sights = [] if is_broken else jinja.scan(content, environment.lex, functions, prefixes, name)
        except FAILURES as error:  # a loader of the project, a lexer with its extensions
            yield unread(place_in(file, error), why_not(error))
            continue
        package = is_package(file)
        read = asked(printable(file), content, sights, package=package)
        uses = () if is_broken else jinja.uses(content, environment.lex)
        template = Template(name, "jinja", printable(file), package, uses, is_document(content))
        yield read._replace(faults=(*read.faults, *refused), templates=(template,))


def _is_static(name: str, value: object) -> bool:
    """Say whether a global of an environment is a function that makes addresses of static files."""
    if name == "static" or value is static:
        return callable(value)
    try:
        return bool(value == staticfiles_storage.url)
    except ImproperlyConfigured:  # the storage is made when it is first used
        return False


# Modules


def _in_modules(setup: Setup, prefixes: list[str]) -> Iterator[Asked]:
    own = [app.path for app in setup.apps if not app.package]
    seen = set()
    closed: list[OSError] = []
    roots = dict.fromkeys([setup.project, *own])
    for file in itertools.chain.from_iterable(_modules(root, closed) for root in roots):
        if file in seen:
            continue
        seen.add(file)
        try:
            content, sights = modules.scan(content_of(file), prefixes)
        except (SyntaxError, ValueError, OSError, RecursionError, MemoryError) as error:
            yield unread(place_in(file, error), why_not(error))
            continue
        yield asked(printable(file), content, sights)
    yield from _closed({error.filename: error for error in closed}.values())


def _modules(root: str, closed: list[OSError]) -> Iterator[str]:
    """Yield the modules of a project or an app; environments and packages in it are not its own.

    Why folders cannot be listed goes to ``closed``.
    """
    for folder, folders, names in os.walk(root, onerror=closed.append):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _NO_MODULES
            and not name.startswith(".")
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
            and not is_package(os.path.join(folder, name))
        )
        for name in sorted(names):
            if name.endswith(".py") and not name.startswith(_TESTS):
                yield os.path.join(folder, name)


# The admin


def _in_admin(known: Iterable[Request]) -> Iterator[Asked]:
    """Yield the names in ``Media`` of admin classes, their forms and widgets, but those that are known."""
    if not apps.is_installed("django.contrib.admin"):
        return
    seen = {request.name for request in known if request.kind is Kind.MEDIA}
    from django.contrib.admin.sites import all_sites  # noqa: PLC0415  (its models need the app)

    for site in sorted(all_sites, key=lambda site: site.name):
        for admin in site._registry.values():  # noqa: SLF001  (there is no other way to all of them)
            try:
                found = list(_media_names(admin))
            except FAILURES as error:  # the project's own code
                kind = type(admin)
                yield unread(
                    _place_of(kind), f"Media of {kind.__qualname__} cannot be made: {printable(str(error))}"
                )
                continue
            requests = []
            for kind, name in found:
                if name not in seen:
                    seen.add(name)
                    place = _place_of(kind)
                    package = is_package(place.file)
                    requests.append(Request(name, Kind.MEDIA, place, package, exact=False))
            yield Asked(tuple(requests))


def _media_names(admin: Any) -> Iterator[tuple[type, str]]:
    """Yield the names that an admin class asks for, each with the class that has brought it in."""
    inlines = [inline(admin.model, admin.admin_site) for inline in admin.inlines]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of files in opposite orders, which Django tells itself
        for holder in (admin, *inlines):
            yield from _brought_in(holder)
            for widget in _widgets(holder):
                yield from _brought_in(widget)


def _widgets(admin: Any) -> Iterator[Widget]:
    for field in getattr(admin.form, "declared_fields", {}).values():
        yield from _innermost_first(field.widget)
    for options in admin.formfield_overrides.values():
        widget = options.get("widget")
        if widget:
            yield from _innermost_first(widget() if isinstance(widget, type) else widget)


def _innermost_first(widget: Widget) -> Iterator[Widget]:
    """Yield a widget after those that it is made of, which bring their own files."""
    for inner in (*getattr(widget, "widgets", ()), getattr(widget, "widget", None)):
        if isinstance(inner, Widget):
            yield from _innermost_first(inner)
    yield widget


def _brought_in(holder: object) -> Iterator[tuple[type, str]]:
    """Yield the names in ``holder.media``, each with the furthest of its classes that has it."""
    seen: set[str] = set()
    for kind in reversed(type(holder).__mro__):
        media = vars(kind).get("media")
        if media is not None:
            for name in _relative_names(media.__get__(holder, type(holder))):
                if name not in seen:
                    seen.add(name)
                    yield kind, name


def _relative_names(media: Any) -> Iterator[str]:
    lists: Mapping[str, Any] = media._css  # noqa: SLF001  (rendering would ask the storage for each)
    for item in itertools.chain(*lists.values(), media._js):  # noqa: SLF001
        if isinstance(item, MediaAsset):
            name = str(vars(item)["_path"])  # asking for its ``path`` would ask the storage
        elif isinstance(item, str) and not hasattr(item, "__html__"):
            name = item
        else:
            continue  # an object that writes its tag itself
        if not name.startswith(modules.ABSOLUTE):
            yield name


@functools.cache
def _place_of(kind: type) -> Place:
    """Return where a class is written, as far as that is known."""
    try:
        file = inspect.getsourcefile(kind) or ""
        content = content_of(file)
    except (OSError, TypeError, ValueError):
        return Place(kind.__module__)
    name = re.escape(kind.__name__.encode())
    head = re.search(rb"^[ \t]*class[ \t]+(" + name + rb")\b", content, re.MULTILINE)
    file = printable(file)
    return Places(file, content).at(*head.span(1)) if head else Place(file)
