"""What the buttons of a consultation's page do: launch with the price first, vary, download."""

import io
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from consultations.again import repeated, set_up
from consultations.brief import MOST
from consultations.consultation_page import links
from consultations.models import Consultation, SecondMapping, ThemeList
from consultations.publish import draft_files
from consultations.recipes import LABELS, RESPONSE, THEMES
from consultations.slots import set_count
from consultations.stored import NothingStored, vary_stored
from generation.admin_base.access import require
from generation.admin_base.priced_page import Wanted, priced_page
from generation.advance import Selection
from generation.review import actor_label
from generation.sources import SourceError

ZIP_DATE = (1980, 1, 1, 0, 0, 0)


class VaryForm(forms.Form):
    """How much is varied."""

    variation = forms.FloatField(min_value=0, max_value=1, initial=0.3)
    seed = forms.CharField(max_length=40, required=False)
    name = forms.CharField(max_length=80, initial="varied")


class MappingForm(forms.Form):
    """A person's mapping."""

    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget, error_messages={"empty": "The file is empty."},
        help_text="[[text, [labels]], ...] or JSONL with response_id and labels.",
    )  # fmt: skip
    name = forms.CharField(
        max_length=80, required=False, widget=UnfoldAdminTextInputWidget,
        help_text="Left empty, the file's name. One that exists is replaced.",
    )  # fmt: skip

    def clean_file(self) -> Any:
        """Refuse what is too large before anything is read."""
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(f"The file has {file.size:,} bytes; at most {settings.UPLOAD_MAX_BYTES:,}.")
        return file


def make_page(model_admin: Any, request: HttpRequest, consultation: Consultation, deed: str) -> HttpResponse:
    """What a button would make, with its price; a POST of it launches. Raises Http404 for another deed."""
    require(request.user, "launch_run")
    back = links(model_admin, consultation)["page"]
    makers: dict[str, Callable[[], Wanted]] = {
        "all": partial(_everything, request, consultation),
        "responses": partial(_responses, consultation),
        "repeats": partial(_repeats, consultation),
        "themes": partial(_themes, consultation),
    }
    if deed not in makers:
        raise Http404("There is no such button.")
    try:
        wanted = makers[deed]()
    except NothingStored as error:
        messages.info(request, str(error))
        return redirect(back)
    return priced_page(model_admin, request, wanted, back)


def _everything(request: HttpRequest, consultation: Consultation) -> Wanted:
    """What `run_consultation` does up to the labels: slots, responses, themes, labels, in one run."""
    asked = (request.POST.get("count") or request.GET.get("count") or "").strip()
    if not asked:
        words = "Responses that are wanting, the theme list if there is none, and the labels that are wanting: one run."
        return Wanted("Make everything that is wanting", words, consultation, _wanting(consultation), Selection())
    require(request.user, "import_items")
    if not (asked.isascii() and asked.isdigit() and 0 < int(asked[:9]) <= MOST):
        raise NothingStored(f"'{asked[:20]}' is no number of responses: a whole number from 1 to {MOST:,}.")
    before = partial(set_count, consultation, int(asked), actor_label(request.user))
    words = f"The consultation is brought to {int(asked):,} slots; then responses, themes and labels come in one run."
    title = f"Make everything, with {int(asked):,} responses"
    recipes = _wanting(consultation)
    return Wanted(title, words, consultation, recipes, Selection(), before, (("count", asked),))


def _wanting(consultation: Consultation) -> tuple[str, ...]:
    """A theme list that is there stays: labels are chosen from it."""
    has_list = ThemeList.objects.filter(item__collection=consultation).exists()
    return (RESPONSE, LABELS) if has_list else (RESPONSE, THEMES, LABELS)


def _responses(consultation: Consultation) -> Wanted:
    words = "A response for every slot that has none yet."
    return Wanted("Make responses", words, consultation, (RESPONSE,), Selection())


def _repeats(consultation: Consultation) -> Wanted:
    found = repeated(consultation)
    again = [one.item_id for one in found if one.untouched]
    if not again:
        why = "They have been worked on: mend them in the desk." if found else "No response repeats another one."
        raise NothingStored(f"There is nothing to make again. {why}")
    words = f"{len(again):,} responses that repeat another one are made again, and told what to stay away from."
    selection = Selection(only="all", item_ids=again)
    return Wanted("Make repeats again", words, consultation, (RESPONSE,), selection, partial(set_up, found))


def _themes(consultation: Consultation) -> Wanted:
    """What `extract_themes` does: the list first, if there is none, then the labels from it."""
    if ThemeList.objects.filter(item__collection=consultation).exists():
        words = "The labels of every response that has none yet, from the theme list that is there."
        return Wanted("Label responses", words, consultation, (LABELS,), Selection())
    words = "A theme list from a sample of the responses; then, in a second wave, the labels of every response from it."
    return Wanted("Find themes and label", words, consultation, (THEMES, LABELS), Selection())


def vary_view(model_admin: Any, request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """What `vary_themes` does; no model is asked."""
    require(request.user, "import_items")
    page, form = links(model_admin, consultation)["page"], VaryForm(request.POST)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        messages.error(request, f"Nothing was varied. {field}: {errors[0]}")
        return redirect(page)
    chosen = form.cleaned_data
    seed = chosen["seed"] or consultation.seed
    try:
        made = vary_stored(consultation, chosen["variation"], seed, chosen["name"], actor_label(request.user))
    except NothingStored as error:
        messages.error(request, str(error))
        return redirect(page)
    messages.success(request, f"Second mapping '{made.name}': {made.standing.count():,} responses varied.")
    return redirect(f"{page}?second={made.pk}#comparison")


def download_view(model_admin: Any, request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """All files as the texts stand now, also those in review, as one zip; for those who launch, like the command."""
    require(request.user, "launch_run")
    asked = request.GET.get("second", "")
    try:
        second = consultation.second_mappings.get(pk=asked) if asked.isdecimal() else None
        found = draft_files(consultation, second)
    except (NothingStored, SourceError, SecondMapping.DoesNotExist) as error:
        messages.error(request, f"There is nothing to download yet. {error}")
        return redirect(links(model_admin, consultation)["page"])
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in found.items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), data, zipfile.ZIP_DEFLATED)
    headers = {"Content-Disposition": f'attachment; filename="{consultation.slug}-drafts.zip"'}
    return HttpResponse(content.getvalue(), content_type="application/zip", headers=headers)
