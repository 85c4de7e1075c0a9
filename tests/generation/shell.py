"""Commands as a script or a person would call them."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parent.parent.parent


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def said(*args: Any, status: int = 0) -> str:
    """What a command prints, ended with this exit status."""
    out = io.StringIO()
    try:
        call_command(*[str(arg) for arg in args], stdout=out, stderr=io.StringIO())
        ended = 0
    except SystemExit as end:
        ended = int(end.code or 0)
    assert ended == status, out.getvalue()
    return out.getvalue()


def document(*args: Any, status: int = 0) -> Any:
    """The one JSON document of a command; anything else on stdout makes this fail."""
    return json.loads(said(*args, "--json", status=status))


def refused(*args: Any) -> tuple[int, str]:
    """Exit status and sentence of a command that fails."""
    with pytest.raises(CommandError) as caught:
        call_command(*[str(arg) for arg in args], stdout=io.StringIO(), stderr=io.StringIO())
    return caught.value.returncode, str(caught.value)


class Site:
    """A site of its own for commands in processes of their own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        plain = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "DEBUG": "on", "POLL_MIN_SECONDS": "0.1"}
        self.environment = plain | {"DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"} | environment

    def start(self, *args: Any) -> subprocess.Popen[str]:
        """A command under way."""
        command = [sys.executable, "manage.py", *(str(arg) for arg in args)]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True
        )

    def run(self, *args: Any) -> tuple[int, str, str]:
        """Exit status, stdout and stderr of a command."""
        process = self.start(*args)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err
