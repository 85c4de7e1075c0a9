"""Downloaded result files that are uploaded: of a run of ours, of another script, and what can't be taken."""

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from generation.models import BatchJob, Request, Run
from lessons.models import Lesson
from tests import factories
from tests.console.test_remote_batches import operator, press  # noqa: F401 (a fixture)
from tests.generation.scenes import follow

# ruff: noqa: F811 (the fixture is named as it is imported)


def downloaded(course, rows=6):
    """A finished run of which so many requests have no answer here, and its output file."""
    run = factories.finished(course)
    path = run.batch_jobs.get().output_path
    with storages["batchfiles"].open(path) as stored:
        content = stored.read()
    Lesson.objects.all().delete()
    chosen = list(run.requests.values_list("pk", flat=True)[:rows])
    Request.objects.filter(pk__in=chosen).update(status="missing", accepted_at=None)
    return run, content


def upload(content, name="output.jsonl"):
    return SimpleUploadedFile(name, content, "application/x-ndjson")


def test_a_file_answers_its_run(operator, course, provider):
    run, content = downloaded(course, 2)
    assert "batch job" in press(operator, deed="ingest", run=run.pk, file=upload(content))
    run.refresh_from_db()
    assert follow(run).ledger() == {"succeeded": 6}
    assert Lesson.objects.count() == 2
    assert "unanswered" in press(operator, deed="ingest", run=run.pk, file=upload(content))


def test_a_file_of_another_script_is_taken_by_what_surrounds_the_keys(operator, course, provider):
    run, content = downloaded(course)
    for custom_id, label in run.requests.values_list("custom_id", "label"):
        content = content.replace(custom_id.encode(), f"lesson_(a+)+{label.split()[0]}.gpt".encode())
    run.requests.update(status="succeeded", accepted_at=timezone.now())
    fields = {"recipe": "lessons.lesson", "collection": "course", "before": "lesson_(a+)+", "after_key": ".gpt"}
    assert "output.jsonl is batch job" in press(operator, deed="ingest", file=upload(content), **fields)
    brought = Run.objects.exclude(pk=run.pk).get()
    assert follow(brought).ledger() == {"succeeded": 6}
    assert Lesson.objects.count() == 6


def test_ids_of_any_characters_and_the_same_ids_in_a_second_file_are_taken(operator, course, provider):
    run, content = downloaded(course)
    run.requests.update(status="succeeded", accepted_at=timezone.now())
    for request in run.requests.all():
        key = request.label.split()[0]
        content = content.replace(request.custom_id.encode(), f"курс / {key}: {'x' * 60}".encode())
    fields = {"recipe": "lessons.lesson", "collection": "course", "before": "курс / ", "after_key": f": {'x' * 60}"}
    for file in (content, b"\n" + content):
        assert "is batch job" in press(operator, deed="ingest", file=upload(file), **fields)
    for brought in Run.objects.exclude(pk=run.pk):
        assert follow(brought).ledger() == {"succeeded": 6}
        assert brought.batch_jobs.get().stray_lines.count() == 0


def test_ids_that_name_no_item_are_shown_with_what_to_say(operator, course, provider):
    run, content = downloaded(course)
    run.requests.update(status="succeeded", accepted_at=timezone.now())
    fields = {"recipe": "lessons.lesson", "collection": "course", "before": "nothing-like-this"}
    said = press(operator, deed="ingest", file=upload(content), **fields)
    assert "names an item of" in said and "before and behind" in said and "--id-pattern" not in said


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "Whose answers"),
        ({"run": "1", "recipe": "lessons.lesson"}, "Whose answers"),
        ({"run": "x"}, "no run"), ({"run": "9" * 30}, "no run"), ({"run": "²"}, "no run"),
        ({"recipe": "no.such"}, "no recipe"),
        ({"recipe": "lessons.lesson", "collection": "nowhere"}, "no collection"),
        ({"recipe": "lessons.lesson", "collection": "course"}, "log"),
    ],
)  # fmt: skip
def test_a_file_that_can_t_be_taken_is_one_sentence(operator, course, provider, fields, why):
    said = press(operator, deed="ingest", file=upload(b"INFO started\n"), **fields)
    assert why in said and "Nothing was changed." in said
    assert not BatchJob.objects.exists()


def test_a_file_that_is_too_large_or_empty_or_missing(operator, course, provider, settings):
    settings.UPLOAD_MAX_BYTES = 10
    assert "batches ingest" in press(operator, deed="ingest", run="1", file=upload(b"x" * 11))
    assert "Which file" in press(operator, deed="ingest", run="1", file=upload(b""))
    assert "Which file" in press(operator, deed="ingest", run="1")


def test_a_file_for_a_hidden_run_or_course_is_refused(operator, course, provider, roles):
    run, content = downloaded(course)
    course.groups.add(roles["viewer"].groups.get())
    assert "There is no run" in press(operator, deed="ingest", run=run.pk, file=upload(content))
    fields = {"recipe": "lessons.lesson", "collection": "course"}
    assert "no collection" in press(operator, deed="ingest", file=upload(content), **fields)


def test_a_name_that_leads_elsewhere_stays_in_its_folder(operator, course, provider):
    run, content = downloaded(course, 2)
    press(operator, deed="ingest", run=run.pk, file=upload(content, "../../../etc/x;y.jsonl"))
    assert "from the file" in BatchJob.objects.latest("pk").transitions.first().detail
