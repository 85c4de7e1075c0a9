"""The sandbox as a process of its own, whose time and memory are not ours."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from django.test import override_settings

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class LocalSandbox:
    """A running sandbox: where it listens, and what it has seen."""

    def __init__(self, base: str) -> None:
        self.base = base

    @property
    def url(self) -> str:
        """What a client takes as its base_url."""
        return f"{self.base}/v1"

    def calls(self, operation: str) -> list[dict[str, Any]]:
        """Every call of one operation, with `at` (Unix seconds) and `status`."""
        with OPENER.open(f"{self.base}/_sandbox/log", timeout=60) as answer:
            return [call for call in json.load(answer)["calls"] if call["op"] == operation]


@contextmanager
def local_sandbox(*options: str) -> Iterator[LocalSandbox]:
    """Start one on a free port, as the site's default provider; it ends with the block."""
    with TemporaryDirectory(prefix="batchsite-bench-sandbox-", ignore_cleanup_errors=True) as folder:
        fixed = ["--port", "0", "--speed", "max", "--quiet", "--state", folder]
        command = [sys.executable, "-m", "sandbox", *fixed, *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            line = process.stdout.readline() if process.stdout else ""
            if "listening on " not in line:
                raise RuntimeError(f"the sandbox did not start: {line!r}")
            found = LocalSandbox(line.rsplit(" ", 1)[1].strip())
            provider = {"base_url": found.url, "api_key": "sk-bench", "batch": True}
            with override_settings(PROVIDERS={"default": provider}):
                yield found
        finally:
            process.terminate()
            process.communicate(timeout=30)
