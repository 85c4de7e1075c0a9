"""`python -m scripts.check_skips REPORT.xml ...`: fail if a JUnit report holds a skipped test, or no test at all."""

import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from scripts.processes import say


def skipped(report: Path) -> list[str]:
    """`test: reason` of each skipped test of a pytest report (expected failures are marked apart and not meant)."""
    # Our own pytest wrote this file a moment ago.
    cases = ElementTree.parse(report).getroot().iter("testcase")  # noqa: S314
    found = [(case, skip) for case in cases for skip in case.findall("skipped") if skip.get("type") != "pytest.xfail"]
    return [f"{case.get('classname')}.{case.get('name')}: {skip.get('message')}" for case, skip in found]


def problems(report: Path) -> list[str]:
    """Everything that makes a report unacceptable to continuous integration."""
    if not report.exists():
        return [f"{report} was not written"]
    count = sum(1 for _ in ElementTree.parse(report).getroot().iter("testcase"))  # noqa: S314
    return [f"skipped {line}" for line in skipped(report)] if count else [f"{report} holds no test"]


def main(reports: Sequence[str]) -> int:
    """Name what was skipped; 1 if anything was."""
    found = [problem for report in reports for problem in problems(Path(report))]
    for problem in found:
        say(f"Not acceptable here: {problem}")
    return 1 if found or not reports else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
