"""System checks: a set-up that would lose work, double it or leave the site open is refused at start, with a hint."""

import math
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

LOOPBACK = ("localhost", "127.0.0.1", "::1")
PRICE = re.compile(r"[^=\s][^=]*=\s*\d+(\.\d+)?\s*/\s*\d+(\.\d+)?\s*")
Found = Iterator[CheckMessage]


def needed_retry(queue: dict[str, Any]) -> int:
    """Seconds that django-q2's `retry` must have: its lock starts when a task is prefetched, not when it starts."""
    waiting = math.ceil((queue.get("queue_limit", 0) + queue.get("bulk", 1)) / max(1, queue.get("workers", 1)))
    return int(queue.get("timeout") or 0) * (waiting + 1) + 60


def check_queue(**kwargs: Any) -> Found:
    """Values of django-q2 with which a task is neither run twice at once nor forgotten."""
    queue = settings.Q_CLUSTER
    needed = needed_retry(queue)
    if queue.get("retry", 60) < needed:
        yield Error(
            f"Q_RETRY is {queue.get('retry', 60)}: a task could be started a second time while it still waits or runs.",
            hint=f"Set Q_RETRY to at least {needed} (for this time-out, number of workers and queue limit).",
            id="generation.E001",
        )
    if not queue.get("queue_limit"):
        yield Error(
            "Q_CLUSTER['queue_limit'] is 0 or missing: workers would prefetch without an end.",
            hint="Set it to 1 or more.", id="generation.E002",
        )  # fmt: skip
    if not queue.get("ack_failures"):
        yield Error(
            "Q_CLUSTER['ack_failures'] is off: a task that fails would be delivered again and again.",
            hint="Switch it on, for the web process as well: it is stamped when a task is enqueued.",
            id="generation.E003",
        )


def check_sqlite(**kwargs: Any) -> Found:
    """Options without which several processes on SQLite block each other or lose rows."""
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return
    options = database.get("OPTIONS", {})
    pragmas = re.sub(r"\s", "", str(options.get("init_command", ""))).lower()
    wrong = {
        "init_command: PRAGMA journal_mode=WAL": "journal_mode=wal" not in pragmas,
        "init_command: PRAGMA foreign_keys=ON": not re.search(r"foreign_keys=(on|1|true)\b", pragmas),
        "transaction_mode: IMMEDIATE": str(options.get("transaction_mode", "")).upper() != "IMMEDIATE",
        "timeout: 20 (at least 10 seconds)": float(options.get("timeout", 5)) < 10,
    }
    missing = [name for name, is_wrong in wrong.items() if is_wrong]
    if missing:
        yield Error(
            "SQLite is not set up for several processes: they would block each other.",
            hint=f"DATABASES['default']['OPTIONS'] needs {'; '.join(missing)}.", id="generation.E004",
        )  # fmt: skip


def check_secret_key(**kwargs: Any) -> Found:
    """Outside DEBUG the key that signs sessions must be a secret."""
    if not settings.DEBUG and settings.SECRET_KEY == settings.SAMPLE_SECRET_KEY:
        yield Error(
            "SECRET_KEY is missing or the sample from the source: anybody could sign a session.",
            hint="Put a random one into .env: python -c 'import secrets; print(secrets.token_urlsafe(60))'. "
            "To try things out, set DEBUG=on.",
            id="generation.E005",
        )


def check_providers(**kwargs: Any) -> Found:
    """The sandbox's made-up texts must not pass for real ones, and an empty address is taken literally."""
    for name, options in settings.PROVIDERS.items():
        if name != "sandbox" and not settings.DEBUG and _is_sandbox(options):
            yield Error(
                f"The provider '{name}' is the sandbox: its texts are made up, and DEBUG is off.",
                hint="Outside DEBUG the sandbox is only reachable as PROVIDER_SANDBOX_BASE_URL, for rehearsals.",
                id="generation.E006",
            )
    addresses = [os.environ.get("OPENAI_BASE_URL"), *(options["base_url"] for options in settings.PROVIDERS.values())]
    if any(address is not None and not address.strip() for address in addresses):
        yield Error(
            "OPENAI_BASE_URL (or a provider's _BASE_URL) is set but empty: the SDK would take that for an address.",
            hint="Remove the line, or comment it out, to reach api.openai.com.", id="generation.E007",
        )  # fmt: skip


def _is_sandbox(options: dict[str, Any]) -> bool:
    try:
        host = urlsplit(options["base_url"] or "").hostname or ""
    except ValueError:
        return False
    is_loopback = host in LOOPBACK or host.startswith("127.")
    return is_loopback and str(options["api_key"]).startswith("sk-sandbox")


def check_times(**kwargs: Any) -> Found:
    """A slice of direct mode ends well before its task is killed, and a lease lasts."""
    limit = settings.Q_CLUSTER.get("timeout")
    if limit and not 0 < settings.DIRECT_SLICE_SECONDS < limit / 2:
        yield Error(
            f"DIRECT_SLICE_SECONDS is {settings.DIRECT_SLICE_SECONDS:g}: not above 0 and under half of Q_TIMEOUT.",
            hint=f"Set it below {limit / 2:g}, or leave it away.", id="generation.E008",
        )  # fmt: skip
    if settings.LEASE_SECONDS <= 0:
        yield Error(
            "LEASE_SECONDS is not above 0: several workers would take the same step.",
            hint="Set it to some minutes, or leave it away.", id="generation.E010",
        )  # fmt: skip


def check_prices(**kwargs: Any) -> Found:
    """Prices entered by hand can be read."""
    for entry in settings.MODEL_PRICES:
        if not PRICE.fullmatch(entry):
            yield Error(
                f"MODEL_PRICES has {entry!r}, which can't be read.",
                hint="An entry is MODEL=INPUT/OUTPUT in dollars for a million tokens, such as my-model=0.15/0.60.",
                id="generation.E009",
            )


def check_published_folder(**kwargs: Any) -> Found:
    """Published files are served by nobody but those who are meant to."""
    root = Path(settings.PUBLISH_ROOT).resolve()
    served = {"MEDIA_ROOT": settings.MEDIA_ROOT, "STATIC_ROOT": settings.STATIC_ROOT}
    served |= {f"STATICFILES_DIRS: {folder}": folder for folder in settings.STATICFILES_DIRS}
    for name, folder in served.items():
        if folder and root.is_relative_to(Path(folder).resolve()):
            yield Error(
                f"PUBLISH_ROOT lies inside {name}: what is published would be served or swept away with it.",
                hint="Set PUBLISH_ROOT to a folder of its own.", id="generation.E011",
            )  # fmt: skip


def check_key(**kwargs: Any) -> Found:
    """A production site without any key can't generate: allowed, but said with `check --deploy`."""
    if not settings.DEBUG and not any(options["api_key"] for options in settings.PROVIDERS.values()):
        yield Warning(
            "No provider has a key: every launch will be refused.", hint="Set OPENAI_API_KEY.", id="generation.W001"
        )


CHECKS: tuple[Callable[..., Found], ...] = (
    check_queue, check_sqlite, check_secret_key, check_providers, check_times, check_prices, check_published_folder,
)  # fmt: skip


def run_checks(**kwargs: Any) -> list[CheckMessage]:
    """Everything that must hold whenever a command starts."""
    return [message for check in CHECKS for message in check()]


def run_deploy_checks(**kwargs: Any) -> list[CheckMessage]:
    """What is only said with `check --deploy`."""
    return list(check_key())


def register_checks() -> None:
    """Called once, when the app is ready."""
    register(run_checks)
    register(run_deploy_checks, deploy=True)
