"""`python -m benchmarks` (or `make bench`): how long our steps take beside plain loops, and how much memory they hold.

How to read it. Machines differ, so no limit is in seconds: beside each step stands a plain loop that does the bare
work (renders the same prompts and writes the same JSONL; parses the same file and inserts the texts; cleans and checks
the same texts and inserts them), timed in the same process, on the same database, in turn. The figure is our best time
over the loop's best time; the ratio of each round follows in brackets, so that one can see how steady it is. On
SQLite the times compared are processor time, because the database works in our process and other programs would blur
the clock; on PostgreSQL (DATABASE_URL) they are by the clock. The seconds printed are always by the clock.

What else it shows: the checks of one lesson in milliseconds, the error of the estimate's sample, the peak memory of a
process that takes all steps at 1,000 and 10,000 requests (and 50,000 with --full), and the admin's list of lessons at
500 and 50,000 lessons. Then the desk's "approve and next" and its preview of a lesson of 16 KB at 500 and 10,000
lessons (50,000 with --full), beside a short page of the same site; and similar texts, found among 2,500 and among
10,000: four times the texts may take six times as long, and comparing all with all would take sixteen times.

The live page of a run at 500 and 10,000 requests (50,000 with --full): one refresh while answers come in, its queries
and the server's time, beside the two bare sums that anybody would ask.

What compares much with much, in processor time, each beside a plain loop that must find the same in a small sample:
entity resolution of 10,000 mentions against 10,000 entities (50,000 with --full), near duplicates among 2,000
responses (10,000), evaluation of 2,000 questions (10,000) with 8 and with 30 answers each.

Against a sandbox in a process of its own: runs of 1,000 and 10,000 small requests (50,000 with --full) from the plan
to the lessons, all committed, as our processor time by step (what the sandbox does, and the wait for it, is not in it;
the clock stands in brackets); direct mode's share of 500, 6,000 and 30,000 allowed requests a minute, after a warm-up
(--full: two minutes each after the first), at 30,000 beside a bare loop of the SDK with as many at once; and the
ingest of an output file of 180 MiB. A run of 109 materials x 11 components at 30 requests a minute, 3 to 8 s each and
5 % of faults that pass, ten times as fast (--compression), to its end without anybody. On a machine that others use
too, the shares of direct mode say little.
Exits 1 when a limit does not hold; --no-limits only prints.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.kinds_report import (
    EVALUATION_SECONDS,
    QUESTIONS,
    RESPONSES,
    evaluation_figures,
    near_duplicate_figures,
    resolution_figures,
)
from benchmarks.materials_report import materials_figures
from benchmarks.report import (
    Figure,
    desk_figures,
    direct_figures,
    endtoend_figures,
    ingest_figures,
    memory_figures,
    page_figures,
    run_page_figures,
    similar_figures,
    speed_figures,
)

ROOT = Path(__file__).resolve().parent.parent
PARTS = (
    "speed", "memory", "pages", "desk", "run_page", "similar", "resolution", "near_duplicates", "evaluation",
    "endtoend", "direct", "materials", "ingest180",
)  # fmt: skip
# These hold or start what is no part of the figure, or are said of SQLite: the database that was named is not theirs.
ON_SQLITE = ("memory", "endtoend", "direct", "materials")
BARE_AT = 30_000
# What a shell may hold for the user's own site must not reach ours.
DROPPED = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "PROVIDERS", "REDIS_URL", "MODEL_PRICES", "DEFAULT_MODEL", "DEBUG")


def make_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n", 1)[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="only these parts (default: all)")
    parser.add_argument("--size", type=int, default=10_000, help="requests of the speed part")
    parser.add_argument("--rounds", type=int, default=3, help="how often each step is timed")
    parser.add_argument("--memory", type=int, nargs="+", default=[1000, 10_000], help="requests of the memory part")
    parser.add_argument("--lessons", type=int, nargs="+", default=[500, 50_000], help="lessons of the pages part")
    parser.add_argument("--desk", type=int, nargs="+", default=[500, 10_000], help="lessons of the desk part")
    parser.add_argument("--run-page", type=int, nargs="+", default=[500, 10_000], help="requests of that part")
    parser.add_argument("--similar", type=int, nargs="+", default=[2500, 10_000], help="texts of the similar part")
    parser.add_argument("--resolution", type=int, nargs="+", default=[10_000], help="mentions of that part")
    parser.add_argument("--near-duplicates", type=int, nargs="+", default=[2000], help="responses of that part")
    parser.add_argument("--evaluation", type=int, nargs="+", default=[2000], help="questions of that part")
    parser.add_argument("--endtoend", type=int, nargs="+", default=[1000, 10_000], help="requests of that part")
    parser.add_argument("--direct", type=int, nargs="+", default=[500, 6000, BARE_AT], help="allowed a minute")
    parser.add_argument("--window", type=float, default=20, help="seconds in which direct answers are counted")
    parser.add_argument("--warm-up", type=float, default=5, help="seconds before them")
    parser.add_argument("--materials", type=int, default=109, help="materials of that part, of 11 components each")
    parser.add_argument("--compression", type=float, default=10, help="how much faster the materials part goes")
    parser.add_argument("--mebibytes", type=int, default=180, help="size of the output file of ingest180")
    parser.add_argument("--full", action="store_true", help="50,000 requests, too, and two minutes of each direct rate")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file")
    parser.add_argument("--no-limits", action="store_true", help="print only: exit 0 when a limit does not hold")
    return parser


def environment(folder: Path) -> dict[str, str]:
    """The settings of a site that lives in `folder`; DATABASE_URL counts only where it names PostgreSQL."""
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    if not kept.get("DATABASE_URL", "").startswith("postgres"):
        kept.pop("DATABASE_URL", None)
    return kept | {
        "DJANGO_SETTINGS_MODULE": "batchsite.settings",
        "ENV_FILE": os.devnull,
        "DATA_DIR": str(folder),
        "SECRET_KEY": "for-benchmarks-only-nothing-is-served-with-it-anywhere",
        "LOG_LEVEL": "WARNING",
    }


def child(name: str, **arguments: Any) -> dict[str, Any]:
    """Run one benchmark on a site of its own and return its figures."""
    with tempfile.TemporaryDirectory(prefix="batchsite-bench-") as folder:
        env = environment(Path(folder))
        Path(folder, "static").mkdir()
        if name in ON_SQLITE:
            env.pop("DATABASE_URL", None)
        if "DATABASE_URL" not in env:
            migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(migrate, cwd=ROOT, env=env, check=True)
        command = [sys.executable, "-m", "benchmarks.child", name, json.dumps(arguments)]
        done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def show(title: str, figures: Iterable[Figure]) -> list[Figure]:
    """Print a part of the report."""
    shown = list(figures)
    print(title, *shown, sep="\n", flush=True)
    return shown


def sizes_of(asked: list[int], *, full: bool, largest: int = 50_000) -> list[int]:
    """The sizes asked for, and with --full the largest that is promised."""
    return sorted({*asked, *([largest] if full else [])})


def measured(part: str, args: argparse.Namespace) -> Any:
    """The figures of one part."""
    if part == "speed":
        return child(part, size=args.size, rounds=args.rounds)
    if part == "pages":
        return child(part, sizes=args.lessons, rounds=args.rounds)
    if part == "desk":
        return child(part, sizes=sizes_of(args.desk, full=args.full))
    if part == "run_page":
        return child(part, sizes=sizes_of(args.run_page, full=args.full))
    if part == "similar":
        return [child(part, size=size) for size in sorted(args.similar)]
    if part == "near_duplicates":
        return [child(part, size=size) for size in sizes_of(args.near_duplicates, full=args.full, largest=RESPONSES)]
    if part == "evaluation":
        sizes = sizes_of(args.evaluation, full=args.full, largest=QUESTIONS)
        return [child(part, questions=size, answers=answers) for size in sizes for answers in EVALUATION_SECONDS]
    if part == "materials":
        return child(part, materials=args.materials, compression=args.compression)
    if part == "ingest180":
        return child(part, mebibytes=args.mebibytes)
    if part == "direct":
        window = {"warm_up": 60, "seconds": 120} if args.full else {"warm_up": args.warm_up, "seconds": args.window}
        return [child(part, per_minute=rate, bare=rate >= BARE_AT, **window) for rate in args.direct]
    return [child(part, size=size) for size in sizes_of(getattr(args, part), full=args.full)]


def reported(part: str, result: Any, args: argparse.Namespace) -> list[Figure]:
    """Print the figures of one part and return them."""
    if part == "speed":
        error = f"the estimate's sample is within {100 * result['estimate_error']:.2f} %"
        title = f"{args.size:,} requests on {result['database']}, best of {args.rounds}; {error}"
        return show(title, speed_figures(result))
    if part == "pages" and "skipped" in result:
        print(f"The list of lessons: skipped, {result['skipped']}")
        return []
    parts: dict[str, tuple[str, Callable[[Any], Iterable[Figure]]]] = {
        "memory": ("Memory of one process that takes all steps", memory_figures),
        "pages": ("The admin's list of lessons", page_figures),
        "desk": ("The desk, processor time of the server (median)", desk_figures),
        "run_page": ("The live page of a run, one refresh while answers come in (median)", run_page_figures),
        "similar": ("Similar texts of one course", similar_figures),
        "resolution": ("Mentions against known entities of four types, processor time", resolution_figures),
        "near_duplicates": ("Exact and near duplicates among responses, processor time", near_duplicate_figures),
        "evaluation": ("Evaluation of answers, processor time", evaluation_figures),
        "endtoend": ("End to end against a sandbox, our own processor time", endtoend_figures),
        "materials": ("A run of materials that nobody touches, in time as it would be", materials_figures),
        "direct": ("Direct mode against a sandbox that enforces a rate", direct_figures),
        "ingest180": ("Ingest of a large output file", ingest_figures),
    }
    title, figures = parts[part]
    return show(title, figures(result))


def main(argv: list[str] | None = None) -> int:
    """Run the parts asked for; 1 when a limit does not hold."""
    args = make_parser().parse_args(argv)
    results: dict[str, Any] = {}
    figures: list[Figure] = []
    for part in args.parts or PARTS:
        results[part] = measured(part, args)
        figures += reported(part, results[part], args)
    if args.json:
        args.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    broken = [figure.name for figure in figures if not figure.holds]
    if broken:
        print("Limits that do not hold: " + ", ".join(broken))
    return 1 if broken and not args.no_limits else 0


if __name__ == "__main__":
    sys.exit(main())
