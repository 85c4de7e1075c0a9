"""The page of a consultation: its steps, mix, repeats, themes, and the comparison of two codings with its charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from consultations.again import repeated
from consultations.charts import charts
from consultations.comparison import Comparison
from consultations.mappings import Joined
from consultations.mix_figures import mix_of
from consultations.models import Consultation, Labelling, Response, SecondMapping, ThemeLabel
from consultations.stored import compare_stored, themes_of
from consultations.summary import band, paragraph
from consultations.theme_lists import letter
from generation.admin_base.access import may, visible_by_run
from generation.models import Request, Run
from generation.sources import SourceError
from generation.svg import data_address

# Looking for repeats among more takes more than a moment: then only when it is asked for.
REPEATS_AT_ONCE = 1000
SHOWN = 50
KIND = f"{Consultation._meta.app_label}."
CHART_WORDS = {
    "jaccard_histogram.svg": "Responses by similarity of their two label sets",
    "theme_frequency.svg": "Responses by theme in both mappings, side by side",
    "kappa_by_theme.svg": "Agreement beyond chance by theme, with the usual bands",
}


@dataclass(frozen=True)
class Counted:
    """One theme with how many responses have it; of a label that is in no list `letter` is empty."""

    letter: str
    topic: str
    rationale: str
    count: int


@dataclass(frozen=True)
class Compared:
    """The comparison as the page shows it."""

    mapping: SecondMapping
    joined: Joined
    comparison: Comparison

    @property
    def figures(self) -> list[tuple[str, str]]:
        """The keys of `comparison_results.json` that are single numbers."""
        rows = []
        for name, value in self.comparison.document().items():
            for key in value:
                if isinstance(value[key], int | float):
                    rows.append((f"{name}.{key}", _number(value[key])))
        return rows

    @property
    def words(self) -> str:
        """The summary's paragraph."""
        return paragraph(self.comparison)

    @property
    def themes(self) -> list[tuple[str, int, int, str, str]]:
        """Theme, responses in each mapping, kappa and its band; the best agreement first."""
        one = self.comparison
        ordered = sorted(one.kappas.items(), key=lambda row: (-row[1], row[0]))
        return [
            (theme, one.first.get(theme, 0), one.second.get(theme, 0), f"{kappa:.3f}", band(kappa))
            for theme, kappa in ordered
        ]

    @property
    def pictures(self) -> list[tuple[str, str, str]]:
        """Words, file name and address of each chart."""
        drawn = charts(self.comparison)
        return [(words, name, data_address(drawn[name].decode())) for name, words in CHART_WORDS.items()]


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"


def consultation_page(model_admin: Any, request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """What there is, and buttons for what comes next; `second` names a mapping, `repeats` asks for the search."""
    made = Response.objects.filter(item__collection=consultation, item__removed_at=None).count()
    slots = consultation.items.filter(removed_at=None)
    counts = {
        "slots": slots.count(), "given": slots.exclude(text="").count(), "made": made,
        "again": slots.exclude(avoid="").count(),
        "labelled": Labelling.objects.filter(item__collection=consultation, item__removed_at=None).count(),
    }  # fmt: skip
    counts["wanting"] = counts["slots"] - counts["given"] - made
    searched = 0 < made <= REPEATS_AT_ONCE or bool(request.GET.get("repeats"))
    found = repeated(consultation) if searched else []
    seconds = list(consultation.second_mappings.annotate(size=Count("rows")))
    compared, refusal = _compared(seconds, request.GET.get("second", ""))
    context = {
        "consultation": consultation,
        "counts": counts,
        "mix": mix_of(consultation),
        "searched": searched,
        "repeats": found[:SHOWN],
        "repeats_total": len(found),
        "repeats_again": sum(one.untouched for one in found),
        "themes": themes_with_counts(consultation),
        "seconds": seconds,
        "compared": compared,
        "refusal": refusal,
        "runs": _runs(consultation, request.user),
        "may": {deed: may(request.user, deed) for deed in ("launch_run", "import_items", "publish_artefact")},
        "links": links(model_admin, consultation),
    }
    return model_admin.page(request, "consultations/page.html", str(consultation), **context)


def links(model_admin: Any, consultation: Consultation) -> dict[str, Any]:
    """Addresses of the page's buttons."""
    site = model_admin.admin_site.name

    def of(name: str, *more: Any) -> str:
        return reverse(f"{site}:consultations_consultation_{name}", args=[consultation.pk, *more])

    lists = {
        name: f"{reverse(f'{site}:consultations_{name}_changelist')}?collection={consultation.slug}"
        for name in ("responseslot", "response", "themelist", "labelling")
    }
    makes = {f"make_{deed}": of("make", deed) for deed in ("all", "responses", "repeats", "themes")}
    own = {name: of(name) for name in ("page", "vary", "mapping", "publish", "download", "change")}
    return {**lists, **makes, **own}


def _compared(seconds: Sequence[SecondMapping], asked: str) -> tuple[Compared | None, str]:
    """The comparison with the asked mapping, or the one made last; else why there is none."""
    if not seconds:
        return None, ""
    chosen = next((one for one in seconds if str(one.pk) == asked), None)
    if asked and chosen is None:
        return None, "There is no such second mapping."
    mapping = chosen or seconds[0]
    try:
        return Compared(mapping, *compare_stored(mapping)), ""
    except SourceError as error:
        return None, str(error)


def themes_with_counts(consultation: Consultation) -> list[Counted]:
    """The list's themes in its order, then labels that are in no list, each with its responses."""
    rows = ThemeLabel.objects.filter(slot__collection=consultation, slot__removed_at=None).order_by()
    counted = dict(rows.values_list("theme").annotate(n=Count("pk")))
    listed = [
        Counted(letter(number), theme.topic, theme.rationale, counted.pop(theme.topic[:300], 0))
        for number, theme in enumerate(themes_of(consultation))
    ]
    return listed + [Counted("", theme, "", count) for theme, count in sorted(counted.items())]


def _runs(consultation: Consultation, user: Any) -> list[Run]:
    """Runs over it that are under way and that the user may see."""
    asked = Request.objects.filter(run=OuterRef("pk"), recipe__startswith=KIND, collection=consultation.slug)
    return list(visible_by_run(Run.objects.running().filter(Exists(asked)), user, "pk").order_by("pk"))
