"""The demo's own surroundings: its folder, database, ports and the environment of all its processes."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
# Everything else of the user's environment (DATABASE_URL, keys, proxies, PROVIDERS ...) stays outside.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TERM", "TMPDIR", "USER", "LOGNAME", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Place:
    """Where one demo lives: its folder (absolute) and its two ports on 127.0.0.1."""

    folder: Path
    port: int
    sandbox_port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/admin/"


def demo_environment(place: Place, given: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The whole environment of the demo's processes, in which no database or provider but its own can be named."""
    folder = place.folder
    own = {
        "DJANGO_SETTINGS_MODULE": "batchsite.settings",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "ENV_FILE": os.devnull,
        "DEBUG": "on",
        "SECRET_KEY": "demo-only-and-only-on-loopback-where-the-password-is-demo-as-well",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "SITE_NAME": "Batchsite demo",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{quote(str(folder / 'demo.sqlite3'))}",
        "BATCHFILES_DIR": str(folder / "batchfiles"),
        "PUBLISH_ROOT": str(folder / "published"),
        "OPENAI_BASE_URL": f"http://127.0.0.1:{place.sandbox_port}/v1",
        "OPENAI_API_KEY": "sk-sandbox",
        "PROVIDER_SANDBOX_BASE_URL": f"http://127.0.0.1:{place.sandbox_port}/v1",
        "POLL_MIN_SECONDS": "0.5",
        "POLL_MAX_SECONDS": "2",
        "Q_POLL": "0.1",
        "EMAIL_URL": "consolemail://",
    }
    return {name: given[name] for name in KEPT if name in given} | own
