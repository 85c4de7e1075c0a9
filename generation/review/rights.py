"""Who may do what to an artefact, and the words of a refusal."""

from typing import Any

from django.core.exceptions import PermissionDenied

from generation.base_models import Artefact
from generation.models import Revision

REVIEW = "generation.review_artefact"
OVERRIDE = "generation.override_findings"
PUBLISH = "generation.publish_artefact"
LAUNCH = "generation.launch_run"
REGENERATE = "generation.regenerate_single"
# Whoever decides on texts may also say who looks at them.
ASSIGN = REVIEW


class ReviewRefused(Exception):
    """The step can't be taken; the message is the sentence that people read. Nothing was changed.

    `place` is where in a JSON text, for a value that its kind refuses.
    """

    def __init__(self, sentence: str, place: str = "") -> None:
        super().__init__(sentence)
        self.place = place


class Conflict(ReviewRefused):
    """Somebody else's text is current now: `current` is theirs, `text` is the one in hand. Nothing is lost."""

    def __init__(self, current: Revision, text: str) -> None:
        by = current.author_label or current.get_origin_display()
        super().__init__(f"The text has changed since you opened it (now: {by}). Compare the two and decide.")
        self.current = current
        self.text = text


def actor_label(user: Any) -> str:
    """How events and revisions name a person, also when the account is gone: "Ann Lee (ann)", or the user name."""
    if user is None:
        return ""
    name, full = user.get_username(), user.get_full_name().strip()
    return (f"{full} ({name})" if full and full != name else name)[:150]


def edit_right(model: type[Artefact]) -> str:
    """The permission to edit artefacts of this model: Django's own."""
    return f"{model._meta.app_label}.change_{model._meta.model_name}"


def require(user: Any, permission: str, *artefacts: Artefact) -> None:
    """Raise PermissionDenied unless the user has the permission and may see every one of the artefacts."""
    if user is None or not user.has_perm(permission):
        raise PermissionDenied(f"You need the right '{permission.partition('.')[2]}' for this.")
    if not artefacts:
        return
    ids = {artefact.pk for artefact in artefacts}
    if type(artefacts[0])._default_manager.visible_to(user).filter(pk__in=ids).count() != len(ids):
        raise PermissionDenied("The collection is restricted to other groups.")
