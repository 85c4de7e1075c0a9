"""The plain loops that our figures are held against: what a short script would do, with nothing kept about it."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import orjson
from django.db import connection, transaction
from django.template import Context, Engine

from generation.prompts import read_prompt_file
from lessons.checks import USUAL_SECTIONS, LessonFacts, check_lesson
from lessons.cleanup import clean_up
from lessons.duplicates import fingerprint
from lessons.levels import duration, expected_length, level_word
from lessons.models import Course, LessonPlan

PROMPT = Path(__file__).resolve().parent.parent / "lessons" / "prompts" / "lesson.md"
COLUMNS = ("key", "position", "module_code", "module_title", "section", "code", "title", "level")
Row = dict[str, str]


def write_prompts(course: Course, target: Path) -> None:
    """Render the prompt of every plan of the course from plain rows and write the batch input file."""
    text = read_prompt_file(PROMPT)
    system, user = map(Engine(autoescape=False).from_string, (text.system, text.user))
    rows = list(LessonPlan.objects.filter(collection=course).order_by("position").values(*COLUMNS))
    with target.open("wb") as out:
        for number, context in enumerate(_contexts(course, rows)):
            filled = Context(context, autoescape=False)
            messages = [
                {"role": "system", "content": system.render(filled).strip()},
                {"role": "user", "content": user.render(filled).strip()},
            ]
            body = {"model": "gpt-5.4-mini", "messages": messages, "max_completion_tokens": 8000}
            line = {"custom_id": f"plain-{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}
            out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def _contexts(course: Course, rows: list[Row]) -> Iterator[dict[str, object]]:
    modules: dict[str, list[str]] = {}
    outline: list[str] = []
    places = []
    for row in rows:
        if row["module_code"] not in modules:
            outline.append(f"{row['module_code']}: {row['module_title']}")
        titles = modules.setdefault(row["module_code"], [])
        places.append(len(titles))
        titles.append(row["title"])
        outline.append(f"- {row['title']}")
    start = "\n".join(outline)[:3000]
    for row, place in zip(rows, places, strict=True):
        titles = modules[row["module_code"]]
        yield {
            **row, "course": course.name, "audience": course.audience, "domain": course.domain, "remark": "",
            "level_word": level_word(row["level"]), "duration": duration(row["level"]), "sections": USUAL_SECTIONS,
            "words": expected_length(row["level"]).target, "previous": titles[max(0, place - 3) : place],
            "next": titles[place + 1 : place + 4], "outline": start,
        }  # fmt: skip


class PlainTable:
    """A table of its own for one plain loop, in the same database; gone at the end."""

    def __enter__(self) -> "PlainTable":
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE plain (custom_id varchar(64) PRIMARY KEY, text text NOT NULL)")
        return self

    def __exit__(self, *exc: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE plain")

    def insert(self, pairs: Iterator[tuple[str, str]]) -> None:
        """Insert (custom_id, text) by executemany and commit."""
        with transaction.atomic(), connection.cursor() as cursor:
            while chunk := list(islice(pairs, 1000)):
                cursor.executemany("INSERT INTO plain (custom_id, text) VALUES (%s, %s)", chunk)


def read_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Custom id and text of every line of a result file."""
    with path.open("rb") as handle:
        for line in handle:
            value = orjson.loads(line)
            yield value["custom_id"], value["response"]["body"]["choices"][0]["message"]["content"]


def cleaned_texts(texts: dict[str, str], plans: dict[str, Row]) -> Iterator[tuple[str, str]]:
    """Custom id and cleaned text; each text is checked, and compared with those before it by its fingerprint."""
    seen: dict[str, str] = {}
    for custom_id, text in texts.items():
        cleaned = clean_up(text)
        check_lesson(cleaned, facts(plans[custom_id]))
        seen.setdefault(fingerprint(cleaned), custom_id)
        yield custom_id, cleaned


def facts(plan: Row) -> LessonFacts:
    """What a lesson of this plan is held against."""
    length = expected_length(plan["level"])
    return LessonFacts(plan["key"], plan["title"], plan["level"], USUAL_SECTIONS, length.minimum, length.maximum)
