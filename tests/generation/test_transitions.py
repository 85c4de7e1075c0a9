"""State changes are claims; leases have one holder; whoever is due is found."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from django_q.models import OrmQ

from generation.models import Run, Transition

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    return Run.objects.create(status="planned")


def copy_of(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


def test_only_the_first_of_two_claims_succeeds(run):
    other = copy_of(run)
    assert run.move("running")
    assert not other.move("running")
    assert Transition.objects.count() == 1


def test_a_claim_from_a_state_that_is_over_changes_nothing(run):
    assert not run.move("completed", "running", error="late")
    assert (run.status, copy_of(run).status, copy_of(run).error) == ("planned", "planned", "")


def test_a_claim_writes_its_fields_and_the_timeline(run):
    run.move("running", detail="launched", actor="ann", cancel_requested=True)
    row = Transition.objects.get()
    assert (row.from_status, row.to_status, row.detail, row.actor) == ("planned", "running", "launched", "ann")
    assert (row.run_id, row.batch_job_id) == (run.pk, None)
    assert copy_of(run).cancel_requested
    assert run.cancel_requested


def test_the_timeline_names_the_state_that_was_really_left(run):
    stale = copy_of(run)
    run.move("running", "planned")
    assert stale.move("completed", "planned", "running")
    assert Transition.objects.last().from_status == "running"


def test_a_change_leaves_other_columns_alone(run):
    stale = copy_of(run)
    Run.objects.update(error="written meanwhile")
    stale.move("running")
    assert copy_of(run).error == "written meanwhile"


def test_a_change_wakes_the_worker_in_its_own_transaction(run):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        run.move("running")
        raise ZeroDivisionError
    assert (OrmQ.objects.count(), Transition.objects.count(), copy_of(run).status) == (0, 0, "planned")
    run.status = "planned"
    run.move("running")
    assert OrmQ.objects.get().func() == "generation.tasks.advance_run"


def test_a_change_that_waits_for_a_moment_wakes_nobody(run):
    run.move("running", next_due=timezone.now() + timedelta(minutes=1))
    assert OrmQ.objects.count() == 0


def test_a_transition_belongs_to_one_thing():
    with pytest.raises(IntegrityError), transaction.atomic():
        Transition.objects.create(from_status="a", to_status="b")


def test_a_lease_has_one_holder(run):
    other = copy_of(run)
    assert run.take_lease(60)
    assert not other.take_lease(60)
    run.drop_lease()
    assert other.take_lease(60)


def test_a_lease_that_ran_out_may_be_taken_and_the_old_holder_notices(run):
    other = copy_of(run)
    run.take_lease(-1)
    assert other.take_lease(60)
    assert not run.renew_lease(60)
    run.drop_lease()
    assert copy_of(run).lease_token == other.lease_token


def test_a_renewal_prolongs(run):
    run.take_lease(1)
    before = copy_of(run).lease_until.timestamp()
    assert run.renew_lease(60)
    assert copy_of(run).lease_until.timestamp() > before


def test_without_a_lease_there_is_nothing_to_renew(run):
    assert not run.renew_lease(60)


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ({}, True),
        ({"next_due": -1}, True),
        ({"next_due": 60}, False),
        ({"lease_until": 60}, False),
        ({"lease_until": -1}, True),
        ({"woken_at": -1}, False),
        ({"woken_at": -10_000}, True),
    ],
)
def test_what_is_due(run, fields, due):
    now = timezone.now()
    Run.objects.update(**{name: now + timedelta(seconds=seconds) for name, seconds in fields.items()})
    assert Run.objects.due().exists() == due
