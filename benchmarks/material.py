"""What the benchmarks work on: a course, and a result file with a lesson of about 6 KB for each request."""

import random
from pathlib import Path

import orjson
from django.core.files.base import File
from django.core.files.storage import storages
from django.utils import timezone

from generation.models import BatchJob, JobStatus, Run, RunStatus
from generation.models.inserts import insert_objects
from generation.models.wakeups import without_wakeups
from lessons.checks import USUAL_SECTIONS
from lessons.models import Course, LessonPlan

MODULE = 50
CHUNK = 1000
LEVELS = ("F", "I", "A", "E", "F-I")
NOUNS = ("record", "owner", "policy", "table", "report", "review", "schema", "field", "team", "request", "key", "log")
VERBS = ("describes", "changes", "protects", "repeats", "compares", "measures", "delays", "names", "checks", "joins")
TABLE = "| Step | Owner | Result |\n| --- | --- | --- |\n| 1 | {0} | {1} |\n| 2 | {1} | {2} |\n"
CODE = "```sql\nSELECT {0}, count(*) FROM {1} GROUP BY {0};\n```\n"


def course(size: int, slug: str) -> Course:
    """A course of `size` lesson plans in modules of 50."""
    row = Course.objects.create(slug=slug, name=f"Course {slug}", audience="analysts", domain="data governance")
    for first in range(0, size, CHUNK):
        insert_objects([_plan(row, number) for number in range(first, min(size, first + CHUNK))])
    return row


def _plan(collection: Course, number: int) -> LessonPlan:
    module = number // MODULE
    plan = LessonPlan(
        collection=collection, key=f"M{module}-L{number:05}", position=number, module_code=f"M{module}",
        module_title=f"Module {module}: the {NOUNS[module % len(NOUNS)]} in daily work",
        section=f"Section {number % 5}", code=f"L{number:05}", level=LEVELS[number % len(LEVELS)],
        title=f"How a {NOUNS[number % 12]} {VERBS[number % 10]} the {NOUNS[number // 12 % 12]}, part {number}",
    )  # fmt: skip
    plan.source_hash = plan.compute_hash()
    return plan


def lesson_text(heading: str, seed: int, size: int = 6000) -> str:
    """A Markdown lesson of about `size` bytes with a table and code; no two are alike, and every fourth has a flaw."""
    dice = random.Random(seed)
    parts = [f"# {heading}\n"]
    for section in USUAL_SECTIONS[: -1 if seed % 4 == 0 else None]:
        parts.append(f"## {section}\n\n" + _prose(dice, size // len(USUAL_SECTIONS) - 55))
        if section == "Worked Example":
            parts.append(CODE.format(*dice.sample(NOUNS, 2)))
        if section == "Core Concepts":
            parts.append(TABLE.format(*dice.sample(NOUNS, 3)))
    return "\n".join(parts)


def _prose(dice: random.Random, size: int) -> str:
    sentences: list[str] = []
    length = 0
    while length < size:
        first, second, third = dice.choices(NOUNS, k=3)
        verb, times = dice.choice(VERBS), dice.randrange(99)
        sentence = f"Each {first} {verb} a {second}, and the {third} is looked at {times} times."
        sentences.append(sentence)
        length += len(sentence) + 1
    return " ".join(sentences) + "\n"


def launched(run: Run) -> None:
    """Put a planned run into the state that it has when its batches are under way."""
    with without_wakeups():
        run.move(RunStatus.RUNNING, started_at=timezone.now())


def answered(job: BatchJob, folder: Path) -> Path:
    """Give a job its output file, in an order of its own, as if it had been collected; returns a copy of the file."""
    rows = list(job.requests.values_list("custom_id", "item_id", "label"))
    random.Random(1).shuffle(rows)
    copy = folder / f"answers-{job.pk}.jsonl"
    with copy.open("wb") as out:
        out.writelines(_answer_line(*row) for row in rows)
    with copy.open("rb") as handle:
        job.output_path = storages["batchfiles"].save(f"output/bench-{job.key}.jsonl", File(handle))
    job.status, job.remote_batch_id = JobStatus.COMPLETED, f"batch_{job.key}"
    job.collected_at = timezone.now()
    job.save()
    return copy


def _answer_line(custom_id: str, item_id: int, label: str) -> bytes:
    key, _, title = label.partition(" ")
    body = {
        "id": f"chatcmpl-{item_id}", "object": "chat.completion", "created": 1_700_000_000,
        "model": "gpt-5.4-mini-2026-03-17", "service_tier": "default",
        "choices": [{
            "index": 0, "finish_reason": "stop", "logprobs": None,
            "message": {
                "role": "assistant", "content": lesson_text(f"{key}: {title}", item_id), "refusal": None,
                "annotations": [],
            },
        }],
        "usage": {
            "prompt_tokens": 1400 + item_id % 100, "completion_tokens": 1500 + item_id % 300, "total_tokens": 3000,
            "prompt_tokens_details": {"cached_tokens": 1024 * (item_id % 2), "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 64 * (item_id % 3), "audio_tokens": 0},
        },
    }  # fmt: skip
    response = {"status_code": 200, "request_id": f"req_{item_id}", "body": body}
    line = {"id": f"batch_req_{item_id}", "custom_id": custom_id, "response": response, "error": None}
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
