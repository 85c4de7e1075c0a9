"""`python -m scripts.get_browser`: fetch a browser for the tests where that can be done; never fails."""

import os
import shutil
import subprocess
import sys

from scripts.processes import say
from tests.browser_support import NoBrowser, launch_options

DOWNLOAD_SECONDS = 300


def missing() -> str | None:
    """The reason why the browser tests would be skipped, or None."""
    try:
        launch_options()
    except NoBrowser as reason:
        return str(reason)
    return None


def ways() -> list[list[list[str]]]:
    """Ways to get a browser, best first; each is a list of commands."""
    found = [[[sys.executable, "-m", "playwright", "install", "chromium"]]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        found.append([["apt-get", "update", "-q"], ["apt-get", "install", "-q", "-y", "chromium"]])
    return found


def worked(command: list[str]) -> bool:
    """Whether the command ended well within the time that a download may take."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, env=environment, timeout=DOWNLOAD_SECONDS, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def main() -> None:
    """Try each way until there is a browser, and say if there is none in the end."""
    for commands in ways():
        if missing() is None:
            return
        say(f"Getting a browser for the tests: {' '.join(commands[-1])}")
        all(map(worked, commands))
    if reason := missing():
        say(f"The browser tests will be skipped: {reason}")


if __name__ == "__main__":
    main()
