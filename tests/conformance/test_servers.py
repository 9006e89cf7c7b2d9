"""Every case, asked of every server. What a server cannot pass is listed in ``exceptions``."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache

import pytest

from tests.conformance import site
from tests.conformance.cases import CASES
from tests.conformance.exceptions import EXCEPTIONS
from tests.conformance.judge import judge
from tests.conformance.kinds import KINDS
from tests.conformance.web_servers import public_folder


@pytest.fixture(scope="module")
def server_of():
    """Return the server of a kind: started when it is first asked for, and all go on until the last test.

    The tests come in any order, and to start servers takes longer than to ask them.
    """
    with ExitStack() as running:
        root = site.publish(running.enter_context(public_folder()) / "public")
        yield cache(lambda kind: running.enter_context(KINDS[kind].start(root)))


def _asked():
    for name, kind in KINDS.items():
        needed = [pytest.mark.needs(kind.part), pytest.mark.other_programs] if kind.part else []
        for case in kind.cases():
            reason = EXCEPTIONS.get(name, {}).get(case.id)
            known = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
            yield pytest.param(name, case, id=f"{name}: {case.id}", marks=[*needed, *known])


@pytest.mark.parametrize(("kind", "case"), [*_asked()])
def test_a_server_conforms(server_of, kind, case):
    assert judge(case, server_of(kind).address) == []


def test_each_case_has_a_name_of_its_own():
    ids = [case.id for case in CASES]
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize("kind", EXCEPTIONS)
def test_what_is_excepted_would_be_asked(kind):
    assert EXCEPTIONS[kind].keys() <= {case.id for case in KINDS[kind].cases()}
