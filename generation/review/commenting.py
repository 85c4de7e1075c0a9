"""Comments on a record: said by whoever may edit or decide, read by everybody who sees it."""

from typing import Any

from django.core.exceptions import PermissionDenied

from generation.models import Comment
from generation.review.rights import REVIEW, ReviewRefused, actor_label, edit_right, require

MAX_COMMENT = 5000


def add_comment(artefact: Any, user: Any, text: str) -> Comment:
    """Note a remark; it changes nothing else. Raises ReviewRefused, PermissionDenied."""
    require(user, REVIEW if user.has_perm(REVIEW) else edit_right(type(artefact)), artefact)
    text = text.strip().replace("\r\n", "\n").replace("\x00", "")
    if not text:
        raise ReviewRefused("The comment is empty.")
    if len(text) > MAX_COMMENT:
        raise ReviewRefused(f"The comment has {len(text):,} characters, and at most {MAX_COMMENT:,} are possible.")
    return Comment.objects.create(
        recipe=artefact.recipe, item_id=artefact.item_id, revision_id=artefact.current_id, user=user,
        actor=actor_label(user), text=text,
    )  # fmt: skip


def remove_comment(artefact: Any, comment_id: int, user: Any) -> None:
    """Take one's own comment back."""
    comment = Comment.objects.filter(pk=comment_id, recipe=artefact.recipe, item_id=artefact.item_id).first()
    if comment is None:
        raise ReviewRefused("The comment is not there any more.")
    if comment.user_id != user.pk and not user.is_superuser:
        raise PermissionDenied("Only who wrote a comment can take it back.")
    comment.delete()


def comments_of(artefact: Any) -> list[Comment]:
    """Those on a record, the oldest first."""
    return list(Comment.objects.filter(recipe=artefact.recipe, item_id=artefact.item_id)[:200])
