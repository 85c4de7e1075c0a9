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

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.processes import say
from tests.browser_support import launch_options

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"": (1440, 900), "-phone": (390, 844)}
SCHEMES = {"": "light", "-dark": "dark"}
EDITED = "Before the next lesson, name the owner of one table that you use every day."
# Name of the picture -> where to go: an address, then the texts of links to follow from there.
PAGES = {
    "home": ("/admin/",),
    "courses": ("/admin/lessons/course/",),
    "plans": ("/admin/lessons/lessonplan/",),
    "lessons": ("/admin/lessons/lesson/",),
    "desk": ("/admin/lessons/lesson/", "desk"),
    "desk-differences": ("/admin/lessons/lesson/desk/?order=source", "Differences"),
    "desk-search": ("/admin/lessons/lesson/desk/search/?status=any&find=policy",),
    "desk-similar": ("/admin/lessons/lesson/desk/similar/?status=any",),
    "desk-whole": ("/admin/lessons/lesson/desk/whole/approve/?status=any",),
    "desk-people": ("/admin/lessons/lesson/desk/people/?status=any",),
    "runs": ("/admin/generation/run/",),
    "run": ("/admin/generation/run/", "Run 1"),
    "job": ("/admin/generation/batchjob/1/change/",),
    "notices": ("/admin/console/notices/",),
    "remote-batches": ("/admin/console/remote-batches/",),
    "remote-files": ("/admin/console/remote-files/",),
    "budgets": ("/admin/generation/budget/",),
    "plan-start": ("/admin/console/plan/",),
    "plan-choices": ("/admin/console/plan/", "Plan a run of"),
    "prompts": ("/admin/generation/prompt/",),
    "prompt": ("/admin/generation/prompt/", "lessons.lesson, version"),
    "prompt-filled-in": ("/admin/generation/prompt/", "lessons.lesson, version", "Show it filled in"),
    "prompt-try": ("/admin/generation/prompt/", "lessons.lesson, version", "Try on some items"),
    "recipe": ("/admin/generation/recipesettings/", "lessons.lesson"),
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


def signed_in(browser: Browser, site: str, width: int, height: int, scheme: str) -> Page:
    """A page of the superuser in a window of this size."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{site}/admin/login/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", "demo")
    page.press("#id_password", "Enter")
    page.wait_for_url(f"{site}/admin/")
    return page


def work(browser: Browser, site: str) -> None:
    """An editor's hour in short, for the pages that show work: one text gets a line more, the next becomes like it."""
    page = signed_in(browser, site, 1440, 900, "light")
    page.goto(f"{site}/admin/lessons/lesson/desk/?order=source")
    text = page.locator("#text").input_value()
    if EDITED not in text:
        text += f"\n\n{EDITED}\n"
        save(page, text)
        page.keyboard.press("Escape")
        page.get_by_role("link", name=re.compile("^Next")).click()
        page.locator(".desk-position", has_text=re.compile("^2 of")).wait_for()
        save(page, page.locator("#text").input_value().partition("\n")[0] + "\n" + text.partition("\n")[2])
    page.context.close()


def save(page: Page, text: str) -> None:
    """Put this text in the place of the present one."""
    page.evaluate("text => window.deskEditor.fill(text)", text)
    page.keyboard.press("ControlOrMeta+s")
    page.locator("#desk-said", has_text="Saved as a new revision").wait_for()


def shoot(browser: Browser, site: str, out: Path, names: Sequence[str]) -> None:
    """Take the pictures of these pages in both widths and both schemes."""
    for narrow, (width, height) in SIZES.items():
        for dark, scheme in SCHEMES.items():
            page = signed_in(browser, site, width, height, scheme)
            for name in names:
                address, *links = PAGES[name]
                page.goto(site + address)
                for text in links:
                    page.get_by_role("link", name=re.compile(text, re.IGNORECASE)).first.click()
                page.wait_for_load_state("networkidle")
                page.screenshot(path=out / f"{name}{narrow}{dark}.png")
            page.context.close()


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
        work(browser, site)
        shoot(browser, site, options.out, options.pages or list(PAGES))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
