"""What the desk's buttons do beyond those of a record's page."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import QueryDict

from generation import review
from generation.desk.candidates import take_parts
from generation.desk.deeds import Asked, carry_out
from generation.models import Revision
from generation.review.commenting import add_comment, remove_comment

# After these the desk goes on to the next record.
ADVANCING = frozenset({"approve", "request_changes", "reject", "resubmit"})


def number(post: QueryDict, name: str) -> int:
    """A number of the form; raises BadRequest for what is none."""
    value = post.get(name, "")
    if not value.isdecimal() or len(value) > 18:
        raise BadRequest(f"The form's '{name}' is no number.")
    return int(value)


def carried_out(asked: Asked, post: QueryDict) -> str:
    """Do what the button says and return a sentence; raises ReviewRefused (Conflict), PermissionDenied, BadRequest."""
    own = OWN.get(post.get("own", ""))
    return own(asked, post) if own else carry_out(asked)


def _take_parts(asked: Asked, post: QueryDict) -> str:
    if asked.base != asked.artefact.current_id:
        raise review.ReviewRefused("The present text has changed since: look at the changes again.")
    take_parts(asked.artefact, asked.user, post.getlist("change"), number(post, "candidate"))
    return "The chosen changes are in the text now; the text before and the candidate stay among the revisions."


def _dismiss_finding(asked: Asked, post: QueryDict) -> str:
    review.dismiss_finding(asked.artefact, number(post, "finding"), asked.user, post.get("why", ""))
    return "Dismissed for this text. A new text is checked anew."


def _restore_finding(asked: Asked, post: QueryDict) -> str:
    review.restore_finding(asked.artefact, number(post, "finding"), asked.user)
    return "The finding counts again."


def _comment(asked: Asked, post: QueryDict) -> str:
    add_comment(asked.artefact, asked.user, post.get("comment", ""))
    return "Your comment is kept; nothing else was changed."


def _take_comment_back(asked: Asked, post: QueryDict) -> str:
    remove_comment(asked.artefact, number(post, "comment_id"), asked.user)
    return "Your comment is gone."


def _bring_back(asked: Asked, post: QueryDict) -> str:
    rows = Revision.objects.of(asked.artefact)
    revision = rows.filter(pk=number(post, "revision")).first()
    if revision is None:
        raise review.ReviewRefused("There is no such revision of this record.")
    note = f"revision {revision.pk} brought back"
    review.save_text(asked.artefact, revision.text, asked.user, base_revision_id=asked.base, note=note)
    return f"The text of revision {revision.pk} is the present one again."


OWN: dict[str, Callable[[Any, QueryDict], str]] = {
    "comment": _comment, "take_comment_back": _take_comment_back, "bring_back": _bring_back,
    "take_parts": _take_parts, "dismiss_finding": _dismiss_finding, "restore_finding": _restore_finding,
}  # fmt: skip
