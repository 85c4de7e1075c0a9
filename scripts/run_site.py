"""`make run`: your own site on this machine, with worker, tick and web server under one foreground process."""

import argparse
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model

from scripts.processes import HOST, Interrupted, ProcessFailed, Supervisor, answers_http, port_problem, say

ROOT = Path(__file__).resolve().parent.parent
MANAGE = (sys.executable, str(ROOT / "manage.py"))
SECRET_LINE = re.compile(r"^#?\s*SECRET_KEY=.*$", re.MULTILINE)
KEY_SECONDS = 5
FIRST_TIME = """\
{path} was made from .env.example, with a secret key of its own. Fill in at least OPENAI_API_KEY, or for another
OpenAI-compatible service OPENAI_BASE_URL too, and start `make run` again when you have changed something."""
NO_KEY = "OPENAI_API_KEY is not set in {path}: everything works but launching, which is refused until there is a key."
NO_SUPERUSER = "Nobody can sign in yet. Make an administrator: .venv/bin/python manage.py createsuperuser"


class CannotRun(Exception):
    """A step before the start failed; the message says which."""


def first_settings(example: str, key: str) -> str:
    """The text of a new `.env`: the example with this secret key in place of its own."""
    line = f"SECRET_KEY={key}"
    # As a function, so that nothing in the key is read as a reference to a group.
    text, count = SECRET_LINE.subn(lambda _: line, example, count=1)
    return text if count else f"{line}\n{example}"


def ensure_settings(path: Path, example: Path) -> bool:
    """Make `.env`, readable by its owner only, unless it is there; True if it was made."""
    if path.exists():
        return False
    text = first_settings(example.read_text(), secrets.token_urlsafe(60))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    return True


def manage(*command: str) -> None:
    """Run a management command at the terminal; raise CannotRun if it fails."""
    if subprocess.run([*MANAGE, *command], check=False).returncode:
        raise CannotRun(f"`manage.py {' '.join(command)}` failed; its message stands above.")


def ensure_superuser(interactive: bool) -> None:
    """Ask for an administrator if there is none, or say how to make one where nobody can be asked."""
    if get_user_model().objects.filter(is_superuser=True).exists():
        return
    if interactive:
        say("There is no administrator yet:")
        manage("createsuperuser")
    else:
        say(NO_SUPERUSER)


def prepare(env_file: Path) -> None:
    """Everything that must hold before the processes start."""
    if ensure_settings(env_file, ROOT / ".env.example"):
        say(FIRST_TIME.format(path=env_file))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "batchsite.settings")
    os.environ["ENV_FILE"] = str(env_file)
    manage("check")
    django.setup()
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    manage("migrate", "--noinput", "--verbosity", "0")
    manage("setup")
    if not settings.DEBUG:
        manage("collectstatic", "--noinput", "--verbosity", "0")
    ensure_superuser(sys.stdin.isatty())
    if not any(provider["api_key"] for provider in settings.PROVIDERS.values()):
        say(NO_KEY.format(path=env_file))
    else:
        # Apart, with a time-out that fits somebody who waits; a key that fails is no reason not to start.
        environment = os.environ | {"PROVIDER_TIMEOUT": str(KEY_SECONDS)}
        subprocess.run([sys.executable, "-m", "scripts.check_key"], cwd=ROOT, env=environment, check=False)


def serve(port: int) -> None:
    """Start worker, tick and web server and stay until Ctrl-C."""
    with Supervisor(Path(settings.DATA_DIR) / "log", os.environ | {"PYTHONUNBUFFERED": "1"}) as supervisor:
        supervisor.start("worker", [*MANAGE, "qcluster"])
        supervisor.start("tick", [*MANAGE, "tick", "--every", "5"])
        supervisor.start("web", [*MANAGE, "runserver", "--noreload", f"{HOST}:{port}"])
        supervisor.wait_until(lambda: answers_http(port), "The site", 60)
        say(f"\nOpen http://{HOST}:{port}/admin/\nLogs: {supervisor.folder}/*.log. Ctrl-C stops everything.")
        if settings.SECURE_SSL_REDIRECT:
            say("DEBUG is off: the site sends browsers to HTTPS, which a proxy in front of it must offer.")
        supervisor.serve()


def main(given: Sequence[str] | None = None) -> int:
    """Prepare and serve; every failure is a sentence and exit status 1."""
    parser = argparse.ArgumentParser(prog="python -m scripts.run_site", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="port of the site (8000)")
    port = parser.parse_args(given).port
    try:
        if problem := port_problem(port, "the site", "PORT"):
            raise CannotRun(problem)
        prepare(Path(os.environ.get("ENV_FILE") or ROOT / ".env"))
        serve(port)
    except (KeyboardInterrupt, Interrupted):
        say("\nStopped.")
        return 130
    except (CannotRun, ProcessFailed, OSError) as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
