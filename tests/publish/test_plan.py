"""Each case is an equation: what is wanted, what is there, and what follows."""

from __future__ import annotations

import pytest

from stator.manifest import Content
from stator.publish.plan import Action, Present, names, plan
from tests.publish.sites import artifact

CSS = artifact("css/app.css", b"body {}")
ONE_FILE, ANOTHER_FILE = (1, 1), (1, 2)
WANTED = Present(Content(CSS.size, CSS.sha256), ONE_FILE)
COPY = WANTED._replace(identity=ANOTHER_FILE)
OTHER = Present(Content(CSS.size, bytes(32)), ONE_FILE)
SHORT = Present(Content(1, CSS.sha256), ONE_FILE)


def shown(steps):
    return [f"{step.name}: {step.action.value}, {step.reason}" for step in steps]


@pytest.mark.parametrize(
    ("there", "follows"),
    [
        pytest.param(
            {},
            [f"{CSS.name}: write, not there yet", "css/app.css: link, not there yet"],
            id="nothing there -> write all",
        ),
        pytest.param(
            {CSS.name: WANTED, CSS.path: WANTED},
            [f"{CSS.name}: keep, unchanged", "css/app.css: keep, unchanged"],
            id="same content -> keep",
        ),
        pytest.param(
            {CSS.name: OTHER, CSS.path: OTHER},
            [f"{CSS.name}: write, content differs", "css/app.css: link, content differs"],
            id="content differs -> write",
        ),
        pytest.param(
            {CSS.name: WANTED, CSS.path: COPY},
            [f"{CSS.name}: keep, unchanged", "css/app.css: link, a file of its own"],
            id="plain file is a copy -> link it alone",
        ),
        pytest.param(
            {CSS.path: WANTED},
            [f"{CSS.name}: write, not there yet", "css/app.css: link, a file of its own"],
            id="digested file gone -> write all",
        ),
        pytest.param(
            {CSS.name: SHORT, CSS.path: WANTED},
            [f"{CSS.name}: write, content differs", "css/app.css: link, a file of its own"],
            id="digested file truncated -> write all",
        ),
        pytest.param(
            {CSS.name: WANTED, CSS.path: OTHER},
            [f"{CSS.name}: keep, unchanged", "css/app.css: link, content differs"],
            id="plain file of another release -> link it alone",
        ),
        pytest.param(
            {"css/other.css": WANTED},
            [f"{CSS.name}: write, not there yet", "css/app.css: link, not there yet"],
            id="same content under another name -> write all",
        ),
    ],
)
def test_equations(there, follows):
    assert shown(plan([CSS], there)) == follows


def test_no_artifacts_no_steps():
    assert plan([], {}) == []


def test_not_plain_has_one_name():
    hidden = artifact("css/app.css", plain=False)
    assert shown(plan([hidden], {})) == [f"{hidden.name}: write, not there yet"]
    assert list(names([hidden])) == [hidden.name]


@pytest.mark.parametrize("plain", [True, False])
def test_a_name_that_is_kept_is_written_once(plain):
    vendor = artifact("vendor-3f2a9c1b.js", name="vendor-3f2a9c1b.js", plain=plain)
    assert shown(plan([vendor], {})) == ["vendor-3f2a9c1b.js: write, not there yet"]
    assert list(names([vendor])) == ["vendor-3f2a9c1b.js"]


def test_names_are_those_of_the_plan():
    artifacts = [CSS, artifact("a.js", b"1"), artifact("b.js", b"2", plain=False)]
    assert list(names(artifacts)) == [step.name for step in plan(artifacts, {})]


def test_what_is_to_be_deleted_goes_last_with_its_reason():
    gone = [("old.css", "not in this release"), ("css/app.css.gz", "no release that is kept has it")]
    steps = plan([CSS], {CSS.name: WANTED, CSS.path: WANTED}, delete=gone)
    assert shown(steps)[2:] == [
        "old.css: delete, not in this release",
        "css/app.css.gz: delete, no release that is kept has it",
    ]
    assert steps[2].artifact is None


def test_links_are_made_of_plain_names_only():
    local = artifact("css/app.css", file="/project/static/css/app.css")
    assert shown(plan([local], {}, symlink=True)) == [
        f"{local.name}: write, not there yet",
        "css/app.css: symlink, links were asked for",
    ]


def test_a_form_beside_a_name_that_becomes_a_link_is_deleted():
    """A source is not what its precompressed form was made of: its links are not written."""
    local = artifact("a.css", b"a", file="/project/static/a.css", codings={"br": b"br", "gzip": b"gzip"})
    assert shown(plan([local], {"a.css.gz": WANTED}, symlink=True)) == [
        f"{local.name}: write, not there yet",
        "a.css: symlink, links were asked for",
        f"{local.name}.br: write, not there yet",
        f"{local.name}.gz: write, not there yet",
        "a.css.gz: delete, a server would take it for a form of the file beside it",
    ]


def test_precompressed_forms_have_both_names():
    coded = artifact("a.css", b"a", codings={"zstd": b"zstd"})
    assert shown(plan([coded], {"a.css.zst": WANTED})) == [
        f"{coded.name}: write, not there yet",
        "a.css: link, not there yet",
        f"{coded.name}.zst: write, not there yet",
        "a.css.zst: link, content differs",
    ]
    assert list(names([coded])) == [coded.name, "a.css", f"{coded.name}.zst", "a.css.zst"]


def test_a_form_that_is_a_copy_is_linked_alone():
    coded = artifact("a.css", b"a", codings={"gzip": b"a form"})
    blob = coded.codings[0].blob
    form = Present(Content(blob.size, blob.sha256), ONE_FILE)
    own = Present(Content(coded.size, coded.sha256), ONE_FILE)
    there = {coded.name: own, "a.css": own, f"{coded.name}.gz": form}
    assert set(shown(plan([coded], {**there, "a.css.gz": form}))) == {
        f"{name}: keep, unchanged" for name in names([coded])
    }
    copied = shown(plan([coded], {**there, "a.css.gz": form._replace(identity=ANOTHER_FILE)}))
    assert [line for line in copied if "keep" not in line] == ["a.css.gz: link, a file of its own"]


def test_no_link_to_what_is_not_on_this_disk():
    assert shown(plan([CSS], {}, symlink=True))[1] == "css/app.css: link, not there yet"


def test_every_step_but_a_deletion_knows_its_artifact():
    steps = plan([CSS], {CSS.name: WANTED}, symlink=True, delete=[("old", "x")])
    assert all((step.artifact is CSS) == (step.action is not Action.DELETE) for step in steps)
