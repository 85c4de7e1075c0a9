"""Steps of a consultation that launch runs: each can be repeated, and goes on where it was interrupted."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from consultations.again import repeated, set_up
from consultations.models import Consultation, Labelling, Response, ThemeList
from consultations.recipes import LABELS, RESPONSE, THEMES
from consultations.stored import texts_of
from generation import advance
from generation.command_base import Actor, Failed, Interrupted, WrongUse
from generation.console_output import Console
from generation.models import Run
from generation.models.wakeups import without_wakeups
from generation.recipes import recipes_named
from generation.run_guide import RunGuide
from generation.run_report import estimate_lines
from generation.run_watch import discard

ROUNDS = 5


@dataclass
class Steps:
    """Runs over one consultation, in a command. `again` says how an interrupted one goes on."""

    console: Console
    consultation: Consultation
    actor: Actor
    again: str
    mode: str
    model: str = ""
    pace: dict[str, Any] = field(default_factory=dict)
    yes: bool = False
    interval: float = 30.0

    def resume(self) -> None:
        """Take runs over the consultation that are under way to their end."""
        for run in Run.objects.running().order_by("pk"):
            if self.consultation.slug in run.collections and set(run.recipes) <= {RESPONSE, THEMES, LABELS}:
                self.console.say(f"Going on with run {run.pk}.")
                self._follow(run)

    def make(self, recipes: Sequence[str], **selection: Any) -> bool:
        """Launch a run and take it to its end; False when there was nothing to do."""
        chosen = advance.Selection(**selection)
        fields: dict[str, Any] = {"mode": self.mode, "model": self.model, "pace": dict(self.pace)}
        fields |= {"actor": self.actor.label, "created_by": self.actor.user}
        try:
            run = advance.prepare(recipes_named(recipes), [self.consultation], chosen, **fields)
        except advance.NothingToGenerate:
            return False
        self._launch(run)
        self._follow(run)
        return True

    def _launch(self, run: Run) -> None:
        for line in estimate_lines(run):
            self.console.say(line)
        launched = False
        try:
            advance.check_launch(run)
            if not (self.yes or _agreed(run)):
                raise Failed("Not launched: nothing was sent and nothing is owed.")
            # The command takes the run's steps itself, and the tick finds whatever it leaves.
            with without_wakeups():
                launched = advance.launch(run, run.actor)
        finally:
            if not launched:
                discard(run)

    def _follow(self, run: Run) -> None:
        guide = RunGuide(self.console, run)
        guide.check_approved()
        try:
            guide.to_the_end(self.interval)
        except Interrupted as error:
            done, total = run.requests.finished().count(), run.total
            raise Interrupted(
                f"Interrupted: run {run.pk} is under way ({done:,} of {total:,} requests finished), what was in flight "
                f"has landed, and nothing will be sent twice. Go on with: {self.again}"
            ) from error
        if guide.stopped:
            raise Interrupted(
                f"Interrupted: run {run.pk} has ended, and no other was launched. Go on with: {self.again}"
            )

    def responses(self, threshold: float | None = None, rounds: int = ROUNDS) -> bool:
        """Make responses, and again those that failed or repeat another one, until every slot has one of its own.

        False when some are still missing or repeated after so many rounds.
        """
        before = 0
        for number in range(rounds + 1):
            wanting = self.wanting()
            found = [] if wanting else repeated(self.consultation, threshold)
            ids = set_up(found)
            if found:
                self.console.say(f"{len(found):,} responses repeat another one; {len(ids):,} of them are made again.")
            if not (wanting or ids):
                return not found
            # Where not one succeeded, another round would only cost more.
            if number == rounds or (wanting and wanting == before):
                break
            before = wanting
            if wanting:
                self.make([RESPONSE], only="new")
            else:
                self.make([RESPONSE], only="all", item_ids=ids)
        return False

    def wanting(self) -> int:
        """Slots whose response is still to be made."""
        slots = self.consultation.items.filter(removed_at=None, text="")
        return slots.exclude(pk__in=Response.objects.filter(recipe=RESPONSE).values("item")).count()

    def themes(self) -> int:
        """Make the theme list, if there is none, and the labels that are new or outdated; how many are wanting then."""
        if not texts_of(self.consultation):
            raise Failed(
                f"'{self.consultation.slug}' has no responses to find themes in: nothing was launched. "
                "Make some up with run_consultation --count N, or import some."
            )
        has_list = ThemeList.objects.filter(item__collection=self.consultation).exists()
        self.make([LABELS] if has_list else [THEMES, LABELS], only="new")
        self.make([LABELS], only="changed")
        slots = self.consultation.items.filter(removed_at=None)
        return slots.exclude(pk__in=Labelling.objects.filter(recipe=LABELS).values("item")).count()


def launched_over(consultation: Consultation) -> bool:
    """Whether a run over the consultation was ever launched, so that something of it may be paid."""
    return any(consultation.slug in slugs for slugs in Run.objects.values_list("collections", flat=True))


def _agreed(run: Run) -> bool:
    if not sys.stdin.isatty():
        raise WrongUse("Nobody can be asked here, and a launch costs money: add --yes to launch.")
    sys.stderr.write(f"Launch {run.total:,} requests in {run.mode} mode? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
