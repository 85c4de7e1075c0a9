"""The page that imports a source: upload, look at what would happen, confirm."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.text import slugify
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from generation.admin_base import uploads
from generation.admin_base.access import require
from generation.importing import ImportPlan, Source, SourceError, apply_import, plan_import
from generation.recipes import all_recipes
from generation.review import actor_label
from generation.sources import sources_into

SHOWN = 20
LABEL_CHARACTERS = 100
# Before the names of the source's own options, among the fields and in what is kept with an upload.
OPTION = "option_"


class UploadForm(forms.Form):
    """What is asked before the preview."""

    file = forms.FileField(widget=UnfoldAdminFileFieldWidget, error_messages={"empty": "The file is empty."})
    slug = forms.SlugField(
        max_length=80, required=False, widget=UnfoldAdminTextInputWidget, label="Short name",
        help_text="Letters, digits and hyphens. One that exists is updated; left empty, it is made of the file's name.",
    )  # fmt: skip
    name = forms.CharField(
        max_length=200, required=False, widget=UnfoldAdminTextInputWidget,
        help_text="How it is called on the pages and in the prompts. Left empty, the present name stays.",
    )  # fmt: skip
    format = forms.ChoiceField(widget=UnfoldAdminSelectWidget, help_text="How the file is read.")

    def __init__(self, source: type[Source], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = list(source.formats.items())  # type: ignore[attr-defined]
        self.fields["file"].widget.attrs["accept"] = ",".join(source.suffixes)
        self.fields["file"].help_text = f"At most {filesizeformat(settings.UPLOAD_MAX_BYTES)}."
        for option, words in source.options.items():
            label = option.replace("_", " ").capitalize()
            widget = UnfoldAdminTextInputWidget()
            self.fields[OPTION + option] = forms.CharField(
                max_length=200, required=False, widget=widget, label=label, help_text=f"{words[:1].upper()}{words[1:]}."
            )

    def usual(self) -> list[forms.BoundField]:
        """What is asked of every file."""
        return [field for field in self if not field.name.startswith(OPTION)]

    def own(self) -> list[forms.BoundField]:
        """The source's own options."""
        return [field for field in self if field.name.startswith(OPTION)]

    @property
    def own_in_use(self) -> bool:
        """Whether one of them is given, so that they are shown."""
        return any(field.value() or field.errors for field in self.own())

    def clean_file(self) -> Any:
        """Refuse what is too large before anything is read."""
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            limit = filesizeformat(settings.UPLOAD_MAX_BYTES)
            raise forms.ValidationError(f"The file has {filesizeformat(file.size)}; at most {limit} are taken.")
        return file

    def asked(self) -> dict[str, str]:
        """The answers as plan_import takes them."""
        cleaned = self.cleaned_data
        filename = PurePath(cleaned["file"].name).name
        slug = cleaned["slug"] or slugify(cleaned["name"] or PurePath(filename).stem)[:80]
        asked = {"slug": slug, "name": cleaned["name"], "format": cleaned["format"], "filename": filename}
        return asked | {name: cleaned[name] for name in cleaned if name.startswith(OPTION) and cleaned[name]}


def import_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Upload form, preview and confirmation at one address; `kind` says which of the collection's lists it is for."""
    require(request.user, "import_items")
    step = request.POST.get("step") if request.method == "POST" else ""
    if step in ("confirm", "cancel"):
        return _decided(model_admin, request, confirmed=step == "confirm")
    source = _source(model_admin, request.POST.get("kind") or request.GET.get("kind", ""))
    start = {"slug": request.GET.get("slug", ""), "format": "auto"}
    form = UploadForm(source, request.POST, request.FILES) if step else UploadForm(source, initial=start)
    if step and form.is_valid():
        answer = _preview(model_admin, request, source, form)
        if answer is not None:
            return answer
    return _page(model_admin, request, source, form=form, status=200 if not form.errors else 422)


def _source(model_admin: Any, kind: str) -> type[Source]:
    """The source of this name among those of the collections, else the first; raises Http404 for any other name."""
    offered = sources_into(model_admin.model)
    found = [source for source in offered if kind in ("", source.kind)]
    if not found:
        raise Http404(f"Nothing is imported here as '{kind}'.")
    return found[0]


def _preview(model_admin: Any, request: HttpRequest, source: type[Source], form: UploadForm) -> HttpResponse | None:
    asked = form.asked() | {"kind": source.kind}
    try:
        plan = _plan(model_admin, request, form.cleaned_data["file"].read(), asked)
    except SourceError as error:
        form.add_error("file", str(error))
        return None
    form.cleaned_data["file"].seek(0)
    token = uploads.keep(request, form.cleaned_data["file"], **asked)
    counts, samples = plan.counts(), _samples(plan)
    return _page(model_admin, request, source, plan=plan, token=token, counts=counts, samples=samples)


def _plan(model_admin: Any, request: HttpRequest, data: bytes, asked: dict[str, str]) -> ImportPlan:
    """What the import would do; a collection that the user may not see is none of theirs to change."""
    same = model_admin.model._default_manager.filter(slug=asked["slug"])
    if same.exists() and not same.visible_to(request.user).exists():
        raise SourceError(f"The short name '{asked['slug']}' is taken: choose another one.")
    return plan_import(
        asked["kind"], data, slug=asked["slug"], name=asked["name"], format=asked["format"],
        filename=asked["filename"],
        options={name.removeprefix(OPTION): said for name, said in asked.items() if name.startswith(OPTION)},
    )  # fmt: skip


def _samples(plan: ImportPlan) -> list[tuple[str, list[str], int]]:
    """For each kind of change: some of its items in words, and how many more there are."""
    words = {
        "new": "new",
        "changed": "changed: will be offered for generation again" if _generates(plan.source) else "changed",
        "removed": "no longer in the file: kept and marked removed",
        "restored": "back in the file",
    }
    return [
        (text, [_label(row) for row in getattr(plan, name)[:SHOWN]], max(0, len(getattr(plan, name)) - SHOWN))
        for name, text in words.items()
        if getattr(plan, name)
    ]


def _label(row: Any) -> str:
    named = (row.fields.get(name) for name in ("title", "name", "text"))
    words = " ".join(str(next(filter(None, named), "")).split())
    cut = words if len(words) <= LABEL_CHARACTERS else words[: LABEL_CHARACTERS - 1] + "…"
    return f"{row.key} {cut}".strip()


def _generates(source: type[Source]) -> bool:
    """Whether anything is generated from what is imported; further lists are only asked."""
    return any(recipe.item_model is source.item_model for recipe in all_recipes())


def _decided(model_admin: Any, request: HttpRequest, *, confirmed: bool) -> HttpResponse:
    here = reverse(f"{model_admin.list_url.removesuffix('_changelist')}_import")
    try:
        kept = uploads.fetch(request, request.POST.get("token", ""))
        if confirmed:
            plan = _carry_out(model_admin, request, kept)
    except (uploads.UploadLost, SourceError) as error:
        messages.error(request, str(error))
        return redirect(here)
    uploads.forget(kept.path)
    if not confirmed:
        messages.info(request, "Nothing was imported.")
        return redirect(f"{here}?kind={kept.asked['kind']}")
    return redirect(_imported_url(model_admin, plan))


def _imported_url(model_admin: Any, plan: ImportPlan) -> str:
    """The list of what was imported; the collection's usual one where that has no list of its own."""
    shown = model_admin.admin_site._registry.get(plan.source.item_model)
    if shown is None:
        return str(model_admin.items_url(plan.collection))
    return f"{reverse(shown.list_url)}?collection={plan.collection.slug}"


def _carry_out(model_admin: Any, request: HttpRequest, kept: uploads.Kept) -> ImportPlan:
    plan = _plan(model_admin, request, kept.data, kept.asked)
    collection = apply_import(plan, actor=actor_label(request.user))
    counts = plan.counts()
    words = ", ".join(f"{counts[name]} {name}" for name in ("new", "changed", "unchanged", "removed"))
    further = " Choose items and run “Generate” to go on." if _generates(plan.source) else ""
    messages.success(request, f"Imported into {collection.name}: {words}.{further}")
    return plan


def _page(
    model_admin: Any, request: HttpRequest, source: type[Source], status: int = 200, **context: Any
) -> HttpResponse:
    offered = [(str(one.item_model._meta.verbose_name_plural), one.kind) for one in sources_into(model_admin.model)]
    context |= {"kind": source.kind, "offered": offered, "slug": request.GET.get("slug", "")}
    return model_admin.page(request, "generation/import.html", f"Import {source.title}", status=status, **context)
