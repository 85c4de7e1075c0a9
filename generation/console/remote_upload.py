"""A downloaded output or error file that is uploaded here: the same deed as `manage.py batches ingest`."""

import re
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.text import get_valid_filename
from unfold.widgets import UnfoldAdminFileFieldWidget

from generation.admin_base.access import visible_by_run
from generation.models import BatchJob, Run
from generation.models.wakeups import without_wakeups
from generation.pipeline.adopt import AdoptError
from generation.pipeline.bring import BringError, NoItemNamed, bring_for_items, bring_for_run
from generation.recipes import UnknownRecipe, all_recipes, collection_model, recipe_class
from generation.review import actor_label


def upload_context(request: HttpRequest) -> dict[str, Any]:
    """What the form offers."""
    recipes = [(recipe.key, recipe.title) for recipe in all_recipes() if not recipe.local]
    # unfold's script expects the frame of its own widget around every file input.
    chooser = UnfoldAdminFileFieldWidget().render("file", None, {"id": "file", "accept": ".jsonl", "required": True})
    return {"recipes": recipes, "largest": filesizeformat(settings.UPLOAD_MAX_BYTES), "file_input": chooser}


def take_file(request: HttpRequest, provider: str) -> BatchJob:
    """Make a job of the uploaded file, of a run of ours or of items by their keys; the worker reads it."""
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise AdoptError("Which file? Choose the output or error file of a batch, with something in it.")
    if file.size > settings.UPLOAD_MAX_BYTES:
        raise AdoptError(
            f"{file.name} has {filesizeformat(file.size)}; at most {filesizeformat(settings.UPLOAD_MAX_BYTES)} may be "
            "uploaded here. `manage.py batches ingest` takes files of any size."
        )
    with tempfile.TemporaryDirectory(prefix="batchsite-") as folder:
        path = Path(folder) / (get_valid_filename(Path(file.name or "").name)[-100:] or "answers.jsonl")
        with path.open("wb") as out:
            out.writelines(file.chunks())
        try:
            with without_wakeups():
                job = _brought(request, path)
        except NoItemNamed as error:
            raise AdoptError(f"{error} Say what stands before and behind the item's key in them.") from error
        except BringError as error:
            raise AdoptError(str(error)) from error
    job.refresh_from_db()
    job.wake_up()
    messages.success(request, f"{path.name} is batch job {job.pk} of run {job.run_id} now; the worker reads it.")
    return job


def _brought(request: HttpRequest, path: Path) -> BatchJob:
    number, key = request.POST.get("run", "").strip(), request.POST.get("recipe", "")
    if bool(number) == bool(key):
        raise AdoptError("Whose answers are these? Enter the number of the run, or choose a recipe and a collection.")
    if number:
        known = number.isascii() and number.isdigit()
        rows = Run.objects.filter(pk=int(number[:18])) if known else Run.objects.none()
        run = visible_by_run(rows, request.user, "pk").first()
        if run is None:
            raise AdoptError(f"There is no run '{number[:20]}'.")
        return bring_for_run(path, run)
    try:
        recipe = recipe_class(key)
    except UnknownRecipe as error:
        raise AdoptError(str(error)) from error
    slug = request.POST.get("collection", "").strip()
    collections: Any = collection_model(recipe.key.partition(".")[0])._default_manager
    collection = collections.visible_to(request.user).filter(slug=slug).first()
    if collection is None:
        raise AdoptError(f"There is no collection '{slug[:80]}' of this recipe.")
    return bring_for_items(path, recipe, collection, _pattern(request), actor_label(request.user))


def _pattern(request: HttpRequest) -> str:
    """From the fixed words around the key in an id; a pattern of one's own could keep the page busy for ever."""
    before, after = (request.POST.get(name, "").strip()[:64] for name in ("before", "after_key"))
    # Blanks around the words are easily lost in a form.
    return rf"^\s*{re.escape(before)}\s*(?P<key>\S.*?)\s*{re.escape(after)}\s*$" if before or after else ""
