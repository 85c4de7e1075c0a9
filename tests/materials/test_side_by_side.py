"""One run over several models, endpoints and providers: their batches at the same time, one ledger, one page."""

import pytest
from django.urls import reverse

from generation import advance
from generation.models import RecipeSettings, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline.plan import Selection
from generation.recipe_choice import chosen_recipes
from tests.generation.scenes import follow
from tests.materials.rows import catalogue

NAMES = ("frontmatter", "metatags", "text", "tags", "table")
TARGETS = {
    ("default", "gpt-4o-mini", "/v1/chat/completions"): ["metatags"],
    ("default", "gpt-4o", "/v1/chat/completions"): ["text"],
    ("other", "gpt-4o-mini", "/v1/responses"): ["tags"],
}


@pytest.fixture
def run(provider, settings, db) -> Run:
    """Meta tags, text and tags by two models, on two endpoints, of two providers; the table is computed."""
    settings.PROVIDERS = settings.PROVIDERS | {
        "other": {"base_url": provider.url, "api_key": "sk-other", "batch": True},
        "slow": {"base_url": provider.url, "api_key": "sk-slow", "batch": False},
    }
    places = {"model": "gpt-4o-mini", "requests_per_minute": 60_000}
    own = {"text": {"model": "gpt-4o"}, "tags": {"provider": "other", "endpoint": "/v1/responses"}}
    for name in NAMES:
        RecipeSettings.objects.create(recipe=f"materials.{name}", **places | own.get(name, {}))
    return advance.prepare(chosen_recipes(["materials"]), [catalogue("Oak", "Tin", "Ash")], Selection())


def to_the_second_wave(run: Run) -> None:
    """Frontmatter is in, and what needs it was written into files and not yet sent."""
    with without_wakeups():
        advance.launch(run, "test")
        advance.advance_run(run.pk)
        while not run.requests.filter(recipe="materials.tags").exclude(status="planned").exists():
            for pk in run.batch_jobs.unsettled().values_list("pk", flat=True):
                advance.advance_job(pk, force=True)
            advance.advance_run(run.pk)
    run.refresh_from_db()


def test_batches_of_different_models_endpoints_and_providers_are_under_way_together(run, provider, client, roles):
    to_the_second_wave(run)
    provider.faults("stuck_in_progress")
    jobs = list(run.batch_jobs.exclude(status="ingested").order_by("pk"))
    with without_wakeups():
        for job in jobs:
            while job.remote_status != "in_progress":
                advance.advance_job(job.pk, force=True)
                job.refresh_from_db()
    found = {
        (job.provider, job.model, job.endpoint): sorted({one.recipe.partition(".")[2] for one in job.requests.all()})
        for job in jobs
    }
    assert found == TARGETS and all(job.request_count == 3 for job in jobs)
    # All three are in progress at the provider at once, after the one of the frontmatter.
    assert len(provider.log()["creates"]) == 1 + 3
    assert run.ledger() == {"succeeded": 3 + 3, "queued": 9}

    client.force_login(roles["operator"])
    page = client.get(reverse("admin:generation_run_change", args=[run.pk]))
    shown = {(job.provider, job.model, job.endpoint) for job, *_ in page.context["jobs"]}
    assert shown == {("default", "gpt-4o-mini", "/v1/chat/completions"), *TARGETS} and page.context["job_total"] == 4
    assert page.context["progress"]["counts"] == [("queued", "queued", 9), ("succeeded", "succeeded", 6)]

    provider.clear_faults()
    provider.advance()
    follow(run)
    assert (run.status, run.ledger()) == ("completed", {"succeeded": 15})
    models = {(one.recipe.partition(".")[2], one.provider) for one in run.attempts()}
    assert models == {
        ("frontmatter", "default"), ("metatags", "default"), ("text", "default"), ("tags", "other"), ("table", "local"),
    }  # fmt: skip


def test_a_provider_without_a_batch_api_goes_directly_beside_the_batches(run, provider):
    RecipeSettings.objects.filter(recipe="materials.tags").update(provider="slow", endpoint="/v1/chat/completions")
    with without_wakeups():
        advance.launch(run, "test")
    follow(run)
    assert (run.status, run.ledger()) == ("completed", {"succeeded": 15})
    ways = {(one.recipe.partition(".")[2], one.provider, one.mode) for one in run.attempts()}
    assert ways == {
        ("frontmatter", "default", "batch"), ("metatags", "default", "batch"), ("text", "default", "batch"),
        ("tags", "slow", "direct"), ("table", "local", "local"),
    }  # fmt: skip
    assert provider.log()["executed"] == {"batch": 9, "direct": 3}


def test_one_batch_that_fails_stops_none_of_the_others(run, provider):
    to_the_second_wave(run)
    text = run.batch_jobs.get(model="gpt-4o")
    provider.faults("failed_batch", "broken", match={"metadata": {"batchsite_key": text.key}})
    follow(run)
    states = {(one.recipe.partition(".")[2], one.status) for one in run.requests.all()}
    assert states == {
        ("frontmatter", "succeeded"), ("metatags", "succeeded"), ("text", "failed"), ("tags", "succeeded"),
        ("table", "succeeded"),
    }  # fmt: skip
    assert (run.status, run.ledger()) == ("completed", {"succeeded": 12, "failed": 3})
