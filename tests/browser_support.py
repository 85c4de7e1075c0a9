"""Finds a browser for the tests that need one, or says why there is none."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class NoBrowser(Exception):
    """There is no browser to test with; the message is the reason for skipping."""


def browsers_folder() -> Path:
    """Where Playwright keeps the browsers that it downloads (on Linux)."""
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    return Path(named) if named and named != "0" else Path.home() / ".cache" / "ms-playwright"


def playwright_has_its_own(folder: Path | None = None) -> bool:
    """Whether the very revision that this Playwright launches without a window is installed completely."""
    listed = Path(playwright.__file__).parent / "driver" / "package" / "browsers.json"
    revisions = {entry["name"]: entry["revision"] for entry in json.loads(listed.read_text())["browsers"]}
    shell = f"chromium_headless_shell-{revisions['chromium-headless-shell']}"
    return ((folder or browsers_folder()) / shell / "INSTALLATION_COMPLETE").exists()


def system_browser() -> str | None:
    """The path of BROWSER_PATH or of a Chromium that the system has; NoBrowser if BROWSER_PATH leads nowhere."""
    named = os.environ.get("BROWSER_PATH")
    if named and not os.access(named, os.X_OK):
        raise NoBrowser(f"BROWSER_PATH={named} is no program that can be run")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def launch_options() -> dict[str, Any]:
    """Arguments for `playwright.chromium.launch`; raises NoBrowser with the reason."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    options: dict[str, Any] = {"headless": True, "args": [*ARGUMENTS, *as_root]}
    if os.environ.get("BROWSER_PATH") or not playwright_has_its_own():
        path = system_browser()
        if path is None:
            raise NoBrowser("no browser: neither Playwright's own, nor chromium or google-chrome, nor BROWSER_PATH")
        options["executable_path"] = path
    return options
