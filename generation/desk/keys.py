"""The keys of the desk, and which of them a person has switched off."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from generation.models import DeskPreference


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name in the page's markup and in the settings, what is printed, and what it does."""

    name: str
    shown: str
    does: str
    # What aria-keyshortcuts calls it.
    aria: str


KEYS = (
    Key("next", "j", "next record", "j"),
    Key("previous", "k", "previous record", "k"),
    Key("approve", "a", "approve, then next", "a"),
    Key("request", "r", "request changes (asks for a reason)", "r"),
    Key("reject", "x", "reject (asks for a reason)", "x"),
    Key("edit", "e", "edit the text; Esc leaves it", "e"),
    Key("differences", "d", "differences, and back to the text", "d"),
    Key("skip", "s", "skip: on to the next, nothing is changed", "s"),
    Key("undo", "u", "undo your last decision", "u"),
    Key("again", "g", "generate again (asks for a remark)", "g"),
    Key("help", "?", "these keys", "Shift+?"),
    Key("save", "Ctrl+S", "save", "Control+S"),
    Key("finish", "Ctrl+Enter", "save, approve, next", "Control+Enter"),
)
NAMES = frozenset(key.name for key in KEYS)


def keys_off(user: Any) -> set[str]:
    """Names of the keys that the user has switched off."""
    row = DeskPreference.objects.filter(user=user).first()
    return set(row.keys_off) & NAMES if row else set()


def switch_off(user: Any, names: Iterable[str]) -> None:
    """Exactly these keys are off for the user; unknown names are left out."""
    off = sorted(NAMES & set(names))
    DeskPreference.objects.update_or_create(user=user, defaults={"keys_off": off})
