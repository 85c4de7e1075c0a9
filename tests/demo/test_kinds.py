"""The small collections of the demo: brought once, left alone afterwards, and generated without a batch."""

import pytest

from consultations.models import SecondMapping
from consultations.stored import compare_stored
from demo import kinds, progress
from demo.environment import ROOT
from generation import advance
from generation.models import BatchJob, RecipeSettings, Request, Run, RunStatus
from materials.models import Component, Material
from questions.models import Answer, Question
from stories.models import Entity, StoryEntity, StoryTopic, Topic
from tests import factories


@pytest.fixture
def brought(provider, db):
    """Everything launched, and taken to its end as the worker would."""
    kinds.bring()
    for run in Run.objects.all():
        for _ in advance.follow(run, interval=0.05):
            pass


def test_every_file_is_there():
    files = [file for small in kinds.KINDS for file, _, _ in small.files]
    files += [file for small in kinds.KINDS for _, file in small.lists]
    assert files and [file for file in files if not (ROOT / "demo" / file).is_file()] == []


def test_all_of_them_are_made_without_a_batch(brought):
    assert (Answer.objects.count(), Component.objects.count()) == (
        Question.objects.count(),
        5 * Material.objects.count(),
    )
    made = [("questions", 25, 25), ("consultations", 24 + 1 + 24 + 1 + 8, 58), ("stories", 30, 30)]
    assert list(kinds.made()) == [*made, ("materials", 60, 60)]
    assert set(Run.objects.values_list("mode", "status")) == {("direct", "completed")}
    assert not BatchJob.objects.exists()


def test_stories_are_found_in_and_some_mentions_wait_for_a_person(brought):
    assert (Topic.objects.count(), Entity.objects.count()) == (12, 40)
    assert StoryTopic.objects.exists()
    methods = set(StoryEntity.objects.values_list("method", flat=True))
    assert "name" in methods and methods & {"ambiguous", "unresolved"}


def test_labels_are_varied_and_compared_once_they_are_there(provider, db):
    kinds.bring()
    kinds.then()
    assert not SecondMapping.objects.exists(), "nothing is labelled yet"
    for run in Run.objects.all():
        for _ in advance.follow(run, interval=0.05):
            pass
    for _ in range(2):
        kinds.then()
        mapping = SecondMapping.objects.get()
        assert (mapping.consultation.slug, mapping.rows.count()) == ("night-buses", 24)
    assert len(compare_stored(mapping)[1].scores) == 24


def test_a_second_start_launches_nothing(brought):
    before = set(Request.objects.values_list("pk", "status"))
    kinds.bring()
    assert set(Request.objects.values_list("pk", "status")) == before


def test_what_is_on_its_way_is_not_launched_twice(provider, db):
    kinds.bring()
    brought = [small.kind for small in kinds.KINDS]
    assert [kinds.on_their_way(kind) for kind in (*brought, "lessons")] == [*[True] * len(brought), False]
    kinds.bring()
    assert Run.objects.count() == len(brought)


def test_a_pace_that_somebody_set_stays(provider, db):
    RecipeSettings.objects.create(recipe="materials.tags", requests_per_minute=7)
    kinds.bring()
    assert RecipeSettings.objects.get(recipe="materials.tags").requests_per_minute == 7
    assert RecipeSettings.objects.get(recipe="materials.text").requests_per_minute == kinds.QUICK


def test_runs_of_other_kinds_are_none_of_the_lessons(provider, db):
    kinds.bring()
    course = factories.course(slug=progress.COLLECTION)
    assert progress.count() == progress.Lessons(6, 0, 0)
    run = factories.run(course)
    assert progress.count().active_runs == 1
    Run.objects.filter(pk=run.pk).update(status=RunStatus.COMPLETED)
    assert progress.count().active_runs == 0
