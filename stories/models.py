"""Feeds, story groups, the topics and entities that are known, and what was found in the stories."""

from typing import Any

from django.db import models

from generation.base_models import Artefact, Collection, SourceItem

LABEL_CHARACTERS = 80
TEAM = "team"
TYPES: dict[str, list[str]] = {
    "team": ["team_abbr"],
    "player": ["position", "team_name", "team_abbr"],
    "staff": ["role", "team_name", "team_abbr"],
    "game": ["context"],
}


def usual_types() -> dict[str, list[str]]:
    """The types of entities that are looked for by default, each with its extra fields."""
    return {name: list(fields) for name, fields in TYPES.items()}


class Feed(Collection):
    """A collection: story groups, with the topics and entities that they may be about."""

    instructions = models.TextField(blank=True, help_text="What these stories are about; goes into the prompts.")
    most_topics = models.PositiveSmallIntegerField(default=10, help_text="So many topics a story at most.")
    most_entities = models.PositiveSmallIntegerField(default=20, help_text="So many entities a story at most.")
    entity_types = models.JSONField(
        default=usual_types, help_text="Types of entities to look for, each with the names of its extra fields."
    )
    threshold = models.FloatField(default=85.0, help_text="How like (0 to 100) a mention must be to a name.")
    file_name = models.CharField(max_length=200, blank=True, editable=False, help_text="Name of the stories' file.")
    file_format = models.CharField(max_length=20, blank=True, editable=False)
    imported_at = models.DateTimeField(null=True, blank=True, editable=False)


class Story(SourceItem):
    """A source item: a group of texts on one matter."""

    hashed_fields = ("title", "texts")

    collection = models.ForeignKey(Feed, models.CASCADE, related_name="items", verbose_name="feed")
    title = models.CharField(max_length=500, blank=True)
    texts = models.JSONField(default=list, help_text="Summaries or articles, in the order of the file.")

    class Meta(SourceItem.Meta):
        verbose_name_plural = "stories"

    @property
    def label(self) -> str:
        """Key, and the title or the beginning of the first text."""
        words = " ".join((self.title or (self.texts[0] if self.texts else "")).split())
        return f"{self.key} {words if len(words) <= LABEL_CHARACTERS else words[: LABEL_CHARACTERS - 1] + '…'}".strip()


class Topic(SourceItem):
    """An entry of a feed's controlled list of topics; imported as stories are."""

    hashed_fields = ("name", "description")

    collection = models.ForeignKey(Feed, models.CASCADE, related_name="topics", verbose_name="feed")
    name = models.CharField(max_length=200)
    description = models.CharField(max_length=500, blank=True)

    @property
    def label(self) -> str:
        """Its name."""
        return self.name


class Entity(SourceItem):
    """Somebody or something that stories mention; imported as stories are, or made by an editor."""

    hashed_fields = ("type", "name", "external_id", "abbreviation", "team", "aliases")

    collection = models.ForeignKey(Feed, models.CASCADE, related_name="entities", verbose_name="feed")
    type = models.CharField(max_length=40, db_index=True)
    name = models.CharField(max_length=200, db_index=True)
    external_id = models.CharField(max_length=80, blank=True, db_index=True)
    abbreviation = models.CharField(max_length=40, blank=True)
    team = models.CharField(max_length=200, blank=True, help_text="Name, abbreviation or id of its team.")
    aliases = models.JSONField(default=list, blank=True, help_text="Other names, as the file has them.")
    kept_aliases = models.JSONField(default=list, blank=True, help_text="Other names that editors have kept.")
    by_hand = models.BooleanField(default=False, help_text="Made by an editor: no import removes it.")

    class Meta(SourceItem.Meta):
        verbose_name_plural = "entities"

    @property
    def label(self) -> str:
        """Name and type."""
        return f"{self.name} ({self.type})"


class StoryOutput(Artefact):
    """An artefact: the topics, or the entities, of one story as JSON."""

    item = models.ForeignKey(Story, models.CASCADE, related_name="outputs", verbose_name="story")
    entries = models.PositiveSmallIntegerField(default=0, help_text="How many topics or entities it names.")


class StoryTopic(models.Model):
    """A derived row: a topic of the list in a story, by the current revision."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="story_topics")
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="story_topics")
    confidence = models.FloatField()
    rank = models.PositiveIntegerField()
    is_primary = models.BooleanField(default=False)
    model = models.CharField(max_length=120, blank=True, help_text="Empty: a person wrote it.")
    prompt_version = models.PositiveIntegerField(null=True, blank=True)
    revision = models.ForeignKey("generation.Revision", models.CASCADE, related_name="+")

    class Meta:
        ordering = ["story", "rank"]
        constraints = [models.UniqueConstraint("story", "topic", name="story_topic_once")]

    def __str__(self) -> str:
        return f"{self.topic} in {self.story}"


class Method(models.TextChoices):
    """How a mention came to its entity, or why it has none."""

    ID = "id", "id or abbreviation"
    NAME = "name", "name"
    ALIAS = "alias", "alias"
    FUZZY = "fuzzy", "similar name"
    PICKED = "picked", "picked by an editor"
    CREATED = "created", "made by an editor"
    AMBIGUOUS = "ambiguous", "ambiguous"
    UNRESOLVED = "unresolved", "unresolved"


OPEN = (Method.AMBIGUOUS, Method.UNRESOLVED)
BY_HAND = (Method.PICKED, Method.CREATED)


class StoryEntityQuerySet(models.QuerySet["StoryEntity"]):
    """Vocabulary of mentions."""

    def open(self) -> "StoryEntityQuerySet":
        """Those that a person has to decide on: the queue."""
        return self.filter(method__in=OPEN, story__removed_at=None)

    def of_feed(self, feed: Any) -> "StoryEntityQuerySet":
        """Those in the stories of one feed."""
        return self.filter(story__collection=feed)


class StoryEntity(models.Model):
    """A derived row: a mention in a story, and the entity that is meant."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="story_entities")
    type = models.CharField(max_length=40)
    mention = models.CharField(max_length=300)
    dedup_key = models.CharField(max_length=300)
    normal_mention = models.CharField(max_length=300, db_index=True, editable=False)
    details = models.JSONField(default=dict, help_text="The extra fields of its type.")
    confidence = models.FloatField()
    rank = models.PositiveIntegerField()
    entity = models.ForeignKey(Entity, models.SET_NULL, null=True, blank=True, related_name="story_entities")
    method = models.CharField(max_length=12, choices=Method, default=Method.UNRESOLVED, db_index=True)
    score = models.FloatField(default=0.0, help_text="How like mention and name are, 0 to 100.")
    candidates = models.JSONField(default=list, help_text="Ids of entities that it may be, the best first.")
    model = models.CharField(max_length=120, blank=True, help_text="Empty: a person wrote it.")
    prompt_version = models.PositiveIntegerField(null=True, blank=True)
    revision = models.ForeignKey("generation.Revision", models.CASCADE, related_name="+")
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = StoryEntityQuerySet.as_manager()

    class Meta:
        ordering = ["story", "rank"]
        verbose_name_plural = "story entities"
        constraints = [models.UniqueConstraint("story", "type", "dedup_key", name="story_entity_once")]

    def __str__(self) -> str:
        return f"{self.mention} ({self.type})"

    @property
    def is_open(self) -> bool:
        """Whether a person has to decide on it."""
        return self.method in OPEN
