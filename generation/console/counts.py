"""How far the count of a plan's prompts is, for the script of the page that shows it."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from generation.console.shell import console_view
from generation.models import TokenCount

MOST = 200


@console_view("launch_run")
def counts(request: HttpRequest) -> HttpResponse:
    """Of the named counts together: prompts counted and in all, and whether anything is left."""
    named = [int(pk) for pk in request.GET.getlist("id")[:MOST] if pk.isascii() and pk.isdecimal() and len(pk) < 16]
    rows = list(TokenCount.objects.filter(pk__in=named).values_list("position", "total", "finished_at"))
    done, total = sum(row[0] for row in rows), sum(row[1] for row in rows)
    is_open = any(row[2] is None for row in rows)
    words = f"{done:,} of {total:,} prompts are counted." if is_open else "Counting is over: show the estimate again."
    return JsonResponse({"done": done, "total": total, "open": is_open, "words": words})
