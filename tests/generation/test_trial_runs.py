"""A comparison makes revisions and nothing else, with the version of the prompt that it names."""

import pytest

from generation import advance
from generation.models import Origin, Prompt, Purpose, Revision, Run
from generation.models.revisions import ArtefactFinding
from generation.pipeline.plan import Selection
from generation.recipes import recipes_named
from lessons.models import Lesson, LessonPlan
from tests import factories


def tried(course, prompt, **fields):
    """A finished run of purpose comparison with this version."""
    chosen = Selection(only="all", include_approved=True)
    recipes = recipes_named(["lessons.lesson"])
    run = advance.prepare(
        recipes, [course], chosen, prompt, purpose=Purpose.COMPARISON, mode="direct", **fields
    )  # fmt: skip
    advance.launch(run, "test")
    for _ in advance.follow(run, interval=0.05):
        pass
    return run


@pytest.fixture
def version(course):
    """A version that is not in force, beside the one that is."""
    Prompt(recipe="lessons.lesson", user="In force: {{ title }}").add()
    return Prompt(recipe="lessons.lesson", user="Tried: {{ title }}").add(activate=False)


def test_only_revisions_come_of_it(provider, course, version):
    run = tried(course, version)
    assert run.counts == {"succeeded": 6}
    assert not Lesson.objects.exists() and not ArtefactFinding.objects.exists()
    assert set(Revision.objects.values_list("origin", flat=True)) == {Origin.TRIED}
    assert set(run.requests.values_list("prompt", flat=True)) == {version.pk}


def test_it_asks_with_the_named_version(provider, course, version):
    long = Prompt(recipe="lessons.lesson", user="word " * 1000 + "{{ title }}").add(activate=False)
    few, many = (max(tried(course, one).attempts().values_list("input_tokens", flat=True)) for one in (version, long))
    assert many > few + 900


@pytest.mark.parametrize("state", [{}, {"touched": True}, {"status": "approved"}])
def test_an_artefact_stands_as_it_was(provider, course, version, state):
    plan = LessonPlan.objects.first()
    lesson = factories.lesson(plan)
    Lesson.objects.filter(pk=lesson.pk).update(**state | ({"approved": lesson.current} if "status" in state else {}))
    before = Lesson.objects.filter(pk=lesson.pk).values().get()
    tried(course, version)
    assert Lesson.objects.filter(pk=lesson.pk).values().get() == before
    assert lesson.current in Revision.objects.of(lesson) and Revision.objects.of(lesson).count() == 1


def test_the_estimate_counts_the_named_version(course, version):
    chosen, recipes = Selection(only="all"), recipes_named(["lessons.lesson"])
    long = Prompt(recipe="lessons.lesson", user="word " * 1000 + "{{ title }}").add(activate=False)
    sizes = [
        advance.prepare(recipes, [course], chosen, one, purpose=Purpose.COMPARISON).estimate["input_tokens"]
        for one in (version, long)
    ]
    assert sizes[1] > sizes[0] + 5000


def test_a_trial_hinders_no_launch(course, version):
    run = advance.prepare(recipes_named(["lessons.lesson"]), [course], Selection(), version, purpose=Purpose.COMPARISON)
    Run.objects.filter(pk=run.pk).update(status="running")
    assert factories.run(course).total == 6
