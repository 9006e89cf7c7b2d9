"""A page that is open in Chromium, and all that is heard of it."""

from __future__ import annotations

from typing import Any

TRANSFERRED = """() => performance.getEntriesByType("resource")
    .filter(one => one.name.includes("/static/")).map(one => one.transferSize)"""
FONTS = """async () => {
    await document.fonts.ready;
    return [...document.fonts].map(one => one.status);
}"""


class Visit:
    """All that went over the wire and to the console since the page was made."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.responses: list[Any] = []
        self.complaints: list[str] = []
        page.on("response", lambda response: self.responses.append(response))
        page.on(
            "console", lambda said: said.type in {"error", "warning"} and self.complaints.append(said.text)
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))

    def static(self) -> list[Any]:
        return [response for response in self.responses if "/static/" in response.url]

    def refused(self) -> list[tuple[int, str]]:
        return [(response.status, response.url) for response in self.responses if response.status >= 400]
