"""What `manage.py batches` does with the provider's account: list its batches, adopt one, take a downloaded file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generation import advance
from generation.command_base import Actor, Failed, WrongUse, find_collection
from generation.console_output import Console
from generation.models import BatchJob, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline.adopt import AdoptError, account_batches, adopt
from generation.pipeline.bring import BringError, NoItemNamed, bring_for_items, bring_for_run
from generation.recipes import recipe_class
from generation.run_report import job_document, job_line


def list_remote(console: Console, provider: str, limit: int, json: bool) -> None:
    """The account's batches: ours, orphaned (made by this site, attached to none), foreign."""
    found = list(account_batches(provider, limit))
    if json:
        console.document(
            [
                {
                    "id": one.remote.id, "owner": one.owner, "status": one.remote.status,
                    "created_at": one.remote.created_at, "counts": one.remote.counts,
                    "job": one.job.pk if one.job else None, "metadata": one.remote.metadata,
                }
                for one in found
            ]
        )  # fmt: skip
    for one in found:
        made = datetime.fromtimestamp(one.remote.created_at, UTC)
        job = f"  batch job {one.job.pk}" if one.job else ""
        console.say(f"{made:%Y-%m-%d %H:%M}  {one.owner:<8}  {one.remote.id}  {one.remote.status}{job}")
    if not found:
        console.say("The account has no batches.")
    elif any(one.owner == "orphaned" for one in found):
        console.say("Orphaned batches were made by this site and are attached to nothing: `batches adopt ID`.")


def adopt_batch(console: Console, batch_id: str, provider: str, actor: Actor, json: bool) -> None:
    """Take an orphaned batch over and go on with it."""
    try:
        with without_wakeups():
            job = adopt(batch_id, provider, actor.label)
    except AdoptError as error:
        raise Failed(f"{error} Nothing was changed.") from error
    job.refresh_from_db()
    job.wake_up()
    console.say(f"{batch_id} is batch job {job.pk} of run {job.run_id} now: {job_line(job)}")
    console.say(f"Go on with `manage.py batches collect {job.pk} --wait`; a running worker does it by itself.")
    if json:
        console.document(job_document(job))


def ingest_file(console: Console, options: dict[str, Any], actor: Actor) -> None:
    """Take the answers of a downloaded file: of a run of ours, or of another script by its ids."""
    path = Path(options["file"])
    if not path.is_file():
        raise Failed(f"There is no file {path}: nothing was done.")
    if bool(options["run"]) == bool(options["recipe"]) or bool(options["recipe"]) != bool(options["collection"]):
        raise WrongUse("Say whose answers these are: --run R, or --recipe K with --collection S.")
    with without_wakeups():
        job = _brought(path, options, actor)
        advance.advance_job(job.pk, force=True)
        for _ in advance.follow(job.run, interval=1):
            pass
    job.refresh_from_db()
    console.say(f"{path.name}: {job_line(job)}")
    for stray in job.stray_lines.all()[:10]:
        console.say(f"  line {stray.number} set aside: {stray.reason}")
    if options["json"]:
        console.document(job_document(job))


def _brought(path: Path, options: dict[str, Any], actor: Actor) -> BatchJob:
    try:
        if options["run"]:
            run = Run.objects.filter(pk=options["run"]).first()
            if run is None:
                raise Failed(f"There is no run {options['run']}: nothing was done.")
            return bring_for_run(path, run)
        recipe = recipe_class(options["recipe"])
        collection = find_collection(recipe.key, options["collection"], actor)
        return bring_for_items(path, recipe, collection, options["id_pattern"], actor.label)
    except NoItemNamed as error:
        hint = "Give --id-pattern with a group `key`, for example 'lesson-(?P<key>.+)'."
        raise Failed(f"{error} {hint} Nothing was changed.") from error
    except BringError as error:
        raise Failed(f"{error} Nothing was changed.") from error
