"""The walker itself: it does what a page says, and complains where the page is wrong."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from tests.docs.pages import blocks
from tests.docs.walking import Walk, missing_line

PAGE = """
# A page

<!-- site/hello.txt -->
Write `site/hello.json`:

```json
{"hello": 1}
```

```python
# site/hello.py
print("Hello", 3)
```

```diff
--- a/site/hello.py
+++ b/site/hello.py
@@ -1,2 +1,2 @@
 # site/hello.py
-print("Hello", 3)
+print("Bye", 4)
```

```console
$ cd site
$ python hello.py; export GREETING=hello  # a comment
Bye 5
$ echo $GREETING \\
  world; pwd
hello …
/srv/site/site
$ cat hello.json
```
"""


def walk(tmp_path: Path, text: str) -> Walk:
    page = tmp_path / "page.md"
    page.write_text(text)
    with Walk(tmp_path / "folder") as walked:
        for block in blocks(page):
            walked.do(block._replace(page=Path(__file__)))
    return walked


def test_a_page_is_done_literally(tmp_path: Path) -> None:
    walked = walk(tmp_path, PAGE)
    assert (walked.folder / "site/hello.py").read_text() == '# site/hello.py\nprint("Bye", 4)\n'


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Bye 5", "Good bye 5"),  # output that does not come
        ("$ cat hello.json", "$ cat gone.json"),  # a command that fails
        ('-print("Hello", 3)', '-print("Hello", 4)'),  # a difference that does not apply
        ("$ cat hello.json", "$ pip install no-such-package-anywhere"),
        ("$ cat hello.json", "$ true\nCommandError: it should have failed"),
    ],
)
def test_a_page_that_is_wrong_fails(tmp_path: Path, right: str, wrong: str) -> None:
    with pytest.raises(AssertionError):
        walk(tmp_path, PAGE.replace(right, wrong))


def test_a_server_runs_until_the_end_at_a_port_of_its_own(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```console\n$ python -m http.server --bind 127.0.0.1 8000\nServing HTTP on 127.0.0.1 port 8000 …\n"
        "$ curl -s 127.0.0.1:8000/a.txt\nhi\n```\n"
    )
    with Walk(tmp_path / "folder") as walked:
        (walked.folder / "a.txt").write_text("hi\n")
        walked.run(page)
        address = walked.address()
        assert urllib.request.urlopen(f"{address}/a.txt").read() == b"hi\n"
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address)


@pytest.mark.parametrize(
    ("shown", "printed", "gone"),
    [
        ("127 files, 1.4 MB", "9 files, 312 kB", None),
        ("css/app.3f2a9c1b7d5e.css", "css/app.82722bea531e.css", None),
        ("css/app.3f2a9c1b7d5e.css", "css/app.css", "css/app.3f2a9c1b7d5e.css"),
        ("a\n…\nc", "a\nb\nc", None),
        ("c\na", "a\nb\nc", "a"),
        ("a  b", "a b", None),
    ],
)
def test_what_is_alike_counts_as_shown(shown: str, printed: str, gone: str | None) -> None:
    assert missing_line(shown.splitlines(), printed) == gone
