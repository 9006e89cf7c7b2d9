"""The rules for CDNs in the documentation, run as they stand there.

Node stands for the CDN. Of its own language's limits only those are held that Node does not know; what else
is special to a CDN, nobody tests here.
"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from stator.manifest_text import to_json
from stator.paths import CODING_SUFFIXES
from stator.serve.negotiation import choose
from tests.parts import TESTS
from tests.webserver.policies import MANIFEST

DOCUMENTED = (TESTS.parent / "docs" / "cdn.md").read_text()
NAME = "/static/app.0123456789ab.css"
SAID = [
    "",
    "identity",
    "br",
    "gzip, deflate, br, zstd",
    "gzip;q=1.0, br;q=0.5",
    "x-gzip",
    "GZIP",
    "gzip ; q=0.5 , br ; q=0.501",
    "*",
    "*;q=0.3, gzip",
    "br;q=0, *",
    "gzip;q=0.4, identity;q=0.5",
    "gzip, identity;q=0",
    "*;q=0",
    "br;q=2, gzip;q=.5",
    "brotli, gzipped",
    "gzip;q=0, gzip",
    "identity;q=0.5, br;q=0.5",
]


def documented(section: str, language: str) -> str:
    """Return the one block of a language in a section of the documentation."""
    (text,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", DOCUMENTED, re.MULTILINE | re.DOTALL)
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(block)


def cases(codings: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    forms = [some for size in range(len(codings) + 1) for some in itertools.combinations(codings, size)]
    return list(itertools.product(SAID, forms))


def run(folder: Path, driver: str, given: object) -> Any:
    (folder / "driver.mjs").write_text(driver)
    said = subprocess.run(
        ["node", str(folder / "driver.mjs")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


WORKER = """\
import worker from "./worker.mjs";
import { readFileSync } from "node:fs";

const told = [];
for (const { path, said, objects, method, fields } of JSON.parse(readFileSync(0))) {
  const asked = [];
  globalThis.fetch = async (url, options) => {
    const { pathname } = new URL(url);
    asked.push([pathname, Object.fromEntries(options.headers)]);
    const found = objects[pathname];
    if (!found) return new Response("<Error/>", { status: 403 });
    if (found.status) return new Response("<Error/>", { status: found.status });
    if (options.headers.get("If-None-Match") === found.etag) return new Response(null, { status: 304 });
    return new Response(found.body, { headers: found.fields });
  };
  const request = new Request(`https://cdn.example.com${path}`, { method, headers: fields });
  const answer = await worker.fetch(Object.assign(request, { cf: { clientAcceptEncoding: said } }));
  const headers = Object.fromEntries(answer.headers);
  told.push({ status: answer.status, body: await answer.text(), fields: headers, asked });
}
console.log(JSON.stringify(told));
"""


def worker(folder: Path, *given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what the Worker answers, and what it asks the bucket for."""
    (folder / "worker.mjs").write_text(documented("Cloudflare", "js"))
    usual = {"path": NAME, "said": "br", "objects": {}, "method": "GET", "fields": {}}
    answers: list[dict[str, Any]] = run(folder, WORKER, [{**usual, **one} for one in given])
    return answers


def objects(forms: Sequence[str], name: str = NAME) -> dict[str, Any]:
    """Return what a bucket has of a file."""
    found: dict[str, Any] = {
        name: {"body": "identity", "etag": '"identity"', "fields": {"ETag": '"identity"'}}
    }
    for coding in forms:
        fields = {"Content-Encoding": coding, "ETag": f'"{coding}"', "Cache-Control": "max-age=9"}
        found[name + CODING_SUFFIXES[coding]] = {"body": coding, "etag": f'"{coding}"', "fields": fields}
    return found


@pytest.mark.needs("node")
def test_the_worker_hands_on_the_form_that_a_visitor_likes_best(tmp_path: Path) -> None:
    table = cases(["br", "gzip"])
    answers = worker(tmp_path, *({"said": said, "objects": objects(forms)} for said, forms in table))
    for (said, forms), answer in zip(table, answers, strict=True):
        wanted = choose([*forms, "identity"], said)
        told = (answer["status"], answer["body"], answer["fields"].get("content-encoding"))
        if wanted is None:
            assert told == (406, "", None), (said, forms)
        else:
            assert told == (200, wanted, None if wanted == "identity" else wanted), (said, forms)
            assert answer["fields"]["vary"] == "Accept-Encoding"
            assert answer["fields"]["access-control-allow-origin"] == "*"


@pytest.mark.needs("node")
def test_the_worker_asks_for_no_more_than_it_needs(tmp_path: Path) -> None:
    png, own = "/static/x.png", "/static/own.json"
    called_so = {**objects([], own), f"{own}.gz": {"body": "somebody's", "fields": {}}}
    fields = {"If-None-Match": '"gzip"', "Range": "bytes=0-", "Cookie": "a=1", "Authorization": "x"}
    coded, plain, called, unchanged, ill, missing = worker(
        tmp_path,
        {"path": f"{NAME}?v=1", "said": "br, gzip", "objects": objects(["gzip"])},
        {"path": png, "objects": objects([], png)},
        {"path": own, "said": "gzip", "objects": called_so},
        {"said": "gzip", "objects": objects(["gzip"]), "fields": fields},
        {"objects": {f"{NAME}.br": {"status": 503}}},
        {"path": "/static/none.css"},
    )
    assert [path for path, _ in coded["asked"]] == [f"{NAME}.br", f"{NAME}.gz"]
    assert [path for path, _ in plain["asked"]] == [png]
    assert (plain["body"], plain["fields"].get("vary")) == ("identity", None)
    assert (called["body"], called["fields"].get("content-encoding")) == ("identity", None)
    assert unchanged["status"] == 304
    sent = {"accept-encoding": "gzip", "if-none-match": '"gzip"', "range": "bytes=0-"}
    assert unchanged["asked"] == [[f"{NAME}.gz", sent]]
    for answer, status in ((ill, 503), (missing, 404)):
        told = (answer["status"], answer["body"], answer["fields"]["cache-control"])
        assert told == (status, "", "no-store")


@pytest.mark.needs("node")
def test_the_worker_gives_away_nothing_that_is_private(tmp_path: Path) -> None:
    names = ["staticfiles.json", "staticfiles.00112233445566aa.json", ".stator/lock", "%2Estator/lock", "a%"]
    there = {f"/static/{name}": {"body": "secret", "fields": {}} for name in names}
    answers = worker(tmp_path, *({"path": f"/static/{name}", "objects": there} for name in names))
    assert [(answer["status"], answer["asked"]) for answer in answers] == [(404, [])] * len(names)
    preflight, posted = worker(tmp_path, {"method": "OPTIONS"}, {"method": "POST"})
    assert (preflight["status"], preflight["fields"]["access-control-allow-origin"]) == (204, "*")
    assert (posted["status"], posted["asked"]) == (405, [])


FUNCTION = """\
import { readFileSync } from "node:fs";
import { handler } from "./function.mjs";

const told = [];
for (const event of JSON.parse(readFileSync(0))) told.push(await handler(event));
console.log(JSON.stringify(told));
"""
KEY_VALUE_STORE = """\
export default {
  kvs: () => ({
    get: async (key) => {
      if (!(key in globalThis.pairs)) throw new Error("KeyNotFound");
      return globalThis.pairs[key];
    },
  }),
};
"""


def function(
    folder: Path, pairs: Mapping[str, str], events: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return what the CloudFront Function makes of events, its module of CloudFront's replaced by a table."""
    package = folder / "node_modules" / "cloudfront"
    package.mkdir(parents=True, exist_ok=True)
    (package / "package.json").write_text('{"type": "module", "main": "index.js"}')
    (package / "index.js").write_text(f"globalThis.pairs = {json.dumps(pairs)};\n{KEY_VALUE_STORE}")
    (folder / "function.mjs").write_text(f"{documented('CloudFront', 'js')}\nexport {{ handler }};\n")
    told: list[dict[str, Any]] = run(folder, FUNCTION, events)
    return told


def event(uri: str, said: str | None) -> dict[str, Any]:
    headers = {} if said is None else {"accept-encoding": {"value": said}}
    return {
        "request": {"method": "GET", "uri": uri, "querystring": {"v": {"value": "1"}}, "headers": headers}
    }


@pytest.mark.needs("node")
def test_the_function_asks_for_the_form_that_a_visitor_likes_best(tmp_path: Path) -> None:
    table = cases(["br", "zstd", "gzip"])
    pairs = {f"/static/{'-'.join(forms)}.css": " ".join(forms) for _, forms in table if forms}
    events = [event(f"/static/{'-'.join(forms)}.css", said) for said, forms in table]
    for (said, forms), told in zip(table, function(tmp_path, pairs, events), strict=True):
        wanted = choose([*forms, "identity"], said)
        if wanted is None:
            assert told["statusCode"] == 406, (said, forms)
        else:
            assert told["uri"] == f"/static/{'-'.join(forms)}.css{CODING_SUFFIXES.get(wanted, '')}", said
            assert told["querystring"] == {}


@pytest.mark.needs("node")
def test_a_name_that_the_key_value_store_does_not_have_stays(tmp_path: Path) -> None:
    told = function(tmp_path, {}, [event(NAME, "br"), event(NAME, None)])
    assert [one["uri"] for one in told] == [NAME, NAME]


@pytest.mark.parametrize(
    "unknown", [r"\bof\b", r"\?\.", r"\?\?", r"\.\.\.", r"\bclass\b", r"(?:const|let) [\[{]"]
)
def test_the_function_is_in_the_language_that_cloudfront_knows(unknown: str) -> None:
    """Runtime 2.0 has const, let, async, arrows and templates of what came after ECMAScript 5.1."""
    code = documented("CloudFront", "js")
    assert not re.search(unknown, re.sub(r"//.*|/\^.*\$/", "", code))
    assert len(code.encode()) < 10_000


@pytest.mark.needs("node")
def test_the_key_value_store_is_filled_from_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "static_root").mkdir()
    (tmp_path / "static_root" / "staticfiles.json").write_bytes(to_json(MANIFEST))
    code = documented("CloudFront", "python")
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    pairs = json.loads((tmp_path / "pairs.json").read_text())
    assert {one["Key"]: one["Value"] for one in pairs} == {
        "/static/css/app.3f2a9c1b7d5e.css": "br gzip",
        "/static/css/app.css": "br gzip",
        "/static/default": "zstd",
    }
