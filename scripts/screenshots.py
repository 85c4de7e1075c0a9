"""`make screenshots`: the pages of the demo as pictures for the docs, wide and narrow, light and dark.

Starts a demo of its own on free ports, signs in, takes the pictures into docs/images and stops it again.
"""

import argparse
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from scripts.processes import say
from tests.browser_support import launch_options

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"": (1440, 900), "-phone": (390, 844)}
SCHEMES = {"": "light", "-dark": "dark"}
# Name of the picture -> where to go: an address, then the texts of links to follow from there.
PAGES = {
    "home": ("/admin/",),
    "courses": ("/admin/lessons/course/",),
    "plans": ("/admin/lessons/lessonplan/",),
    "lessons": ("/admin/lessons/lesson/",),
    "desk": ("/admin/lessons/lesson/", "desk"),
    "runs": ("/admin/generation/run/",),
    "run": ("/admin/generation/run/", "Run 1"),
    "job": ("/admin/generation/batchjob/1/change/",),
    "notices": ("/admin/console/notices/",),
    "remote-batches": ("/admin/console/remote-batches/",),
    "remote-files": ("/admin/console/remote-files/",),
    "prompts": ("/admin/generation/prompt/",),
}


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def demo_site(folder: Path) -> Iterator[str]:
    """A running demo with its lessons; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "demo", "--folder", str(folder), "--port", str(port)]
    command += ["--sandbox-port", str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout  # noqa: S101 - it was asked for
        try:
            for line in process.stdout:
                say(line.rstrip())
                if line.startswith("Logs:"):
                    break
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=60)


def shoot(browser: Browser, site: str, out: Path, names: Sequence[str]) -> None:
    """Take the pictures of these pages in both widths and both schemes."""
    for narrow, (width, height) in SIZES.items():
        for dark, scheme in SCHEMES.items():
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            page.goto(f"{site}/admin/login/")
            page.fill("#id_username", "admin")
            page.fill("#id_password", "demo")
            page.press("#id_password", "Enter")
            page.wait_for_load_state("networkidle")
            for name in names:
                address, *links = PAGES[name]
                page.goto(site + address)
                for text in links:
                    page.get_by_role("link", name=re.compile(text, re.IGNORECASE)).first.click()
                page.wait_for_load_state("networkidle")
                page.screenshot(path=out / f"{name}{narrow}{dark}.png")
            context.close()


def main(given: Sequence[str] | None = None) -> int:
    """Start the demo, take the pictures, stop the demo."""
    parser = argparse.ArgumentParser(prog="python -m scripts.screenshots", description=__doc__)
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"only these of {', '.join(PAGES)}")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images", help="where to (docs/images)")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "screenshots", help="the demo's folder")
    options = parser.parse_args(given)
    options.out.mkdir(parents=True, exist_ok=True)
    with demo_site(options.folder) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        shoot(browser, site, options.out, options.pages or list(PAGES))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
