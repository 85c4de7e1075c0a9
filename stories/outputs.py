"""What the models are asked for, fitted to a feed: its topics, its types, its limits."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from stories.models import TYPES

# OpenAI takes no more names in one schema (and no more than 15,000 characters of them).
MOST_NAMES, MOST_CHARACTERS = 250, 15_000
EXAMPLES = {
    "mention_text": "the name as the text has it, such as Harbour City Rovers, Quarry Vale, QV, Mira Castellane, "
    "Tomas Brandt, Okoro, Ingrid Solheim, Lena Marsch or Harbour Derby",
    "team_name": "the name of the team that the text gives, such as Harbour City Rovers, Quarry Vale or Eastmoor "
    "Athletic; empty where it gives none",
    "team_abbr": "its abbreviation if the text has it, such as HCR, QV or EMA; else empty",
    "position": "where the player plays, such as goalkeeper, defender, midfielder or forward; else empty",
    "role": "what the person does, such as head coach, assistant coach or sporting director; else empty",
    "context": "what kind of game it is, such as league match, cup final or friendly; else empty",
}


class FoundTopic(BaseModel):
    """A topic of the list."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    topic: str = Field(min_length=1)
    confidence: float = Field(ge=0, le=1)
    rank: int = Field(ge=1)


class TopicList(BaseModel):
    """The topics of a story."""

    topics: list[FoundTopic]


class FoundEntity(BaseModel):
    """Somebody or something that is mentioned; extra fields are those of its type."""

    model_config = ConfigDict(coerce_numbers_to_str=True, extra="allow")

    type: str = Field(min_length=1)
    mention_text: str = Field(min_length=1)
    confidence: float = Field(ge=0, le=1)
    rank: int = Field(ge=1)


class EntityList(BaseModel):
    """The entities of a story."""

    entities: list[FoundEntity]


@lru_cache(maxsize=32)
def topic_schema(names: tuple[str, ...], most: int) -> type[BaseModel]:
    """A TopicList whose topics are these and no others (as far as a schema can hold them)."""
    topic: Any = Literal[names] if _can_be_listed(names) else str
    found = create_model("FoundTopic", topic=(topic, ...), confidence=_confidence(), rank=_rank(most))
    return create_model("TopicList", topics=(list[found], Field(max_length=most)))


@lru_cache(maxsize=32)
def entity_schema(types: tuple[tuple[str, tuple[str, ...]], ...], most: int) -> type[BaseModel]:
    """An EntityList of these types, with all their extra fields as texts."""
    extra = dict.fromkeys(field for _, fields in types for field in fields)
    fields: dict[str, Any] = {
        "type": (Literal[tuple(name for name, _ in types)] if types else str, ...),
        "mention_text": (str, Field(min_length=1, description=EXAMPLES["mention_text"])),
        "confidence": _confidence(),
        "rank": _rank(most),
    }
    fields |= {
        name: (str, Field(description=EXAMPLES.get(name, "empty where the text does not say"))) for name in extra
    }
    found = create_model("FoundEntity", **fields)
    return create_model("EntityList", entities=(list[found], Field(max_length=most)))


def _confidence() -> tuple[type[float], Any]:
    return float, Field(ge=0, le=1, description="how sure it is, 0 to 1")


def _rank(most: int) -> tuple[type[int], Any]:
    return int, Field(ge=1, le=max(most, 1), description="1 for what the story is most about")


def _can_be_listed(names: Sequence[str]) -> bool:
    return 0 < len(names) <= MOST_NAMES and sum(map(len, names)) <= MOST_CHARACTERS


def known_types(entity_types: Any) -> dict[str, tuple[str, ...]]:
    """A feed's types with their extra fields; the usual ones where nothing usable was entered."""
    chosen = entity_types if isinstance(entity_types, dict) and entity_types else TYPES
    return {
        str(name): tuple(str(field) for field in fields if str(field).isidentifier() and field not in OWN_FIELDS)
        for name, fields in chosen.items()
        if isinstance(fields, list | tuple)
    }


OWN_FIELDS = ("type", "mention_text", "confidence", "rank")
