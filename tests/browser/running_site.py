"""A whole site of its own for the browser: web server, worker and tick as processes, on a file of SQLite."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser_support import NoBrowser, launch_options

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "demo"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """The running site, and what browsers saw that they should not see."""

    folder: Path
    port: int
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> None:
        """Run a command of the site to its end."""
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL, timeout=120)

    def start(self, *arguments: str) -> None:
        """Start one of its processes, with its output beside the database."""
        log = (self.folder / f"{arguments[0]}.log").open("wb")
        command = [sys.executable, "manage.py", *arguments]
        self.processes.append(
            subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        )

    def wait(self, seconds: float = 60) -> None:
        """Until the web server answers."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        end = time.monotonic() + seconds
        while True:
            try:
                opener.open(f"{self.url}/admin/login/", timeout=5).close()
            except OSError:
                assert time.monotonic() < end, (self.folder / "runserver.log").read_text()
                time.sleep(0.2)
            else:
                return

    def stop(self) -> None:
        """End its processes with their children."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait(timeout=15)

    def watch(self, page: Page) -> Page:
        """Note what the page logs as an error, and every request that leaves the site."""
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        ours = (f"{self.url}/", "data:", "about:", "blob:")
        page.on("request", lambda asked: None if asked.url.startswith(ours) else self.foreign.append(asked.url))
        return page

    def sign_in(self, context: BrowserContext, name: str) -> Page:
        """A page of this person."""
        page = self.watch(context.new_page())
        page.goto(f"{self.url}/admin/")
        page.fill("[name=username]", name)
        page.fill("[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url(f"{self.url}/admin/")
        return page


@pytest.fixture(scope="module")
def site(sandbox_process: Any, tmp_path_factory: Any) -> Iterator[Site]:
    """Migrated, with the roles and a person for each; its provider is the sandbox."""
    folder = tmp_path_factory.mktemp("site")
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "PROVIDERS")}
    environment = kept | {
        "DATA_DIR": str(folder), "ENV_FILE": os.devnull, "DEBUG": "on", "DJANGO_SETTINGS_MODULE": "batchsite.settings",
        "OPENAI_BASE_URL": sandbox_process.url, "OPENAI_API_KEY": "sk-test", "POLL_MIN_SECONDS": "0.2",
        "POLL_MAX_SECONDS": "1", "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    running = Site(folder, free_port(), environment)
    try:
        running.manage("migrate", "--noinput", "-v0")
        running.manage("setup")
        running.manage("shell", "-v0", "-c", "from demo import users; users.make_users()")
        running.start("runserver", "--noreload", f"127.0.0.1:{running.port}")
        running.start("qcluster")
        running.start("tick", "--every", "1")
        running.wait()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser, or a skip that says why there is none."""
    try:
        options = launch_options()
    except NoBrowser as reason:
        pytest.skip(str(reason))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**options)
        yield started
        started.close()
