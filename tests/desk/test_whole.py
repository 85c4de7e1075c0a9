"""Deeds over the whole filter: what the confirm page says, what is done, in the background, and by whom."""

import pytest
from django.urls import reverse
from django.utils import timezone

from generation import tasks
from generation.models import Assignment, BulkJob, Run
from lessons.models import Lesson, LessonPlan
from tests.desk import rows

ACTIONS = {"approve": "reviewer", "request_changes": "reviewer", "reject": "reviewer", "publish": "publisher",
           "again": "operator", "assign": "reviewer"}  # fmt: skip


@pytest.fixture
def lessons(course):
    return rows.lessons(course)


def whole(action, query="?status=any"):
    return reverse("admin:lessons_lesson_desk_whole", args=[action]) + query


def states():
    return list(Lesson.objects.order_by("pk").values_list("status", flat=True))


@pytest.mark.parametrize("action", ACTIONS)
def test_the_page_says_what_would_happen_and_changes_nothing(client, roles, lessons, action):
    rows.with_finding(lessons[0], "error")
    client.force_login(roles[ACTIONS[action]])
    page = client.get(whole(action))
    assert (page.status_code, page.context["total"]) == (200, 6)
    left_out = {"approve": [("its findings hold errors", 1)], "publish": [("not approved (needs review)", 6)]}
    assert list(page.context["skipped"]) == left_out.get(action, [])
    assert states() == ["needs_review"] * 6


@pytest.mark.parametrize("action", ACTIONS)
def test_only_the_role_may_see_and_do_it(client, roles, lessons, action):
    allowed = {
        "review_artefact": {"reviewer", "publisher"}, "publish_artefact": {"publisher"}, "launch_run": {"operator"},
    }[{"publish": "publish_artefact", "again": "launch_run"}.get(action, "review_artefact")]  # fmt: skip
    for role in {"viewer", "editor", "reviewer", "publisher", "operator"} - allowed:
        client.force_login(roles[role])
        assert client.get(whole(action)).status_code == 403
        assert client.post(whole(action), {"reason": "why"}).status_code == 403
    assert states() == ["needs_review"] * 6
    assert not BulkJob.objects.exists() and not Assignment.objects.exists() and not Run.objects.exists()


def test_the_filter_in_the_address_is_what_is_decided(client, roles, lessons):
    client.force_login(roles["reviewer"])
    answer = client.post(whole("approve", "?module=M0"), {"total": 3})
    assert answer.url.endswith("?module=M0&status=needs_review")
    assert states() == ["approved"] * 3 + ["needs_review"] * 3


def test_another_number_than_was_confirmed_is_asked_again(client, roles, lessons):
    client.force_login(roles["reviewer"])
    page = client.post(whole("approve"), {"total": 5})
    assert page.status_code == 422
    assert "6 now, and not 5" in page.context["refusal"]
    Lesson.objects.update(status="rejected")
    assert "nothing any more" in client.post(whole("approve", ""), {"total": 6}).context["refusal"]


def test_a_reason_is_needed(client, roles, lessons):
    client.force_login(roles["reviewer"])
    assert client.post(whole("reject"), {"reason": " "}).status_code == 422
    client.post(whole("reject"), {"reason": "Off the topic"})
    assert states() == ["rejected"] * 6


def test_from_the_set_number_on_it_goes_on_in_the_background(client, roles, lessons, settings):
    settings.BULK_BACKGROUND_FROM = 6
    client.force_login(roles["reviewer"])
    answer = client.post(whole("approve"), {"total": 6})
    job = BulkJob.objects.get()
    assert answer.url == reverse("admin:lessons_lesson_desk_job", args=[job.pk])
    assert (states(), job.query) == (["needs_review"] * 6, "?status=any")
    assert "0 of 6 looked at" in client.get(answer.url).content.decode()
    tasks.bulk(job.pk)
    inner = client.get(answer.url, headers={"X-Desk": "1"}).content.decode()
    assert "6 approved" in inner and 'data-live="0"' in inner and "<html" not in inner
    assert states() == ["approved"] * 6


def test_a_job_is_stopped_by_whoever_began_it_only(client, roles, lessons, settings):
    settings.BULK_BACKGROUND_FROM = 1
    client.force_login(roles["reviewer"])
    url = client.post(whole("approve"), {"total": 6}).url
    for role, status in (("publisher", 403), ("viewer", 403)):
        client.force_login(roles[role])
        assert client.post(url).status_code == status
    assert client.get(url).status_code == 403, "a viewer has nothing to do with it"
    client.force_login(roles["reviewer"])
    client.post(url)
    assert BulkJob.objects.get().status == "stopped"
    assert client.get(reverse("admin:lessons_lesson_desk_job", args=[999])).status_code == 404
    assert client.get(reverse("admin:questions_answer_desk_job", args=[BulkJob.objects.get().pk])).status_code == 404


def test_a_large_selection_of_the_list_goes_on_in_the_background_too(client, roles, lessons, settings):
    settings.BULK_BACKGROUND_FROM = 6
    client.force_login(roles["reviewer"])
    form = {"action": "approve", "_selected_action": lessons[0].pk, "index": 0, "select_across": "1", "step": "confirm"}
    answer = client.post(reverse("admin:lessons_lesson_changelist"), form)
    assert answer.url == reverse("admin:lessons_lesson_desk_job", args=[BulkJob.objects.get().pk])


def test_assigning_and_the_filter_of_ones_own(client, roles, lessons):
    client.force_login(roles["reviewer"])
    assert client.post(whole("assign"), {"assignee": "x"}).status_code == 400
    assert client.post(whole("assign"), {"assignee": roles["viewer"].pk}).status_code == 422
    client.post(whole("assign", "?module=M0"), {"assignee": roles["editor"].pk})
    address = reverse("admin:lessons_lesson_changelist")
    for role, share, count in (("editor", "mine", 3), ("reviewer", "mine", 0), ("reviewer", "nobody", 3),
                               ("reviewer", str(roles["editor"].pk), 3)):  # fmt: skip
        client.force_login(roles[role])
        assert client.get(address, {"share": share}).context["cl"].result_count == count
    queue = client.get(reverse("admin:lessons_lesson_desk_people")).content.decode()
    assert "0 of 3" in queue


def test_generating_a_filter_again_leads_to_its_run(client, roles, lessons, provider):
    client.force_login(roles["operator"])
    answer = client.post(whole("again", "?module=M0"), {"reason": "shorter", "mode": "batch"})
    run = Run.objects.get()
    assert (run.total, run.remark) == (3, "shorter")
    assert answer.url == reverse("admin:generation_run_change", args=[run.pk])


def test_what_generating_a_filter_again_would_cost_is_said_before(client, roles, lessons):
    client.force_login(roles["operator"])
    LessonPlan.objects.filter(pk=lessons[0].item_id).update(removed_at=timezone.now())
    page = client.get(whole("again", "?module=M0"))
    assert page.context["requests"] == 2 and page.context["total"] == 3
    assert [row["likely"] > 0 for row in page.context["estimates"]] == [True] * 3
    shown = page.content.decode()
    assert "2 requests</strong> would be sent" in shown and "What it would cost" in shown
    assert not Run.objects.exists()


def test_what_cannot_be_generated_again_is_said_before(client, roles, lessons):
    client.force_login(roles["operator"])
    LessonPlan.objects.update(removed_at=timezone.now())
    page = client.get(whole("again", "?module=M0"))
    assert page.status_code == 200 and page.context["not_planned"] in page.content.decode()
    assert "requests" not in page.context and not Run.objects.exists()


def test_what_would_change_among_the_files(client, roles, lessons, settings):
    client.force_login(roles["publisher"])
    client.post(whole("approve", "?module=M0"))
    page = client.get(whole("publish"))
    assert [entry[:2] for entry in page.context["files"]] == [("written", 3), ("removed", 0), ("unchanged", 0)]
    assert not settings.PUBLISH_ROOT.exists()
    client.post(whole("publish"))
    assert [entry[1] for entry in client.get(whole("publish")).context["files"]] == [0, 0, 3]


def test_lists_and_no_such_actions(client, roles, lessons):
    client.force_login(roles["reviewer"])
    assert client.get(whole("delete")).status_code == 404
    assert client.get(whole("approve", "?order=upside")).status_code == 400
    page = client.get(reverse("admin:lessons_lesson_changelist"), {"module": "M0"}).content.decode()
    assert "desk/whole/approve/?module=M0&amp;status=any" in page
    assert "desk/whole/publish/" not in page


def test_hidden_collections_are_left_alone(client, roles, lessons, course):
    course.groups.add(roles["viewer"].groups.get())
    client.force_login(roles["reviewer"])
    assert client.get(whole("approve")).context["total"] == 0
    assert client.post(whole("approve")).status_code == 422
    assert states() == ["needs_review"] * 6
