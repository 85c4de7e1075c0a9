"""All cases on the database of this process's environment: `python -m tests.faults.suite NAME`."""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from tests.faults import table  # noqa: E402
from tests.faults.case import Case  # noqa: E402
from tests.faults.crowd import Crowd  # noqa: E402
from tests.faults.group import run_group  # noqa: E402
from tests.faults.kills import Killing  # noqa: E402
from tests.faults.results import result_cases  # noqa: E402
from tests.faults.site import Site  # noqa: E402
from tests.faults.straight import straight_cases  # noqa: E402
from tests.faults.table import Result  # noqa: E402
from tests.faults.wire import wire_cases  # noqa: E402
from tests.sandbox_fixture import Sandbox  # noqa: E402


class Server:
    """What `Sandbox` needs of a server that somebody else has started."""

    def __init__(self, url: str) -> None:
        self.url, self.base = url, url.removesuffix("/v1")


def main() -> int:
    """Run what is asked for; 1 when a promise broke."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", help="a name for the table")
    parser.add_argument("--sandbox", required=True)
    parser.add_argument("--only", default="*")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("setup", verbosity=0)
    sandbox = Sandbox(Server(options.sandbox))  # type: ignore[arg-type]
    began, results = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder, closing(Site(Path(folder))) as site:
        for name, group in groups(sandbox, site).items():
            if not fnmatchcase(name, options.only):
                continue
            sandbox.reset()
            for result in group():
                results.append(result)
                table.show(options.database, result)
            site.end()
        if any(result.problems for result in results):
            table.say(site.log_path.read_text(errors="replace")[-4000:])
    table.summary(options.database, results, time.monotonic() - began)
    return int(not results or any(result.problems for result in results))


def groups(sandbox: Sandbox, site: Site) -> dict[str, Callable[[], Iterator[Result]]]:
    """Everything that there is, by name, in order."""
    crowd = Crowd(sandbox, site)
    return {
        "wire": lambda: _worked_on(sandbox, site, wire_cases()),
        "results": lambda: _worked_on(sandbox, site, result_cases()),
        "straight": lambda: straight_cases(sandbox),
        "two_workers": crowd.two_workers,
        "repeated_tasks": crowd.repeated_tasks,
        "full_disk": crowd.full_disk,
        "lost_database": crowd.lost_database,
        "storm": crowd.storm,
        "kill_batch": Killing("batch", sandbox, site.log_path.parent / "places-batch").cases,
        "kill_direct": Killing("direct", sandbox, site.log_path.parent / "places-direct").cases,
    }


def _worked_on(sandbox: Sandbox, site: Site, cases: list[Case]) -> Iterator[Result]:
    site.start_worker()
    yield from run_group(sandbox, cases, partial(time.sleep, 0.3))


if __name__ == "__main__":
    sys.exit(main())
