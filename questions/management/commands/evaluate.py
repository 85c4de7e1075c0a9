"""`manage.py evaluate`: score result files or stored runs, and compare them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from generation.command_base import EngineCommand, Failed, WrongUse, add_json, positive
from questions.charts import category_chart, difference_chart, measures_chart
from questions.comparison import LEVEL, RESAMPLES, SEED, Comparison, Drawing, Interval, compare, intervals
from questions.evaluation import NothingToEvaluate, evaluate_run
from questions.evaluation_text import comparison_document, comparison_lines, set_document, set_lines
from questions.matching import CONTAINMENT, SIMILARITY, Rule
from questions.results import ResultError, ResultSet, placed, read_results


class Command(EngineCommand):
    """Score answers against the known ones."""

    help = (
        "Score result files (results/VARIANT_DATASET.json) from their own predictions, or the answers of stored runs, "
        "without generating anything. Of several over one dataset, each is compared with the first: figures with "
        "bootstrap intervals, and the questions that were answered better or worse."
    )
    interrupted = "Interrupted: nothing was written. Run the same command again."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to score, by which rule, and where to."""
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="result files")
        parser.add_argument("--run", action="append", type=positive, default=[], metavar="R", help="can be repeated")
        parser.add_argument("--threshold", type=float, default=SIMILARITY, help=f"least similarity ({SIMILARITY})")
        parser.add_argument(
            "--containment", type=float, default=CONTAINMENT,
            help=f"least share of the longer text where one contains the other ({CONTAINMENT})",
        )  # fmt: skip
        parser.add_argument("--seed", type=int, default=SEED, help=f"of the intervals ({SEED})")
        parser.add_argument("--resamples", type=positive, default=RESAMPLES, help=f"of the intervals ({RESAMPLES})")
        parser.add_argument("--out", type=Path, metavar="DIR", help="write result files there, in results/")
        parser.add_argument("--charts", type=Path, metavar="DIR", help="write charts there, as SVG")
        add_json(parser)

    def work(self, **options: Any) -> None:
        """Read, score, compare, write."""
        if not options["files"] and not options["run"]:
            raise WrongUse("Say what to score: evaluate FILE.json, or evaluate --run R.")
        rule = _rule(options)
        drawing = Drawing(options["resamples"], options["seed"], LEVEL)
        sets = list(_sets(options["files"], options["run"], rule))
        measured = [intervals(one.scores, drawing) for one in sets]
        comparisons = [compare(first, second, drawing) for first, second in _pairs(sets)]
        for one, known in zip(sets, measured, strict=True):
            self._say(set_lines(one, known))
        for comparison in comparisons:
            self._say(comparison_lines(comparison))
        self._write(sets, measured, comparisons, options["out"], options["charts"])
        if options["json"]:
            self.console.document({
                "sets": [set_document(one, known) for one, known in zip(sets, measured, strict=True)],
                "comparisons": [comparison_document(one) for one in comparisons],
            })  # fmt: skip

    def _say(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.console.say(line)

    def _write(
        self, sets: list[ResultSet], measured: list[dict[str, Interval]], comparisons: list[Comparison],
        out: Path | None, charts: Path | None,
    ) -> None:  # fmt: skip
        if out:
            for path, one in placed(sets):
                self._file(out / path, one.to_bytes())
        if charts:
            names = [f"{number}. {one.variant_name} {one.dataset_name}" for number, one in enumerate(sets, start=1)]
            drawn = {"categories": category_chart(sets)}
            drawn["measures"] = measures_chart(dict(zip(names, measured, strict=True)))
            drawn |= {f"differences-{n}": difference_chart(one) for n, one in enumerate(comparisons, start=2)}
            for name, chart in drawn.items():
                self._file(charts / f"{name}.svg", chart.encode())

    def _file(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.console.say(f"Written: {path}")


def _pairs(sets: list[ResultSet]) -> Iterator[tuple[ResultSet, ResultSet]]:
    """Each set with the first one over the same dataset."""
    firsts: dict[str, ResultSet] = {}
    for one in sets:
        first = firsts.setdefault(one.dataset_name, one)
        if first is not one:
            yield first, one


def _rule(options: dict[str, Any]) -> Rule:
    for name in ("threshold", "containment"):
        if not 0 < options[name] <= 1:
            raise WrongUse(f"--{name} is a share above 0 and up to 1, and {options[name]} is not.")
    return Rule(options["threshold"], options["containment"])


def _sets(files: list[Path], runs: list[int], rule: Rule) -> Iterator[ResultSet]:
    for file in files:
        try:
            yield read_results(file.read_bytes(), rule)
        except ResultError as error:
            raise Failed(f"{file}: {error}") from error
        except OSError as error:
            raise Failed(f"The file {file} can't be read ({error.strerror}): nothing was scored.") from error
    for run in runs:
        try:
            yield from evaluate_run(run, rule)
        except NothingToEvaluate as error:
            raise Failed(f"{error} Nothing was scored.") from error
