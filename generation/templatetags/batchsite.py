"""Filters of our own pages."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generation.costs import dollars
from generation.desk.keys import Key
from generation.desk.moments import ago as said
from generation.estimate_errors import shown_share

register = template.Library()


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """`5 min ago`, with the exact time on hover."""
    return said(moment)


@register.filter
def money(nano: int | None) -> str:
    """Nano-dollars as dollars; `unknown` for none."""
    return dollars(nano)


@register.filter
def off(share: float | None) -> str:
    """A share by which something was off: `+3.2 %`, `-0.4 %`; a dash for none."""
    return shown_share(share)


@register.filter
def words(value: Any) -> str:
    """A key as words: `changes_requested` becomes `changes requested`."""
    return str(value).replace("_", " ")


@register.filter
def entry(mapping: dict[Any, Any], key: Any) -> Any:
    """The value of a key."""
    return mapping.get(key)


@register.simple_tag
def keyed(keys: dict[str, Key], name: str) -> SafeString | str:
    """Attributes of what a key of the desk presses; nothing where the person has switched it off."""
    key = keys.get(name)
    return format_html('data-key="{}" aria-keyshortcuts="{}"', key.shown, key.aria) if key else ""


@register.simple_tag
def printed(keys: dict[str, Key], name: str) -> SafeString | str:
    """The key as it is printed on its button."""
    key = keys.get(name)
    return format_html("<kbd>{}</kbd>", key.shown) if key else ""
