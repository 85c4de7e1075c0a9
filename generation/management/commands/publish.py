"""`manage.py publish`: approved texts become files."""

import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from generation.command_base import (
    Actor,
    EngineCommand,
    Failed,
    WrongUse,
    acting,
    add_as,
    add_json,
    find_collection,
    positive,
)
from generation.exports import Export, export_named, exports_of
from generation.models import Run
from generation.pipeline.publish import PublishResult, publish_to_dir, publish_to_root, publish_zip_of
from generation.published_folder import PublishError

ALL = "all"


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
        parser.add_argument("--export", default="", metavar="NAME", help="which export, or all (default: the first)")
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
        exports = _exports(options["kind"], options["export"], options["option"])
        chosen = [
            (export, rows) for export in exports if (rows := _rows(export, actor, options)).publishable().exists()
        ]
        if not chosen:
            raise Failed("Nothing here is approved yet: nothing was written.")
        try:
            result = _written(chosen, actor, out, options["zip"])
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


def _exports(kind: str, name: str, options: list[str]) -> list[Export]:
    """The exports asked for, each with those of the options that are its own; raises WrongUse for a strange option."""
    found = exports_of(kind) if name == ALL and exports_of(kind) else [export_named(kind, name)]
    known = {option: text for export in found for option, text in export.options.items()}
    if unknown := [option for option in options if option not in known]:
        there = "; ".join(f"{option}: {text}" for option, text in known.items()) or "none"
        which = " and ".join(export.key for export in found)
        raise WrongUse(f"'{unknown[0]}' is no option of the export {which}. There are: {there}.")
    return [export(**dict.fromkeys([one for one in options if one in export.options], True)) for export in found]


def _rows(export: Export, actor: Actor, options: dict[str, Any]) -> Any:
    rows: Any = export.artefact_model._default_manager.all()
    if actor.user:
        rows = rows.visible_to(actor.user)
    if options["collection"]:
        rows = rows.filter(item__collection=find_collection(options["kind"], options["collection"], actor))
    return _made_by(rows, options["run"]) if options["run"] else rows


def _written(chosen: list[tuple[Export, Any]], actor: Actor, out: Path | None, target: Path | None) -> PublishResult:
    """One result for all exports."""
    if target:
        return _zip(chosen, target)
    whole, taken = PublishResult(), set[str]()
    for export, rows in chosen:
        if out:
            part = publish_to_dir(export, rows, out, taken)
        else:
            part = publish_to_root(export, rows, actor.user, actor.label, taken)
        whole.root = part.root
        whole.written += part.written
        whole.unchanged += part.unchanged
        whole.removed += part.removed
        for reason, number in part.skipped.items():
            whole.skip(reason, number)
    return whole


def _made_by(rows: Any, pk: int) -> Any:
    run = Run.objects.filter(pk=pk).first()
    if run is None:
        raise Failed(f"There is no run {pk}: nothing was written.")
    made = run.requests.filter(status="succeeded")
    keys = set(made.values_list("recipe", flat=True).distinct())
    return rows.filter(recipe__in=keys, item_id__in=made.values("item_id"))


def _zip(chosen: list[tuple[Export, Any]], target: Path) -> PublishResult:
    """Written beside its place and moved there when it is whole, so that a zip is never half."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with part.open("xb") as handle:
            result = publish_zip_of(chosen, handle)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return result
