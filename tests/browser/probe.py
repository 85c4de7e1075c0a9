"""Watches a page for anything that a hostile text could make it do, and looks through what the browser made of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Dialog, Frame, Page, Request, Response

# What pages of the desk ask for by themselves, beside the address that was gone to.
OWN = re.compile(r"/static/.*|/favicon.ico|/admin/jsi18n/|/admin/lessons/lesson/(desk/)?\d+/((preview|claim)/)?")
LIMIT_MS = 2000

# Attributes that run something, addresses that do, and what may only come from the site itself.
LOOK = """tags => Array.from(document.querySelectorAll("main *, .bs-page *")).flatMap(one => {
    const bad = Array.from(one.attributes).filter(each => each.name.startsWith("on") || each.name === "srcdoc")
        .map(each => each.name);
    for (const name of ["href", "src", "action", "formaction", "data", "poster", "xlink:href"]) {
        const value = one.getAttribute(name);
        if (value && !/^(https?|mailto):$/.test(new URL(value, "https://page.invalid/x").protocol)) {
            bad.push(name + "=" + value);
        }
    }
    if (one.matches(tags.join())) { bad.push("is there"); }
    return bad.map(what => "<" + one.localName + "> " + what);
})"""
ACTIVE = ("script", "object", "embed", "base", "meta", "math", "style", "audio", "video", "template", "marquee")
IN_PREVIEW = (*ACTIVE, "iframe", "svg", "form", "input", "button", "select", "textarea", "link", "img[src]")


@dataclass
class Probe:
    """A page under watch; `troubles` must stay empty."""

    page: Page
    troubles: list[str] = field(default_factory=list)
    # Addresses that took long by the clock, which other programs can blur.
    slow: list[str] = field(default_factory=list)
    asked: str = ""

    def __post_init__(self) -> None:
        """Begin to watch, before anything is loaded."""
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.note(f"script: {error}"))
        self.page.on("popup", lambda opened: self.note(f"opened {opened.url}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)
        self.page.on("framenavigated", self._moved)

    def note(self, trouble: str) -> None:
        """Something that must not be."""
        self.troubles.append(f"{self.asked}: {trouble}")

    def visit(self, address: str, tags: Sequence[str] = ACTIVE) -> None:
        """Go there, wait until everything is loaded, and look through it."""
        self.asked = address
        self.page.goto(address, wait_until="load")
        self.look(tags)

    def look(self, tags: Sequence[str] = ACTIVE) -> None:
        """Note elements that would run, load or send something."""
        for found in self.page.evaluate(LOOK, list(tags)):
            self.note(found)

    def _dialog(self, dialog: Dialog) -> None:
        self.note(f"{dialog.type}: {dialog.message}")
        dialog.dismiss()

    def _console(self, said: ConsoleMessage) -> None:
        expected = "status of 409" in said.text or said.location["url"].endswith("/favicon.ico")
        if said.type == "error" and not expected:
            self.note(said.text)

    def _request(self, request: Request) -> None:
        parts, here = urlsplit(request.url), urlsplit(self.page.url)
        foreign = parts.scheme in ("http", "https") and here.netloc and parts.netloc != here.netloc
        if foreign or parts.scheme in ("javascript", "file", "blob"):
            self.note(f"asked for {request.url}")
        elif parts.scheme != "data" and parts.path != urlsplit(self.asked).path and not OWN.fullmatch(parts.path):
            self.note(f"asked for {parts.path}")

    def _response(self, response: Response) -> None:
        response.finished()
        timing = response.request.timing
        if timing["responseStart"] - timing["requestStart"] > LIMIT_MS:
            self.slow.append(response.url)

    def _moved(self, frame: Frame) -> None:
        path = urlsplit(frame.url).path
        if frame.parent_frame is None and path != urlsplit(self.asked).path:
            self.note(f"went to {frame.url}")
        elif frame.parent_frame is not None and not (OWN.fullmatch(path) or frame.url == "about:blank"):
            self.note(f"a frame went to {frame.url}")
