"""Datasets, questions and answers."""

from django.db import models

from generation.base_models import Artefact, Collection, SourceItem
from questions.scoring import Category

LABEL_CHARACTERS = 80


class Dataset(Collection):
    """A collection: one file of questions."""

    instructions = models.TextField(blank=True, help_text="What to mind in these questions; goes into the prompt.")
    file_name = models.CharField(max_length=200, blank=True, editable=False, help_text="Name of the imported file.")
    file_format = models.CharField(max_length=20, blank=True, editable=False)
    imported_at = models.DateTimeField(null=True, blank=True, editable=False)


class Question(SourceItem):
    """A source item: one question. Its known answers are no part of what the model sees, nor of the source hash."""

    hashed_fields = ("text", "topic", "context", "choices", "hops")

    collection = models.ForeignKey(Dataset, models.CASCADE, related_name="items", verbose_name="dataset")
    text = models.TextField()
    topic = models.CharField(max_length=300, blank=True, help_text="The entity that it is about.")
    context = models.TextField(blank=True, help_text="What to answer it from.")
    choices = models.JSONField(default=list, blank=True, help_text="The only answers that there are, if so.")
    hops = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Steps from the topic to the answers.")
    gold = models.JSONField(
        default=list, blank=True,
        help_text="Known answers, each with the ways to write it, the usual one first. Empty: not scored.",
    )  # fmt: skip

    class Meta(SourceItem.Meta):
        verbose_name = "question"

    @property
    def label(self) -> str:
        """Key and the beginning of the text."""
        text = " ".join(self.text.split())
        return f"{self.key} {text if len(text) <= LABEL_CHARACTERS else text[: LABEL_CHARACTERS - 1] + '…'}"

    @property
    def known_answers(self) -> list[str]:
        """The known answers in their usual spelling."""
        return [spellings[0] for spellings in self.gold]


class Answer(Artefact):
    """An artefact: the answers of one model to one question, and how they score by the answers known now."""

    item = models.ForeignKey(Question, models.CASCADE, related_name="answers", verbose_name="question")
    answers = models.JSONField(default=list)
    category = models.CharField(
        max_length=32, blank=True, choices=Category, db_index=True, help_text="Empty: there is no known answer."
    )
    f1 = models.FloatField(null=True, blank=True, editable=False)

    class Meta(Artefact.Meta):
        verbose_name = "answer"
