"""Entry points of the queue: ids in, one call."""

import resource

from generation import advance, counting, mailing, pruning
from generation.likeness import catch_up
from generation.models import Heartbeat, Run
from generation.recipes import collection_model, recipe_class
from generation.review.background import advance_bulk, wake_due


def advance_run(run_id: int) -> None:
    """Take the next step of a run."""
    advance.advance_run(run_id)


def advance_job(job_id: int) -> None:
    """Take the next step of a batch job."""
    advance.advance_job(job_id)


def heartbeat() -> None:
    """Answer the beat that came through the queue, with this worker's peak memory."""
    Heartbeat.answer(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def index_run(run_id: int) -> None:
    """Index the texts of a run's collections for the search of similar ones."""
    run = Run.objects.filter(pk=run_id).first()
    if run is None:
        return
    for key in run.recipes:
        collections = collection_model(key.partition(".")[0])._default_manager.filter(slug__in=run.collections)
        catch_up(recipe_class(key), list(collections.values_list("pk", flat=True)))


def tick() -> None:
    """Wake what is due: scheduled by `setup`, and run every second by `manage.py tick --every 1`."""
    advance.tick()
    wake_due()
    counting.wake_due()
    mailing.send_due()


def mail_notices() -> None:
    """Send the e-mails of new notices."""
    mailing.send_due()


def bulk(job_id: int) -> None:
    """Take one slice of what is done to a whole filter."""
    advance_bulk(job_id)


def count_tokens(count_id: int) -> None:
    """Take one slice of counting the prompts of a plan."""
    counting.advance_count(count_id)


def prune() -> None:
    """Remove what has outlived its retention: scheduled by `setup`, once a day."""
    pruning.prune()
