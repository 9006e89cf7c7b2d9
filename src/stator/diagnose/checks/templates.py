"""Checks of how files are asked for: addresses that are written out, and tags that are not loaded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import unquote

from stator.diagnose.check import Check, Found
from stator.diagnose.checks.snippets import masked
from stator.diagnose.facts.project import Project
from stator.diagnose.missing.wanted import Wanted, is_upload, missing, told, wanted
from stator.diagnose.scan.addresses import past_static
from stator.diagnose.scan.request import Asked, Fault, Kind
from stator.findings import How, Level, Mend
from stator.load_path import printable
from stator.urls import path_and_suffix

_PLAIN_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
_LOAD = "{% load static %}"
_NO_TEMPLATE_OF_DJANGO = (".py", ".js", ".css", ".jinja", ".jinja2", ".j2")


# Addresses


def _hard_coded_address(project: Project) -> Iterator[Found]:
    yield from _written_out(
        project,
        keeps_plain=True,
        message="{!r} is written out, without a digest: browsers go on asking for changes.",
    )


def _hard_coded_missing(project: Project) -> Iterator[Found]:
    loading = _loading(project.asked)
    for one, reason in missing(project):
        if one.is_address:
            found = told(one, reason)
            mend = reason.mend if reason else None
            yield _with_address(found, one, mend.text, loading) if mend and mend.how is How.REPLACE else found
    yield from _written_out(
        project,
        keeps_plain=False,
        message="{!r} is not published: STATOR['KEEP_PLAIN'] leaves only its name with a digest.",
    )


def _with_address(found: Found, one: Wanted, name: str, loading: set[str]) -> Found:
    """Return a finding of a whole address with what to write instead, given the name that is meant."""
    instead = (_tag(one.request.place.file, name, loading) or f"{one.prefix}{name}") + one.suffix
    return found._replace(hint=f"Write {instead}.", mend=one.instead(instead))


def _address_past_static(project: Project) -> Iterator[Found]:
    """Yield the addresses that lead past STATIC_URL, of names that static files have."""
    static_url = project.setup.static_url or ""
    loading = _loading(project.asked)
    for request in project.asked.requests:
        path, suffix = path_and_suffix(request.name)
        if request.kind is not Kind.ADDRESS or path.startswith(static_url) or is_upload(path, project):
            continue
        starts = [start for start in (*past_static(static_url), "/") if path.startswith(start)]
        name = unquote(path.removeprefix(max(starts, key=len, default="")))
        if starts and name in project.load_path.files:
            one = Wanted(request, name, suffix)
            in_python = request.place.file.endswith(".py")  # where only Media has them, which asks for names
            instead = (name if in_python else _tag(request.place.file, name, loading)) or static_url + name
            yield Found(
                request.place,
                f"{masked(request.name)!r} leads past STATIC_URL, below which the file is.",
                f"Write {masked(instead)}{suffix}.",
                one.instead(instead + suffix),
                package=request.package,
            )


def _written_out(project: Project, *, keeps_plain: bool, message: str) -> Iterator[Found]:
    """Yield the addresses of files that have digests and of which the plain name is published or not."""
    if project.setup.storages.get("staticfiles", _PLAIN_STORAGE) == _PLAIN_STORAGE:
        return
    loading = _loading(project.asked)
    for one in wanted(project):
        is_there = one.is_address and one.name in project.load_path.files
        if is_there and project.setup.options.keeps_plain(one.name) is keeps_plain:
            tag = _tag(one.request.place.file, one.name, loading)
            yield Found(
                one.request.place,
                message.format(one.request.name),
                f"Write {{% static '{one.name}' %}}.",
                one.instead(tag + one.suffix) if tag else None,
                Level.WARNING if one.request.package else None,
                package=one.request.package,
            )


def _loading(asked: Asked) -> set[str]:
    """Return the templates in which the tag is used and known."""
    using = {request.place.file for request in asked.requests if request.kind is Kind.TAG}
    return using - {fault.place.file for fault in asked.faults if fault.id.startswith("load-")}


def _tag(file: str, name: str, loading: set[str]) -> str:
    """Return what is to be written in a template of Django's, empty for any other file."""
    if file.endswith(_NO_TEMPLATE_OF_DJANGO) or f"{os.sep}jinja2{os.sep}" in file:
        return ""
    return f"{'' if file in loading else _LOAD}{{% static '{name}' %}}"


def _hard_coded_media(project: Project) -> Iterator[Found]:
    for request in project.asked.requests:
        path, _ = path_and_suffix(request.name)
        if request.kind is Kind.ADDRESS and is_upload(path, project):
            yield Found(
                request.place,
                f"{request.name!r} is written out, and uploads come and go.",
                "If it belongs to the site, make it a static file; else ask the model's field for its URL.",
                package=request.package,
            )


# Tags


def _faults(id: str, level: Level, found: Callable[[Project, Fault], Found]) -> Check[Project]:
    def find(project: Project) -> Iterator[Found]:
        for fault in project.asked.faults:
            if fault.id == id:
                one = found(project, fault)
                yield one._replace(level=Level.WARNING if fault.package else None, package=fault.package)

    return Check(level, _SUMMARIES[id], find)


def _load_missing(_: Project, fault: Fault) -> Found:
    return Found(
        fault.place,
        f"{fault.said} needs {_LOAD} before it in the same file, whatever that extends.",
        f"Write {_LOAD} at the top, below {{% extends %}} if there is one.",
        Mend(How.REPLACE, f"{_LOAD}{fault.said}"),
    )


def _load_removed(_: Project, fault: Fault) -> Found:
    return Found(
        fault.place,
        f"The library {fault.said!r} is gone since Django 3.0, so the template is an error.",
        f"Write {_LOAD}.",
        Mend(How.REPLACE, "static"),
    )


def _template_broken(_: Project, fault: Fault) -> Found:
    hint = next((hint for said, hint in _HINTS if said in fault.said), "Until it does, its pages are errors.")
    return _instead(fault, f"The template does not compile: {fault.said}", hint)


def _tag_not_closed(_: Project, fault: Fault) -> Found:
    return _instead(fault, f"{fault.said} is no tag, so it is printed as it stands.", "End the tag with %}.")


def _name_with_variable(_: Project, fault: Fault) -> Found:
    return _instead(
        fault,
        f"Nothing is filled in inside quotes: a file named '{printable(fault.said)}' is asked for.",
        "Put the name together outside of the quotes, with the filter add.",
    )


def _jinja_static_missing(_: Project, fault: Fault) -> Found:
    return Found(
        fault.place,
        "static() is called, and nothing gives it to the templates of Jinja: the page is an error.",
        "In the function that OPTIONS names as environment, write env.globals['static'] = static, with "
        "from django.templatetags.static import static.",
    )


def _media_no_list(_: Project, fault: Fault) -> Found:
    message = f"Media takes lists, and {fault.said!r} is a text: each of its letters is asked for."
    return _instead(fault, message, "Write a list.")


def _instead(fault: Fault, message: str, hint: str) -> Found:
    """Return a finding with what to write, where that is known, and else with a hint."""
    if not fault.instead:
        return Found(fault.place, message, hint)
    return Found(fault.place, message, f"Write {fault.instead}.", Mend(How.REPLACE, fault.instead))


def _static_url_variable(project: Project, fault: Fault) -> Found:
    tag = _tag(fault.place.file, fault.said, _loading(project.asked))
    return Found(
        fault.place,
        f"{fault.said!r} stands behind STATIC_URL, without a digest: browsers go on asking for changes.",
        f"Write {{% static '{fault.said}' %}}.",
        Mend(How.REPLACE, tag) if tag and fault.said in project.load_path.files else None,
    )


def _unread_template(project: Project) -> Iterator[Found]:
    for place, why in project.asked.unread:
        yield Found(place, f"What it asks for is not known. {why}", "Mend the file, if it is in use.")


# What to do about it, by what an engine says.
_HINTS = (
    ("must be the first tag", "Write {% extends %} above all other tags, {% load %} too."),
    ("is not a registered tag library", "Mend the name, or list the app that has it in INSTALLED_APPS."),
    ("Unclosed tag", "Close the tag."),
    ("Could not parse the remainder", "A name stands in straight quotes: {% static 'css/app.css' %}."),
)
_SUMMARIES: Mapping[str, str] = {
    "template-broken": "A template does not compile.",
    "tag-not-closed": "A {% static %} does not end as a tag does, and is printed as it stands.",
    "name-with-variable": "A variable stands inside the quotes of a name, where nothing fills it in.",
    "jinja-static-missing": "Templates of Jinja call static(), which nothing gives to them.",
    "media-no-list": "A text is given to Media where it takes a list.",
    "load-missing": "A template uses {% static %} and does not load it.",
    "load-removed": "A template loads a library that Django has no more.",
    "static-url-variable": "A name stands behind STATIC_URL.",
}
CHECKS: Mapping[str, Check[Project]] = {
    "load-missing": _faults("load-missing", Level.ERROR, _load_missing),
    "load-removed": _faults("load-removed", Level.ERROR, _load_removed),
    "template-broken": _faults("template-broken", Level.ERROR, _template_broken),
    "tag-not-closed": _faults("tag-not-closed", Level.ERROR, _tag_not_closed),
    "name-with-variable": _faults("name-with-variable", Level.ERROR, _name_with_variable),
    "jinja-static-missing": _faults("jinja-static-missing", Level.ERROR, _jinja_static_missing),
    "media-no-list": _faults("media-no-list", Level.ERROR, _media_no_list),
    "hard-coded-missing": Check(
        Level.ERROR, "An address is written out, and nothing is published there.", _hard_coded_missing
    ),
    "address-past-static": Check(
        Level.WARNING,
        "An address leads to where the static file that it means is not.",
        _address_past_static,
    ),
    "hard-coded-address": Check(
        Level.WARNING, "The address of a static file is written out.", _hard_coded_address
    ),
    "static-url-variable": _faults("static-url-variable", Level.WARNING, _static_url_variable),
    "hard-coded-media": Check(Level.INFO, "The address of an upload is written out.", _hard_coded_media),
    "unread-template": Check(Level.INFO, "A template or a module could not be read.", _unread_template),
}
