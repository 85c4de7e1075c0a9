"""From files to published stories through the sandbox, in both modes."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from generation import review
from generation.models import Run
from stories.models import Entity, Feed, StoryEntity, StoryOutput, StoryTopic, Topic
from tests import factories

DEMO = Path(__file__).resolve().parents[2] / "demo" / "stories"
MODES = pytest.mark.parametrize("mode", ["batch", "direct"])


def load(kind: str, file: Path) -> None:
    call_command("import_items", kind, str(file), collection="harbour", name="Harbour League", verbosity=0)


@pytest.fixture
def harbour(provider, db) -> Feed:
    load("stories", DEMO / "harbour-league.json")
    load("stories.topics", DEMO / "topics.csv")
    load("stories.entities", DEMO / "entities.csv")
    return Feed.objects.get(slug="harbour")


def test_the_demo_is_what_it_says(harbour):
    counted = [model.objects.count() for model in (Feed, Topic, Entity)]
    assert [harbour.items.count(), *counted] == [15, 1, 12, 40]
    assert harbour.items.get(key="0").texts == [
        "Quarry Vale have apologised for a late kick-off. A floodlight had failed."
    ]


@MODES
def test_files_become_published_stories(harbour, roles, settings, mode):
    run = factories.finished(harbour, names=("stories",), mode=mode)
    assert run.counts == {"succeeded": 30}
    assert set(StoryTopic.objects.values_list("topic__collection__slug", flat=True)) == {"harbour"}
    assert set(StoryTopic.objects.exclude(model="").values_list("prompt_version", flat=True)) == {1}
    methods = set(StoryEntity.objects.values_list("method", flat=True))
    assert {"name", "unresolved"} <= methods
    review.bulk(StoryOutput.objects.all(), "approve", roles["publisher"])
    published = review.publish_artefacts(StoryOutput.objects.all(), roles["publisher"])
    assert len(published.written) == 15
    for path in published.written:
        document = json.loads((settings.PUBLISH_ROOT / "stories" / path).read_text())
        assert set(document) == {"story_id", "title", "topics", "entities"}
    assert set(StoryOutput.objects.values_list("status", flat=True)) == {"published"}


def test_the_requests_of_both_recipes_are_told_apart(harbour):
    run = factories.finished(harbour, names=("stories",), mode="batch")
    assert {job.endpoint for job in run.batch_jobs.all()} == {"/v1/responses"}
    by_recipe = dict.fromkeys(("stories.topics", "stories.entities"), "")
    for recipe in by_recipe:
        ids = run.requests.filter(recipe=recipe).values_list("custom_id", flat=True)
        assert len(ids) == 15 and all(recipe.partition(".")[2][:6] in one for one in ids), list(ids)[:2]


def test_only_the_failed_are_made_again(harbour, sandbox):
    sandbox.faults("schema_violation", 1.0)
    run = factories.finished(harbour, names=("stories.topics",), mode="direct")
    assert run.counts == {"invalid": 15} and not StoryTopic.objects.exists()
    said = io.StringIO()
    call_command("progress", collection="harbour", stdout=said)
    assert "0 topics, 15 with errors" in said.getvalue()
    sandbox.clear_faults()
    call_command("retry", str(run.pk), max_error_count=1, yes=True, verbosity=0, wait=True, poll_interval=0.05)
    assert StoryTopic.objects.exists() and Run.objects.get(pk=run.pk).counts == {"succeeded": 15}


def test_a_changed_story_is_the_only_one_made_again(harbour, tmp_path):
    factories.finished(harbour, names=("stories.topics",), mode="direct")
    changed = tmp_path / "harbour-league.json"
    changed.write_text((DEMO / "harbour-league.json").read_text().replace("six weeks", "seven weeks"))
    load("stories", changed)
    run = factories.run(harbour, only="changed", names=("stories.topics",))
    assert [request.label.split()[0] for request in run.requests.all()] == ["H-102"]


def test_a_feed_without_topics_is_refused_before_anything_is_planned(provider, db):
    load("stories", DEMO / "harbour-league.json")
    with pytest.raises(CommandError, match="has no list of topics"):
        call_command("generate", "stories.topics", collection=["harbour"], mode="direct", yes=True, verbosity=0)
    assert not Run.objects.exists()


def test_tables_are_published_as_csv(harbour, roles, settings):
    factories.finished(harbour, names=("stories",), mode="direct")
    review.bulk(StoryOutput.objects.all(), "approve", roles["publisher"])
    for export, rows in (("topic_table", StoryTopic.objects), ("entity_table", StoryEntity.objects)):
        (path,) = review.publish_artefacts(StoryOutput.objects.all(), roles["publisher"], export).written
        with (settings.PUBLISH_ROOT / "stories" / path).open() as file:
            table = list(csv.DictReader(file))
        assert table[0]["story_id"] == "H-101" and len(table) >= rows.count() > 0
