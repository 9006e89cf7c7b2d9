"""Requests on their way: what is tried again, what is told, and what never is."""

from __future__ import annotations

import itertools
import socket
import ssl
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.errors import EnvironmentFailed
from stator.publish.purge.carry import PATIENCE, World, carry
from stator.publish.purge.order import Order
from stator.publish.purge.services import SERVICES
from tests.processes import free_port
from tests.publish.purge.listening import Asked, Listener, Reply, listening
from tests.publish.purge.rules import ENVIRON, SECRET_KEY, SITE, TOKEN, order, rules_of

DONE = {
    "cloudflare": Reply(b'{"success":true}'),
    "cloudfront": Reply(b"<Invalidation/>", 201),
    "fastly": Reply(b"{}"),
    "varnish": Reply(),
}
ONE = order(url=[f"{SITE}/a.css"])
NOW = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


class Waits(list[float]):
    """A world whose clock goes on only by waiting."""

    def world(self) -> World:
        return World(lambda: NOW + sum(self), self.append, timeout=5)


def send(service: str, url: str, wanted: Order = ONE, waits: Waits | None = None) -> None:
    kind, rules = SERVICES[service], rules_of(service, url)
    world = (Waits() if waits is None else waits).world()
    carry(kind.requests(wanted, rules), kind, kind.sealing(rules, ENVIRON), world)


@contextmanager
def answering(replies: Iterable[Reply]) -> Iterator[Listener]:
    left = iter(replies)
    with listening(lambda _: next(left)) as listener:
        yield listener


def failure(service: str, reply: Reply, waits: Waits | None = None) -> EnvironmentFailed:
    with answering(itertools.repeat(reply)) as listener, pytest.raises(EnvironmentFailed) as raised:
        send(service, listener.origin, waits=waits)
    assert raised.value.exit_code == 3
    return raised.value


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("ill", [429, 408, 500, 502, 503, 504, 520])
def test_a_service_that_is_ill_is_asked_again(service: str, ill: int) -> None:
    with answering([Reply(b"<html>", ill), DONE[service]]) as listener:
        send(service, listener.origin)
        first, second = listener.asked
    assert (first.method, first.target, first.body) == (second.method, second.target, second.body)


@pytest.mark.parametrize("service", SERVICES)
def test_a_connection_that_is_cut_is_made_anew(service: str) -> None:
    with answering([Reply(b"half of this", cut=True), DONE[service]]) as listener:
        send(service, listener.origin)
        assert len(listener.asked) == 2


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 501])
def test_a_refusal_is_not_asked_for_twice(status: int) -> None:
    waits = Waits()
    error = failure("cloudflare", Reply(b"<html>no</html>", status), waits)
    assert error.message.startswith(f"Cloudflare: {status} ")
    assert waits == []


def test_waits_grow_and_have_an_end() -> None:
    waits = Waits()
    error = failure("fastly", Reply(b"", 500), waits)
    assert waits == [1, 2, 4, 8, 16]
    assert str(error) == (
        "Fastly: 500 Internal Server Error.\nhint: Run the command again; to purge twice does no harm."
    )


@pytest.mark.parametrize(
    ("said", "waited"),
    [
        ("7", 7),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0),
        ("soon", 1),
        ("²", 1),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", 1),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_who_says_when_to_come_back_is_believed(status: int, said: str, waited: float) -> None:
    waits = Waits()
    with answering([Reply(b"", status, {"Retry-After": said}), DONE["fastly"]]) as listener:
        send("fastly", listener.origin, waits=waits)
    assert waits == [waited]


def test_who_asks_for_too_much_patience_is_told_of() -> None:
    waits = Waits()
    reply = Reply(
        b'{"success":false,"errors":[{"code":971,"message":"Slow down"}]}', 429, {"Retry-After": "900"}
    )
    error = failure("cloudflare", reply, waits)
    assert error.message == "Cloudflare: 429 Too Many Requests: Slow down (971)."
    assert waits == []


def test_cloudfront_is_waited_for_while_other_invalidations_are_in_progress() -> None:
    waits = Waits()
    busy = Reply(b"<Code>TooManyInvalidationsInProgress</Code><Message>Later</Message>", 400)
    with answering([*[busy] * 6, DONE["cloudfront"]]) as listener:
        send("cloudfront", listener.origin, waits=waits)
    assert waits == [1, 2, 4, 8, 16, 32]
    waits.clear()
    assert failure("cloudfront", busy, waits).message == (
        "CloudFront: 400 Bad Request: TooManyInvalidationsInProgress: Later."
    )
    assert 0 < sum(waits) <= PATIENCE


def test_a_signature_is_made_anew_for_each_attempt() -> None:
    with answering([Reply(b"", 500), DONE["cloudfront"]]) as listener:
        send("cloudfront", listener.origin)
        assert [asked.fields["x-amz-date"] for asked in listener.asked] == [
            "20260101T000000Z",
            "20260101T000001Z",
        ]


@pytest.mark.parametrize("service", ["cloudflare", "cloudfront", "fastly"])
@pytest.mark.parametrize("status", [200, 201])
def test_a_page_for_people_is_no_success(service: str, status: int) -> None:
    error = failure(service, Reply(b"<html>Welcome to this network</html>", status))
    assert "which is no answer of" in error.message


def test_an_answer_of_200_can_be_a_refusal() -> None:
    reply = Reply(b'{"success":false,"errors":[{"code":1012,"message":"Request must contain one of"}]}')
    assert failure("cloudflare", reply).message == "Cloudflare: 200 OK: Request must contain one of (1012)."


@pytest.mark.parametrize(
    ("service", "reply", "said", "hint"),
    [
        (
            "cloudflare",
            Reply(b'{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}', 403),
            "Cloudflare: 403 Forbidden: Authentication error (10000).",
            "Look at TOKEN",
        ),
        (
            "cloudflare",
            Reply(b'{"success":false,"errors":[{"code":7003,"message":"Could not route to zone"}]}', 404),
            "Cloudflare: 404 Not Found: Could not route to zone (7003).",
            "at ZONE",
        ),
        (
            "cloudfront",
            Reply(b"<Code>SignatureDoesNotMatch</Code><Message>No.</Message>", 403),
            "CloudFront: 403 Forbidden: SignatureDoesNotMatch: No.",
            "AWS_ACCESS_KEY_ID",
        ),
        (
            "cloudfront",
            Reply(b"<Code>NoSuchDistribution</Code><Message>None.</Message>", 404),
            "CloudFront: 404 Not Found: NoSuchDistribution: None.",
            "DISTRIBUTION",
        ),
        (
            "fastly",
            Reply(b'{"msg":"Provided credentials are missing or invalid"}', 401),
            "Fastly: 401 Unauthorized: Provided credentials are missing or invalid.",
            "purge_select",
        ),
        (
            "varnish",
            Reply(b"<html>", 405),
            "Varnish: 405 Method Not Allowed: its VCL does not take this request from here.",
            "docs/purge.md",
        ),
    ],
)
def test_who_does_not_let_us_in_is_told_of_with_what_to_look_at(
    service: str, reply: Reply, said: str, hint: str
) -> None:
    error = failure(service, reply)
    assert error.message == said
    assert hint in error.hint


@pytest.mark.parametrize(
    ("service", "form"),
    [
        ("cloudflare", '{"errors": [{"code": 1, "message": "no {}"}]}'),
        ("cloudfront", "<Code>no</Code><Message>no {}</Message>"),
        ("fastly", '{"msg": "no {}"}'),
    ],
)
def test_a_service_that_repeats_what_we_sent_is_not_repeated(service: str, form: str) -> None:
    def echo(asked: Asked) -> Reply:
        said = asked.fields.get("authorization", asked.fields.get("fastly-key", ""))
        return Reply(form.replace("{}", f"{said} {said.rpartition(' ')[2]}").encode(), 400)

    with listening(echo) as listener, pytest.raises(EnvironmentFailed) as raised:
        send(service, listener.origin)
    assert str(raised.value).count("[secret]") == 2
    assert not any(secret in repr(raised.value) for secret in (TOKEN, SECRET_KEY, "Signature="))


def test_what_a_service_says_is_one_line_of_some_length() -> None:
    message = "\\u001b[31m\\n" + "x" * 9000
    reply = Reply(f'{{"success":false,"errors":[{{"code":1,"message":"{message}"}}]}}'.encode(), 400)
    said = failure("cloudflare", reply).message
    assert said.isprintable()
    assert len(said) < 400


def test_what_was_carried_out_before_is_counted() -> None:
    wanted = order(url=[f"{SITE}/{number}" for number in range(3)])
    with (
        answering([DONE["fastly"], DONE["fastly"], Reply(b"", 400)]) as listener,
        pytest.raises(EnvironmentFailed, match="2 of 3 requests were carried out before"),
    ):
        send("fastly", listener.origin, wanted)


def test_cloudflare_is_not_asked_faster_than_it_allows() -> None:
    waits = Waits()
    wanted = order(url=[f"{SITE}/{number}" for number in range(250)])
    with answering(itertools.repeat(DONE["cloudflare"])) as listener:
        send("cloudflare", listener.origin, wanted, waits)
        assert len(listener.asked) == 3
    assert waits == [0.125, 0.125]


def test_nobody_listens() -> None:
    waits = Waits()
    with pytest.raises(EnvironmentFailed, match=r"Varnish: 127\.0\.0\.1:\d+ cannot be talked to \(.*refused"):
        send("varnish", f"http://127.0.0.1:{free_port()}", waits=waits)
    assert waits == [1, 2, 4, 8, 16]


def test_a_host_that_does_not_exist_is_not_asked_for_twice() -> None:
    waits = Waits()
    with pytest.raises(EnvironmentFailed, match="cannot be talked to"):
        send("varnish", "http://no-such-host.invalid", waits=waits)
    assert sum(waits) in {0, 31}  # a resolver without a network says "try again"


def test_who_says_nothing_is_given_up() -> None:
    waits = Waits()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        world = waits.world()._replace(timeout=0.05)
        kind = SERVICES["varnish"]
        rules = rules_of("varnish", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(EnvironmentFailed, match=r"says nothing for 0\.05 seconds"):
            carry(kind.requests(ONE, rules), kind, kind.sealing(rules, {}), world)


def test_a_large_answer_is_not_read_whole() -> None:
    large = Reply(b'{"msg": "' + b"x" * (1 << 20))
    assert "no answer of Fastly" in failure("fastly", large).message


@pytest.mark.needs("openssl")
def test_a_certificate_that_nobody_vouches_for_ends_it(tmp_path: Path) -> None:
    """Before anything was sent: neither the order nor the token is for whoever listens there."""
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    subprocess.run([*made, *files, "-subj", "/CN=127.0.0.1", "-days", "2"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    waits = Waits()
    with (
        listening(lambda _: DONE["cloudflare"], context) as listener,
        pytest.raises(EnvironmentFailed, match=r"its certificate cannot be trusted \(self.signed"),
    ):
        send("cloudflare", listener.origin, waits=waits)
    assert (listener.asked, waits) == ([], [])


@given(
    st.integers(100, 599),
    st.binary(max_size=200) | st.text('{}[]"<>:,ermsgcodCM/', max_size=60).map(str.encode),
)
def test_whatever_a_service_answers_is_an_answer(status: int, body: bytes) -> None:
    for service in SERVICES.values():
        assert isinstance(service.trouble(status, body), str | None)
