from __future__ import annotations

from stator.diagnose.scan.request import Asked, Fault, Kind, Request, Start, together
from stator.diagnose.scan.sights import Computed, Name, Starting, Wrong, asked, named
from stator.findings import Place


def test_sights_become_requests_with_places() -> None:
    sights = [Name(3, 6, "a.b", Kind.TAG), Computed(7, 8, "x", Kind.CALL), Wrong(7, 8, "load-missing", "x")]
    found = asked("x.html", "ä\na.b x".encode(), sights, package=True)
    name, x = Place("x.html", 2, 1, "a.b x", 0, 3), Place("x.html", 2, 5, "a.b x", 0, 1)
    assert found == Asked(
        (Request("a.b", Kind.TAG, name, package=True),),
        (Request("x", Kind.CALL, x, package=True, exact=False),),
        faults=(Fault("load-missing", x, "x", package=True),),
        read=1,
    )


def test_what_is_started_has_the_place_of_its_entry_too() -> None:
    content = b"shop main.ts"
    found = asked("x.html", content, [Starting(0, 4, "shop", "main.ts", (5, 12))])
    name, entry = Place("x.html", 1, 1, "shop main.ts", 0, 4), Place("x.html", 1, 6, "shop main.ts", 0, 7)
    assert found == Asked(starts=(Start("shop", "main.ts", name, entry),), read=1)


def test_a_name_that_is_a_folder_is_computed() -> None:
    assert named(0, 3, "a/b", Kind.TAG) == Name(0, 3, "a/b", Kind.TAG)
    assert named(0, 2, "a/", Kind.TAG) == Computed(0, 2, "a/", Kind.TAG)
    assert named(0, 0, "", Kind.TAG) == Computed(0, 0, "", Kind.TAG)


def test_what_several_files_ask_for_is_put_together_in_order() -> None:
    one = asked("x", b"ab", [Name(0, 1, "a", Kind.TAG)])
    other = asked("y", b"ab", [Name(1, 2, "b", Kind.TAG)])
    both = together([one, other, Asked(unread=((Place("z"), "It is no text."),))])
    assert [request.name for request in both.requests] == ["a", "b"]
    assert (both.read, both.unread) == (2, ((Place("z"), "It is no text."),))
    assert together([]) == Asked()
