"""`manage.py publish`: approved texts become files."""

import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from generation.command_base import EngineCommand, Failed, WrongUse, acting, add_as, add_json, find_collection, positive
from generation.exports import Export, export_named
from generation.models import Run
from generation.pipeline.publish import PublishResult, publish_to_dir, publish_to_root, publish_zip
from generation.published_folder import PublishError


class Command(EngineCommand):
    """Write the approved revisions of a kind as files."""

    help = (
        "Write the approved texts of a kind as files. Without --out and --zip they go beneath PUBLISH_ROOT and count "
        "as published; into another folder or a zip they are only copied, and their state stays. Can be repeated: what "
        "is unchanged is left alone."
    )
    interrupted = "Interrupted: the files written by now are whole. Run the same command again for the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        """What, of what, to where."""
        parser.add_argument("kind", metavar="KIND", help="for example lessons")
        parser.add_argument("--export", default="", metavar="NAME", help="which export (default: the kind's first)")
        parser.add_argument("--option", action="append", default=[], metavar="NAME", help="an option of the export")
        parser.add_argument("--collection", default="", metavar="SLUG", help="only this collection")
        parser.add_argument("--run", type=positive, metavar="R", help="only what this run has made")
        target = parser.add_mutually_exclusive_group()
        target.add_argument("--out", type=Path, metavar="DIR", help="into this folder instead of PUBLISH_ROOT")
        target.add_argument("--zip", type=Path, metavar="FILE", help="into this zip file instead of PUBLISH_ROOT")
        add_as(parser, "publish_artefact")
        add_json(parser)

    def work(self, *, json: bool, out: Path | None, **options: Any) -> None:
        """Choose, write, say what became of it."""
        actor = acting(options["as_user"], "publish_artefact")
        export = _export(options["kind"], options["export"], options["option"])
        rows: Any = export.artefact_model._default_manager.all()
        if actor.user:
            rows = rows.visible_to(actor.user)
        if options["collection"]:
            rows = rows.filter(item__collection=find_collection(options["kind"], options["collection"], actor))
        if options["run"]:
            rows = _made_by(rows, options["run"])
        if not rows.publishable().exists():
            raise Failed("Nothing here is approved yet: nothing was written.")
        try:
            if options["zip"]:
                result = _zip(export, rows, options["zip"])
            elif out:
                result = publish_to_dir(export, rows, out)
            else:
                result = publish_to_root(export, rows, actor.user, actor.label)
        except PublishError as error:
            raise Failed(str(error)) from error
        self._show(result, options["zip"] or result.root, json)

    def _show(self, result: PublishResult, where: Path, json: bool) -> None:
        self.console.say(f"{len(result.written):,} files written, {len(result.unchanged):,} unchanged: {where}")
        for reason, number in result.skipped.items():
            self.console.say(f"{number:,} left out: {reason}")
        if json:
            self.console.document({
                "root": str(where), "written": result.written, "unchanged": result.unchanged,
                "removed": result.removed, "skipped": result.skipped,
            })  # fmt: skip


def _export(kind: str, name: str, options: list[str]) -> Export:
    export = export_named(kind, name)
    if unknown := [option for option in options if option not in export.options]:
        known = "; ".join(f"{option}: {text}" for option, text in export.options.items()) or "none"
        raise WrongUse(f"'{unknown[0]}' is no option of the export {export.key}. There are: {known}.")
    return export(**dict.fromkeys(options, True))


def _made_by(rows: Any, pk: int) -> Any:
    run = Run.objects.filter(pk=pk).first()
    if run is None:
        raise Failed(f"There is no run {pk}: nothing was written.")
    made = run.requests.filter(status="succeeded")
    keys = set(made.values_list("recipe", flat=True).distinct())
    return rows.filter(recipe__in=keys, item_id__in=made.values("item_id"))


def _zip(export: Export, rows: Any, target: Path) -> PublishResult:
    """Written beside its place and moved there when it is whole, so that a zip is never half."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with part.open("xb") as handle:
            result = publish_zip(export, rows, handle)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return result
