"""`manage.py extract_themes`: a theme list and the labels of responses, of a file or of a consultation."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from consultations.command_files import read_file, write_file
from consultations.mappings import Coding, mapping_bytes
from consultations.models import Consultation
from consultations.publish import theme_list_bytes
from consultations.stored import first_coding, themes_of
from consultations.workflow import Steps
from generation.command_base import (
    EngineCommand,
    Failed,
    WrongUse,
    acting,
    add_as,
    add_pace,
    find_collection,
    pace_of,
    seconds,
)  # fmt: skip
from generation.deletion import delete_collection
from generation.importing import apply_import, import_artefacts, plan_import
from generation.models import Mode


class Command(EngineCommand):
    """Find themes and label responses."""

    help = (
        "Find the themes of responses and label each response with them. Works on a file of responses (--input, "
        "--output; a working collection is made for it and removed at the end; the same call goes on after an "
        "interrupt), or on a consultation. With --themes only the labels are made, from that list."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What, where to, how."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--input", type=Path, metavar="FILE", help="responses: JSON list, JSONL or CSV")
        what.add_argument("--collection", default="", metavar="SLUG", help="a consultation")
        parser.add_argument("--output", type=Path, metavar="FILE", help="the mapping; *.jsonl is written with ids")
        parser.add_argument("--list-output", type=Path, metavar="FILE", help="the theme list (FILE_themes.json)")
        parser.add_argument("--themes", type=Path, metavar="FILE", help="a theme list to choose from (JSON, Markdown)")
        parser.add_argument("--question", default="", help="what people were asked; goes into the prompts")
        parser.add_argument("--mode", choices=Mode.values, default=Mode.BATCH.value, help="default: batch, half price")
        parser.add_argument("--model", default="", help="instead of the recipes' own")
        parser.add_argument("--poll-interval", type=seconds, default=30.0, metavar="S", help="between looks (30)")
        parser.add_argument("--yes", action="store_true", help="launch without asking")
        add_pace(parser)
        add_as(parser, "launch_run")

    def work(self, *, input: Path | None, output: Path | None, **options: Any) -> int | None:
        """Bring the responses in, run, write."""
        if input and not output:
            raise WrongUse("Say where the mapping goes, with --output FILE.")
        actor = acting(options["as_user"], "launch_run")
        if input:
            again = f"manage.py extract_themes --input {input} --output {output} (and the other options as before)"
            consultation = self._working(input, options["question"], actor.label)
        else:
            again = f"manage.py extract_themes --collection {options['collection']} (and the other options as before)"
            consultation = find_collection("consultations", options["collection"], actor)
        steps = Steps(
            self.console, consultation, actor, again, options["mode"], options["model"], pace_of(options),
            options["yes"], options["poll_interval"],
        )  # fmt: skip
        steps.resume()
        if options["themes"]:
            self._bring_list(consultation, options["themes"], actor.label)
        wanting = steps.themes()
        coding = first_coding(consultation)
        self.console.say(f"{len(themes_of(consultation)):,} themes, {len(coding.rows):,} responses labelled.")
        if wanting:
            raise Failed(f"{wanting:,} responses have no labels yet; what came in is kept. Run it again for the rest.")
        if output:
            self._write(consultation, coding, output, options["list_output"])
        if input:
            delete_collection(consultation)
        return None

    def _working(self, path: Path, question: str, actor: str) -> Consultation:
        """A collection for this very file: the same content finds what an interrupted call has made."""
        data = read_file(path)
        slug = f"file-{hashlib.blake2b(data, digest_size=6).hexdigest()}"
        plan = plan_import("consultations", data, slug=slug, name=path.name, filename=path.name)
        if plan.collection_fields["file_format"] == "brief":
            raise Failed("This is a brief: there are no responses in it yet. Import it, then generate consultations.")
        for text in (*plan.notices, *(f"{one.what}: {one.why}" for one in plan.problems[:20])):
            self.console.say(text)
        consultation: Consultation = apply_import(plan, actor)
        if question and consultation.question != question:
            consultation.question = question
            consultation.save(update_fields=["question"])
        return consultation

    def _bring_list(self, consultation: Consultation, path: Path, actor: str) -> None:
        name = f"themes{path.suffix.lower() if path.suffix.lower() == '.md' else '.json'}"
        brought = import_artefacts("consultations", [(name, read_file(path))], consultation, actor)
        if brought.problems:
            raise Failed(f"{path}: {brought.problems[0].why}")
        if brought.kept:
            self.console.say("The consultation has a theme list already: that one is used.")

    def _write(self, consultation: Consultation, coding: Coding, output: Path, list_output: Path | None) -> None:
        rows = coding.rows
        by_id = output.suffix.lower() in (".jsonl", ".ndjson")
        write_file(self.console, output, mapping_bytes(rows, ids=by_id))
        content = theme_list_bytes(themes_of(consultation))
        write_file(self.console, list_output or output.with_name(f"{output.stem}_themes.json"), content)
