"""What `generate lessons` says on the way, held against the provider's own lists and prices multiplied here."""

import re
from decimal import ROUND_HALF_EVEN, Decimal

import openai
import orjson
import pytest

from generation.models import RawAnswer
from lessons.models import Lesson, LessonPlan
from tests import factories
from tests.generation.shell import said

GENERATE = ("generate", "lessons", "--collection", "course", "--yes")
WAIT = ("--wait", "--poll-interval", "0.05")
# Nano-dollars a token of gpt-5.4-mini in a batch, in and out: $0.375 and $2.25 for a million.
BATCH_IN, BATCH_OUT = 375, 2250


def money(nano: int) -> str:
    """$0.0072: below a dollar with four digits."""
    return f"${(Decimal(nano) / 10**9).quantize(Decimal('0.0001'), ROUND_HALF_EVEN)}"


def found(pattern: str, told: str) -> tuple[str, ...]:
    match = re.search(pattern, told, re.MULTILINE)
    assert match, f"{pattern} is not in:\n{told}"
    return match.groups()


def remote(provider) -> openai.OpenAI:
    """The provider as anybody would ask it."""
    return openai.OpenAI(base_url=provider.url, api_key="sk-test", max_retries=0)


@pytest.fixture
def told(provider, course) -> str:
    """All lines of a run of the four lessons that a course of six has left, taken to its end."""
    for key in ("M0-L001", "M1-L002"):
        factories.lesson(LessonPlan.objects.get(key=key))
    # A plan that is gone from the outline is neither found nor remaining, and its module has others.
    course.items.create(
        key="M1-L009", position=9, module_code="M1", module_title="Module 1", title="Gone", removed_at="2026-01-01T00Z"
    )
    return said(*GENERATE, *WAIT)


def test_lessons_and_modules_found_already_generated_and_remaining(told):
    assert told.splitlines()[0] == (
        "Course: 6 lesson plans in 2 modules found; lessons.lesson: 2 already generated, 4 remaining, 4 chosen."
    )


def test_one_markdown_lesson_for_each_remaining_plan(told):
    assert Lesson.objects.count() == 6
    made = Lesson.objects.filter(current__origin="generated", current__attempt__isnull=False)
    assert [(lesson.item.key, lesson.current.text.split("\n")[0]) for lesson in made.order_by("item__position")] == [
        ("M0-L002", "# M0-L002: Topic 0.2"), ("M0-L003", "# M0-L003: Topic 0.3"), ("M1-L001", "# M1-L001: Topic 1.1"),
        ("M1-L003", "# M1-L003: Topic 1.3"),
    ]  # fmt: skip


def test_the_requests_prepared(told):
    assert "\nPrepared: 4 of 4 requests\n" in told


def test_the_file_its_size_and_id_and_the_batch(told, provider):
    (batch,) = remote(provider).batches.list().data
    (file,) = [one for one in remote(provider).files.list().data if one.purpose == "batch"]
    assert batch.input_file_id == file.id
    line = f"4 requests, {file.bytes / 1000:.1f} KB, file {file.id}, batch {batch.id}, "
    assert re.search(rf"^Batch job \d+: {line}(validating|in_progress|finalizing|completed)$", told, re.MULTILINE)


def test_the_status_of_the_batch_until_its_end(told):
    steps = re.findall(r"^Run \d+: (\d) of 4 requests finished; batch (\w+)(.*)$", told, re.MULTILINE)
    assert steps[0] == ("0", "prepared", "") and steps[-1] == ("4", "ingested", " 4/4")


def test_the_estimated_cost_in_all_and_for_each_lesson_batch_beside_direct(told):
    requests, asked, out = found(r"^Estimate: (\d) requests, ([\d,]+) tokens in \(.*\), ([\d,]+) out \(", told)
    assert requests == "4"
    cost = int(asked.replace(",", "")) * BATCH_IN + int(out.replace(",", "")) * BATCH_OUT
    lines = {
        line.split()[0]: (line.split()[1], line.partition("), ")[2]) for line in told.splitlines() if line[:2] == "  "
    }
    assert lines["batch"] == (money(cost), f"{money(cost // 4)} each  <- chosen")
    # In direct mode everything costs twice as much.
    assert lines["direct"] == (money(2 * cost), f"{money(2 * cost // 4)} each")


def test_the_final_cost_in_all_and_for_each_lesson_beside_direct(told):
    answers = [orjson.loads(bytes(raw)) for raw in RawAnswer.objects.values_list("line", flat=True)]
    usages = [answer["response"]["body"]["usage"] for answer in answers]
    assert len(usages) == 4
    cost = sum(use["prompt_tokens"] * BATCH_IN + use["completion_tokens"] * BATCH_OUT for use in usages)
    assert f"\nCost: {money(cost)} in all, {money(cost // 4)} each (batch mode). " in told
    assert f"Direct mode would have cost {money(2 * cost)}.\n" in told


def test_a_line_every_ten_requests_in_plain_mode(db):
    factories.course(modules=12, lessons=28)
    lines = [line for line in said(*GENERATE, "--dry-run").splitlines() if line.startswith("Prepared: ")]
    assert lines == [f"Prepared: {done} of 336 requests" for done in [*range(10, 331, 10), 336]]
