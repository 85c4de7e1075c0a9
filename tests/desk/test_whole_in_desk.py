"""What may be done to the whole filter is offered in the desk's bar, too, with the queue's filter."""

from html import unescape
from re import findall

import pytest

from lessons.models import Lesson
from tests.desk import rows
from tests.desk.conftest import DESK

WHOLE = r'href="([^"]+/desk/whole/[^"]+)"'
DECIDE = {"approve", "request_changes", "reject", "assign"}
MAY = {"viewer": set(), "editor": set(), "operator": {"again"}, "reviewer": DECIDE, "publisher": DECIDE | {"publish"}}


def offered(client, query=""):
    found = findall(WHOLE, client.get(DESK + query, follow=True).content.decode())
    return {url.partition("/whole/")[2].partition("/")[0]: unescape(url) for url in found}


@pytest.mark.parametrize("role", MAY)
def test_each_role_is_offered_what_it_may_do(client, roles, lesson, role):
    client.force_login(roles[role])
    assert set(offered(client)) == MAY[role]


def test_the_queue_s_filter_and_state_travel_with_it(client, roles, course):
    rows.lessons(course)
    client.force_login(roles["reviewer"])
    assert offered(client)["reject"].endswith("?status=needs_review")
    address = offered(client, "?module=M0&order=source")["reject"]
    page = client.get(address)
    assert page.context["total"] == 3
    client.post(address, {"reason": "Off the topic", "total": 3})
    states = list(Lesson.objects.order_by("pk").values_list("status", flat=True))
    assert states == ["rejected"] * 3 + ["needs_review"] * 3
    assert client.get(offered(client, "?module=M0&status=any")["approve"]).context["total"] == 3


def test_the_script_gets_it_with_the_next_record(press, pair):
    answer = press("reviewer", pair[0], deed="approve").json()
    assert "/desk/whole/approve/" in answer["html"]
