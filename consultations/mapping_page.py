"""The page that brings a person's mapping: upload, look at what would be kept, confirm."""

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from consultations.consultation_page import links
from consultations.mappings import Coding, read_mapping
from consultations.models import Consultation, SecondMapping
from consultations.page_deeds import MappingForm
from consultations.second_import import import_second, plan_second
from consultations.stored import NothingStored, themes_of
from generation.admin_base import uploads
from generation.admin_base.access import require
from generation.review import actor_label
from generation.sources import SourceError

REFUSALS = (SourceError, NothingStored)


def mapping_page(model_admin: Any, request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Upload form, preview and confirmation at one address."""
    require(request.user, "import_items")
    step = request.POST.get("step", "")
    if step in ("confirm", "cancel"):
        return _decided(model_admin, request, consultation, confirmed=step == "confirm")
    form = MappingForm(request.POST, request.FILES) if step else MappingForm()
    context: dict[str, Any] = {"form": form}
    if step and form.is_valid():
        file = form.cleaned_data["file"]
        filename = PurePath(file.name).name[:200]
        name = (form.cleaned_data["name"] or PurePath(filename).stem)[:80]
        try:
            context |= _preview(consultation, file.read(), name)
        except REFUSALS as error:
            form.add_error("file", str(error))
        else:
            file.seek(0)
            context["token"] = uploads.keep(request, file, name=name, filename=filename)
    context |= {"consultation": consultation, "back": links(model_admin, consultation)["page"]}
    title = f"Import a mapping of {consultation}"
    status = 422 if form.errors else 200
    return model_admin.page(request, "consultations/mapping.html", title, status=status, **context)


def _preview(consultation: Consultation, data: bytes, name: str) -> dict[str, Any]:
    """What would be kept; nothing is written."""
    coding = read_mapping(data)
    plan = plan_second(consultation, coding, name)
    return {
        "name": name, "plan": plan, "changes": plan.words(len(coding.problems)), "problems": coding.problems,
        "strange": strange_labels(consultation, coding),
    }  # fmt: skip


def strange_labels(consultation: Consultation, coding: Coding) -> list[str]:
    """Labels that the consultation's theme list does not have; none while it has no list."""
    known = {theme.topic for theme in themes_of(consultation)}
    return [label for label in coding.themes if known and label not in known]


def _decided(model_admin: Any, request: HttpRequest, consultation: Consultation, *, confirmed: bool) -> HttpResponse:
    addresses = links(model_admin, consultation)
    try:
        kept = uploads.fetch(request, request.POST.get("token", ""))
        made = _kept(request, consultation, kept) if confirmed else None
    except (uploads.UploadLost, *REFUSALS) as error:
        messages.error(request, str(error))
        return redirect(addresses["mapping"])
    uploads.forget(kept.path)
    if made is None:
        messages.info(request, "Nothing was imported.")
        return redirect(addresses["page"])
    messages.success(request, f"Second mapping '{made.name}': {made.standing.count():,} responses.")
    return redirect(f"{addresses['page']}?second={made.pk}#comparison")


def _kept(request: HttpRequest, consultation: Consultation, kept: uploads.Kept) -> SecondMapping:
    coding = read_mapping(kept.data)
    name, filename = kept.asked["name"], kept.asked["filename"]
    return import_second(consultation, coding, name, filename, actor_label(request.user))[0]
