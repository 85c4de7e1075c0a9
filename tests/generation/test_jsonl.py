import io
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation import jsonl

CHAT = "/v1/chat/completions"


def written(folder: Path, *lines: bytes) -> Path:
    path = folder / "input.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def good(custom_id: str = "a", model: str = "m", endpoint: str = CHAT) -> bytes:
    return jsonl.request_line(custom_id, endpoint, {"model": model})


def test_a_request_line_is_the_contracts():
    assert good("a-1") == b'{"custom_id":"a-1","method":"POST","url":"/v1/chat/completions","body":{"model":"m"}}\n'


def test_a_request_line_keeps_every_script_as_it_is():
    line = jsonl.request_line("a", CHAT, {"model": "m", "text": "第三章 \u2028 \U0001f600 مرحبا\n"})
    assert line.count(b"\n") == 1
    assert "第三章 \u2028 \U0001f600 مرحبا\\n" in line.decode()


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r"])
def test_lines_are_cut_at_newlines_only(separator):
    first = f'{{"a":"x{separator}y"}}'.encode()
    assert list(jsonl.lines(io.BytesIO(first + b"\n" + first))) == [first, first]


def test_blank_lines_are_left_out_and_the_last_needs_no_newline():
    assert list(jsonl.lines(io.BytesIO(b"\n a\n\n  \r\n\nb"))) == [b" a", b"b"]


def test_an_empty_stream_has_no_lines():
    assert list(jsonl.lines(io.BytesIO(b""))) == []


@given(st.lists(st.binary(max_size=30).filter(lambda line: b"\n" not in line and line.strip())), st.integers(1, 40))
def test_lines_come_back_whatever_the_size_of_the_blocks(texts, size):
    stream = io.BytesIO(b"".join(text + b"\n" for text in texts))
    assert list(jsonl.lines(stream, chunk_bytes=size)) == texts


def test_a_good_input_file_has_no_problem(tmp_path):
    assert jsonl.input_problems(written(tmp_path, good("a"), good("b")), CHAT, "m") == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([good("a"), good("a")], "line 2: custom_id a stands twice"),
        ([good("a" * 65)], "is not 1 to 64 of A-Z a-z 0-9 _ -"),
        ([good("a b")], "is not 1 to 64"),
        ([good("a\n")], "is not 1 to 64"),
        ([good("é")], "is not 1 to 64"),
        ([good("a"), good("b", model="n")], "line 2: its model is not m"),
        ([good("a", endpoint="/v1/responses")], "is not the file's endpoint"),
        ([good("a"), b'{"custom_id": "b"\n'], "line 2: not JSON"),
        ([good("a"), b'[]\n'], "line 2: "),
        ([good("a"), b'7\n'], "line 2: "),
        ([b'{"custom_id":"a","method":"GET","url":"/v1/chat/completions","body":{"model":"m"}}\n'], "line 1: "),
        ([b'{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":"m"}\n'], "line 1: its model"),
        ([], "the file has no requests"),
        ([b"\n"], "the file has no requests"),
        ([b"\xef\xbb\xbf" + good("a")], "line 1: not JSON"),
    ],
)
def test_what_the_service_would_refuse_is_found_before(lines, words, tmp_path):
    assert words in " ".join(jsonl.input_problems(written(tmp_path, *lines), CHAT, "m"))


def test_an_unknown_endpoint_is_refused(tmp_path):
    problems = jsonl.input_problems(written(tmp_path, good("a", endpoint="/v1/chat")), "/v1/chat", "m")
    assert problems == ["endpoint '/v1/chat' is not one of /v1/chat/completions, /v1/responses"]


def test_a_file_full_of_problems_names_the_first_ones(tmp_path):
    path = written(tmp_path, *[b"x\n"] * 1000)
    assert len(jsonl.input_problems(path, CHAT, "m", limit=5)) == 5


def answer(**fields: object) -> jsonl.AnswerLine:
    return jsonl.read_answer(orjson.dumps({"id": "batch_req_1", "custom_id": "a"} | fields))


def test_a_success_line_of_the_contract():
    line = answer(response={"status_code": 200, "request_id": "req_1", "body": {"choices": []}}, error=None)
    assert line == jsonl.AnswerLine("a", 200, {"choices": []}, request_id="req_1")


def test_a_failure_of_one_request_has_its_error_in_the_body():
    body = {"error": {"message": "too long", "type": "invalid_request_error", "code": "context_length_exceeded"}}
    line = answer(response={"status_code": 400, "request_id": "r", "body": body}, error=None)
    assert (line.status, line.error_code, line.error_message) == (400, "context_length_exceeded", "too long")


@pytest.mark.parametrize("code", ["batch_expired", "batch_cancelled", "request_timeout"])
def test_an_unexecuted_request_has_its_error_at_the_top(code):
    line = answer(response=None, error={"code": code, "message": "no"})
    assert (line.status, line.body, line.error_code, line.error_message) == (None, {}, code, "no")


def test_status_code_0_is_kept():
    line = answer(response={"status_code": 0, "request_id": "", "body": {}}, error=None)
    assert (line.status, line.body, line.error_code) == (0, {}, "")


def test_an_integer_code_becomes_text():
    body = {"error": {"message": "no", "type": None, "code": 400}}
    assert answer(response={"status_code": 400, "body": body}, error=None).error_code == "400"


def test_a_responses_bodys_own_error_is_no_error_of_the_line():
    body = {"object": "response", "status": "failed", "error": {"code": "server_error", "message": "x"}}
    assert answer(response={"status_code": 200, "body": body}, error=None).error_code == ""


@pytest.mark.parametrize(
    ("line", "custom_id", "words"),
    [
        (b'{"custom_id": "a-1", "response": {"body": "x', "a-1", "not JSON"),
        (b'{"id": 1', "", "not JSON"),
        (b"[1]", "", "list and not an object"),
        (b"null", "", "NoneType"),
        (b'{"custom_id": null}', "", "without a custom_id"),
        (b'{"custom_id": 7}', "", "without a custom_id"),
        (b'{"response": {}}', "", "without a custom_id"),
    ],
)
def test_a_broken_line_says_so_and_keeps_its_custom_id_where_it_can(line, custom_id, words):
    found = jsonl.read_answer(line)
    assert found.custom_id == custom_id
    assert words in found.broken


@pytest.mark.parametrize("body", ['"text"', "[]", "null", "5", '{"error": "words"}', '{"error": []}'])
def test_odd_bodies_are_read_without_failing(body):
    line = jsonl.read_answer(f'{{"custom_id":"a","response":{{"status_code":200,"body":{body}}}}}'.encode())
    assert (line.custom_id, line.broken) == ("a", "")
    assert isinstance(line.body, dict)


def test_zero_characters_and_impossible_statuses_are_left_out():
    error = {"code": "a\x00", "message": "b\x00"}
    line = answer(custom_id="c\x00", response={"status_code": 10**15, "request_id": "d\x00"}, error=error)
    assert line == jsonl.AnswerLine("c", None, {}, "a", "b", "d")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 999) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["custom_id", "response", "error", "body", "status_code", "code", "x"]), inner),
    max_leaves=8,
)


@given(JSON)
def test_any_json_is_read_without_failing(value):
    assert isinstance(jsonl.read_answer(orjson.dumps(value)), jsonl.AnswerLine)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_without_failing(raw):
    assert isinstance(jsonl.read_answer(raw), jsonl.AnswerLine)


def test_chunks_hold_everything_in_order():
    assert list(jsonl.chunked(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(jsonl.chunked([], 3)) == []
