"""The view of a front end that is a whole page: what becomes of its text, and which routes give it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client
from django.urls import path

from stator.django import built
from stator.django.frontends import FrontendView
from stator.django.index_page import index_page, with_nonce
from stator.django.storage import MissingEntry
from stator.frontends.developing import Server
from stator.live import proxy
from tests.django.conftest import Project
from tests.django.frontends import FILES, plain, settings_of, vite
from tests.django.test_tags import collect, integrity

view = FrontendView.as_view(frontend="planner")
urlpatterns = [
    path("planner/", view),
    path("planner/<path:route>", view),
    path("theme/", FrontendView.as_view(frontend="theme")),
]


def with_nonces(get_response: Any) -> Any:
    def answer(request: Any) -> Any:
        request.csp_nonce = "n0nce"
        return get_response(request)

    return answer


@pytest.fixture
def planner(project: Project, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A project with one such front end, published; the value is its settings."""
    chosen = {
        "ROOT_URLCONF": __name__,
        **settings_of(planner=vite(tmp_path / "p"), theme=plain(tmp_path / "t")),
    }
    with project.settings(**chosen):
        collect()
        yield chosen


def logo() -> str:
    return "/static/" + staticfiles_storage.hashed_files["planner/logo.svg"]


def lines_of(text: str, *words: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if any(word in line for word in words)]


@pytest.mark.usefixtures("planner")
def test_what_the_page_loads_is_named_by_its_url_and_checked() -> None:
    main, shared, style = (
        f"planner/assets/{name}" for name in ("main-YDlxgRyH.js", "shared-B2kQ1xZa.js", "main-Dd4kXq2w.css")
    )
    text = Client().get("/planner/").text
    assert lines_of(text, "<script type", "<link") == [
        f'<link rel="icon" type="image/svg+xml" href="{logo()}"/>',
        f'<script type="module" crossorigin src="/static/{main}" integrity="{integrity(main)}"></script>',
        f'<link rel="modulepreload" crossorigin href="/static/{shared}" integrity="{integrity(shared)}">',
        f'<link rel="stylesheet" crossorigin href="/static/{style}" integrity="{integrity(style)}">',
    ]


@pytest.mark.usefixtures("planner")
def test_the_rest_stays_as_it_is() -> None:
    text, source = Client().get("/planner/").text, str(FILES["index.html"])
    for word in ("<!doctype", "<html", "<base", "<meta charset", "<!--", 'id="root"', "document.title"):
        assert lines_of(text, word) == lines_of(source, word)
    assert lines_of(text, "<img") == [
        f'<img src="{logo()}" srcset="{logo()} 1x, {logo()}#a 2x"><a href="./assets/main-Dd4kXq2w.css">x</a>'
    ]


def test_every_script_and_style_has_the_nonce_of_the_answer(
    project: Project, planner: dict[str, Any]
) -> None:
    with project.settings(**planner, MIDDLEWARE=[f"{__name__}.with_nonces"]):
        response = Client().get("/planner/")
        assert response.text.count(' nonce="n0nce"') == 6
        assert '<meta property="csp-nonce" nonce="n0nce">' in response.text
        assert '<style nonce="n0nce">' in response.text
        assert "ETag" not in response.headers  # an old page does not fit the policy of a new answer
        again = Client().get("/planner/", headers={"if-none-match": "*"})
        assert again.status_code == 200


@pytest.mark.usefixtures("planner")
def test_without_a_nonce_nothing_is_said_of_one() -> None:
    assert "nonce" not in Client().get("/planner/").text


@pytest.mark.parametrize(
    ("route", "status"),
    [
        ("", 200),
        ("books", 200),
        ("books/3/", 200),
        ("books/Dr.%20No", 200),
        ("v1.2", 200),
        ("logo.svg", 302),
        ("gone.svg", 404),
        ("assets/gone.js", 404),
        ("../secret.txt", 404),
    ],
)
@pytest.mark.usefixtures("planner")
def test_every_route_gives_the_page_but_names_of_files(route: str, status: int) -> None:
    response = Client().get(f"/planner/{route}")
    assert response.status_code == status
    if status == 302:
        assert response.headers["Location"] == logo()


@pytest.mark.usefixtures("planner")
def test_it_is_asked_for_each_time_and_sent_when_it_has_changed() -> None:
    response = Client().get("/planner/")
    assert response.headers["Cache-Control"] == "no-cache"
    again = Client().get("/planner/books", headers={"if-none-match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert Client().get("/planner/", headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.usefixtures("planner")
def test_get_and_head_only() -> None:
    head = Client().head("/planner/")
    assert (head.status_code, head.content) == (200, b"")
    for method in ("post", "put", "delete", "options"):
        response = getattr(Client(), method)("/planner/")
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.usefixtures("planner")
def test_a_front_end_without_a_page_is_told() -> None:
    with pytest.raises(MissingEntry, match=r"'theme' has no index\.html"):
        Client().get("/theme/")


def test_debug_gives_what_stands_in_the_output(project: Project, planner: dict[str, Any]) -> None:
    with project.settings(**planner, DEBUG=True):
        text = Client().get("/planner/books").text
        assert (
            '<script type="module" crossorigin src="/static/planner/assets/main-YDlxgRyH.js"></script>'
            in text
        )
        assert Client().get("/planner/logo.svg").headers["Location"] == "/static/planner/logo.svg"
        assert Client().get("/planner/../../secret.svg").status_code == 404


def test_debug_gives_what_the_development_server_gives(
    project: Project, planner: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = '<head><script type="module" src="/static/planner/@vite/client"></script><script>x</script></head>'
    asked = []

    def ask(*question: Any) -> Any:
        asked.append(question[:3])
        return SimpleNamespace(status=200, content=page.encode())

    monkeypatch.setattr(
        built, "server_of", lambda root: Server("http://127.0.0.1:1/static/planner/", react=True)
    )
    monkeypatch.setattr(proxy, "ask", ask)
    with project.settings(**planner, DEBUG=True, MIDDLEWARE=[f"{__name__}.with_nonces"]):
        text = Client().get("/planner/books").text
        assert '<script type="module" src="/static/planner/@vite/client" nonce="n0nce"></script>' in text
        assert '<script nonce="n0nce">x</script>' in text
        assert asked == [("http://127.0.0.1:1/static/planner/", "GET", "/static/planner/")]
        assert Client().get("/planner/new.svg").headers["Location"] == "/static/planner/new.svg"


def test_a_development_server_without_a_page_is_told(
    project: Project, planner: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "server_of", lambda root: Server("http://127.0.0.1:1/", react=False))
    monkeypatch.setattr(proxy, "ask", lambda *_: SimpleNamespace(status=404, content=b"\xff"))
    with (
        project.settings(**planner, DEBUG=True),
        pytest.raises(MissingEntry, match=r"no index\.html: it answers with 404"),
    ):
        Client().get("/planner/")


def test_two_front_ends_may_have_one_output(project: Project, planner: dict[str, Any]) -> None:
    one = planner["STATOR"]["FRONTENDS"]["planner"]
    with project.settings(**{**planner, **settings_of(planner=one, twin=one)}, DEBUG=True):
        for name in ("planner", "twin"):
            entries = built.built(built.rules_of(name)).entries
            assert entries["src/main.tsx"].scripts == (f"{name}/assets/main-YDlxgRyH.js",)


def test_a_development_server_that_is_gone_is_told(
    project: Project, planner: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "server_of", lambda root: Server("http://127.0.0.1:1/", react=False))
    with (
        project.settings(**planner, DEBUG=True),
        pytest.raises(MissingEntry, match="gives no answer"),
    ):
        Client().get("/planner/")


# --- the text of a page


@pytest.mark.usefixtures("planner")
@pytest.mark.parametrize(
    ("written", "served"),
    [
        ('<img src="/logo.svg#a">', '<img src="{logo}#a">'),
        ("<img src=logo.svg>", '<img src="{logo}">'),
        ("<img\n  src='logo.svg'\n/>", '<img src="{logo}"/>'),
        ('<img src="/static/planner/logo.svg">', '<img src="{logo}">'),
        ('<IMG SRC="logo.svg" ALT="a &amp; &quot;">', '<img src="{logo}" alt="a &amp; &quot;">'),
        ('<svg><use href="logo.svg#a"/></svg>', '<svg><use href="{logo}#a"/></svg>'),
        (
            '<script nomodule data-src="./logo.svg">x</script>',
            '<script nomodule data-src="{logo}">x</script>',
        ),
        ('<svg><image xlink:href="logo.svg"/></svg>', '<svg><image xlink:href="{logo}"/></svg>'),
        (
            '<img srcset="data:image/png;base64,AA,BB 1x,logo.svg 2x">',
            '<img srcset="data:image/png;base64,AA,BB 1x, {logo} 2x">',
        ),
        ('<img srcset=" logo.svg, ,gone.svg 2x ,">', '<img srcset="{logo}, gone.svg 2x">'),
        ('<img src="gone.svg">', '<img src="gone.svg">'),
        ('<img src="//logo.svg">', '<img src="//logo.svg">'),
        ('<img src="https://x.example/logo.svg">', '<img src="https://x.example/logo.svg">'),
        ('<img src="../logo.svg">', '<img src="../logo.svg">'),
        ('<base href="https://x.example/"><img src="logo.svg">', None),
        ('<link rel="canonical" href="https://x.example/">', None),
        ("<p title='<img src=logo.svg>'>", None),
        ("<img src='logo.svg", None),
        ("<<script<", None),
        ("", None),
    ],
)
def test_references_lead_to_published_files_or_stay(written: str, served: str | None) -> None:
    expected = written if served is None else served.format(logo=logo())
    assert with_nonce(index_page("planner", written), "") == expected
