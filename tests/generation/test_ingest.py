"""Reading a batch's result files: each shape of line, and files that come late, in parts or not at all."""


import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generation.models import Attempt, BatchJob, RawAnswer, Request, StrayLine
from generation.pipeline import ingest
from tests import factories
from tests.generation.stored import again, body, built, line, put

EXPIRED = {"code": "batch_expired", "message": "This request could not be executed before the window expired."}
SERVER = {"error": {"message": "The server had an error.", "type": "server_error", "param": None, "code": None}}
LONG = {"error": {"message": "too long", "type": "invalid_request_error", "code": "context_length_exceeded"}}


@pytest.fixture
def job(course) -> BatchJob:
    return built(course)


def ids(job: BatchJob) -> list[str]:
    return list(job.requests.order_by("pk").values_list("custom_id", flat=True))


def states(job: BatchJob) -> list[str]:
    return list(Request.objects.filter(run=job.run).order_by("pk").values_list("status", flat=True))


def test_lines_in_any_order_find_their_requests(job):
    put(job, [line(one) for one in reversed(ids(job))])
    assert ingest.ingest(job)
    assert states(job) == ["succeeded"] * 6
    assert job.status == "ingested"
    places = dict(Attempt.objects.values_list("request__custom_id", "place"))
    assert places == {one: f"output:{6 - number}" for number, one in enumerate(ids(job))}


def test_both_files_are_read(job):
    first, second, *others = ids(job)
    put(job, [line(one) for one in others], [line(first, 400, LONG), line(second, error=EXPIRED)])
    ingest.ingest(job)
    assert states(job) == ["failed", "planned"] + ["succeeded"] * 4
    failed = Request.objects.get(status="failed")
    assert (failed.error_code, failed.error_message) == ("context_length_exceeded", "too long")


def test_what_no_file_answers_is_missing_and_perhaps_paid(job):
    put(job, [line(one) for one in ids(job)[1:]])
    ingest.ingest(job)
    assert states(job) == ["missing"] + ["succeeded"] * 5
    attempt = Attempt.objects.get(outcome="missing")
    assert (attempt.cost_nano, attempt.request.custom_id) == (None, ids(job)[0])


def test_a_job_without_any_file_leaves_everything_missing(job):
    ingest.ingest(put(job))
    assert states(job) == ["missing"] * 6


def test_a_refused_file_fails_its_requests_with_the_providers_words(job):
    errors = [{"code": "mismatched_model", "line": 2, "message": "two models", "param": None}]
    BatchJob.objects.update(status="failed", remote_status="failed", remote_errors=errors, error="line 2: two models")
    job.refresh_from_db()
    ingest.ingest(job)
    assert states(job) == ["failed"] * 6
    assert set(Request.objects.values_list("error_code", "error_message")) == {
        ("mismatched_model", "line 2: two models")
    }
    assert Attempt.objects.exclude(cost_nano=0).count() == 0


def test_a_job_that_was_never_sent_costs_no_attempt(job):
    BatchJob.objects.update(remote_batch_id=None, status="failed", error="413 too large")
    job.refresh_from_db()
    ingest.ingest(job)
    assert states(job) == ["failed"] * 6
    assert Attempt.objects.count() == 0
    assert set(Request.objects.values_list("error_message", flat=True)) == {"413 too large"}


def test_a_server_error_is_planned_again_until_its_tries_are_used_up(job):
    Request.objects.filter(custom_id=ids(job)[0]).update(attempt_count=2)
    put(job, [line(one, 500, SERVER) for one in ids(job)])
    ingest.ingest(job)
    assert states(job) == ["failed"] + ["planned"] * 5
    assert Request.objects.filter(next_due=None).count() == 1


@pytest.mark.parametrize("raw", [b'{"custom_id": "%s", "response": {"status_code": 200, "body"', b'{"custom_id":"%s"'])
def test_a_broken_line_belongs_to_its_request_where_it_says_so(raw, job):
    put(job, [raw.replace(b"%s", ids(job)[0].encode())] + [line(one) for one in ids(job)[1:]])
    ingest.ingest(job)
    assert states(job) == ["invalid"] + ["succeeded"] * 5
    attempt = Attempt.objects.get(outcome="unreadable")
    assert attempt.cost_nano is None
    assert bytes(attempt.raw.line).startswith(b'{"custom_id"')


@pytest.mark.parametrize("raw", [b"garbage", b"[1]", b"null", b'{"custom_id": "nobody"}', b'{"error": 1}', b"\xff\xfe"])
def test_a_line_that_belongs_to_nobody_is_kept_and_stops_nothing(raw, job):
    put(job, [raw] + [line(one) for one in ids(job)])
    ingest.ingest(job)
    assert states(job) == ["succeeded"] * 6
    stray = StrayLine.objects.get()
    assert (bytes(stray.line), stray.file, stray.number) == (raw, "output", 1)


def test_the_first_of_two_good_lines_counts(job):
    first = ids(job)[0]
    put(job, [line(first, answer=body("One.")), line(first, answer=body("Two."))] + [line(one) for one in ids(job)[1:]])
    ingest.ingest(job)
    attempt = Attempt.objects.get(request__custom_id=first)
    assert b"One." in bytes(attempt.raw.line)
    assert b"Two." in bytes(StrayLine.objects.get().line)


@pytest.mark.parametrize("chunk", [500, 1])
def test_a_good_line_behind_a_bad_one_takes_its_place(job, chunk, monkeypatch):
    monkeypatch.setattr(ingest, "CHUNK", chunk)
    first = ids(job)[0]
    put(
        job,
        [line(one) for one in ids(job)[1:]] + [line(first, 500, SERVER), line(first), line(first, answer=body("x"))],
    )
    ingest.ingest(job)
    assert states(job) == ["succeeded"] * 6
    assert Attempt.objects.get(request__custom_id=first).place == "output:7"
    assert set(StrayLine.objects.values_list("number", flat=True)) == {6, 8}


def test_an_answer_that_turns_up_later_replaces_missing(job):
    ingest.ingest(put(job))
    put(again(job), [line(one) for one in ids(job)])
    ingest.ingest(job)
    assert states(job) == ["succeeded"] * 6
    assert RawAnswer.objects.count() == 6
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"succeeded"}


def test_an_output_that_its_recipe_refused_stays_refused(job):
    first = ids(job)[0]
    put(job, [line(first), line(first, answer=body("Second."))] + [line(one) for one in ids(job)[1:]])
    ingest.ingest(job)
    Attempt.objects.filter(request__custom_id=first).update(outcome="invalid_output")
    Request.objects.filter(custom_id=first).update(status="invalid")
    ingest.ingest(again(job))
    assert Request.objects.get(custom_id=first).status == "invalid"


def test_lines_of_another_run_are_not_ours(job):
    other = factories.run(factories.course(slug="other"))
    theirs = other.requests.first()
    put(job, [line(theirs.custom_id)])
    ingest.ingest(job)
    theirs.refresh_from_db()
    assert (theirs.status, StrayLine.objects.get().custom_id) == ("planned", theirs.custom_id)


def test_u2028_in_a_text_is_no_line_end(job):
    put(job, [line(one, answer=body("a\u2028b\x85c")) for one in ids(job)])
    ingest.ingest(job)
    assert states(job) == ["succeeded"] * 6


def test_a_lost_lease_stops_between_two_chunks_and_the_rest_follows(job, monkeypatch):
    monkeypatch.setattr(ingest, "CHUNK", 2)
    put(job, [line(one) for one in ids(job)])
    answers = iter([True, True, False])
    assert not ingest.ingest(job, lambda: next(answers))
    assert states(job) == ["succeeded"] * 4 + ["queued"] * 2
    assert job.status == "completed"
    assert ingest.ingest(job)
    assert states(job) == ["succeeded"] * 6
    assert Attempt.objects.count() == 6


def queries(job: BatchJob) -> int:
    put(job, [line(one) for one in ids(job)])
    with CaptureQueriesContext(connection) as counted:
        ingest.ingest(job)
    return len(counted)


def test_the_queries_don_t_grow_with_the_lines(job):
    large = built(factories.course(2, 100, slug="large"))
    # SQLite takes 999 values at once: the inserts of 200 rows come in parts.
    assert queries(large) - queries(job) < 200 / 6
