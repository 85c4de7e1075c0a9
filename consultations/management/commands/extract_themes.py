"""`manage.py extract_themes`: a theme list and the labels of responses, of a file or of a consultation."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from consultations.command_files import read_file, write_file, write_mapping
from consultations.command_options import GOES_ON, add_subject, check_subject, same_again, steps_of
from consultations.models import Consultation
from consultations.publish import theme_list_bytes
from consultations.stored import first_coding, themes_of
from consultations.theme_lists import read_themes
from consultations.workflow import launched_over
from generation.command_base import Actor, EngineCommand, Failed, acting, add_launch, find_collection, pace_of
from generation.deletion import delete_collection
from generation.importing import apply_import, import_artefacts, plan_import

REPEATED = ("input", "collection", "output", "list_output", "themes", "question")


class Command(EngineCommand):
    """Find themes and label responses."""

    help = (
        "Find the themes of responses and label each response with them. Works on a file of responses (--input, "
        "--output; a working collection is made for it and removed at the end; the same call goes on after an "
        "interrupt), or on a consultation. With --themes only the labels are made, from that list."
    )
    interrupted = GOES_ON

    def add_arguments(self, parser: CommandParser) -> None:
        """What, where to, how."""
        add_subject(parser, "responses: JSON list, JSONL or CSV", "a consultation", "the mapping")
        parser.add_argument("--list-output", type=Path, metavar="FILE", help="the theme list (FILE_themes.json)")
        parser.add_argument("--themes", type=Path, metavar="FILE", help="a theme list to choose from (JSON, Markdown)")
        parser.add_argument("--question", default="", help="what people were asked; goes into the prompts")
        add_launch(parser, "between looks")

    def work(self, *, input: Path | None, output: Path | None, **options: Any) -> None:
        """Bring the responses in, run, write."""
        check_subject(input, output)
        pace_of(options)
        actor = acting(options["as_user"], "launch_run")
        if options["themes"]:
            # Before anything is kept: a file that is no list leaves nothing behind.
            read_themes(read_file(options["themes"]))
        if not input:
            self._run(find_collection("consultations", options["collection"], actor), actor, output, options)
            return
        consultation = self._working(input, options["question"], actor.label)
        paid = True
        try:
            self._run(consultation, actor, output, options, input)
            paid = False
        finally:
            # What is paid stays, so that the same call goes on with it.
            if not (paid and launched_over(consultation)):
                delete_collection(consultation)

    def _run(
        self, consultation: Consultation, actor: Actor, output: Path | None, options: dict[str, Any],
        input: Path | None = None,
    ) -> None:  # fmt: skip
        again = same_again(["extract_themes"], {"input": input, "output": output, **options}, REPEATED)
        steps = steps_of(self.console, consultation, actor, again, options)
        steps.resume()
        if options["themes"]:
            self._bring_list(consultation, options["themes"], actor.label)
        wanting = steps.themes()
        coding = first_coding(consultation)
        self.console.say(f"{len(themes_of(consultation)):,} themes, {len(coding.rows):,} responses labelled.")
        if wanting:
            raise Failed(f"{wanting:,} responses have no labels yet; what came in is kept. Run it again for the rest.")
        list_output = options["list_output"]
        if output:
            write_mapping(self.console, output, coding)
            list_output = list_output or output.with_name(f"{output.stem}_themes.json")
        if list_output:
            write_file(self.console, list_output, theme_list_bytes(themes_of(consultation)))

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
