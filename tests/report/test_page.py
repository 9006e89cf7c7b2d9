"""The page of a report in browsers: what it shows, who can use it, and that names stay names."""

from __future__ import annotations

import functools
import itertools
import json
import math
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from stator.report import page as rendered
from tests import parts
from tests.browsers import browser
from tests.report import made

__all__ = ["browser"]

pytestmark = [pytest.mark.other_programs, pytest.mark.needs("chromium")]

AXE = parts.CORPUS / "axe-core" / "axe.min.js"
JUDGE = """async (only) => {
    const all = axe.getRules().map(({ruleId}) => ruleId);
    const rules = Object.fromEntries(all.map((id) => [id, {enabled: id.startsWith(only)}]));
    const {violations} = await axe.run(document, {rules, resultTypes: ["violations"]});
    return violations.map(({id, nodes}) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
}"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
GO = """(state) => new Promise((done) => {
    addEventListener("hashchange", () => done(), {once: true});
    location.hash = state;
})"""
DESK, PHONE = (1280, 900), (360, 780)
NARROWEST = (320, 256)  # WCAG 2.2, 1.4.10: nothing is to be scrolled sideways
PARTS = ("Overview", "Weight", "Files", "Links", "Pages", "Changes", "Shadowed", "Findings")

HOSTILE = (
    "evil/<img src=x onerror=hacked=1>.css",
    'evil/"><svg onload=hacked=1>.js',
    "evil/</script><script>hacked=1</script>.js",
    "evil/@@report@@.css",
    "evil/#part=files&file=%2F%zz +?.css",
    "evil/'quoted' & \"twice\".css",
    "evil/\u202egnp.exe\u202c.png",
    "evil/\u0007bell\u2028line.css",
    f"evil/{'long' * 75}.css",
    "evil/__proto__",
    "evil/عربي/שלום.css",
)


class Opened:
    """A page that is open, and what is heard of it."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def at(self, state: str) -> Any:
        """Open it anew at a state, which is what stands after ``#``, and return the page."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}#{state}")
        self.page.wait_for_selector("h2")
        return self.page

    def go(self, state: str) -> Any:
        """Change the state by the address alone."""
        self.page.evaluate(GO, state)
        return self.page


Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Pages of reports by name, each written once; called with a name it returns an address."""
    reports: Mapping[str, Callable[[], Mapping[str, Any]]] = {
        "usual": lambda: made.report(400),
        "first": made.first_release,
        "empty": lambda: made.report(0),
        "hostile": lambda: made.report(30, also=HOSTILE),
        "huge": lambda: made.report(30_000),
        "unknown": lambda: made.report(5) | {"changes": None},
        "later": lambda: made.report(5) | {"format": 2},
    }
    folder = tmp_path_factory.mktemp("reports")

    def address(name: str) -> str:
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(rendered.render(reports[name]()), encoding="utf-8")
        return path.as_uri()

    return address


@pytest.fixture(scope="module")
def context(browser: Any) -> Callable[..., Any]:
    """Return a context of the browser by its options, each made once."""

    @functools.cache
    def of(size: tuple[int, int], **options: Any) -> Any:
        return browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)

    return of


@pytest.fixture
def opened(context: Callable[..., Any], written: Callable[[str], str]) -> Iterator[Open]:
    """Open a report by name. At the end nothing was complained of, and nothing but the file was asked for."""
    all_opened: list[Opened] = []

    def open_(name: str = "usual", size: tuple[int, int] = DESK, **options: Any) -> Opened:
        all_opened.append(Opened(context(size, **options).new_page(), written(name)))
        return all_opened[-1]

    yield open_
    for one in all_opened:
        one.page.close()
    assert [one.complaints for one in all_opened if one.complaints] == []
    asked = {url.partition("#")[0] for one in all_opened for url in one.requests}
    assert asked - {one.address for one in all_opened} <= {"about:blank"}


def rows(page: Any) -> list[str]:
    """The names of the rows of the table that is shown."""
    found: list[str] = page.locator("tbody tr:visible > :first-child .path").all_inner_texts()
    return found


def column(page: Any, number: int) -> list[str]:
    """The text of a column of the table that is shown, from 1."""
    found: list[str] = page.locator(f"tbody tr:visible > :nth-child({number})").all_inner_texts()
    return [text.strip() for text in found]


def shows(page: Any, heading: str) -> None:
    """Wait until the part with this heading is shown: who follows a link is led there a moment later."""
    page.wait_for_function("(words) => document.querySelector('h2').innerText === words", arg=heading)


def megabytes(sizes: Sequence[int]) -> str:
    return f"{sum(sizes) / 1e6:#.3g} MB"


# Who can use it


def states(report: Mapping[str, Any]) -> list[str]:
    links = report["links"]
    busiest = max(range(len(report["files"]["paths"])), key=(links["from"] + links["to"]).count)
    missing = next(page["name"] for page in report["pages"] if page["missing"])
    of_parts = [f"part={part.lower()}" for part in PARTS]
    return [
        *of_parts,
        "part=weight&folder=api/&colour=whose",
        "part=files&q=css&sort=-br",
        f"file={report['files']['paths'][busiest]}&depth=3",
        f"page={missing}",
    ]


@pytest.mark.needs("npm corpus")
@pytest.mark.parametrize(
    ("scheme", "size", "rules"),
    [("light", DESK, ""), ("dark", DESK, "color-contrast"), ("light", PHONE, "")],
    ids=["light", "dark", "phone"],
)
def test_no_part_has_a_fault_that_axe_knows(
    opened: Open, scheme: str, size: tuple[int, int], rules: str
) -> None:
    one = opened(size=size, color_scheme=scheme)
    one.at("")
    one.page.evaluate(AXE.read_text("utf-8"))
    faults = {}
    for state in states(made.report(400)):
        one.go(state)
        faults[state] = [*one.page.evaluate(JUDGE, rules), *(["sideways"] * one.page.evaluate(SIDEWAYS))]
    assert {state: said for state, said in faults.items() if said} == {}


@pytest.mark.needs("npm corpus")
def test_the_open_search_has_no_fault_that_axe_knows(opened: Open) -> None:
    page = opened(size=PHONE).at("")
    page.evaluate(AXE.read_text("utf-8"))
    page.get_by_role("combobox").press_sequentially("css")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(JUDGE, "") == []
    assert page.evaluate(SIDEWAYS) == 0


@pytest.mark.parametrize(
    ("report", "size"),
    [("first", PHONE), ("empty", PHONE), ("hostile", PHONE), ("huge", NARROWEST)],
)
def test_no_part_is_wider_than_a_phone(opened: Open, report: str, size: tuple[int, int]) -> None:
    one = opened(report, size)
    one.at("")
    wide = [part for part in PARTS if one.go(f"part={part.lower()}").evaluate(SIDEWAYS) > 0]
    assert wide == []


def focused(page: Any) -> str:
    text: str = page.evaluate(
        "() => (document.activeElement.ariaLabel ?? document.activeElement.innerText).trim()"
    )
    return text


def tab_to(page: Any, wanted: str, key: str = "Tab") -> None:
    """Press Tab until what has the focus says so."""
    for _ in range(20):
        page.keyboard.press(key)
        if re.match(wanted, focused(page)):
            return
    pytest.fail(f"{wanted} cannot be reached by Tab")


def test_the_keyboard_alone_leads_through_all_parts(opened: Open) -> None:
    page = opened().at("")
    tab_to(page, "Overview")
    page.keyboard.press("Tab")
    for part in (*PARTS[1:], PARTS[0]):
        while not focused(page).startswith(part):
            page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"h2:focus:has-text('{part}')")
        assert page.locator("[aria-current=page]").inner_text().startswith(part)
        tab_to(page, "Findings", "Shift+Tab")  # from the heading back to the last of the parts


def test_the_keyboard_alone_finds_a_file_and_walks_along_its_links(opened: Open) -> None:
    page = opened().at("")
    tab_to(page, "$")  # the search, which says nothing yet
    page.keyboard.type("css")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true] .path").inner_text()
    page.keyboard.press("Enter")
    shows(page, chosen)
    assert focused(page) == chosen
    page.go_back()
    shows(page, "Overview")


def test_the_keyboard_alone_walks_through_the_map(opened: Open) -> None:
    page = opened().at("part=weight")
    assert page.locator(".cell[tabindex='0']").count() == 1
    tab_to(page, "All files")
    page.keyboard.press("Tab")
    first = focused(page)
    assert re.fullmatch(r"\w+/ [\d.]+ [kM]B", first)
    page.keyboard.press("ArrowDown")
    assert focused(page) != first
    page.keyboard.press("ArrowUp")
    assert focused(page) == first
    page.keyboard.press("Enter")
    folder = first.partition(" ")[0]
    assert page.get_by_role("navigation", name="Folder").inner_text().split()[-3] == folder
    assert focused(page).startswith(folder)
    page.keyboard.press("Escape")
    assert focused(page) == first


def test_turning_pages_and_sorting_keep_the_focus(opened: Open) -> None:
    page = opened().at("part=files")
    page.get_by_role("button", name="Next").focus()
    for _ in range(7):
        page.keyboard.press("Enter")
    assert "351–400 of 400 files" in page.locator(".pager").inner_text()
    page.keyboard.press("Enter")  # there is no next
    assert focused(page) == "Next"
    page.get_by_role("button", name="Kind").press("Enter")
    assert focused(page).startswith("Kind")


def test_another_choice_keeps_the_focus(opened: Open) -> None:
    busiest = next(state for state in states(made.report(400)) if state.startswith("file="))
    for state, label in ((busiest, "As far as"), ("part=weight", "Weigh files"), ("part=files", "Kind")):
        page = opened().at(state)
        page.get_by_label(label).focus()
        page.keyboard.press("ArrowDown")
        assert page.get_by_label(label).evaluate("(one) => one === document.activeElement")


def test_what_moves_stands_still_for_who_asks_for_that(opened: Open) -> None:
    duration = "() => getComputedStyle(document.querySelector('.cell')).transitionDuration"
    assert opened(reduced_motion="reduce").at("part=weight").evaluate(duration) == "0s"
    assert opened(reduced_motion="no-preference").at("part=weight").evaluate(duration) != "0s"


def test_a_print_is_dark_on_light_and_has_nothing_to_press(opened: Open) -> None:
    page = opened(color_scheme="dark").at("part=findings")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.get_by_label("Parts").is_visible()
    assert not page.get_by_label("Level").is_visible()
    assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(26, 31, 39)"


def test_without_scripts_it_says_that_it_needs_them(opened: Open) -> None:
    one = opened(java_script_enabled=False)
    one.page.goto(one.address)
    assert "JavaScript" in one.page.inner_text("main")


def test_a_report_of_another_format_is_not_guessed_at(opened: Open) -> None:
    one = opened("later")
    one.page.goto(one.address)
    assert one.page.inner_text("main") == "This page reads reports of format 1, not 2."


# Linear light of red, green and blue as people see it who lack one kind of cones (Machado, Oliveira and
# Fernandes, 2009).
SEEN_AS: Mapping[str, Sequence[Sequence[float]]] = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no long cones": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no middle cones": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
LAB = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)
APART = 15  # of Lab's units, of which about two can just be told apart side by side


def product(matrix: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    return [sum(map(float.__mul__, map(float, row), vector)) for row in matrix]


def lab(colour: Sequence[int], seen_as: str) -> tuple[float, float, float]:
    linear = [((part / 255 + 0.055) / 1.055) ** 2.4 if part > 10 else part / 3294 for part in colour]
    seen = [min(max(part, 0.0), 1.0) for part in product(SEEN_AS[seen_as], linear)]
    x, y, z = (
        (part / white) ** (1 / 3) if part / white > 0.008856 else 7.787 * part / white + 16 / 116
        for part, white in zip(product(LAB, seen), WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_two_kinds_look_alike_to_the_colour_blind(opened: Open, scheme: str) -> None:
    page = opened(color_scheme=scheme).at("part=weight")
    computed = page.locator(".legend .swatch").evaluate_all(
        "(all) => all.map((one) => getComputedStyle(one).backgroundColor)"
    )
    colours = [tuple(map(int, re.findall(r"\d+", colour)[:3])) for colour in computed]
    assert len(colours) == len(made.KINDS)
    for seen_as in SEEN_AS:
        seen = [lab(colour, seen_as) for colour in colours]
        assert min(itertools.starmap(math.dist, itertools.combinations(seen, 2))) > APART


# What it shows


def test_the_address_says_what_is_shown(opened: Open) -> None:
    report = made.report(400)
    page = opened().at("part=files&q=css&sort=path&at=2")
    wanted = [path for path in report["files"]["paths"] if "css" in path]
    assert rows(page) == wanted[50:100]
    assert page.get_by_label("Part of the path").input_value() == "css"
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("File")


def test_what_is_done_is_in_the_address_and_can_be_gone_back(opened: Open) -> None:
    page = opened().at("part=files")
    page.get_by_label("Kind").select_option("fonts")
    page.get_by_role("button", name="Published").click()
    assert page.url.endswith("#part=files&kind=3&sort=-published")
    page.go_back()
    page.wait_for_selector("th[aria-sort=descending]:has-text('As sent')")
    page.get_by_label("Part of the path").press_sequentially("cover")
    page.wait_for_url("**/*&q=cover")


def test_who_types_and_goes_elsewhere_stays_there(opened: Open) -> None:
    page = opened().at("part=files")
    page.get_by_label("Part of the path").press_sequentially("css")
    page.get_by_role("link", name="Findings").click()
    page.wait_for_timeout(400)  # longer than what is typed waits for the address
    shows(page, "Findings")
    assert page.url.endswith("#part=findings")


def test_an_address_that_says_nothing_sensible_shows_something(opened: Open) -> None:
    one = opened()
    for state in (
        "",
        "part=nothing",
        "%%%",
        "file=",
        "part=files&sort=no&at=-7&kind=99",
        "part=toString",
        "part=weight&by=toString&colour=constructor",
    ):
        assert one.at(state).locator("h2").inner_text()


def test_the_overview_has_the_sums_of_the_columns(opened: Open) -> None:
    files = made.report(400)["files"]
    forms = zip(files["sizes"], files["br"], files["zstd"], files["gzip"], strict=True)
    sent = [min(filter(None, sizes)) for sizes in forms]
    text = opened().at("").inner_text(".figures")
    assert megabytes(sent) in text
    assert f"{megabytes(files['sizes'])} published" in text
    assert "release 51fe09aa8c03" in text


def test_the_table_is_sorted_by_numbers_from_the_largest(opened: Open) -> None:
    files = made.report(400)["files"]
    page = opened().at("part=files")
    page.get_by_role("button", name="gzip").click()
    heaviest = sorted(
        files["paths"], key=dict(zip(files["paths"], files["gzip"], strict=True)).get, reverse=True
    )  # type: ignore[arg-type]
    assert rows(page)[:5] == heaviest[:5]
    page.get_by_role("button", name="gzip").click()
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("gzip")


def test_the_search_shows_its_state_as_the_pattern_of_comboboxes_asks(opened: Open) -> None:
    page = opened().at("")
    field, options = page.get_by_role("combobox"), page.get_by_role("option")
    assert field.get_attribute("aria-expanded") == "false"
    field.press_sequentially("theme")
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowUp")  # to the last
    assert field.get_attribute("aria-activedescendant") == options.last.get_attribute("id")
    field.press("ArrowDown")  # and round to the first
    assert options.first.get_attribute("aria-selected") == "true"
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == "theme"
    field.press("Escape")
    assert field.input_value() == ""


def test_names_that_begin_with_what_was_typed_come_first(opened: Open) -> None:
    page = opened().at("")
    page.get_by_role("combobox").press_sequentially("map CSS")
    found = page.locator("[role=option] .path").all_inner_texts()
    assert len(found) == 12
    assert all("map" in path and "css" in path for path in found)
    names = [path.rpartition("/")[2].startswith("map") for path in found]
    assert names == sorted(names, reverse=True)


def test_links_lead_both_ways_and_on(opened: Open) -> None:
    report = made.report(400)
    paths, links = report["files"]["paths"], report["links"]
    source, target, kind = links["from"][0], links["to"][0], links["kinds"][0]
    page = opened().at(f"file={paths[source]}")
    ahead = page.locator(".card", has_text="What it refers to")
    assert f"{paths[target]} {made.LINK_KINDS[kind]}" in ahead.inner_text()
    ahead.get_by_role("link", name=paths[target], exact=True).first.click()
    shows(page, paths[target])
    back = page.locator(".card", has_text="Who refers to it")
    assert paths[source] in back.inner_text()
    assert page.locator(".picture .node.centre").count() == 1


def test_a_click_on_the_drawing_leads_on(opened: Open) -> None:
    report = made.report(400)
    paths, links = report["files"]["paths"], report["links"]
    page = opened().at(f"file={paths[links['from'][0]]}&depth=1")
    page.locator(".picture .node:not(.centre)").last.click()
    assert page.locator("h2").inner_text() in {paths[target] for target in links["to"]}


def test_a_page_says_what_a_visit_asks_for(opened: Open) -> None:
    report = made.report(400)
    heaviest = max(report["pages"], key=lambda one: one["first"]["bytes"])
    page = opened().at("part=pages")
    assert rows(page)[0] == heaviest["name"]
    page.get_by_role("link", name=heaviest["name"]).click()
    shows(page, heaviest["name"])
    assert f"{heaviest['first']['requests']} requests" in page.locator(".facts").inner_text()
    asked = {report["files"]["paths"][file] for how in ("asks", "loads", "later") for file in heaviest[how]}
    assert set(rows(page)) == asked


def test_pages_of_packages_can_be_left_out(opened: Open) -> None:
    page = opened().at("part=pages")
    page.get_by_label("Only pages of the project").check()
    assert set(rows(page)) == {one["name"] for one in made.report(400)["pages"] if not one["package"]}


@pytest.mark.parametrize(
    ("what", "key"), [("added", "added"), ("changed", "changed"), ("only renamed", "renamed")]
)
def test_changes_are_shown_by_what_has_happened(opened: Open, what: str, key: str) -> None:
    report = made.report(400)
    page = opened().at("part=changes")
    page.get_by_label("What").select_option(what)
    files = [entry if isinstance(entry, int) else entry[0] for entry in report["changes"][key]]
    assert sorted(rows(page)) == [report["files"]["paths"][file] for file in files]
    assert set(column(page, 2)) == {what}


def test_findings_are_shown_by_level(opened: Open) -> None:
    findings = made.report(400)["findings"]
    page = opened().at("part=findings&level=error")
    assert page.locator(".finding").count() == sum(one["level"] == "error" for one in findings)
    page.get_by_label("Level").select_option("")
    assert page.locator(".finding").count() == len(findings)
    assert "2 findings are silenced" in page.inner_text("main")


def test_shadowed_files_say_which_won(opened: Open) -> None:
    shadowed = made.report(400)["shadowed"]
    page = opened().at("part=shadowed")
    assert rows(page) == [one["path"] for one in shadowed]
    assert column(page, 2) == [one["winner"] for one in shadowed]


NOTHING = {
    "overview": "There is no previous release",
    "links": "Links are not known",
    "pages": "No pages",
    "changes": "There is no previous release",
    "shadowed": "No files",
    "findings": "No findings",
}


def test_what_there_is_nothing_of_is_told(opened: Open) -> None:
    one = opened("first")
    one.at("")
    told = {part: one.go(f"part={part}").inner_text("main") for part in NOTHING}
    assert {part: said for part, said in NOTHING.items() if said not in told[part]} == {}


def test_a_previous_release_of_which_nothing_is_known_is_not_none(opened: Open) -> None:
    assert "What the previous release had is not known" in opened("unknown").at("part=changes").inner_text(
        "main"
    )


# The map


Reckon = Callable[[str, Any], Any]
SOURCES = Path(rendered.__file__).parent
RECKONING = ("words.js", "report.js", "treemap.js", "reach.js")


@pytest.fixture(scope="module")
def reckon(browser: Any) -> Reckon:
    """Call a function that has those of the scripts that only reckon, in a page that has nothing else."""
    page = browser.new_page()
    scripts = "\n".join((SOURCES / "script" / name).read_text("utf-8") for name in RECKONING)

    def call(function: str, argument: Any) -> Any:
        body = f"{scripts}\nreturn ({function})(given);"
        return page.evaluate("([body, given]) => new Function('given', body)(given)", [body, argument])

    return call


LAY_OUT = """({paths, weights, width, height}) => {
    const {root} = folderTree(paths);
    const bare = ({file, x, y, width, height}) => ({file, x, y, width, height});
    return cellsOf(root, weights, folderWeights(root, weights), {x: 0, y: 0, width, height}).map(bare);
}"""


@pytest.mark.parametrize(("width", "height"), [(1200, 640), (336, 500), (5000, 60)])
def test_cells_can_be_hit_and_lie_side_by_side(reckon: Reckon, width: int, height: int) -> None:
    files = made.report(400)["files"]
    argument = {"paths": files["paths"], "weights": files["sizes"], "width": width, "height": height}
    cells = reckon(LAY_OUT, argument)
    assert all(cell["width"] >= 24 and cell["height"] >= 24 for cell in cells)
    assert all(cell["x"] >= 0 and cell["x"] + cell["width"] <= width + 0.1 for cell in cells)
    assert all(cell["y"] >= 0 and cell["y"] + cell["height"] <= height + 0.1 for cell in cells)
    overlapping = [pair for pair in itertools.combinations(cells, 2) if overlap(*pair)]
    assert overlapping == []


def overlap(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    def meets(start: str, size: str) -> bool:
        return min(one[start] + one[size], other[start] + other[size]) - max(one[start], other[start]) > 0.1

    return meets("x", "width") and meets("y", "height")


def test_areas_are_in_proportion_to_weights(reckon: Reckon) -> None:
    weights = [400, 300, 200, 60, 40]
    argument = {"paths": list("abcde"), "weights": weights, "width": 1000, "height": 500}
    cells = reckon(LAY_OUT, argument)
    areas = {cell["file"]: cell["width"] * cell["height"] for cell in cells}
    assert areas == {file: pytest.approx(weight * 500) for file, weight in enumerate(weights)}


def test_small_files_are_one_cell_that_leads_to_all_of_them(opened: Open) -> None:
    page = opened().at("part=weight")
    cell = page.locator(".cell.rest").first
    number = int(cell.get_attribute("aria-label").split()[0])
    cell.focus()
    page.keyboard.press("Enter")
    assert focused(page).startswith("Small in ")
    assert len(rows(page)) == number


def test_the_map_weighs_and_colours_as_it_is_told(opened: Open) -> None:
    page = opened().at("part=weight")
    page.get_by_label("Weigh files").select_option("sizes")
    page.get_by_label("Colour by").select_option("whose")
    assert page.url.endswith("#part=weight&by=sizes&colour=whose")
    assert (
        page.locator(".crumbs").inner_text().strip().endswith(megabytes(made.report(400)["files"]["sizes"]))
    )
    assert "apps of the project" in page.locator(".legend").inner_text()


LEVELS = """({pairs, depth}) => {
    const lists = grouped(pairs.map(([from]) => from), pairs.map(([, to]) => to), pairs.map(() => 0));
    return levelsFrom(0, lists, depth).map((level) => level.map(({file}) => file));
}"""


@pytest.mark.parametrize(
    ("pairs", "depth", "levels"),
    [
        ([], 3, []),
        ([[0, 1], [1, 2], [2, 3]], 2, [[1], [2]]),
        ([[0, 1], [0, 2], [1, 3], [2, 3]], 4, [[1, 2], [3]]),
        ([[0, 1], [1, 0]], 4, [[1]]),  # in a circle
        ([[0, 0]], 4, []),  # to itself
        ([[0, 1], [0, 2], [2, 1]], 4, [[1, 2]]),  # at its least distance
    ],
)
def test_levels_hold_each_file_once(
    reckon: Reckon, pairs: list[list[int]], depth: int, levels: list[list[int]]
) -> None:
    found = reckon(LEVELS, {"pairs": pairs, "depth": depth})
    assert found == levels


DRAWN = """() => {
    const levels = [[{file: 1, via: 0}], [{file: 2, via: 1}]];
    return drawing(0, levels, levels, 900).lines.map(({from, to}) => [from.column, to.column]);
}"""


def test_lines_join_neighbours_though_a_circle_is_on_both_sides(reckon: Reckon) -> None:
    assert sorted(reckon(DRAWN, None)) == [[-2, -1], [-1, 0], [0, 1], [1, 2]]


# Names and sizes


def test_the_style_and_the_scripts_know_the_same_classes() -> None:
    style = re.sub(r"/\*.*?\*/", "", (SOURCES / "page.css").read_text("utf-8"), flags=re.DOTALL)
    styled = {
        name for selector in re.findall(r"[^{}]+(?={)", style) for name in re.findall(r"\.([a-z]+)", selector)
    }
    pieces = [SOURCES / "page.html", *(SOURCES / name for name in rendered.SCRIPTS)]
    text = "\n".join(piece.read_text("utf-8") for piece in pieces)
    given = {name for names in re.findall(r'class(?:: |=)"([^"]+)"', text) for name in names.split()}
    assert given - styled == set()
    assert {name for name in styled if not re.search(rf"\b{name}\b", text)} == set()


def test_the_scripts_are_those_of_the_folder() -> None:
    assert sorted(rendered.SCRIPTS) == sorted(
        f"script/{path.name}" for path in (SOURCES / "script").iterdir()
    )


def test_hostile_names_are_text(opened: Open) -> None:
    one = opened("hostile")
    page = one.at("part=files&q=evil&sort=path")
    assert len(rows(page)) == len(HOSTILE)
    links = page.locator("tbody a")
    for number in range(len(HOSTILE)):
        links.nth(number).click()
        page.wait_for_selector("h2 .path")
        said = page.locator("h2").inner_text()
        assert said.isprintable()
        page.go_back()
        page.wait_for_selector("tbody a")
    for part in PARTS:
        one.go(f"part={part.lower()}")
        assert page.locator("main img, main script, main svg[onload]").count() == 0
    assert page.evaluate("() => typeof hacked") == "undefined"


def test_a_name_that_turns_text_around_is_shown_by_its_numbers(opened: Open) -> None:
    page = opened("hostile").at("part=files&q=gnp")
    assert rows(page) == [r"evil/\u202egnp.exe\u202c.png"]


def test_of_thirty_thousand_files_only_what_is_seen_is_in_the_page(opened: Open) -> None:
    one = opened("huge")
    page = one.at("")
    sizes = {}
    for part in PARTS:
        one.go(f"part={part.lower()}")
        sizes[part] = page.evaluate("() => document.querySelectorAll('main *').length")
    assert max(sizes.values()) < 2500, sizes


@pytest.mark.needs("firefox")
@pytest.mark.needs("npm corpus")
def test_firefox_shows_it_without_complaint(written: Callable[[str], str]) -> None:
    address = written("usual")
    told = subprocess.run(
        ["node", str(parts.TESTS / "oracles" / "firefox_page.mjs"), f"{address}#part=weight"],
        capture_output=True,
        check=True,
        timeout=120,
    )
    (weight,) = json.loads(told.stdout)
    assert re.search(r"library/\s+[\d.]+ MB", weight["text"])
    assert weight["complaints"] == []
