"""What the buttons of an artefact's page do: each saves what was typed first, then calls the review's own function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import QueryDict

from generation import review
from generation.base_models import ArtefactStatus
from generation.drafts import tidy
from generation.models import Revision
from generation.recipes import UnknownRecipe, recipe_class
from generation.review.approvals import approvals


@dataclass
class Asked:
    """One press of a button, with what the page's form held."""

    artefact: Any
    user: Any
    deed: str
    text: str
    base: int
    reason: str
    remark: str
    # False: the form held no text at all, because nobody had typed (the desk's script leaves it out).
    typed: bool = True
    # Where in a JSON text the value is that was refused.
    place: str = ""

    @classmethod
    def read(cls, artefact: Any, user: Any, post: QueryDict) -> "Asked":
        """From the posted form; raises BadRequest for a button or a number that does not exist."""
        deed = post.get("deed", "save")
        if deed not in DEEDS:
            raise BadRequest(f"There is no button '{deed}'.")
        try:
            base = int(post.get("base") or 0)
        except ValueError as error:
            raise BadRequest("The number of the revision is no number.") from error
        present = artefact.current.text if artefact.current else ""
        typed = "text" in post
        text = _kept(artefact, tidy(post.get("text", ""))) if typed else tidy(present)
        return cls(artefact, user, deed, text, base, post.get("reason", ""), post.get("remark", ""), typed)

    @property
    def edited(self) -> bool:
        """Whether the form's text differs from the one that the form was made with."""
        if not self.typed:
            return False
        if self.base == self.artefact.current_id:
            return self.text != self.artefact.current.text
        base = type(self.artefact.current)._default_manager.filter(pk=self.base).first()
        return base is None or self.text != base.text


def _kept(artefact: Any, text: str) -> str:
    try:
        return recipe_class(artefact.recipe)().from_form(text)
    except UnknownRecipe:
        return text


def carry_out(asked: Asked) -> str:
    """Do it and return a sentence; raises ReviewRefused (Conflict), PermissionDenied, or what a launch raises."""
    try:
        return DEEDS[asked.deed](asked)
    except review.ReviewRefused as refused:
        asked.place = refused.place
        raise


def _saved(asked: Asked) -> int | None:
    """Save what was typed, if anything was; the revision that a decision is about."""
    if not asked.edited:
        if asked.base and asked.base != asked.artefact.current_id:
            # A text that nobody has read is not decided on, whatever the decision.
            seen = Revision.objects.filter(pk=asked.base).first()
            raise review.Conflict(asked.artefact.current, seen.text if seen else "")
        return asked.base or None
    revision = review.save_text(asked.artefact, asked.text, asked.user, base_revision_id=asked.base)
    asked.artefact.refresh_from_db()
    return int(revision.pk)


def _save(asked: Asked) -> str:
    if not asked.edited:
        return "Nothing was changed, so nothing was saved."
    _saved(asked)
    return "Saved as a new revision."


def _approve(asked: Asked) -> str:
    revision_id = _saved(asked)
    review.approve(asked.artefact, asked.user, revision_id=revision_id, comment=asked.reason)
    if asked.artefact.status == ArtefactStatus.APPROVED:
        return "Approved."
    count = len(approvals([asked.artefact])[asked.artefact.pk])
    return f"Approval {count} of {settings.REQUIRED_APPROVALS} is noted; it waits for another person."


def _request_changes(asked: Asked) -> str:
    _saved(asked)
    review.request_changes(asked.artefact, asked.user, asked.reason)
    return "Changes requested."


def _reject(asked: Asked) -> str:
    _saved(asked)
    review.reject(asked.artefact, asked.user, asked.reason)
    return "Rejected."


def _resubmit(asked: Asked) -> str:
    _saved(asked)
    review.resubmit(asked.artefact, asked.user)
    return "Given back to review."


def _publish(asked: Asked) -> str:
    rows = type(asked.artefact)._default_manager.filter(pk=asked.artefact.pk)
    return published_words(review.publish_artefacts(rows, asked.user))


def _unpublish(asked: Asked) -> str:
    review.unpublish(asked.artefact, asked.user)
    return "No longer published."


def _again(asked: Asked) -> str:
    run = review.generate_again([asked.artefact], asked.user, asked.remark)
    return f"Asked for again in {run}. An untouched draft is replaced; otherwise the new text is offered beside yours."


def _take(asked: Asked) -> str:
    review.take_candidate(asked.artefact, asked.user)
    return "The candidate is the text now; the one before it stays among the revisions."


def _dismiss(asked: Asked) -> str:
    review.dismiss_candidate(asked.artefact, asked.user)
    return "The candidate was dismissed; it stays among the revisions."


def published_words(result: Any) -> str:
    """What publishing did, in a sentence."""
    shown = ", ".join(result.written[:3]) + (" …" if len(result.written) > 3 else "")
    words = [f"Published {len(result.written):,}: {shown}" if result.written else "Nothing new was published"]
    if result.unchanged:
        words.append(f"{len(result.unchanged):,} were published as they are")
    words += [f"{count:,} left out: {reason.replace('_', ' ')}" for reason, count in result.skipped.items()]
    return "; ".join(words) + "."


DEEDS: dict[str, Callable[[Asked], str]] = {
    "save": _save, "approve": _approve, "request_changes": _request_changes, "reject": _reject, "resubmit": _resubmit,
    "publish": _publish, "unpublish": _unpublish, "again": _again, "take": _take, "dismiss": _dismiss,
}  # fmt: skip
