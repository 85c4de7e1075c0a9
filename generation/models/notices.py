"""Notices: what a person is told of their runs, in the site and, if they wish, by e-mail."""

from collections.abc import Sequence
from typing import Any, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.utils import timezone

from generation.models.wakeups import wake

# What entering a state means for people; any other change of state tells nobody and costs nothing.
OF_RUN = {"completed": "finished", "failed": "failed", "awaiting_approval": "awaiting_approval"}
OF_JOB = {"needs_attention": "needs_attention"}
DEED = "generation.launch_run"


class NoticeKind(models.TextChoices):
    """Why somebody is told."""

    FINISHED = "finished", "run finished"
    FAILED = "failed", "run failed"
    NEEDS_ATTENTION = "needs_attention", "needs attention"
    AWAITING_APPROVAL = "awaiting_approval", "awaits approval"


class Mail(models.TextChoices):
    """Where the e-mail of a notice stands. A claim is committed before the mail is sent, so none goes twice."""

    NONE = "none", "not wanted"
    DUE = "due", "due"
    SENDING = "sending", "being sent"
    SENT = "sent", "sent"
    FAILED = "failed", "failed"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Vocabulary of notices."""

    def unread(self) -> Self:
        """Those that the person has not marked as read."""
        return self.filter(read_at=None)

    def to_mail(self) -> Self:
        """Those whose e-mail is due now."""
        now = timezone.now()
        return self.filter(Q(mail_after=None) | Q(mail_after__lte=now), mail=Mail.DUE)


class Notice(models.Model):
    """One thing that one person is told, once for each change of state."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    transition = models.ForeignKey("generation.Transition", models.SET_NULL, null=True, related_name="+")
    run = models.ForeignKey("generation.Run", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=NoticeKind)
    detail = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mail = models.CharField(max_length=8, choices=Mail, default=Mail.NONE)
    mail_after = models.DateTimeField(null=True, blank=True, help_text="Not before; empty: now.")
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mail_error = models.CharField(max_length=300, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint("user", "transition", name="notice_once")]
        indexes = [
            models.Index(fields=["user", "read_at"], name="notice_unread"),
            models.Index(fields=["mail_after"], condition=Q(mail="due"), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return f"Run {self.run_id}: {self.get_kind_display()}"

    @property
    def headline(self) -> str:
        """`Run 3 finished` in so many words."""
        said = {"finished": "has finished", "failed": "has failed", "needs_attention": "needs attention"}
        return f"Run {self.run_id} {said.get(self.kind, 'awaits approval')}"


class NoticePreference(models.Model):
    """One person's own wishes."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    by_mail = models.BooleanField(default=False, help_text="E-mail as well.")

    def __str__(self) -> str:
        return f"Notices of {self.user}"


def tell(thing: Any, transition: Any) -> None:
    """Write the notices of one change of state; call it in the transaction of the change. At most three queries."""
    is_run = transition.run_id is not None
    kind = (OF_RUN if is_run else OF_JOB).get(transition.to_status)
    run = thing if is_run else getattr(thing, "run", None)
    # An editor who has a single text made again looks at the text: only a failure is news.
    if kind is None or run is None or (kind == NoticeKind.FINISHED and run.purpose == "regeneration"):
        return
    wishes = dict(NoticePreference.objects.filter(by_mail=True).values_list("user", "by_mail"))
    rows = [
        Notice(
            user=user, transition=transition, run=run, kind=kind, detail=transition.detail[:300],
            mail=Mail.DUE if user.email and wishes.get(user.pk) else Mail.NONE,
        )
        for user in _audience(run, kind)
    ]  # fmt: skip
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.mail == Mail.DUE for row in rows):
        wake("mail_notices")


def _audience(run: Any, kind: str) -> Sequence[Any]:
    """Who launched it; of an approval all others who may give it; of a doubt, or without a launcher, all who may."""
    people = get_user_model()._default_manager.with_perm(DEED, backend="django.contrib.auth.backends.ModelBackend")
    people = people.filter(is_active=True, is_staff=True)
    own = Q(pk=run.created_by_id)
    if kind == NoticeKind.AWAITING_APPROVAL:
        return list(people.exclude(own))
    if kind == NoticeKind.NEEDS_ATTENTION or run.created_by_id is None:
        return list(people)
    return list(get_user_model()._default_manager.filter(own, is_active=True))
