"""Prompts filled in, tried with their price, and two versions side by side with votes."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from generation import advance, trials
from generation.models import Prompt, PromptTrial, PromptVote, Revision, Run
from lessons.models import Lesson, LessonPlan
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def versions(course):
    """One in force, and one to be tried."""
    return (
        Prompt(recipe="lessons.lesson", user="In force: {{ title }}").add(),
        Prompt(recipe="lessons.lesson", user="Tried: {{ title }} by {{ level_word }}").add(activate=False),
    )


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    return client


def finish(trial):
    for run in trials.runs_of(trial):
        run.refresh_from_db()
        for _ in advance.follow(run, interval=0.05):
            pass
    return PromptTrial.objects.get(pk=trial.pk)


@pytest.fixture
def trial(provider, course, versions, roles):
    """Three items, both versions, to the end."""
    ids = trials.spread(LessonPlan.objects.all(), 3)
    asked = trials.Asked(versions[0], versions[1], course, ids)
    return finish(trials.start(asked, roles["operator"], "operator"))


def form(course, other=None, **fields):
    return {
        "collection": course.pk,
        "right": other.pk if other else "",
        "count": 3,
        "keys": "",
        "step": "estimate",
    } | fields


def address(name, row):
    return reverse(f"console_{name}", args=[row.pk])


def test_a_version_is_shown_filled_in(operator, course, versions):
    page = operator.get(address("prompt_preview", versions[1]), {"collection": course.pk, "key": "M1-L002"})
    assert ("User", "Tried: Topic 1.2 by Foundational") in page.context["parts"] or "Topic 1.2" in page.content.decode()
    assert page.context["tokens"] > 4


def test_without_a_choice_it_is_the_first_item(operator, course, versions):
    assert operator.get(address("prompt_preview", versions[0])).context["item"] == LessonPlan.objects.first()


@pytest.mark.parametrize(("key", "words"), [("nowhere", "has no item"), ("<script>", "&lt;script&gt;")])
def test_an_unknown_item_is_said_at_its_field(operator, course, versions, key, words):
    page = operator.get(address("prompt_preview", versions[0]), {"collection": course.pk, "key": key})
    assert words in page.content.decode() and "<script>'" not in page.content.decode()


def test_a_version_that_can_not_be_filled_in_says_why(operator, course):
    broken = Prompt(recipe="lessons.lesson", user="{{ nobody }}").add(activate=False)
    page = operator.get(address("prompt_preview", broken))
    assert "nobody" in page.context["refusal"] and "part, filled in" not in page.content.decode()


def test_the_price_is_shown_before_anything_is_sent(provider, operator, course, versions):
    page = operator.post(address("prompt_try", versions[1]), form(course, versions[0]))
    assert page.context["total"] == 6 and [level for level, _ in page.context["price"]] == ["low", "likely", "high"]
    assert page.context["price"][1][1] > 0
    assert not Run.objects.exists() and not PromptTrial.objects.exists() and not provider.calls("chat")


def test_it_begins_beside_the_version_in_force(operator, course, versions):
    page = operator.get(address("prompt_try", versions[1]))
    assert page.context["form"].data["right"] == versions[0].pk and page.context["total"] == 6


def test_a_launch_makes_two_runs_on_the_same_items(provider, operator, course, versions):
    answer = operator.post(address("prompt_try", versions[1]), form(course, versions[0], step="launch", seen=6))
    made = PromptTrial.objects.get()
    assert answer["Location"] == address("trial", made)
    left, right = (set(run.requests.values_list("item_id", flat=True)) for run in trials.runs_of(made))
    assert left == right and len(left) == 3
    assert {run.purpose for run in trials.runs_of(made)} == {"comparison"}
    assert {run.mode for run in trials.runs_of(made)} == {"direct"}


def test_one_version_alone_is_one_run(provider, operator, course, versions):
    operator.post(address("prompt_try", versions[1]), form(course, step="launch", seen=3))
    made = finish(PromptTrial.objects.get())
    assert made.right_run is None and made.left_run.counts == {"succeeded": 3}
    assert not Lesson.objects.exists()


def test_named_items_are_taken_instead_of_the_number(operator, course, versions):
    keys = "M0-L001\n\nM1-L003\nM0-L001"
    asked = operator.post(address("prompt_try", versions[0]), form(course, keys=keys)).context["form"].asked()
    assert {plan.key for plan in LessonPlan.objects.filter(pk__in=asked.item_ids)} == {"M0-L001", "M1-L003"}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"keys": "nowhere"}, "keys"), ({"count": 0}, "count"), ({"count": 51}, "count"), ({"count": "x"}, "count"),
        ({"collection": 999}, "collection"), ({"right": 999}, "right"),
        ({"keys": "\n".join(f"k{number}" for number in range(51))}, "keys"),
    ],
)  # fmt: skip
def test_what_can_not_be_tried_is_said_at_its_field(operator, course, versions, fields, place):
    page = operator.post(address("prompt_try", versions[0]), form(course, step="launch") | fields)
    assert place in page.context["form"].errors and not Run.objects.exists()


def test_a_version_of_another_recipe_is_not_offered(operator, course, versions):
    other = Prompt(recipe="questions.answer", user="{{ question }}").add()
    page = operator.post(address("prompt_try", versions[0]), form(course, other))
    assert "right" in page.context["form"].errors


def test_another_number_than_agreed_to_is_not_launched(provider, operator, course, versions):
    page = operator.post(address("prompt_try", versions[0]), form(course, step="launch", seen=99))
    assert "no longer 99" in page.context["refusal"] and not Run.objects.exists()


def test_without_a_key_nothing_of_it_goes_on(settings, operator, course, versions):
    settings.PROVIDERS = {"default": {"base_url": None, "api_key": "", "batch": True}}
    page = operator.post(address("prompt_try", versions[0]), form(course, versions[1], step="launch", seen=6))
    assert page.context["refusal"] and not PromptTrial.objects.exists()
    assert set(Run.objects.values_list("status", flat=True)) == {"cancelled"}


def test_both_texts_stand_beside_each_other_with_what_they_cost(operator, trial):
    page = operator.get(address("trial", trial))
    tried = page.context["tried"]
    assert len(tried) == 3 and all(one.left.text and one.right.text for one in tried)
    assert all(
        side.input_tokens and side.output_tokens and side.cost_nano for one in tried for side in (one.left, one.right)
    )
    left, right = page.context["totals"]
    assert (left.answered, left.failed, right.answered) == (3, 0, 3)
    assert left.cost_nano == sum(one.left.cost_nano for one in tried) == trial.left_run.cost_nano


def test_findings_are_those_of_the_recipes_checks(operator, trial):
    tried = operator.get(address("trial", trial)).context["tried"]
    Revision.objects.filter(attempt__run=trial.left_run).update(text="# Too short")
    again = operator.get(address("trial", trial)).context["tried"]
    found = [[{finding.check for finding in one.left.findings} for one in rows] for rows in (tried, again)]
    assert found[0] != found[1] and all(found[1])


def test_a_failed_request_shows_its_reason(provider, course, versions, roles, operator):
    asked = trials.Asked(versions[0], None, course, trials.spread(LessonPlan.objects.all(), 1))
    made = trials.start(asked, roles["operator"], "operator")
    made.left_run.requests.update(status="failed", error_message="The service said no.")
    page = operator.get(address("trial", made))
    assert "The service said no." in page.content.decode() and page.context["totals"][0].failed == 1


def test_differences_are_of_the_chosen_item_alone(operator, trial):
    item = trial.left_run.requests.first().item_id
    assert operator.get(address("trial", trial)).context["differences"] == []
    page = operator.get(address("trial", trial), {"differences": item})
    assert page.context["shown"] == item and page.content.decode().count("bs-difference") == bool(
        page.context["differences"]
    )


@pytest.mark.parametrize("query", ["?differences=abc", "?differences=999999", "?differences=-1", "?differences=²"])
def test_a_strange_choice_of_an_item_is_no_error(operator, trial, query):
    assert operator.get(address("trial", trial) + query).status_code == 200


def vote(client, trial, choice, place=0):
    item = trial.left_run.requests.order_by("pk")[place].item_id
    return client.post(address("trial", trial), {"item": item, "choice": choice})


def test_a_vote_is_noted_and_can_be_changed(operator, roles, trial):
    vote(operator, trial, "left")
    vote(operator, trial, "right")
    noted = PromptVote.objects.get()
    assert (noted.choice, noted.user) == ("right", roles["operator"])
    assert operator.get(address("trial", trial)).context["tried"][0].own == "right"


def test_votes_are_counted_by_person_and_together(client, roles, trial):
    for name, choices in (("operator", ("left", "same")), ("reviewer", ("left", "right", "right"))):
        client.force_login(roles[name])
        for place, choice in enumerate(choices):
            vote(client, trial, choice, place)
    assert client.get(address("trial", trial)).context["votes"] == [
        ("operator", {"left": 1, "same": 1, "right": 0}),
        ("reviewer", {"left": 1, "same": 0, "right": 2}),
        ("all", {"left": 2, "same": 1, "right": 2}),
    ]


@pytest.mark.parametrize("posted", [{}, {"item": "x", "choice": "left"}, {"item": "999999", "choice": "left"}])
def test_a_vote_that_names_nothing_is_refused(operator, trial, posted):
    assert operator.post(address("trial", trial), posted).status_code == 400 and not PromptVote.objects.exists()


def test_there_are_three_choices(operator, trial):
    assert vote(operator, trial, "both").status_code == 400


def test_one_version_alone_has_nothing_to_vote_on(operator, trial):
    PromptTrial.objects.filter(pk=trial.pk).update(right=None, right_run=None)
    assert vote(operator, trial, "left").status_code == 400
    assert 'name="choice"' not in operator.get(address("trial", trial)).content.decode()


def test_reviewers_vote_without_seeing_costs(client, roles, trial):
    client.force_login(roles["reviewer"])
    assert vote(client, trial, "same").status_code == 302
    page = client.get(address("trial", trial)).content.decode()
    assert '<th scope="col">Cost</th>' not in page and "$0" not in page


def test_a_trial_of_a_hidden_collection_is_not_there(operator, roles, trial, course):
    course.groups.add(Group.objects.create(name="insiders"))
    assert operator.get(address("trial", trial)).status_code == 404
    assert vote(operator, trial, "left").status_code == 404
    assert operator.get(address("trial_progress", trial)).status_code == 404
    assert operator.get(reverse("console_trials")).context["trials"] == []
    page = operator.get(reverse("admin:generation_prompt_change", args=[trial.left_id]))
    assert page.context["trials"] == []
    assert "collection" in operator.post(address("prompt_try", trial.left), form(course)).context["form"].errors


def test_progress_is_told_to_the_script(operator, trial):
    answer = operator.get(address("trial_progress", trial))
    assert answer.json() == {"done": 6, "total": 6, "live": False} and "no-store" in answer["Cache-Control"]


def test_a_trial_that_waits_is_live(provider, operator, course, versions, roles):
    ids = trials.spread(LessonPlan.objects.all(), 2)
    made = trials.start(trials.Asked(versions[0], None, course, ids), roles["operator"], "operator")
    assert operator.get(address("trial_progress", made)).json() == {"done": 0, "total": 2, "live": True}


def test_the_page_takes_a_fixed_number_of_queries(
    operator, provider, course, versions, roles, django_assert_max_num_queries
):
    counts = []
    for number in (1, 6):
        ids = trials.spread(LessonPlan.objects.all(), number)
        made = finish(trials.start(trials.Asked(*versions, course, ids), roles["operator"], "operator"))
        with django_assert_max_num_queries(60) as counted:
            operator.get(address("trial", made))
        counts.append(len(counted))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("count", "places"), [(1, [0]), (2, [0, 3]), (3, [0, 2, 4]), (6, [0, 1, 2, 3, 4, 5]), (99, [0, 1, 2, 3, 4, 5])]
)
def test_items_are_spread_over_the_source(course, count, places):
    plans = list(LessonPlan.objects.order_by("position").values_list("pk", flat=True))
    assert trials.spread(LessonPlan.objects.all(), count) == [plans[place] for place in places]


def test_removed_items_are_not_tried(course):
    plans = LessonPlan.objects.order_by("position")
    LessonPlan.objects.exclude(pk=plans[1].pk).update(removed_at="2026-01-01T00:00Z")
    assert trials.spread(LessonPlan.objects.all(), 3) == [plans[1].pk]
    assert trials.spread(factories.course(1, 0, slug="empty").items.all(), 3) == []
