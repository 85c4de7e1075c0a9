"""`make demo`: a whole site on loopback, with a course of generated lessons to read, mend and approve, and a little of
the other kinds.

One foreground process that owns the sandbox, the worker, the tick and the web server, and stops them all when it ends.
"""

import argparse
import fcntl
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import django

from demo import kinds, progress, users
from demo.environment import ROOT, Place, demo_environment
from demo.known import write_known
from scripts.processes import Interrupted, ProcessFailed, Supervisor, answers_http, port_problem, say

OUTLINE = ROOT / "demo" / "data_governance.md"
MANAGE = (sys.executable, ROOT / "manage.py")
START_SECONDS = 60
# What is not made by then goes on while the site is looked at.
KINDS_SECONDS = 20


class CannotStart(Exception):
    """Something outside keeps the demo from starting; the message says what."""


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line, which `make demo PORT= SANDBOX_PORT=` fills in."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="port of the site (8000)")
    parser.add_argument("--sandbox-port", type=int, default=8001, help="port of the sandbox (8001)")
    parser.add_argument("--folder", type=Path, default=ROOT / "var/demo", help="where everything is kept (var/demo)")
    parser.add_argument("--once", action="store_true", help="end as soon as everything is there")
    parser.add_argument("--no-web", action="store_true", help="do not start the web server")
    return parser.parse_args(given)


def check_ports(place: Place, web: bool) -> None:
    """Raise CannotStart unless the ports are free and different."""
    problems = [port_problem(place.port, "the site", "PORT")] if web else []
    problems.append(port_problem(place.sandbox_port, "the sandbox", "SANDBOX_PORT"))
    if web and place.port == place.sandbox_port:
        problems.append("PORT and SANDBOX_PORT must differ.")
    if sentences := [sentence for sentence in problems if sentence]:
        raise CannotStart("\n".join(sentences))


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: two demos in one folder would share a database and a sandbox state."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"A demo is already running in {folder}; stop it first (Ctrl-C there).") from None
        yield


def prepare(supervisor: Supervisor) -> None:
    """Bring the database up to date and make roles and users."""
    say("Preparing the database ...")
    supervisor.run("migrate", [*MANAGE, "migrate", "--noinput"])
    supervisor.run("setup", [*MANAGE, "setup"])
    os.environ.clear()
    os.environ.update(supervisor.environment)
    django.setup()
    users.make_users()


def start_services(supervisor: Supervisor, place: Place, web: bool) -> None:
    """Start what runs until the end; the first answers last, because the others lean on it."""
    say("Starting sandbox, worker and site ..." if web else "Starting sandbox and worker ...")
    sandbox = [sys.executable, "-m", "sandbox", "--port", str(place.sandbox_port), "--speed", "max"]
    known = write_known(place.folder)
    supervisor.start("sandbox", [*sandbox, "--state", place.folder / "sandbox", "--known", known])
    supervisor.start("worker", [*MANAGE, "qcluster"])
    supervisor.start("tick", [*MANAGE, "tick", "--every", "1"])
    if web:
        supervisor.start("web", [*MANAGE, "runserver", "--noreload", f"127.0.0.1:{place.port}"])
    supervisor.wait_until(lambda: answers_http(place.sandbox_port, "/v1/models"), "The sandbox", START_SECONDS)


def bring_lessons(supervisor: Supervisor) -> None:
    """Import the outline and, if lessons are wanting and none are on their way, launch the batch run for them."""
    name = ["--collection", progress.COLLECTION]
    supervisor.run("import", [*MANAGE, "import_items", "lessons", OUTLINE, *name, "--name", "Data Governance"])
    lessons = progress.count()
    if lessons.complete:
        say(f"All {lessons.planned} lessons are there already: they are kept, nothing is generated again.")
    elif lessons.active_runs:
        say(f"{lessons.made} of {lessons.planned} lessons are there; going on with the run that was interrupted.")
    else:
        say(f"Generating {lessons.planned - lessons.made} of {lessons.planned} lessons in one batch ...")
        supervisor.run("generate", [*MANAGE, "generate", "lessons", *name, "--mode", "batch", "--yes"])


def watch(supervisor: Supervisor) -> None:
    """Show how the lessons come in; raise ProcessFailed if the runs end without all of them."""
    began, lessons = time.monotonic(), progress.count()
    while not lessons.complete and lessons.active_runs:
        say(f"\r{progress.line(lessons, time.monotonic() - began)}", end="" if sys.stdout.isatty() else "\n")
        supervisor.pause(0.3 if sys.stdout.isatty() else 1)
        lessons = progress.count()
    if not lessons.complete:
        raise ProcessFailed(f"{lessons.planned - lessons.made} lessons did not come; the run's page says why.")
    say(f"\r{progress.line(lessons, time.monotonic() - began)}")


def bring_kinds(supervisor: Supervisor) -> None:
    """Bring the small collections of the other kinds, and wait a little for what is made of them."""
    say(f"Bringing {', '.join(small.kind for small in kinds.KINDS)} ...")
    supervisor.run("kinds", [sys.executable, "-m", "demo.kinds"])
    deadline = time.monotonic() + KINDS_SECONDS
    while any(kinds.on_their_way(small.kind) for small in kinds.KINDS) and time.monotonic() < deadline:
        supervisor.pause(0.2)
    # What can only be done with what was generated: skipped while it is not there, for the next start.
    supervisor.run("kinds", [sys.executable, "-m", "demo.kinds", "then"])
    for kind, made, wanted in kinds.made():
        say(f"  {kind}: {made} of {wanted} texts made")


def settle(supervisor: Supervisor) -> None:
    """Give the runs a moment to write down that they are completed."""
    for _ in range(100):
        if not progress.count().active_runs:
            return
        supervisor.pause(0.1)


def run(options: argparse.Namespace) -> None:
    """The whole demo, until it is stopped or, with --once, until everything is there."""
    place = Place(options.folder.resolve(), options.port, options.sandbox_port)
    web = not options.no_web
    with only_one(place.folder):
        check_ports(place, web)
        with Supervisor(place.folder, demo_environment(place)) as supervisor:
            prepare(supervisor)
            start_services(supervisor, place, web)
            bring_lessons(supervisor)
            watch(supervisor)
            bring_kinds(supervisor)
            if web:
                supervisor.wait_until(lambda: answers_http(place.port, "/admin/login/"), "The site", START_SECONDS)
            if options.once:
                settle(supervisor)
            else:
                say(f"\n{users.table(place.address)}\n\nLogs: {place.folder}/*.log. Ctrl-C stops everything.")
                supervisor.serve()


def main(given: Sequence[str] | None = None) -> int:
    """Run the demo and turn its end into an exit status and a sentence."""
    try:
        run(arguments(given))
    except Interrupted:
        say("\nStopped before the lessons were there; the next `make demo` goes on from here.")
        return 130
    except (CannotStart, ProcessFailed, users.GroupMissing) as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    return 0
