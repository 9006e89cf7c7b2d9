"""Start-up without a server: ``python -m benchmarks.serving.alone INTERFACE FACTORY``.

The application is made and answers one request, for the path in ``BENCH_PATH``. Printed are the time of that
answer on the system's monotonic clock, in seconds, and the memory of the process, now and at its peak, in kB.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from benchmarks.serving import applications


def answer_wsgi(application: Any, path: str) -> bytes:
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
    }
    answered = application(environ, lambda *_: None)
    try:
        return b"".join(answered)
    finally:
        getattr(answered, "close", lambda: None)()


def answer_asgi(application: Any, path: str) -> bytes:
    import asyncio

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost")],
    }
    parts: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        parts.append(message.get("body", b""))

    asyncio.run(application(scope, receive, send))
    return b"".join(parts)


ANSWER = {"wsgi": answer_wsgi, "asgi": answer_asgi}


def main(interface: str, factory: str) -> None:
    application = getattr(applications, factory)()  # held until its memory is known
    body = ANSWER[interface](application, os.environ["BENCH_PATH"])
    answered = time.monotonic()
    with open("/proc/self/status", encoding="ascii") as file:
        status = dict(line.split(":", 1) for line in file)
    if body != applications.constant_body():
        sys.exit(f"{factory} answered something else: {body[:100]!r}")
    print(answered, *(status[name].split()[0] for name in ("VmRSS", "VmHWM")))


if __name__ == "__main__":
    main(*sys.argv[1:])
