"""What each component asks of a model, and how its answer, or an editor's text, becomes the component's text."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from generation.recipes import InvalidOutput
from materials.file_tree import TreeError, strings_of

TAGS = 8
TAG = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
FENCE = re.compile(r"\A\s*(`{3,}|~{3,})[^\n]*\n(.*?)\n?[ \t]*\1[ \t]*\s*\Z", re.DOTALL)
MARKED = re.compile(r"\A---[ \t]*\n(.*?)\n?^(?:---|\.\.\.)[ \t]*\s*\Z", re.DOTALL | re.MULTILINE)
BULLET = re.compile(r"^[ \t]*(?:[-*+•]|\d+[.)])[ \t]+(.+)$", re.MULTILINE)
CONTEXT = "https://schema.org"

Model = TypeVar("Model", bound=BaseModel)

# A model's number, or a number in an editor's YAML, is text here: how it is written matters.
Text = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int | float) else value)]
Term = Annotated[Text, Field(description="a search term, at most 3 words")]


def _several(least: int, most: int, description: str = "") -> Any:
    """How many are asked of a model; of an editor only that there is one."""
    bounds: Any = {"minItems": least, "maxItems": most}
    return Field(min_length=1, description=description or None, json_schema_extra=bounds)


class Property(BaseModel):
    """A measured property."""

    name: Text = Field(description="at most 3 words, such as density, hardness, melting point or tensile strength")
    value: Text = Field(description="a number or a range, such as 0.9, 2.7, 7.85, 12, 45-60, 120, 350-420 or 1450")
    unit: Text = Field("", description="the unit, such as g/cm³, MPa, GPa, °C, W/(m·K) or %; empty where it has none")


class Application(BaseModel):
    """Where the material is used."""

    industry: Text = Field(description="at most 3 words")
    use: Text = Field(description="what it is used for there, in one sentence")


class Frontmatter(BaseModel):
    """The data that the other components are made from."""

    title: Text = Field(description="title of the page, at most 8 words")
    description: Text = Field(description="what the page is about, in one or two sentences")
    keywords: list[Term] = _several(3, 5)
    symbol: Text = Field(description="chemical symbol or a usual abbreviation, such as Al, SiC, PTFE or GRP")
    properties: list[Property] = _several(3, 5)
    applications: list[Application] = _several(2, 3)


class Metatags(BaseModel):
    """What stands in a page's head."""

    title: Text = Field(description="title for search results, at most 8 words and 60 characters")
    description: Text = Field(description="summary for search results, 70 to 155 characters")
    keywords: list[Term] = _several(3, 6)
    image_alt: Text = Field(description="what the page's picture shows, at most 10 words")


class Tags(BaseModel):
    """Eight tags."""

    tags: list[Annotated[str, Field(description="lower case, words joined by hyphens, at most 2 words")]] = _several(
        TAGS, TAGS
    )


class Bullets(BaseModel):
    """The most important points."""

    bullets: list[Annotated[str, Field(description="one sentence")]] = _several(4, 6)


class Caption(BaseModel):
    """The words under the page's picture."""

    caption: str = Field(description="one sentence, at most 25 words")


class Document(BaseModel):
    """A whole JSON-LD document, as an editor may write one."""

    members: dict[str, Any]


class Linked(BaseModel):
    """What the JSON-LD of a page says in words; the rest of it is computed."""

    headline: Text = Field(description="at most 8 words")
    description: Text = Field(description="one sentence")
    about: Text = Field(description="what the material is, in one sentence")
    keywords: list[Term] = _several(3, 6)


class About(BaseModel):
    """What a document is about."""

    name: Text
    description: Text


class LinkedWords(BaseModel):
    """What people mend in a JSON-LD document."""

    headline: Text
    description: Text
    about: About
    keywords: list[Text]


def unfenced(text: str) -> str:
    """The text without a code fence around the whole of it."""
    found = FENCE.match(text)
    return (found[2] if found else text).strip()


def read_mapping(output: str) -> dict[str, Any]:
    """A mapping out of JSON or YAML, also fenced or between `---` lines; raises InvalidOutput."""
    text = unfenced(output)
    marked = MARKED.match(text)
    try:
        value = strings_of(marked[1] if marked else text)
    except TreeError as error:
        raise InvalidOutput(f"not the asked YAML or JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidOutput("not the asked YAML or JSON: it is no mapping of names to values")
    return value


def read_as(output: str, model: type[Model]) -> Model:
    """An instance of `model` out of JSON or YAML; raises InvalidOutput, naming the first place that does not fit."""
    return fitted(read_mapping(output), model)


def fitted(value: Mapping[str, Any], model: type[Model]) -> Model:
    """An instance of `model` of plain values; raises InvalidOutput."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidOutput(f"not what was asked: {place or 'the whole'}: {first['msg']}", place) from error


def as_yaml(value: Any) -> str:
    """Plain values as YAML that reads the same everywhere: in order, one line for each text."""
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10_000)


def as_list(lines: Sequence[str]) -> str:
    """A list that is Markdown and YAML alike."""
    return "\n".join(f"- {line}" for line in lines)


def read_tags(output: str) -> Tags:
    """Exactly eight different tags out of JSON, a list or commas; raises InvalidOutput.

    Capitals, spaces and a leading # are put right, for they say nothing else; anything more is refused.
    """
    tags = [_tag(text) for text in _listed(unfenced(output), "tags")]
    wrong = next((tag for tag in tags if not TAG.fullmatch(tag)), None)
    if wrong is not None:
        raise InvalidOutput(f"'{wrong[:60]}' is no tag: lower-case words joined by hyphens were asked for")
    distinct = list(dict.fromkeys(tags))
    if len(tags) != TAGS or len(distinct) != TAGS:
        repeated = f", {len(tags) - len(distinct)} of them repeated" if len(distinct) < len(tags) else ""
        raise InvalidOutput(f"there are {len(tags)} tags{repeated}, and exactly {TAGS} different ones were asked for")
    return Tags(tags=distinct)


def _tag(text: str) -> str:
    words = text.strip().strip(".'\"`").removeprefix("#").replace("'", "").replace("’", "").lower()
    return re.sub(r"[\s_]+", "-", words)


def _listed(text: str, name: str) -> Sequence[str]:
    """The texts of a list: JSON, YAML, Markdown bullets, or one line with commas."""
    if text[:1] in ("{", "["):
        try:
            value = strings_of(text)
        except TreeError as error:
            raise InvalidOutput(f"not the asked JSON: {error}") from error
        value = value.get(name) if isinstance(value, dict) else value
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise InvalidOutput(f"not the asked JSON: it holds no list of {name}")
        return value
    bullets = BULLET.findall(text)
    if bullets:
        return [str(bullet).strip() for bullet in bullets]
    return [part for part in re.split(r"[,\n]", text) if part.strip()]


def read_bullets(output: str) -> Bullets:
    """Three or more points; raises InvalidOutput."""
    text = unfenced(output)
    points = [" ".join(point.split()) for point in _listed(text, "bullets")] if _has_list(text) else []
    points = [point for point in points if point]
    if len(points) < 3:
        raise InvalidOutput(f"there are {len(points)} bullets, and at least 3 were asked for")
    return Bullets(bullets=points)


def _has_list(text: str) -> bool:
    return text[:1] in ("{", "[") or bool(BULLET.search(text))


def read_caption(output: str) -> Caption:
    """One paragraph; raises InvalidOutput."""
    text = unfenced(output)
    if text[:1] == "{":
        text = read_as(text, Caption).caption
    text = " ".join(text.split())
    if not text:
        raise InvalidOutput("the caption is empty")
    return Caption(caption=text)


def read_linked(output: str) -> Linked | Document:
    """The words for a JSON-LD document, or a whole one with @context and @type; raises InvalidOutput."""
    text = unfenced(output)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidOutput(f"not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidOutput("not the asked JSON-LD: it is no object")
    if "@context" not in value and "@type" not in value:
        return fitted(value, Linked)
    missing = [name for name in ("@context", "@type") if not value.get(name)]
    if missing:
        raise InvalidOutput(f"not the asked JSON-LD: it has no {missing[0]}")
    return Document(members=value)
