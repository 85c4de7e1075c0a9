"""Parts of the texts' signatures, by which similar ones are found without comparing all with all."""

from django.db import models

from generation.models.revisions import Revision


class Likeness(models.Model):
    """One band of the signature of an artefact's present text: texts that share one are probably similar."""

    recipe = models.CharField(max_length=80)
    artefact_id = models.BigIntegerField()
    collection_id = models.BigIntegerField()
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="+")
    band = models.PositiveSmallIntegerField()
    value = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint("recipe", "artefact_id", "band", name="likeness_once")]
        indexes = [models.Index(fields=["recipe", "collection_id", "band", "value"], name="likeness_value")]

    def __str__(self) -> str:
        return f"{self.recipe} {self.artefact_id}: {self.band}"
