"""Times as people say them, with the exact one on hover."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

_STEPS = ((60, "min"), (3600, "h"), (86_400, "day"))


def relative(moment: datetime, now: datetime | None = None) -> str:
    """`just now`, `5 min ago`, `in 3 h`, `2 days ago`; a date beyond four weeks."""
    seconds = ((now or timezone.now()) - moment).total_seconds()
    distance = abs(seconds)
    if distance < 60:
        return "just now" if seconds >= 0 else "in a moment"
    if distance > 28 * 86_400:
        return date_format(timezone.localtime(moment), "j M Y")
    size, unit = [step for step in _STEPS if distance >= step[0]][-1]
    count = int(distance // size)
    words = f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}"
    return f"{words} ago" if seconds >= 0 else f"in {words}"


def ago(moment: datetime | None) -> SafeString | str:
    """The relative time as HTML, the exact one as its title; a dash for none."""
    if moment is None:
        return "–"
    exact = date_format(timezone.localtime(moment), "Y-m-d H:i:s e")
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, relative(moment))
