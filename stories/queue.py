"""The queue of mentions that a person has to decide on: pick an entity or make one, keep the alias, do all the same."""

from django.db import transaction

from generation.base_models import digest
from stories.models import OPEN, Entity, Method, StoryEntity
from stories.names import normal

KEY_CHARACTERS = 120


class QueueRefused(Exception):
    """The decision can't be carried out; one sentence says why."""


@transaction.atomic
def pick(
    row: StoryEntity, entity: Entity, actor: str, *, keep_alias: bool = False, apply_to_same: bool = True,
    method: Method = Method.PICKED,
) -> int:  # fmt: skip
    """Decide that this mention means this entity; gives the number of rows that are decided by it.

    `keep_alias` stores the mention with the entity; `apply_to_same` decides every other open row of the feed with the
    same mention and type. Raises QueueRefused for an entity of another feed, and where a person was faster.
    """
    locked = StoryEntity.objects.select_for_update().select_related("story").filter(pk=row.pk).first()
    if locked is None:
        raise QueueRefused("The mention is gone: its story was generated or edited anew. Nothing was changed.")
    if locked.story.collection_id != entity.collection_id:
        raise QueueRefused("The entity belongs to another feed. Nothing was changed.")
    if locked.decided_by != row.decided_by or locked.method != row.method:
        who = locked.decided_by or "the machine"
        raise QueueRefused(f"Meanwhile {who} has decided on this mention. Nothing was changed.")
    locked.decide(entity, method, actor)
    locked.save()
    if keep_alias:
        keep_as_alias(entity, locked.mention)
    row.refresh_from_db()
    return 1 + (_apply_to_same(locked, entity, method, actor) if apply_to_same else 0)


@transaction.atomic
def create(
    row: StoryEntity, actor: str, *, name: str = "", external_id: str = "", team: str = "", keep_alias: bool = False,
    apply_to_same: bool = True,
) -> Entity:  # fmt: skip
    """Make an entity of the mention's type (with its name, if no other is given) and decide for it.

    Raises QueueRefused where the feed has this very entity already.
    """
    feed, name = row.story.collection, " ".join((name or row.mention).split())[:200]
    own = external_id or " ".join(filter(None, [normal(name), normal(team)]))
    key = f"{row.type}:{own}"
    key = key if len(key) <= KEY_CHARACTERS else f"{row.type}:{digest(own)}"
    if Entity.objects.filter(collection=feed, key=key).exists():
        raise QueueRefused(f"There is {name} ({row.type}) already: pick it. Nothing was changed.")
    last = Entity.objects.filter(collection=feed).order_by("-position").values_list("position", flat=True).first()
    entity = Entity(
        collection=feed, key=key, position=(last or 0) + 1, type=row.type, name=name, external_id=external_id,
        team=team, by_hand=True,
    )  # fmt: skip
    entity.source_hash = entity.compute_hash()
    entity.save()
    pick(row, entity, actor, keep_alias=keep_alias, apply_to_same=apply_to_same, method=Method.CREATED)
    return entity


def keep_as_alias(entity: Entity, mention: str) -> bool:
    """Store a mention as another name of the entity, which no import takes away; False where it is known already."""
    locked = Entity.objects.select_for_update().get(pk=entity.pk)
    known = {normal(text) for text in (locked.name, *locked.aliases, *locked.kept_aliases)}
    if normal(mention) in known:
        return False
    locked.kept_aliases = [*locked.kept_aliases, mention]
    locked.save(update_fields=["kept_aliases"])
    entity.kept_aliases = locked.kept_aliases
    return True


def same_open(row: StoryEntity) -> "list[StoryEntity]":
    """The other open rows of the feed with this mention and type."""
    rows = StoryEntity.objects.of_feed(row.story.collection_id).open().exclude(pk=row.pk)
    return list(rows.filter(type=row.type, normal_mention=row.normal_mention).order_by("pk"))


def _apply_to_same(row: StoryEntity, entity: Entity, method: Method, actor: str) -> int:
    done = 0
    for other in same_open(row):
        other.decide(entity, method, actor)
        # A conditional update: somebody may decide on that row at this moment.
        done += StoryEntity.objects.filter(pk=other.pk, method__in=OPEN).update(
            entity=entity, method=other.method, score=other.score, candidates=[], decided_by=other.decided_by,
            decided_at=other.decided_at,
        )  # fmt: skip
    return done
