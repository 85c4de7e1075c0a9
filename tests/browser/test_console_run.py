"""A run watched in a real browser to its end with failures of three causes; one retried, another run cancelled."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from generation import advance
from generation.models import BatchJob, JobStatus, Run
from generation.models.wakeups import without_wakeups
from lessons.models import Lesson
from tests import factories
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.generation.scenes import follow, past, submitted

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
# Three of sixty fail: by the service, by the model, and by silence.
CAUSES = ("request_400", "refusal", "missing_lines")
# Longer than the page waits between two looks, in milliseconds of its own clock.
A_WHILE = 4000


@pytest.fixture
def operator(signed_in, live_server, roles):
    """A page of somebody who may spend; its clock stands still until a test moves it."""
    page = signed_in(roles["operator"])
    page.clock.install()
    return page


@pytest.fixture
def run(course, provider):
    """Sixty planned requests, of which three will fail."""
    for fault in CAUSES:
        provider.faults(fault, 1)
    return factories.run(factories.course(6, 10, "large"))


def page_of(run):
    return reverse("admin:generation_run_change", args=[run.pk])


def built(run):
    """The run's only job, with its batch under way at the provider."""
    with without_wakeups():
        advance.advance_run(run.pk)
        job = run.batch_jobs.get()
        advance.advance_job(past(job).pk, force=True)
    job.refresh_from_db()
    return job


def look(page):
    """Let the page's time pass until it looks again."""
    page.clock.run_for(A_WHILE)


def watch_to_the_end(page, run, provider):
    provider.options(speed=1)
    page.goto(page_of(run))
    page.get_by_role("button", name="Launch", exact=True).click()
    expect(page.locator("#run-state")).to_contain_text("0 of 60 done")
    page.evaluate("window.same = true")
    job = built(run)
    provider.advance(job.remote_batch_id, to="in_progress", done=20)
    with without_wakeups():
        advance.advance_job(past(job).pk, force=True)
    look(page)
    expect(page.locator("#run-jobs")).to_contain_text("20 of 60 answered")
    expect(page.locator("#run-figures")).to_contain_text("from the provider's counters: 20 of 60 answered")
    expect(page.locator("#run-state")).to_contain_text("The provider has until")
    assert page.evaluate("window.same") is True
    provider.advance(job.remote_batch_id)
    follow(Run.objects.get(pk=run.pk))
    look(page)
    expect(page.locator("#run-state .bs-completed")).to_be_visible()
    assert page.evaluate("window.same") is None


def test_a_run_is_watched_to_its_end_and_one_cause_is_retried(operator, run, provider):
    watch_to_the_end(operator, run, provider)
    expect(operator.locator("#run-state")).to_contain_text("60 of 60 done")
    errors = operator.locator("#run-errors tbody tr")
    expect(errors).to_have_count(3)
    with operator.expect_download() as download:
        operator.get_by_role("link", name="Failures as CSV").click()
    assert download.value.path().read_text(encoding="utf-8-sig").count("\n") == 4
    provider.clear_faults()
    missing = errors.filter(has_text="missing")
    expect(missing.get_by_role("button")).to_contain_text("Retry these (+$")
    missing.get_by_role("button").click()
    expect(operator.locator("#run-state .bs-running")).to_be_visible()
    provider.options(speed=0)
    follow(Run.objects.get(pk=run.pk))
    look(operator)
    expect(operator.locator("#run-state .bs-completed")).to_be_visible()
    assert run.ledger() == {"succeeded": 58, "failed": 1, "invalid": 1}
    expect(operator.locator("#run-errors tbody tr")).to_have_count(2)


def test_after_the_end_and_while_hidden_nothing_is_asked(operator, course, provider):
    provider.options(speed=1)
    job = submitted(course)
    asked = []
    operator.on("request", lambda one: asked.append(one.url) if one.url.endswith("/progress/") else None)
    operator.goto(page_of(job.run))
    with operator.expect_response("**/progress/"):
        look(operator)
    show = "hidden => { Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});"
    show += "document.dispatchEvent(new Event('visibilitychange')); }"
    operator.evaluate(show, True)
    before = len(asked)
    operator.clock.run_for(60_000)
    assert len(asked) == before
    with operator.expect_response("**/progress/"):
        operator.evaluate(show, False)
    provider.advance(job.remote_batch_id)
    follow(Run.objects.get(pk=job.run_id))
    look(operator)
    expect(operator.locator("#run-state .bs-completed")).to_be_visible()
    before = len(asked)
    operator.clock.run_for(60_000)
    assert len(asked) == before


def test_what_the_reader_has_open_or_is_in_stays(operator, course, provider):
    provider.options(speed=1)
    job = submitted(course)
    operator.goto(page_of(job.run))
    operator.locator("#run-jobs summary").click()
    link = operator.locator("#run-ledger a").first
    link.focus()
    provider.advance(job.remote_batch_id, to="in_progress", done=2)
    with without_wakeups():
        advance.advance_job(past(job).pk, force=True)
    look(operator)
    expect(operator.locator("#run-jobs")).to_contain_text("2 of 6 answered")
    expect(operator.locator("#run-jobs details")).to_have_attribute("open", "")
    expect(link).to_be_focused()


def test_a_provider_s_page_that_fails_is_asked_less_often_and_goes_on(operator, course, provider):
    provider.options(speed=1)
    run = submitted(course).run
    operator.goto(page_of(run))
    operator.route("**/progress/", lambda route: route.abort())
    with operator.expect_event("requestfailed"):
        look(operator)
    operator.unroute("**/progress/")
    with operator.expect_response("**/progress/"):
        operator.clock.run_for(10_000)
    expect(operator.locator("#run-state")).to_contain_text("0 of 6 done")


def test_another_run_is_cancelled(operator, course, provider):
    provider.options(speed=1)
    job = submitted(course)
    operator.goto(page_of(job.run))
    operator.locator("summary", has_text="Cancel …").click()
    operator.get_by_role("button", name="Cancel the run").click()
    expect(operator.locator("#run-state")).to_contain_text("It is being cancelled")
    provider.advance(job.remote_batch_id)
    follow(Run.objects.get(pk=job.run_id))
    look(operator)
    expect(operator.locator("#run-state .bs-cancelled")).to_be_visible()


def test_an_orphan_is_seen_at_home_and_adopted(operator, course, provider):
    job = submitted(course)
    remote = job.remote_batch_id
    job.move(JobStatus.NEEDS_ATTENTION, remote_batch_id=None, remote_status="", detail="a person must look")
    operator.goto(reverse("admin:index"))
    expect(operator.get_by_role("link", name=f"Batch job {job.pk} needs a decision")).to_be_visible()
    operator.get_by_role("link", name="Notices").click()
    expect(operator.locator("main")).to_contain_text(f"Run {job.run_id} needs attention")
    operator.get_by_role("button", name="Mark all as read").click()
    expect(operator.locator("main")).to_contain_text("Nothing unread.")
    operator.get_by_role("link", name="Batches at the provider").click()
    row = operator.locator("tr", has_text=remote)
    expect(row).to_contain_text("orphaned")
    row.get_by_role("button", name="Adopt").click()
    expect(operator.locator("body")).to_contain_text(f"{remote} is batch job {job.pk}")
    follow(Run.objects.get(pk=job.run_id))
    assert Lesson.objects.count() == 6
    assert BatchJob.objects.get().remote_batch_id == remote
