"""Bulk actions over a selection or a whole filter: a confirm page with counts, then one deed."""

import pytest
from django.urls import reverse

from generation.models import Run
from lessons.models import Lesson, LessonPlan
from tests import factories


@pytest.fixture
def lessons(course):
    return [factories.lesson(plan, f"# {plan.title}\n\nText.") for plan in LessonPlan.objects.all()]


def act(client, action, chosen=(), query="", **fields):
    across = {"select_across": "0" if chosen else "1"}
    ticked = [lesson.pk for lesson in chosen] or [Lesson.objects.first().pk]
    address = reverse("admin:lessons_lesson_changelist") + query
    return client.post(address, {"action": action, "_selected_action": ticked, "index": 0, **across, **fields})


def states():
    return list(Lesson.objects.order_by("pk").values_list("status", flat=True))


@pytest.mark.parametrize("action", ["approve", "request_changes", "reject", "publish"])
def test_the_confirm_page_counts_and_changes_nothing(client, roles, lessons, action):
    client.force_login(roles["publisher"])
    page = act(client, action)
    assert page.context["total"] == 6
    assert page.context["states"] == [("needs review", 6)]
    assert states() == ["needs_review"] * 6


def test_the_whole_filter_is_decided(client, roles, lessons):
    client.force_login(roles["reviewer"])
    act(client, "approve", query="?module=M0", step="confirm")
    assert states() == ["approved"] * 3 + ["needs_review"] * 3


def test_what_cannot_be_done_is_counted(client, roles, lessons):
    client.force_login(roles["publisher"])
    act(client, "reject", lessons[:2], step="confirm", reason="Off the topic")
    answer = act(client, "approve", step="confirm")
    client.cookies["messages"] = answer.cookies.get("messages", "")
    shown = client.get(answer.url).content.decode()
    assert "4 approved; 2 skipped" in shown


def test_a_missing_reason_is_said_on_the_page(client, roles, lessons):
    client.force_login(roles["reviewer"])
    page = act(client, "reject", step="confirm", reason=" ")
    assert "why" in page.context["refusal"]
    assert states() == ["needs_review"] * 6


def test_publishing_in_bulk(client, roles, lessons, settings):
    client.force_login(roles["publisher"])
    act(client, "approve", lessons[:2], step="confirm")
    act(client, "publish", step="confirm")
    assert states() == ["published"] * 2 + ["needs_review"] * 4
    assert len(list(settings.PUBLISH_ROOT.rglob("M*.md"))) == 2


def test_generating_again_leads_to_the_run(client, roles, lessons, provider):
    client.force_login(roles["operator"])
    answer = act(client, "again", lessons[:3], step="confirm", reason="shorter", mode="batch")
    run = Run.objects.get()
    assert (run.total, run.mode, run.remark) == (3, "batch", "shorter")
    assert answer.url == reverse("admin:generation_run_change", args=[run.pk])


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        ("viewer", ["approve", "request_changes", "reject", "publish", "again"]),
        ("editor", ["approve", "request_changes", "reject", "publish", "again"]),
        ("reviewer", ["publish", "again"]),
        ("publisher", ["again"]),
        ("operator", ["approve", "request_changes", "reject", "publish"]),
    ],
)
def test_a_refused_action_is_a_403_and_is_not_offered(client, roles, lessons, role, actions):
    client.force_login(roles[role])
    page = client.get(reverse("admin:lessons_lesson_changelist")).content.decode()
    for action in actions:
        assert act(client, action, step="confirm", reason="why").status_code == 403
        assert f'<option value="{action}"' not in page
    assert states() == ["needs_review"] * 6


@pytest.mark.parametrize("action", ["delete_selected", "nonsense"])
def test_no_other_action_exists(client, roles, lessons, action):
    client.force_login(roles["admin"])
    assert act(client, action, step="confirm").status_code == 403
    assert Lesson.objects.count() == 6


def test_hidden_lessons_are_left_alone(client, roles, lessons):
    other = factories.course(slug="hidden")
    factories.lesson(other.items.get(key="M0-L001"))
    other.groups.add(roles["viewer"].groups.get())
    client.force_login(roles["reviewer"])
    assert act(client, "approve").context["total"] == 6
    act(client, "approve", step="confirm")
    assert Lesson.objects.get(item__collection=other).status == "needs_review"
