"""An instance that conforms to a JSON schema, decided by a random generator's seed."""

import math
import random
import re
from typing import Any

from sandbox.pattern_text import PatternText
from sandbox.prose import sentence

Schema = dict[str, Any]
DEEP = 6
SHORT = 12
SUCH_AS = re.compile(r"such as ([^;]+)")
AT_MOST = re.compile(r"at most (\d+) words")
FORMATS = {
    "date-time": "2026-{m:02d}-{d:02d}T09:{n:02d}:00Z",
    "date": "2026-{m:02d}-{d:02d}",
    "time": "09:{n:02d}:00Z",
    "duration": "P{d}D",
    "email": "sandbox{n}@example.org",
    "hostname": "sandbox{n}.example.org",
    "ipv4": "192.0.2.{n}",
    "ipv6": "2001:db8::{n}",
    "uuid": "00000000-0000-4000-8000-0000000000{n:02d}",
    "uri": "https://example.org/sandbox/{n}",
}


class Instance:
    """Builds one instance; `$ref`s are looked up in the root schema."""

    def __init__(self, root: Schema, dice: random.Random, words: list[str]) -> None:
        self.root = root
        self.dice = dice
        self.words = words

    def build(self, schema: Schema | bool | None = None, depth: int = 0) -> Any:
        """A value for a schema, or for the root."""
        schema = self.root if schema is None else schema
        if isinstance(schema, bool):
            return None
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.dice.choice(schema["enum"])
        for word in ("anyOf", "oneOf"):
            if word in schema:
                rest = {key: value for key, value in schema.items() if key != word}
                return self.build(_merged(rest, self._option(schema[word], depth)), depth)
        return self._typed(schema, depth)

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema or "allOf" in schema:
            parts = [self._target(schema["$ref"])] if "$ref" in schema else []
            parts += schema.get("allOf", [])
            rest = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
            schema = _merged(rest, *parts)
        return schema

    def _target(self, ref: str) -> Schema:
        target: Any = self.root
        for step in ref.removeprefix("#").split("/"):
            if step:
                target = target[step.replace("~1", "/").replace("~0", "~")]
        return target

    def _option(self, options: list[Schema], depth: int) -> Schema:
        if depth < DEEP:
            return self.dice.choice(options)
        # Deep inside a recursive schema the first option without members of its own ends the recursion.
        return next((option for option in options if not {"$ref", "properties", "items"} & option.keys()), options[0])

    def _typed(self, schema: Schema, depth: int) -> Any:
        kind = schema.get("type") or _implied(schema)
        if isinstance(kind, list):
            kind = "null" if depth >= DEEP and "null" in kind else self.dice.choice(kind)
        builders = {"object": self._object, "array": self._array, "string": self._string, "integer": self._integer}
        if kind in builders:
            return builders[kind](schema, depth)
        if kind == "number":
            return self._number(schema)
        return self.dice.random() < 0.5 if kind == "boolean" else None

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        required = schema.get("required", [])
        properties = schema.get("properties", {})
        # Optional members are written too, except where that would never end.
        names = [name for name in properties if depth < DEEP or name in required]
        names += [name for name in required if name not in properties]
        made = {name: self.build(properties.get(name, {"type": "string"}), depth + 1) for name in names}
        more = schema.get("additionalProperties")
        while len(made) < schema.get("minProperties", 0) and more is not False:
            made[f"sandbox_{len(made)}"] = self.build(more if isinstance(more, dict) else {"type": "string"}, depth + 1)
        return made

    def _array(self, schema: Schema, depth: int) -> list[Any]:
        least = schema.get("minItems", 0)
        most = schema.get("maxItems", max(least, 3))
        first = schema.get("prefixItems", [])
        aim = least if depth >= DEEP else self.dice.randint(min(max(least, 1), most), most)
        made = [self.build(item, depth + 1) for item in first]
        items = schema.get("items", {"type": "string"})
        tries = 0
        # Different items can run out: a few tries, then fewer of them.
        while len(made) < aim and items is not False and tries < 20 * aim:
            item = self.build(items, depth + 1)
            tries += 1
            if item not in made:
                made.append(item)
        # What need not be different may be said again, once nothing else comes to mind.
        while len(made) < aim and items is not False and not schema.get("uniqueItems"):
            made.append(self.build(items, depth + 1))
        return made

    def _string(self, schema: Schema, depth: int) -> str:
        short = described(schema.get("description", ""), self.dice, self.words)
        if short and _allows(schema, short):
            return short
        if "pattern" in schema:
            return PatternText(schema["pattern"], self.dice).write()
        shape = FORMATS.get(schema.get("format", ""))
        if shape:
            return shape.format(m=self.dice.randint(1, 12), d=self.dice.randint(1, 28), n=self.dice.randint(10, 59))
        text = "Sandbox: " + sentence(self.dice, self.words)
        while len(text) < schema.get("minLength", 0):
            text += " " + sentence(self.dice, self.words)
        most = schema.get("maxLength")
        if most is None or len(text) <= most:
            return text
        return text[:most].rstrip().ljust(schema.get("minLength", 0), "x")

    def _integer(self, schema: Schema, depth: int) -> int:
        low, high = _bounds(schema, 1)
        step = schema.get("multipleOf", 1)
        least = math.ceil(low / step)
        most = math.floor(high / step)
        return int(self.dice.randint(least, max(least, most)) * step)

    def _number(self, schema: Schema) -> float:
        if "multipleOf" in schema:
            low, high = _bounds(schema, schema["multipleOf"])
            return (
                self.dice.randint(math.ceil(low / schema["multipleOf"]), math.floor(high / schema["multipleOf"]))
                * (schema["multipleOf"])
            )
        low, high = _bounds(schema, 0)
        value = round(low + (high - low) * self.dice.uniform(0.05, 0.95), 3)
        exact = low + (high - low) / 2
        return value if low < value < high else exact


def described(description: str, dice: random.Random, words: list[str]) -> str:
    """What a description asks of a short text, as a model would read it: `such as A, B or C`, `at most 3 words`."""
    named = SUCH_AS.search(description)
    examples = re.split(r", | or ", named[1]) if named else []
    if len(examples) > 1:
        return dice.choice(examples).strip()
    most = int(found[1]) if (found := AT_MOST.search(description)) else 0
    if not 0 < most <= SHORT:
        return ""
    said = [phrase for phrase in words if len(phrase.split()) <= most] or words[:1]
    text = dice.choice(said)
    while most > 3 and len(text.split()) <= most - 2:
        text += " " + dice.choice(said)
    return " ".join(text.split()[:most])


def _allows(schema: Schema, text: str) -> bool:
    inside = schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text))
    return inside and "format" not in schema and re.search(schema.get("pattern", ""), text) is not None


def _implied(schema: Schema) -> str:
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema or "prefixItems" in schema:
        return "array"
    return "number" if {"minimum", "maximum"} & schema.keys() else "string"


def _bounds(schema: Schema, step: float) -> tuple[float, float]:
    low = schema.get("minimum", -math.inf)
    high = schema.get("maximum", math.inf)
    if "exclusiveMinimum" in schema:
        low = max(low, schema["exclusiveMinimum"] + step)
    if "exclusiveMaximum" in schema:
        high = min(high, schema["exclusiveMaximum"] - step)
    if low == -math.inf:
        low = min(0, high - 100) if high != math.inf else 0
    return low, low + 100 if high == math.inf else high


def _merged(*schemas: Schema) -> Schema:
    """One schema out of several that must all hold: members and required names add up, later words win."""
    merged: Schema = {}
    for schema in schemas:
        for key, value in schema.items():
            if key == "properties":
                merged[key] = {**merged.get(key, {}), **value}
            elif key == "required":
                merged[key] = [*merged.get(key, []), *(name for name in value if name not in merged.get(key, []))]
            elif key == "$defs":
                continue
            elif key == "allOf":
                merged[key] = [*merged.get(key, []), *value]
            else:
                merged[key] = value
    return merged


def instance(schema: Schema, dice: random.Random, words: list[str]) -> Any:
    """A value that conforms to `schema`."""
    return Instance(schema, dice, words).build()
