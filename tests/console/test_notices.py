"""Notices: who is told of what, once; read and unread; e-mails that go once and hurt nothing when they fail."""

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from generation import mailing, tasks
from generation.models import BatchJob, Notice, NoticePreference, Run
from tests import factories

PAGE = "/admin/console/notices/"


class Unreachable(EmailBackend):
    """A mail server that is not there."""

    def open(self):
        raise ConnectionRefusedError("secret words of the server")


class Breaking(EmailBackend):
    """A mail server that breaks off in the middle."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise TimeoutError("no answer")


@pytest.fixture
def run(roles, course):
    """A running run of the operator's."""
    row = factories.run(course, created_by=roles["operator"])
    row.move("running", "planned", started_at=timezone.now())
    return row


@pytest.fixture
def mailed(run, roles, settings):
    """The operator wants e-mail; one run of theirs has finished."""
    settings.SITE_URL = "https://site.example"
    wants_mail(roles["operator"])
    run.move("completed", "running", detail="6 of 6 succeeded")
    return Notice.objects.get()


def wants_mail(user):
    user.email = f"{user.username}@example.org"
    user.save()
    NoticePreference.objects.create(user=user, by_mail=True)


def told():
    return sorted(Notice.objects.values_list("user__username", "kind"))


@pytest.mark.parametrize(("status", "kind"), [("completed", "finished"), ("failed", "failed")])
def test_the_launcher_is_told_of_the_end(run, status, kind):
    run.move(status, "running", detail="because")
    assert told() == [("operator", kind)]
    assert Notice.objects.get().detail == "because"


def test_a_cancelled_run_and_steps_on_the_way_tell_nobody(run):
    run.move("running", "running", detail="again")
    run.move("cancelled", "running")
    assert told() == []


def test_without_a_launcher_all_operators_are_told(run):
    Run.objects.update(created_by=None)
    run.refresh_from_db()
    run.move("failed", "running")
    assert told() == [("admin", "failed"), ("operator", "failed")]


def test_a_job_in_doubt_is_told_to_all_who_may_decide(run):
    job = BatchJob.objects.create(run=run, provider="default", model="m", endpoint="/v1/x", status="submitting")
    job.move("needs_attention", "submitting", detail="a person must look")
    assert told() == [("admin", "needs_attention"), ("operator", "needs_attention")]


def test_an_approval_is_asked_of_the_others(run):
    run.move("awaiting_approval", "running")
    assert told() == [("admin", "awaiting_approval")]


def test_those_who_left_are_not_told(run, roles):
    roles["operator"].is_active = False
    roles["operator"].save()
    run.move("completed", "running")
    assert told() == []


def test_a_single_text_made_again_is_news_only_when_it_failed(run):
    run.purpose = "regeneration"
    run.move("completed", "running")
    assert told() == []
    run.move("failed", "completed")
    assert told() == [("operator", "failed")]


def test_a_change_that_is_undone_tells_nobody(run):
    with transaction.atomic():
        run.move("completed", "running")
        transaction.set_rollback(True)
    assert told() == []


def test_telling_costs_the_same_for_any_number_of_people(run, roles, django_assert_max_num_queries):
    for number in range(20):
        user = type(roles["admin"]).objects.create_superuser(f"more-{number}")
        wants_mail(user)
    with django_assert_max_num_queries(9):
        run.move("awaiting_approval", "running")
    assert Notice.objects.filter(mail="due").count() == 20


def test_a_run_followed_to_its_end_tells_once(roles, course, provider):
    run = factories.finished(course, created_by=roles["operator"])
    assert told() == [("operator", "finished")]
    assert Notice.objects.get().headline == f"Run {run.pk} has finished"


def test_the_page_lists_own_notices_and_the_sidebar_counts_them(client, run, roles):
    run.move("completed", "running", detail="6 of 6 succeeded")
    client.force_login(roles["operator"])
    answer = client.get(PAGE)
    assert answer.context["unread"] == 1
    assert f"Run {run.pk} has finished" in answer.content.decode()
    (group,) = [group for group in answer.context["sidebar_navigation"] if group["title"] == "Console"]
    assert [item.get("badge") for item in group["items"] if item["title"] == "Notices"] == [1]
    client.force_login(roles["viewer"])
    assert client.get(PAGE).context["unread"] == 0


def test_read_one_and_read_all(client, run, roles):
    run.move("completed", "running")
    run.move("failed", "completed")
    first, second = Notice.objects.order_by("pk")
    client.force_login(roles["operator"])
    client.post(PAGE, {"deed": "read", "notice": first.pk})
    assert list(Notice.objects.unread()) == [second]
    client.post(PAGE, {"deed": "read_all"})
    assert not Notice.objects.unread().exists()


def test_nobody_reads_for_another(client, run, roles):
    run.move("completed", "running")
    client.force_login(roles["viewer"])
    for deed in ("read", "read_all"):
        client.post(PAGE, {"deed": deed, "notice": Notice.objects.get().pk})
    assert Notice.objects.unread().count() == 1


@pytest.mark.parametrize("post", [{}, {"deed": "explode"}, {"deed": "read", "notice": "x"}, {"deed": "read"}])
def test_unknown_buttons_are_bad_requests(client, roles, post):
    client.force_login(roles["viewer"])
    assert client.post(PAGE, post).status_code == 400


def test_a_number_beyond_the_database_reads_nothing(client, roles):
    client.force_login(roles["viewer"])
    assert client.post(PAGE, {"deed": "read", "notice": "9" * 40}).status_code == 302


def test_notices_of_hidden_runs_are_not_shown(client, run, roles, course):
    run.move("completed", "running")
    course.groups.add(roles["viewer"].groups.get())
    client.force_login(roles["operator"])
    answer = client.get(PAGE)
    assert (answer.context["unread"], list(answer.context["page"])) == (0, [])


def test_many_notices_come_in_pages(client, run, roles, django_assert_max_num_queries):
    Notice.objects.bulk_create(Notice(user=roles["operator"], run=run, kind="finished") for _ in range(120))
    client.force_login(roles["operator"])
    with django_assert_max_num_queries(25):
        assert len(client.get(PAGE, {"page": 3}).context["page"].object_list) == 20
    assert client.get(PAGE, {"page": "x"}).context["page"].number == 1


def test_e_mail_is_switched_on_and_off(client, roles):
    client.force_login(roles["operator"])
    for deed, wanted in (("mail_on", True), ("mail_off", False)):
        client.post(PAGE, {"deed": deed})
        assert NoticePreference.objects.get(user=roles["operator"]).by_mail is wanted


def test_an_e_mail_says_what_happened_and_where(mailed, run):
    tasks.mail_notices()
    (message,) = mail.outbox
    assert message.to == ["operator@example.org"]
    assert f"Run {run.pk} has finished" in message.subject
    assert "6 of 6 succeeded" in message.body
    assert f"https://site.example{reverse('admin:generation_run_change', args=[run.pk])}" in message.body
    mailed.refresh_from_db()
    assert mailed.mail == "sent"


def test_without_the_site_s_address_there_is_no_link(mailed, settings):
    settings.SITE_URL = ""
    mailing.send_due()
    assert "/admin/" not in mail.outbox[0].body


def test_an_e_mail_goes_once(mailed):
    assert [mailing.send_due(), mailing.send_due()] == [1, 0]
    Notice.objects.update(mail="sending")
    assert mailing.send_due() == 0
    assert len(mail.outbox) == 1


def test_without_the_wish_or_an_address_nothing_is_sent(run, roles):
    run.move("completed", "running")
    NoticePreference.objects.create(user=roles["operator"], by_mail=True)
    run.move("failed", "completed")
    assert mailing.send_due() == 0
    assert set(Notice.objects.values_list("mail", flat=True)) == {"none"}


def test_a_server_that_is_not_there_is_tried_again_later_and_not_for_ever(mailed, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Unreachable"
    for number in range(1, mailing.MAX_TRIES + 1):
        mailing.send_due()
        mailed.refresh_from_db()
        assert (mailed.mail_tries, mailed.mail) == (number, "due" if number < mailing.MAX_TRIES else "failed")
        assert mailing.send_due() == 0
        Notice.objects.update(mail_after=timezone.now())
    assert mailed.mail_error == "ConnectionRefusedError"


def test_a_server_that_breaks_off_may_have_taken_it(mailed, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Breaking"
    mailing.send_due()
    mailed.refresh_from_db()
    assert (mailed.mail, mailed.mail_error) == ("failed", "TimeoutError")
    mailing.send_due()
    assert len(mail.outbox) == 1


def test_a_failing_e_mail_does_not_hurt_the_run(mailed, run, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Unreachable"
    tasks.tick()
    run.refresh_from_db()
    assert run.status == "completed"
