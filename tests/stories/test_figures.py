"""How far a feed is: what the commands count, and what is made again of what failed."""

import pytest

from generation.models import Request, Run
from stories.figures import feed_figures
from stories.models import Story, StoryEntity
from tests.generation.shell import document, said
from tests.stories.rows import entity, feed, found, mentioned, output, topic

pytestmark = pytest.mark.django_db


def tried(made, recipe, statuses, purpose="launch", attempts=(1, 1, 1, 1)):
    """A run of one recipe that has ended, with a request for each of so many stories."""
    run = Run.objects.create(
        mode="direct", status="completed", total=len(statuses), recipes=[recipe], purpose=purpose, collections=["feed"],
    )  # fmt: skip
    for story, status, count in zip(made.items.order_by("position"), statuses, attempts, strict=False):
        Request.objects.create(
            run=run, recipe=recipe, item_id=story.pk, label=story.key, collection="feed", status=status,
            custom_id=f"{run.pk}-{recipe}-{story.pk}", attempt_count=count,
        )  # fmt: skip
    return run


@pytest.fixture
def harbour():
    """Four stories. Of the topics the first two failed, of the entities the second and the third."""
    made = feed(4)
    tried(made, "stories.topics", ["failed", "invalid", "succeeded", "cancelled"])
    tried(made, "stories.entities", ["succeeded", "expired", "missing", "cancelled"])
    return made


def test_a_story_that_failed_in_both_recipes_is_one_story_with_errors(harbour):
    assert feed_figures(harbour) == {
        "groups": 4, "groups with topics": 0, "groups with entities": 0, "topics": 0, "entities": 0, "unresolved": 0,
        "ambiguous": 0, "with errors": 3,
    }  # fmt: skip
    assert said("progress", "--collection", "feed").count(" 2 with errors") == 2


def test_what_was_made_after_all_is_no_error_any_more(harbour):
    output(harbour.items.get(key="s2"), topic("Injury"), recipe="stories.topics")
    # The second still has an error of the other recipe.
    assert feed_figures(harbour)["with errors"] == 3
    mentioned(harbour.items.get(key="s2"), found("Ann"))
    assert feed_figures(harbour)["with errors"] == 2


def test_stories_that_are_gone_are_in_no_figure(harbour):
    first = harbour.items.get(key="s1")
    output(first, topic("Injury"), recipe="stories.topics")
    mentioned(first, found("Ann"))
    before = feed_figures(harbour)
    Story.objects.filter(key__in=("s1", "s2")).update(removed_at=first.imported_at)
    after = feed_figures(harbour)
    assert [before[name] for name in ("groups", "topics", "entities", "unresolved", "with errors")] == [4, 1, 1, 1, 2]
    assert [after[name] for name in ("groups", "topics", "entities", "unresolved", "with errors")] == [2, 0, 0, 0, 1]


def test_a_rehearsal_that_failed_is_no_error_of_the_feed():
    made = feed(4)
    tried(made, "stories.topics", ["failed"] * 4, purpose="rehearsal")
    assert feed_figures(made)["with errors"] == 0


def test_progress_says_groups_extracted_topics_entities_and_what_is_open(harbour):
    entity(harbour, "Al Okoro", aliases=["Okoro"], external_id="1")
    entity(harbour, "Bo Okoro", aliases=["Okoro"], external_id="2")
    first, second = harbour.items.order_by("position")[:2]
    output(first, topic("Injury"), topic("Transfer", 2), recipe="stories.topics")
    mentioned(first, found("Okoro"), found("Zed", rank=2), found("Al Okoro", rank=3))
    mentioned(second, found("Zed"))
    told = said("progress", "--collection", "feed")
    # Of four groups; the first has its topics after all, the second its entities.
    assert (
        "4 items; stories.topics: 1 made, 3 to make; 1 needs review; 2 topics, 1 with errors\n" in told
        and "4 items; stories.entities: 2 made, 2 to make; 2 needs review; "
        "4 entities, 2 unresolved, 1 ambiguous, 1 with errors\n"
        in told
    ), told
    counted = {one["recipe"]: one["figures"] for one in document("progress", "--collection", "feed")["collections"]}
    assert counted == {
        "stories.topics": {"topics": 2, "with errors": 1},
        "stories.entities": {"entities": 4, "unresolved": 2, "ambiguous": 1, "with errors": 1},
    }


def test_open_mentions_are_looked_at_again_by_a_command(harbour):
    rows = mentioned(harbour.items.get(key="s1"), found("Ann Boe"), found("Zed", rank=2))
    ann = entity(harbour, "Ann Boe")
    told = document("resolve_entities", "--collection", "feed")
    assert told["looked_at"] == {"name": 1, "unresolved": 1}
    assert (told["figures"]["entities"], told["figures"]["unresolved"], told["figures"]["with errors"]) == (2, 1, 3)
    assert list(StoryEntity.objects.order_by("pk").values_list("pk", "entity", "method")) == [
        (rows[0].pk, ann.pk, "name"), (rows[1].pk, None, "unresolved"),
    ]  # fmt: skip


AGAIN = ("generate", "stories", "--collection", "feed", "--mode", "direct", "--yes")


def chosen(run):
    return sorted(run.requests.filter(status="planned").values_list("recipe", "label"))


def test_only_what_failed_is_made_again_in_its_own_recipe(harbour, provider):
    said(*AGAIN, "--retry-failed")
    labels = [(recipe.partition(".")[2], label.split()[0]) for recipe, label in chosen(Run.objects.latest("pk"))]
    # Cancelled ones may be sent again as well: the fourth of both.
    assert labels == [
        ("entities", "s2"), ("entities", "s3"), ("entities", "s4"), ("topics", "s1"), ("topics", "s2"), ("topics", "s4")
    ]  # fmt: skip


@pytest.mark.parametrize(("most", "labels"), [(1, ["s1"]), (2, ["s1", "s2"]), (3, ["s1", "s2", "s4"])])
def test_a_run_is_retried_up_to_so_many_errors(provider, most, labels):
    run = tried(feed(4), "stories.topics", ["failed", "invalid", "succeeded", "failed"], attempts=(1, 2, 1, 3))
    said("retry", run.pk, "--max-error-count", most, "--yes")
    assert [label for _, label in chosen(run)] == labels
