"""`manage.py generate`: plan, estimate, confirm, launch; wait for the end if asked to."""

import sys
from typing import Any

from django.core.management.base import CommandParser

from generation import advance
from generation.command_base import (
    EngineCommand,
    Failed,
    WrongUse,
    acting,
    add_json,
    add_launch,
    find_collections,
    only_collections,
    pace_of,
    positive,
)  # fmt: skip
from generation.dry_run import dry_run
from generation.models import Mode, Run, RunStatus
from generation.models.wakeups import without_wakeups
from generation.pipeline.plan import ONLY, NothingToGenerate, Selection
from generation.recipe_choice import chosen_recipes
from generation.run_guide import RunGuide
from generation.run_report import estimate_document, estimate_lines, survey_lines
from generation.run_watch import count_all, discard

SEVERAL = "can be repeated; may be left out where the kind has only one"


class Command(EngineCommand):
    """Generate texts for the items of collections."""

    help = (
        "Generate what is missing (or changed, outdated, failed) for the items of one or several collections. Shows "
        "the estimate and asks before anything is sent. Without --wait it returns when the batches are submitted; the "
        "worker (`manage.py qcluster`) or --resume brings the answers in."
    )
    interrupted = "Interrupted before the launch: nothing was sent and nothing is owed. Run the same command again."

    def add_arguments(self, parser: CommandParser) -> None:
        """What, of which collections, and how."""
        parser.add_argument("names", nargs="*", metavar="KIND|RECIPE", help="such as lessons or lessons.lesson")
        parser.add_argument("--collection", action="append", default=[], metavar="SLUG", help=SEVERAL)
        parser.add_argument("--all", action="store_true", help="of a kind also the recipes that are switched off")
        parser.add_argument("--filter", action="append", default=[], metavar="FIELD=VALUE", help="can be repeated")
        parser.add_argument("--limit", type=positive, metavar="N", help="at most N items of each collection")
        parser.add_argument("--only", choices=ONLY, default="new", help="which items to take (default: new)")
        failed = "the same as --only failed"
        parser.add_argument("--retry-failed", dest="only", action="store_const", const="failed", help=failed)
        often = "with --only failed: not what failed more than N times"
        parser.add_argument("--max-error-count", type=positive, metavar="N", help=often)
        parser.add_argument("--include-approved", action="store_true", help="also items whose text is approved")
        every = "count the input tokens of every prompt, not of a sample"
        parser.add_argument("--count-all", action="store_true", help=every)
        parser.add_argument("--dry-run", action="store_true", help="make and check the files; send and keep nothing")
        parser.add_argument("--out", default="", metavar="DIR", help="with --dry-run: a new folder for the files")
        parser.add_argument("--wait", action="store_true", help="stay to the end; exit 1 unless all requests succeed")
        parser.add_argument("--resume", type=positive, metavar="RUN", help="take a launched run to its end, here")
        add_launch(parser, "of --wait")
        add_json(parser)

    def work(self, **options: Any) -> int | None:
        """Resume a run, or plan one and launch it."""
        actor = acting(options["as_user"], "launch_run")
        if options["resume"]:
            run = _launched(options["resume"])
            return RunGuide(self.console, run, json=options["json"]).to_the_end(options["poll_interval"])
        selection = _checked(options)
        recipes = chosen_recipes(options["names"], also_disabled=options["all"])
        if options["collection"]:
            collections = find_collections(options["names"], options["collection"], actor)
        else:
            collections = only_collections(options["names"], actor)
        fields = {
            "mode": options["mode"], "model": options["model"], "pace": pace_of(options), "actor": actor.label,
            "created_by": actor.user,
        }  # fmt: skip
        try:
            if options["count_all"]:
                count_all(self.console, recipes, collections, selection, **fields)
            if options["dry_run"]:
                result = dry_run(self.console, options["out"], recipes, collections, selection, **fields)
                self._dry(result.estimate, result.files, options)
                return None
            run = advance.prepare(recipes, collections, selection, **fields)
        except NothingToGenerate as nothing:
            self.console.say(str(nothing))
            if options["json"]:
                self.console.document({"run": None, "total": 0, "message": str(nothing)})
            return None
        for line in (*survey_lines(run, recipes, collections), *estimate_lines(run)):
            self.console.say(line)
        return self._launch(run, options)

    def _dry(self, estimate: dict[str, Any], files: list[dict[str, Any]], options: dict[str, Any]) -> None:
        self.console.say("Dry run: nothing was sent and nothing was kept in the database.")
        if options["json"]:
            self.console.document({"dry_run": True, "estimate": estimate_document(estimate), "files": files})

    def _launch(self, run: Run, options: dict[str, Any]) -> int | None:
        launched = False
        try:
            advance.check_launch(run)
            if not (options["yes"] or _agreed(run)):
                raise Failed("Not launched: nothing was sent and nothing is owed.")
            if options["wait"] or run.mode == Mode.BATCH:
                # This command takes the next steps itself, and the tick finds whatever it leaves.
                with without_wakeups():
                    launched = advance.launch(run, run.actor)
            else:
                launched = advance.launch(run, run.actor)
        finally:
            if not launched:
                discard(run)
        guide = RunGuide(self.console, run, json=options["json"])
        guide.check_approved()
        self.console.say(f"Run {run.pk} launched by {run.actor}.")
        return guide.to_the_end(options["poll_interval"]) if options["wait"] else guide.to_submission()


def _checked(options: dict[str, Any]) -> Selection:
    """Refuse combinations that mean nothing before anything is looked up."""
    if not options["names"]:
        raise WrongUse("Say what to generate, a kind or recipes, and of which collection (--collection SLUG).")
    if options["out"] and not options["dry_run"]:
        raise WrongUse("--out goes with --dry-run: a launched run keeps its files itself.")
    if not (options["yes"] or options["dry_run"] or sys.stdin.isatty()):
        raise WrongUse("Nobody can be asked here, and a launch costs money: add --yes to launch, or --dry-run.")
    if options["max_error_count"] and options["only"] != "failed":
        raise WrongUse("--max-error-count goes with --only failed.")
    pairs = [text.partition("=") for text in options["filter"]]
    if wrong := ["".join(pair) for pair in pairs if not (pair[0] and pair[1])]:
        raise WrongUse(f"A filter is FIELD=VALUE, as in --filter level=F, and '{wrong[0]}' is not.")
    return Selection(
        only=options["only"], filters={name: value for name, _, value in pairs}, limit=options["limit"],
        include_approved=options["include_approved"], most_errors=options["max_error_count"],
    )  # fmt: skip


def _agreed(run: Run) -> bool:
    sys.stderr.write(f"Launch {run.total:,} requests in {run.mode} mode? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _launched(pk: int) -> Run:
    run = Run.objects.filter(pk=pk).first()
    if run is None:
        raise Failed(f"There is no run {pk}: nothing was done. `manage.py progress` lists those that are running.")
    if run.status in (RunStatus.PLANNED, RunStatus.AWAITING_APPROVAL):
        raise Failed(f"Run {pk} was not launched yet: nothing was sent.")
    return run
