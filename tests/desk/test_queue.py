"""The queue: what is in it, in which order, where one is, where one goes; the filter is the list's own."""

import itertools
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from generation.models import DeskClaim, ReviewEvent
from lessons.models import Lesson
from tests import factories
from tests.desk import rows

QUEUE = "/admin/lessons/lesson/desk/"


@pytest.fixture
def made(course):
    """Six lessons with weights 0 1 2 0 1 2."""
    found = rows.lessons(course)
    for number, lesson in enumerate(found):
        lesson.weight = number % 3
        lesson.save()
    return found


@pytest.fixture
def reviewer(client, roles):
    client.force_login(roles["reviewer"])
    return client


def at(lesson, query=""):
    return f"{QUEUE}{lesson.pk}/{query}"


def walked(client, start, way="next", query=""):
    """Keys of the records that the button leads to, one after the other."""
    found: list[int] = []
    address = start
    for _ in range(20):
        answer = client.get(address + ("&" if "?" in address else "?") + f"go={way}", follow=True)
        pk = answer.context["artefact"].pk
        if (found and found[-1] == pk) or at(Lesson(pk=pk), query) == start:
            return found
        found.append(pk)
        address = at(Lesson(pk=pk), query)
    raise AssertionError("the queue has no end")


def test_the_worst_come_first_and_ties_by_age(reviewer, made):
    first = reviewer.get(QUEUE)
    assert first["Location"] == at(made[2])
    expected = rows.order(made)
    assert walked(reviewer, at(made[2])) == expected[1:]
    assert walked(reviewer, at(Lesson(pk=expected[-1])), "previous") == expected[-2::-1]


def test_the_order_of_the_source(reviewer, made):
    assert reviewer.get(f"{QUEUE}?order=source")["Location"] == at(made[0], "?order=source")
    assert walked(reviewer, at(made[0], "?order=source"), query="?order=source") == [one.pk for one in made[1:]]


def test_every_record_knows_its_number(reviewer, made):
    for number, pk in enumerate(rows.order(made), 1):
        context = reviewer.get(at(Lesson(pk=pk))).context
        assert (context["position"], context["queue"].waiting) == (number, 6)


def test_only_what_needs_review_unless_the_filter_says_more(reviewer, made):
    Lesson.objects.filter(pk=made[2].pk).update(status="rejected")
    assert reviewer.get(QUEUE)["Location"] == at(made[5])
    assert reviewer.get(f"{QUEUE}?status=rejected")["Location"] == at(made[2], "?status=rejected")
    assert reviewer.get(at(made[2], "?status=any")).context["queue"].waiting == 6
    outside = reviewer.get(at(made[2]))
    assert outside.context["position"] == 0
    assert "not among the 5" in outside.content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?collection=course", 6), ("?module=M0", 3), ("?q=Topic+1.2", 1), ("?findings=none", 2), ("?weight=2", 2),
        ("?o=3&p=7", 6),
    ],
)  # fmt: skip
def test_the_filter_is_that_of_the_list(reviewer, made, query, count):
    answer = reviewer.get(QUEUE + query, follow=True)
    assert answer.context["queue"].waiting == count
    assert answer.redirect_chain[0][0].endswith(query)
    listed = reviewer.get(reverse("admin:lessons_lesson_changelist") + query.replace("&p=7", ""))
    assert listed.status_code == 200
    assert listed.context["cl"].result_count == count


def test_the_list_leads_to_the_desk_with_its_filter(reviewer, made):
    page = reviewer.get(reverse("admin:lessons_lesson_changelist") + "?module=M1&status=needs_review").content.decode()
    assert f'href="{QUEUE}?module=M1&amp;status=needs_review"' in page


@pytest.mark.parametrize("query", ["?order=best", "?status=good", "?nonsense__x=1", "?weight=many"])
def test_an_address_that_means_nothing_is_a_bad_request(reviewer, made, query):
    assert reviewer.get(QUEUE + query).status_code == 400


def test_a_filter_that_matches_nothing_says_so(reviewer, made):
    page = reviewer.get(f"{QUEUE}?q=nowhere")
    assert page.status_code == 200
    assert "matches nothing any more" in page.content.decode()


def test_the_last_decision_leads_to_a_page_that_says_all_is_done(reviewer, made):
    Lesson.objects.exclude(pk=made[0].pk).update(status="rejected")
    page = reviewer.post(at(made[0]), {"deed": "approve", "base": made[0].current_id}, follow=True).content.decode()
    assert "All 6 of this filter are decided" in page
    assert "Undo" in page


def test_after_the_end_the_first_that_was_skipped_comes_again(reviewer, made):
    last = Lesson.objects.get(pk=rows.order(made)[-1])
    answer = reviewer.post(at(last), {"deed": "approve", "base": last.current_id})
    assert answer["Location"] == at(made[2])


def test_next_goes_on_from_where_the_record_was_though_saving_changed_its_weight(reviewer, made):
    worst, expected = made[2], rows.order(made)
    reviewer.post(at(worst), {"deed": "request_changes", "base": worst.current_id, "text": "New.", "reason": "Mend"})
    worst.refresh_from_db()
    assert worst.weight != 2
    answer = reviewer.get(QUEUE)
    assert answer["Location"] == at(Lesson(pk=expected[1]))


@pytest.mark.parametrize("way", ["next", "previous", "skip"])
def test_moving_changes_nothing(reviewer, made, way):
    before = list(Lesson.objects.values())
    reviewer.get(at(made[5], f"?go={way}"))
    assert list(Lesson.objects.values()) == before
    assert not ReviewEvent.objects.exists()


def test_the_ends_of_the_queue_say_so(reviewer, made):
    expected = rows.order(made)
    for pk, way, words in ((expected[0], "previous", "first"), (expected[-1], "next", "last")):
        page = reviewer.get(at(Lesson(pk=pk), f"?go={way}"), follow=True)
        assert page.context["artefact"].pk == pk
        assert f"This is the {words} of the queue" in page.content.decode()


def test_next_passes_over_what_others_have_open(reviewer, roles, made):
    expected = rows.order(made)
    DeskClaim.objects.renew(Lesson, expected[1], roles["editor"])
    assert walked(reviewer, at(Lesson(pk=expected[0]))) == expected[2:]
    assert DeskClaim.objects.filter(user=roles["reviewer"]).count() == 1


def test_opening_what_another_has_is_not_blocked_and_told(reviewer, roles, made):
    DeskClaim.objects.renew(Lesson, made[0].pk, roles["editor"])
    page = reviewer.get(at(made[0]))
    assert page.status_code == 200
    assert "editor has it open (just now)." in page.content.decode()
    assert reviewer.post(at(made[0]), {"deed": "approve", "base": made[0].current_id}).status_code == 302


def test_a_claim_ends_after_ten_minutes_and_with_the_decision(reviewer, roles, made):
    expected = rows.order(made)
    DeskClaim.objects.renew(Lesson, expected[1], roles["editor"])
    DeskClaim.objects.update(renewed_at=timezone.now() - timedelta(minutes=10, seconds=1))
    assert walked(reviewer, at(Lesson(pk=expected[0]))) == expected[1:]
    reviewer.get(at(made[0]))
    assert DeskClaim.objects.live().filter(artefact_id=made[0].pk).exists()
    reviewer.post(at(made[0]), {"deed": "approve", "base": made[0].current_id})
    assert not DeskClaim.objects.live().filter(artefact_id=made[0].pk).exists()


def test_when_others_have_all_that_is_left_it_can_be_opened_all_the_same(reviewer, roles, made):
    for lesson in made:
        DeskClaim.objects.renew(Lesson, lesson.pk, roles["editor"])
    page = reviewer.get(QUEUE).content.decode()
    assert "6 still wait" in page
    assert page.count("Open it all the same") == 6


def test_the_claim_is_renewed_by_the_page(reviewer, roles, made):
    answer = reviewer.post(at(made[0]) + "claim/")
    assert answer.json() == {"others": "", "revision": made[0].current_id}
    reviewer.force_login(roles["editor"])
    assert "reviewer has it open" in reviewer.post(at(made[0]) + "claim/").json()["others"]
    assert reviewer.get(at(made[0]) + "claim/").status_code == 405


def test_leaving_the_page_lets_go_of_ones_own_claim_only(reviewer, roles, made):
    DeskClaim.objects.renew(Lesson, made[0].pk, roles["editor"])
    reviewer.get(at(made[0]))
    assert reviewer.post(at(made[0]) + "claim/", {"leave": "1"}).status_code == 204
    assert [claim.user for claim in DeskClaim.objects.all()] == [roles["editor"]]


def test_a_viewer_claims_nothing(client, roles, made):
    client.force_login(roles["viewer"])
    client.get(at(made[0]))
    client.post(at(made[0]) + "claim/")
    assert not DeskClaim.objects.exists()


def test_progress_counts_what_is_decided_of_the_filter(reviewer, made):
    Lesson.objects.filter(pk__in=[made[0].pk, made[1].pk]).update(status="rejected")
    queue = reviewer.get(at(made[2], "?module=M0")).context["queue"]
    assert (queue.done, queue.total, queue.waiting) == (2, 3, 1)


def test_several_courses_in_the_order_of_the_source(reviewer, made):
    other = rows.lessons(factories.course(1, 2, slug="other"), 2)
    keys = [one.pk for one in itertools.chain(made, other)]
    assert walked(reviewer, at(made[0], "?order=source"), query="?order=source") == keys[1:]
