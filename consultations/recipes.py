"""How slots become responses, responses a theme list, and both together labels."""

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import SkipJsonSchema

from consultations.checks import check_labels, check_response, check_themes, fingerprint
from consultations.cleanup import clean_up
from consultations.mix import LENGTHS
from consultations.models import Labelling, Response, ResponseSlot, ThemeLabel, ThemeList, ThemeSheet
from consultations.theme_lists import Resolver, Theme, as_json, letter, numbered
from consultations.variation import MOST_LABELS
from generation.findings import Finding, Severity
from generation.models import Revision
from generation.parameters import Parameters
from generation.recipes import Accepted, Dependency, Draft, InvalidOutput, Needs, Recipe, register
from generation.schema_form import FormWords

RESPONSE, THEMES, LABELS = "consultations.response", "consultations.theme_list", "consultations.labels"
SAMPLE_CHARACTERS = 60_000
AVOID_CHARACTERS = 600
# Ways to write that people have; each slot has one of them, so that prompts of the same mix differ.
MANNERS = (
    "comes straight to the point", "begins with something that happened to them", "asks a question back",
    "is polite and a little formal", "is annoyed and says so", "compares it with how it used to be",
    "names one fact they are sure of", "writes as one speaks, in short sentences", "thinks about somebody else first",
    "weighs two sides in one breath", "makes one practical suggestion", "has little time and writes in haste",
    "repeats the word that matters to them", "jokes a little", "doubts that anybody reads this", "is hopeful",
)  # fmt: skip


@register
class ResponseRecipe(Recipe):
    """One made-up response for each slot without a given text."""

    key = RESPONSE
    title = "Response"
    item_model = ResponseSlot
    artefact_model = Response
    made_for: ClassVar[Mapping[str, Any]] = {"text": ""}
    parameters = Parameters(max_output_tokens=2000, temperature=1.0)
    prompt_file = "response.md"
    variables: ClassVar[Mapping[str, str]] = {
        "consultation": "name of the consultation",
        "question": "what people are asked",
        "background": "what they are told beforehand (may be empty)",
        "number": "number of the response",
        "perspective": "whose response it is",
        "length": "short, medium or long",
        "least_words": "from how many words on",
        "most_words": "up to how many words",
        "focus": "what the person cares about most",
        "stance": "what the person thinks of it",
        "manner": "how the person writes",
        "avoid": "a text to stay away from (may be empty)",
        "remark": "an editor's wish (may be empty)",
    }

    def contexts(self, items: Sequence[ResponseSlot], needs: Sequence[Needs]) -> list[dict[str, Any]]:
        """Variables for a chunk."""
        return [self._context(item) for item in items]

    def _context(self, item: ResponseSlot) -> dict[str, Any]:
        consultation = item.collection
        low, high = LENGTHS.get(item.length, LENGTHS["medium"])
        return {
            "consultation": consultation.name,
            "question": consultation.question,
            "background": consultation.background,
            "number": item.position,
            "perspective": item.perspective,
            "length": item.length,
            "least_words": low,
            "most_words": high,
            "focus": item.focus,
            "stance": item.stance,
            "manner": random.Random(f"{consultation.seed}/manner/{item.key}").choice(MANNERS),
            "avoid": item.avoid[:AVOID_CHARACTERS],
        }

    def accept(self, item: ResponseSlot, output: str) -> Accepted:
        """The response alone, without a fence, quotation marks around it or a word before it."""
        text = clean_up(output)
        if not text:
            raise InvalidOutput("nothing is left of the answer after its clean-up")
        return Accepted(text, {"words": len(text.split()), "fingerprint": fingerprint(text)})

    def checks(self, drafts: Sequence[Draft]) -> list[list[Finding]]:
        """The checks of one text, and whether another response of the consultation is the same."""
        twins = self._twins(drafts)
        return [[*check_response(one.text, one.item.length), *twins.get(one.item.pk, [])] for one in drafts]

    def _twins(self, drafts: Sequence[Draft]) -> dict[int, list[Finding]]:
        prints = {draft.item.pk: fingerprint(draft.text) for draft in drafts}
        chosen = {draft.item.collection_id for draft in drafts}
        rows = Response.objects.filter(fingerprint__in=set(prints.values()), item__collection__in=chosen)
        places = [(draft.item.collection_id, prints[draft.item.pk], draft.item.pk, draft.item.key) for draft in drafts]
        places += rows.values_list("item__collection_id", "fingerprint", "item_id", "item__key")
        others: dict[tuple[int, str], list[tuple[int, str]]] = {}
        for collection, value, pk, key in places:
            others.setdefault((collection, value), []).append((pk, key))
        found: dict[int, list[Finding]] = {}
        for draft in drafts:
            pk = draft.item.pk
            keys = [key for other, key in others[draft.item.collection_id, prints[pk]] if other != pk]
            if keys:
                found[pk] = [Finding("repeat", Severity.ERROR, f"The text is the same as that of {min(keys)}.")]
        return found


class FoundTheme(BaseModel):
    """One theme: its name as short as a label, and what belongs to it."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    # Only in stored texts: the model gives none, and a list from elsewhere keeps its own.
    topic_id: SkipJsonSchema[str] = ""
    topic: str = Field(description="Name of the theme, at most 6 words")
    rationale: str = Field(description="What belongs to it and what does not, in one or two sentences")


class FoundThemes(BaseModel):
    """The themes of all responses, the most frequent first."""

    themes: list[FoundTheme] = Field(min_length=1, json_schema_extra={"minItems": 3, "maxItems": 20})


def themes_of_text(text: str) -> list[Theme]:
    """The themes in a theme list's revision; raises InvalidOutput."""
    return _themes(ThemeListRecipe().read(text))


def _themes(output: FoundThemes) -> list[Theme]:
    return numbered(Theme(one.topic_id.strip(), one.topic.strip(), one.rationale.strip()) for one in output.themes)


@register
class ThemeListRecipe(Recipe):
    """The themes of a consultation, from a seeded sample of its responses."""

    key = THEMES
    title = "Theme list"
    item_model = ThemeSheet
    artefact_model = ThemeList
    parameters = Parameters(max_output_tokens=6000, temperature=0.2)
    prompt_file = "theme_list.md"
    schema = FoundThemes
    editor = FormWords(rows={"themes": "Theme"}, labels={"themes.topic": "Name"})
    needs = (Dependency(RESPONSE, scope="collection"),)
    order = 2
    variables: ClassVar[Mapping[str, str]] = {
        "consultation": "name of the consultation",
        "question": "what people were asked (may be empty)",
        "background": "what they were told beforehand (may be empty)",
        "responses": "list of the sampled responses",
        "total": "how many responses there are",
        "most_themes": "how many themes there may be",
        "remark": "an editor's wish (may be empty)",
    }

    def contexts(self, items: Sequence[ThemeSheet], needs: Sequence[Needs]) -> list[dict[str, Any]]:
        """Variables for a chunk: one query for the given responses of all its consultations."""
        rows = ResponseSlot.objects.filter(collection__in={item.collection_id for item in items}, removed_at=None)
        texts: dict[int, list[tuple[int, str]]] = {}
        for collection, pk, text in rows.exclude(text="").values_list("collection_id", "pk", "text"):
            texts.setdefault(collection, []).append((pk, text))
        return [
            self._context(item, [*texts.get(item.collection_id, []), *_made(need.get(RESPONSE, ()))])
            for item, need in zip(items, needs, strict=True)
        ]

    def _context(self, item: ThemeSheet, texts: list[tuple[int, str]]) -> dict[str, Any]:
        consultation = item.collection
        return {
            "consultation": consultation.name,
            "question": consultation.question,
            "background": consultation.background,
            "responses": self._sample(sorted(texts), item.sample_size, consultation.seed),
            "total": len(texts),
            "most_themes": item.most_themes,
        }

    def _sample(self, texts: Sequence[tuple[int, str]], size: int, seed: str) -> list[str]:
        """As many as fit into the prompt, in an order of their own."""
        left = int(self.options.get("sample_characters", SAMPLE_CHARACTERS))
        chosen: list[str] = []
        for _, text in random.Random(f"{seed}/sample").sample(texts, min(size, len(texts))):
            left -= len(text)
            if left < 0 and chosen:
                break
            chosen.append(" ".join(text.split()))
        return chosen

    def accept(self, item: ThemeSheet, output: FoundThemes) -> Accepted:
        """The themes with different names, each with an id."""
        themes = _themes(output)
        if not themes:
            raise InvalidOutput("there is no theme with a name in it")
        if long := next((theme.topic for theme in themes if len(theme.topic) > 300), ""):
            raise InvalidOutput(f"a theme's name has {len(long)} characters: {long[:40]} ...")
        return Accepted(as_json(themes), {"themes": len(themes)})

    def checks(self, drafts: Sequence[Draft]) -> list[list[Finding]]:
        """What to look at in each."""
        return [list(check_themes(themes_of_text(draft.text), draft.item.most_themes)) for draft in drafts]


def _made(revisions: Sequence[Revision]) -> list[tuple[int, str]]:
    return [(revision.item_id, revision.text) for revision in revisions]


class ChosenLabels(BaseModel):
    """The themes that the response speaks of, the most important first; empty if none fits."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    labels: list[str] = Field(
        max_length=MOST_LABELS,
        json_schema_extra={
            "items": {"type": "string", "description": "Letter of a theme in the list, such as A, B or C"}
        },
    )


@register
class LabelsRecipe(Recipe):
    """The themes of one response, from the consultation's list."""

    key = LABELS
    title = "Labels"
    item_model = ResponseSlot
    artefact_model = Labelling
    parameters = Parameters(max_output_tokens=1500, temperature=0.0)
    prompt_file = "labels.md"
    schema = ChosenLabels
    editor = FormWords(rows={"labels": "Label"})
    needs = (Dependency(RESPONSE), Dependency(THEMES, scope="collection"))
    order = 3
    variables: ClassVar[Mapping[str, str]] = {
        "consultation": "name of the consultation",
        "question": "what people were asked (may be empty)",
        "themes": "list of the themes, each with letter, topic and rationale",
        "most_labels": "how many themes a response may have",
        "response": "the response",
        "number": "number of the response",
        "remark": "an editor's wish (may be empty)",
    }

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(options)
        self._resolvers: dict[int, Resolver] = {}

    def contexts(self, items: Sequence[ResponseSlot], needs: Sequence[Needs]) -> list[dict[str, Any]]:
        """Variables for a chunk; each theme list is read once."""
        lists: dict[str, list[dict[str, str]]] = {}
        made = []
        for item, need in zip(items, needs, strict=True):
            text = "".join(revision.text for revision in need.get(THEMES, ())[:1])
            if text not in lists:
                lists[text] = _lettered(themes_of_text(text)) if text else []
            made.append({
                "consultation": item.collection.name,
                "question": item.collection.question,
                "themes": lists[text],
                "most_labels": MOST_LABELS,
                "response": item.text or "".join(revision.text for revision in need.get(RESPONSE, ())),
                "number": item.position,
            })  # fmt: skip
        return made

    def schema_to_edit(self, item: ResponseSlot) -> type[BaseModel]:
        """The names of the themes to choose from."""
        names = tuple(theme.topic for theme in self._resolver(item.collection_id).themes)
        label: Any = Literal[names] if names else str
        return create_model("ChosenLabels", labels=(list[label], Field(max_length=MOST_LABELS)))

    def accept(self, item: ResponseSlot, output: ChosenLabels) -> Accepted:
        """Names of the themes, whichever way the answer names them; one that is in no list is refused."""
        resolver = self._resolver(item.collection_id)
        if not resolver.themes:
            raise InvalidOutput("the consultation has no theme list to choose labels from")
        names, strange = resolver.names(output.labels)
        if strange:
            place = f"labels.{output.labels.index(strange[0])}"
            raise InvalidOutput(f"'{strange[0][:80]}' is no theme of the list", place)
        return Accepted(json.dumps({"labels": names}, ensure_ascii=False, indent=1), {"labels": names})

    def _resolver(self, collection: int) -> Resolver:
        """The themes in force; read once, for an instance lives for one piece of work."""
        if collection not in self._resolvers:
            rows = ThemeList.objects.filter(recipe=THEMES, item__collection=collection, current__isnull=False)
            texts = rows.values_list("current__text", flat=True)
            self._resolvers[collection] = Resolver([theme for text in texts for theme in themes_of_text(text)])
        return self._resolvers[collection]

    def checks(self, drafts: Sequence[Draft]) -> list[list[Finding]]:
        """What to look at in each."""
        return [list(check_labels(labels_of_text(draft.text))) for draft in drafts]

    def project(self, revisions: Sequence[Revision]) -> None:
        """One row for each theme of a response, by its name, also where an editor wrote a letter."""
        slots = [revision.item_id for revision in revisions]
        collections = dict(ResponseSlot.objects.filter(pk__in=slots).values_list("pk", "collection_id"))
        ThemeLabel.objects.filter(slot__in=slots).delete()
        ThemeLabel.objects.bulk_create(
            ThemeLabel(slot_id=revision.item_id, theme=label[:300], place=place, revision=revision)
            for revision in revisions
            if revision.item_id in collections
            for place, label in enumerate(
                self._resolver(collections[revision.item_id]).spelled(labels_of_text(revision.text)), start=1
            )
        )


def labels_of_text(text: str) -> list[str]:
    """The labels in a labelling's revision; none where it is not in the asked form."""
    try:
        return list(LabelsRecipe().read(text).labels)
    except InvalidOutput:
        return []


def _lettered(themes: Sequence[Theme]) -> list[dict[str, str]]:
    return [
        {"letter": letter(number), "topic": theme.topic, "rationale": theme.rationale}
        for number, theme in enumerate(themes)
    ]
