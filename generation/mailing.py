"""E-mails of notices: claimed, committed, then sent, each at most once; a failure stays with its notice."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from generation.models import Notice
from generation.models.notices import Mail

logger = logging.getLogger(__name__)
MOST = 50
MAX_TRIES = 5


def send_due() -> int:
    """Send what is due, at most fifty at once; returns how many went out. Call it outside a transaction."""
    sent = 0
    for pk in Notice.objects.to_mail().order_by("pk").values_list("pk", flat=True)[:MOST]:
        claimed = Notice.objects.to_mail().filter(pk=pk).update(mail=Mail.SENDING, mail_tries=F("mail_tries") + 1)
        if claimed == 1:
            notice = Notice.objects.select_related("user", "run").get(pk=pk)
            sent += _send(notice)
    return sent


def _send(notice: Notice) -> int:
    """Only a server that could not be reached is asked again: whatever came later, it may have taken the mail."""
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        _failed(notice, error, again=notice.mail_tries < MAX_TRIES)
        return 0
    try:
        connection.send_messages([_message(notice)])
    except OSError as error:
        _failed(notice, error, again=False)
        return 0
    finally:
        connection.close()
    Notice.objects.filter(pk=notice.pk).update(mail=Mail.SENT, mail_error="")
    return 1


def _failed(notice: Notice, error: OSError, *, again: bool) -> None:
    logger.warning("the e-mail of notice %s was not sent: %s", notice.pk, type(error).__name__)
    later = timezone.now() + timedelta(minutes=2**notice.mail_tries)
    state = Mail.DUE if again else Mail.FAILED
    # The words of a mail server may repeat an address or a password: only the kind of failure is kept.
    Notice.objects.filter(pk=notice.pk).update(mail=state, mail_after=later, mail_error=type(error).__name__)


def _message(notice: Notice) -> EmailMessage:
    page = reverse("admin:generation_run_change", args=[notice.run_id])
    context = {"notice": notice, "site": settings.SITE_NAME, "address": settings.SITE_URL and settings.SITE_URL + page}
    body = render_to_string("generation/console/notice.txt", context)
    return EmailMessage(f"[{settings.SITE_NAME}] {notice.headline}", body, to=[notice.user.email])
