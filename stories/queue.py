"""The queue of mentions that a person has to decide on: pick an entity or make one, keep the alias, do all the same.

Every decision can be taken back: its rows are found again by who took it and when.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from generation.base_models import digest
from generation.jsonl import chunked
from stories.derived import RESOLVED, known_entities, settle
from stories.models import BY_HAND, OPEN, Entity, Method, StoryEntity
from stories.names import normal

KEY_CHARACTERS = 120
CHUNK = 1000


class QueueRefused(Exception):
    """The decision can't be carried out; one sentence says why."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one decision did: so many rows at one moment, an alias kept or none, an entity made or not."""

    mention: str
    entity: int
    name: str
    actor: str
    moment: datetime
    rows: int
    alias: str = ""
    created: bool = False


@transaction.atomic
def pick(
    row: StoryEntity, entity: Entity, actor: str, *, keep_alias: bool = False, apply_to_same: bool = True,
    method: Method = Method.PICKED,
) -> Decision:  # fmt: skip
    """Decide that this mention means this entity.

    `keep_alias` stores the mention with the entity; `apply_to_same` decides every other open row of the feed with the
    same mention and type. Raises QueueRefused for an entity of another feed or one that is gone, and where a person
    was faster.
    """
    locked = StoryEntity.objects.select_for_update(of=("self",)).select_related("story").filter(pk=row.pk).first()
    if locked is None:
        raise QueueRefused("The mention is gone: its story was generated or edited anew. Nothing was changed.")
    if locked.story.collection_id != entity.collection_id:
        raise QueueRefused("The entity belongs to another feed. Nothing was changed.")
    if entity.removed_at:
        raise QueueRefused(f"{entity.name} is no longer in the list of entities. Nothing was changed.")
    if locked.decided_by != row.decided_by or locked.method != row.method:
        who = locked.decided_by or "the machine"
        raise QueueRefused(f"Meanwhile {who} has decided on this mention. Nothing was changed.")
    moment = timezone.now()
    # By number and by state: somebody may decide on one of the others at this moment.
    same = StoryEntity.objects.filter(pk__in=same_open(locked).values("pk"), method__in=OPEN)
    values = {
        "entity": entity, "method": method, "score": 100.0, "candidates": [], "decided_by": actor,
        "decided_at": moment,
    }  # fmt: skip
    rows = StoryEntity.objects.filter(pk=locked.pk).update(**values)
    rows += same.update(**values) if apply_to_same else 0
    kept = keep_alias and keep_as_alias(entity, locked.mention)
    row.refresh_from_db()
    return Decision(locked.mention, entity.pk, entity.name, actor, moment, rows, locked.mention if kept else "")


@transaction.atomic
def create(
    row: StoryEntity, actor: str, *, name: str = "", external_id: str = "", team: str = "", keep_alias: bool = False,
    apply_to_same: bool = True,
) -> Decision:  # fmt: skip
    """Make an entity of the mention's type (with its name, if no other is given) and decide for it.

    Raises QueueRefused where the feed has this very entity already.
    """
    feed, name = row.story.collection, " ".join((name or row.mention).split())[:200]
    own = external_id or " ".join(filter(None, [normal(name), normal(team)]))
    key = f"{row.type}:{own}"
    key = key if len(key) <= KEY_CHARACTERS else f"{row.type}:{digest(own)}"
    last = Entity.objects.filter(collection=feed).order_by("-position").values_list("position", flat=True).first()
    entity = Entity(
        collection=feed, key=key, position=(last or 0) + 1, type=row.type, name=name, external_id=external_id,
        team=team, by_hand=True,
    )  # fmt: skip
    entity.source_hash = entity.compute_hash()
    try:
        with transaction.atomic():
            entity.save(force_insert=True)
    except IntegrityError as error:
        raise QueueRefused(f"There is {name} ({row.type}) already: pick it. Nothing was changed.") from error
    done = pick(row, entity, actor, keep_alias=keep_alias, apply_to_same=apply_to_same, method=Method.CREATED)
    return Decision(done.mention, entity.pk, entity.name, actor, done.moment, done.rows, done.alias, created=True)


def keep_as_alias(entity: Entity, mention: str) -> bool:
    """Store a mention as another name of the entity, which no import takes away; False where it is known already."""
    locked = Entity.objects.select_for_update().get(pk=entity.pk)
    known = {normal(text) for text in (locked.name, *locked.aliases, *locked.kept_aliases)}
    if normal(mention) in known:
        return False
    _keep(entity, [*locked.kept_aliases, mention])
    return True


@transaction.atomic
def forget_alias(entity: Entity, alias: str) -> bool:
    """Take away a name that an editor has kept; False where there is none. What it has resolved stays resolved."""
    locked = Entity.objects.select_for_update().get(pk=entity.pk)
    rest = [text for text in locked.kept_aliases if text != alias]
    _keep(entity, rest)
    return len(rest) < len(locked.kept_aliases)


def _keep(entity: Entity, aliases: list[str]) -> None:
    entity.kept_aliases = aliases
    Entity.objects.filter(pk=entity.pk).update(kept_aliases=aliases)


def same_open(row: StoryEntity) -> QuerySet[StoryEntity]:
    """The other open rows of the feed with this mention and type."""
    rows = StoryEntity.objects.of_feed(row.story.collection_id).open().exclude(pk=row.pk)
    return rows.filter(type=row.type, normal_mention=row.normal_mention)


@transaction.atomic
def undo(decision: Decision) -> int:
    """Take a decision back: its rows are looked at anew by the machine, its alias and its entity go; gives the rows.

    The entity stays where others were decided for it since, or where a file has it now. Raises QueueRefused where
    nothing of it is left.
    """
    rows = StoryEntity.objects.filter(
        entity=decision.entity, decided_by=decision.actor, decided_at=decision.moment, method__in=BY_HAND
    )
    ids = list(rows.select_for_update().values_list("pk", flat=True))
    if not ids:
        raise QueueRefused("Nothing is left of this decision: others have changed it since.")
    entity = Entity.objects.select_for_update().get(pk=decision.entity)
    if decision.alias:
        forget_alias(entity, decision.alias)
    if decision.created and entity.by_hand and not entity.story_entities.exclude(pk__in=rows.values("pk")).exists():
        # Emptied before it goes, for it must not stand among what the machine looks at.
        _emptied(ids)
        entity.delete()
    reopen(ids)
    return len(ids)


def reopen(ids: list[int]) -> None:
    """Take people's decisions away from these rows and let the machine look at them anew."""
    _emptied(ids)
    known: dict[int, Any] = {}
    for chunk in chunked(ids, CHUNK):
        rows = list(StoryEntity.objects.filter(pk__in=chunk).select_related("story__collection"))
        feeds = {row.story.collection_id: row.story.collection for row in rows}
        for pk, feed in feeds.items():
            known[pk] = known.get(pk) or known_entities(pk)
            settle(feed, [row for row in rows if row.story.collection_id == pk], known[pk])
        StoryEntity.objects.bulk_update(rows, RESOLVED, batch_size=200)


def _emptied(ids: list[int]) -> None:
    for chunk in chunked(ids, CHUNK):
        StoryEntity.objects.filter(pk__in=chunk).update(
            entity=None, method=Method.UNRESOLVED, score=0.0, candidates=[], decided_by="", decided_at=None
        )
