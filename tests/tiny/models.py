"""Boxes of things; facts, quizzes and digests made of them; the words of the facts."""

from typing import Any

from django.db import models

from generation.base_models import Artefact, Collection, SourceItem


class Box(Collection):
    """A collection."""


class Thing(SourceItem):
    """A source item: one line of a list."""

    hashed_fields = ("name",)

    collection = models.ForeignKey(Box, models.CASCADE, related_name="things")
    name = models.CharField(max_length=100)


class Whole(SourceItem):
    """A source item too: the one row that stands for a whole box."""

    collection = models.ForeignKey(Box, models.CASCADE, related_name="wholes")


class Fact(Artefact):
    """One statement on a thing."""

    item = models.ForeignKey(Thing, models.CASCADE, related_name="facts")
    statement = models.CharField(max_length=500)


class Quiz(Artefact):
    """A question on the fact."""

    item = models.ForeignKey(Thing, models.CASCADE, related_name="quizzes")


class Digest(Artefact):
    """What all facts of a box say."""

    item = models.ForeignKey(Whole, models.CASCADE, related_name="digests")


class FactWord(models.Model):
    """A derived row: one word of a fact."""

    thing = models.ForeignKey(Thing, models.CASCADE, related_name="words")
    word = models.CharField(max_length=100)
    revision = models.ForeignKey("generation.Revision", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("thing", "word", name="tiny_word_once")]

    def __str__(self) -> str:
        return self.word


def hashed(rows: list[Any]) -> list[Any]:
    """The rows with their source hashes."""
    for row in rows:
        row.source_hash = row.compute_hash()
    return rows
