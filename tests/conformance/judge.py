"""One function that asks a server for a case and says all that is wrong with its answers."""

from __future__ import annotations

from tests.conformance.case import Case, Check, filled
from tests.conformance.checks import LAWS
from tests.conformance.wire import Address, Answer, BrokenAnswer, Request, exchange


def judge(case: Case, address: Address) -> list[str]:
    """Return what is wrong, a sentence each; an empty list for a server that conforms."""
    try:
        earlier = exchange(address, [case.after])[0] if case.after else None
        requests = [filled(turn.request, earlier) for turn in case.turns]
        answers = exchange(address, requests, pipelined=case.pipelined)
    except (BrokenAnswer, LookupError) as error:
        return [str(error)]
    faults = [
        fault
        for turn, answer in zip(case.turns, answers, strict=False)
        for fault in faults_of(answer, earlier, turn.checks)
    ]
    if len(answers) < len(requests):
        faults.append(f"the connection ended after {_told(requests[len(answers) - 1])}")
    return faults


def faults_of(answer: Answer, earlier: Answer | None, checks: tuple[Check, ...]) -> list[str]:
    """Return what the checks and the laws say against an answer."""
    complaints = (check(answer, earlier) for check in (*checks, *LAWS))
    return list(dict.fromkeys(filter(None, complaints)))


def _told(request: Request) -> str:
    return f"{request.method} {request.target[:60].decode('latin-1')}"
