"""Every prompt of a plan counted on request: exact, repeatable, killed anywhere, good for just these prompts."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from generation import costs, counting, tasks
from generation.models import Prompt, Request, Run, TokenCount
from generation.pipeline.estimate import estimate
from generation.pipeline.plan import NothingToGenerate, Selection
from generation.pruning import prune
from generation.recipes import recipes_named
from generation.token_counts import count_slice
from lessons.models import LessonPlan
from tests import factories
from tests.generation.shell import said
from tests.tiny.rows import box

USER = "Say {{ title }}."


@pytest.fixture
def plain(course):
    """A course whose prompts are short enough to be counted by hand."""
    Prompt(recipe="lessons.lesson", system="", user=USER).add()
    return course


def begin(collection, names=("lessons",), **fields):
    return counting.begin(recipes_named(names), [collection], Selection(), **fields)


def worked(counts):
    """Take every slice as the worker does."""
    for count in counts:
        tasks.count_tokens(count.pk)
        count.refresh_from_db()
    return counts


def test_asking_leaves_no_run_and_counts_nothing_yet(plain):
    (count,) = begin(plain)
    assert (count.total, count.position, count.finished_at) == (6, 0, None)
    assert not Run.objects.exists() and not Request.objects.exists()


def test_all_are_counted_to_the_token(plain):
    (count,) = worked(begin(plain))
    texts = [f"Say Topic {module}.{lesson}." for module in (0, 1) for lesson in (1, 2, 3)]
    assert (count.counted, count.bytes) == (6, sum(len(text) for text in texts))
    assert count.tokens == sum(costs.count_tokens([text]) for text in texts)
    assert count.finished_at and not count.error


def test_the_estimate_stands_on_the_count_and_has_no_error(plain, monkeypatch):
    monkeypatch.setattr("generation.pipeline.estimate.MEASURED", 2)
    LessonPlan.objects.filter(key="M0-L002").update(title="long " * 90)
    sampled = estimate(factories.run(plain), sample=2)
    (count,) = worked(begin(plain))
    run = factories.run(plain)
    exact = estimate(run, sample=2)
    assert sampled["input_error"] > 0
    assert (exact["input_tokens"], exact["input_error"], exact["input_bytes"]) == (count.tokens, 0, count.bytes)
    assert exact["parts"][0]["sampled"] == 6


@pytest.mark.parametrize("moved", ["prompt", "model", "remark", "item", "source"])
def test_a_count_is_good_for_just_these_prompts(plain, moved):
    worked(begin(plain))
    fields = {}
    if moved == "prompt":
        Prompt(recipe="lessons.lesson", system="", user="Tell {{ title }}.").add()
    elif moved in ("model", "remark"):
        fields = {moved: "gpt-5.4-nano"}
    elif moved == "item":
        LessonPlan.objects.filter(key="M1-L003").update(removed_at="2026-01-01T00:00Z")
    else:
        plan = LessonPlan.objects.get(key="M0-L001")
        plan.title = "Another"
        plan.source_hash = plan.compute_hash()
        plan.save()
    assert estimate(factories.run(plain, **fields), sample=2)["parts"][0]["sampled"] == 2


def test_after_a_day_it_is_counted_anew(plain):
    (old,) = worked(begin(plain))
    TokenCount.objects.update(created_at=old.created_at - timedelta(days=1, minutes=1))
    assert estimate(factories.run(plain), sample=2)["parts"][0]["sampled"] == 2
    (new,) = begin(plain)
    assert (new.pk > old.pk, new.finished_at, TokenCount.objects.count()) == (True, None, 1)


def test_what_was_counted_is_not_counted_again(plain):
    (first,) = worked(begin(plain))
    (again,) = begin(plain)
    assert (again.pk, again.finished_at) == (first.pk, first.finished_at)


def test_recipes_and_collections_are_counted_apart(db):
    first, second = box(2, "one"), box(3, "two")
    counts = counting.begin(recipes_named(["tiny.fact", "tiny.quiz"]), [first, second], Selection())
    found = sorted((count.recipe, count.collection, count.total) for count in counts)
    assert found == [("tiny.fact", "one", 2), ("tiny.fact", "two", 3), ("tiny.quiz", "one", 2), ("tiny.quiz", "two", 3)]


def test_a_slice_that_was_stopped_is_taken_up_where_it_was(plain, monkeypatch):
    monkeypatch.setattr("generation.token_counts.CHUNK", 2)
    (count,) = begin(plain)
    looks = iter((True, False))
    assert count_slice(count, lambda: next(looks)) is False
    count.refresh_from_db()
    assert (count.position, count.finished_at) == (2, None)
    count.release()
    monkeypatch.setattr("generation.token_counts.CHUNK", 100)
    (whole,) = worked([count])
    assert (whole.position, whole.counted) == (6, 6)


def test_two_at_once_count_nothing_twice(plain, monkeypatch):
    monkeypatch.setattr("generation.token_counts.CHUNK", 2)
    (count,) = begin(plain)
    (other,) = TokenCount.objects.all()
    looks = iter((True, False))
    count_slice(other, lambda: next(looks))
    # This one still believes that nothing is counted: its first chunk is refused.
    assert count_slice(count, lambda: True) is False
    count.refresh_from_db()
    assert (count.position, count.counted) == (2, 2)


def test_a_killed_worker_is_made_up_for_by_the_tick(plain):
    (count,) = begin(plain)
    assert count.claim()
    assert not TokenCount.objects.due().exists(), "somebody is at it"
    TokenCount.objects.update(lease_until=count.created_at - timedelta(hours=1))
    assert counting.wake_due() == 1


def test_items_that_are_deleted_meanwhile_are_left_out_of_the_mean(plain):
    begun = begin(plain)
    LessonPlan.objects.filter(key="M0-L001").delete()
    (count,) = worked(begun)
    assert (count.position, count.counted) == (6, 5)


def test_a_prompt_that_breaks_ends_the_count_with_its_sentence(plain):
    begun = begin(plain)
    Prompt.objects.filter(user=USER).update(user="Say {{ titel }}.")
    (count,) = worked(begun)
    assert "{{ titel }}" in count.error
    Prompt.objects.filter(recipe="lessons.lesson").update(user=USER)
    assert estimate(factories.run(plain), sample=2)["parts"][0]["sampled"] == 2, "it counts for nothing"
    assert begin(plain)[0].error == ""


def test_nothing_to_generate_is_said(plain):
    LessonPlan.objects.update(removed_at="2026-01-01T00:00Z")
    with pytest.raises(NothingToGenerate):
        begin(plain)


def test_the_command_counts_with_a_bar_before_the_estimate(plain):
    shown = said("generate", "lessons", "--collection", "course", "--count-all", "--dry-run")
    assert "Counted: 6 of 6 prompts" in shown
    (count,) = TokenCount.objects.all()
    assert f"{count.tokens:,} tokens in (± 0)" in shown
    assert shown.index("Counted:") < shown.index("Estimate:")


def test_the_command_says_that_nothing_is_to_be_generated(plain):
    LessonPlan.objects.update(removed_at="2026-01-01T00:00Z")
    shown = said("generate", "lessons", "--collection", "course", "--count-all", "--dry-run")
    assert "Counted" not in shown and not TokenCount.objects.exists()


def test_old_counts_are_pruned(plain):
    (count,) = worked(begin(plain))
    assert prune(dry_run=True)["counts of prompts"] == 0
    TokenCount.objects.update(created_at=count.created_at - timedelta(days=2))
    call_command("prune", verbosity=0)
    assert not TokenCount.objects.exists()
