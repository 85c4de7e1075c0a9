"""Every call over HTTP against the sandbox: plain values come back, and nothing but ProviderError is raised."""

import io
import socket
import time
from typing import Any

import pytest

from generation.channel import Channel, DirectCall
from generation.jsonl import request_line
from generation.parameters import CHAT
from generation.provider import Provider, ProviderError, get_provider

BODY = {"model": "gpt-5.4-mini", "messages": [{"role": "user", "content": "Hello"}]}
INPUT = request_line("a-1", CHAT, BODY)
META = {"batchsite_key": "k1"}


@pytest.fixture
def remote(provider) -> Provider:
    return get_provider()


@pytest.fixture
def uploaded(remote):
    return remote.upload(io.BytesIO(INPUT), "in.jsonl")


@pytest.fixture
def quick(settings):
    """Errors come at once."""
    settings.PROVIDER_TIMEOUT = settings.CREATE_TIMEOUT_SECONDS = 0.5


def without_retries(remote: Provider) -> Provider:
    remote._sdk = remote._sdk.with_options(max_retries=0)
    return remote


def test_an_upload_comes_back_with_its_size_and_name(uploaded):
    assert uploaded.id.startswith("file-")
    assert (uploaded.filename, uploaded.bytes) == ("in.jsonl", len(INPUT))


def test_an_upload_is_found_by_its_name(remote, uploaded):
    assert remote.find_upload("in.jsonl") == uploaded
    assert remote.find_upload("other.jsonl") is None


def test_a_batch_from_its_creation_to_its_file(remote, uploaded, sandbox, tmp_path):
    created = remote.create_batch(uploaded.id, CHAT, META)
    assert (created.status, created.output_file_id, created.metadata) == ("validating", "", META)
    assert created.expires_at == created.created_at + 86400
    sandbox.advance(created.id)
    ended = remote.retrieve_batch(created.id)
    assert (ended.status, ended.counts) == ("completed", {"total": 1, "completed": 1, "failed": 0})
    size = remote.download(ended.output_file_id, tmp_path / "out")
    assert size == (tmp_path / "out").stat().st_size
    assert b'"custom_id":"a-1"' in (tmp_path / "out").read_bytes().replace(b": ", b":")


def test_an_empty_string_is_no_file_id(remote, uploaded, sandbox):
    sandbox.faults("empty_error_file_id")
    created = remote.create_batch(uploaded.id, CHAT, META)
    sandbox.advance(created.id)
    assert remote.retrieve_batch(created.id).error_file_id == ""


def test_an_unknown_status_passes_through(remote, uploaded, sandbox):
    sandbox.faults("unknown_status", "dreaming")
    created = remote.create_batch(uploaded.id, CHAT, META)
    ends = time.monotonic() + 5
    while remote.retrieve_batch(created.id).status == "validating" and time.monotonic() < ends:
        time.sleep(0.01)
    assert remote.retrieve_batch(created.id).status == "dreaming"


@pytest.mark.parametrize("fault", ["error_500_after", "drop_after", "timeout_after"])
def test_a_create_is_sent_once_whatever_happens_to_its_answer(fault, remote, uploaded, sandbox, settings):
    settings.CREATE_TIMEOUT_SECONDS = 0.5
    sandbox.faults(fault, 2 if fault == "timeout_after" else None, match="batches.create")
    with pytest.raises(ProviderError) as failure:
        remote.create_batch(uploaded.id, CHAT, META)
    assert failure.value.doubtful
    assert not failure.value.permanent
    assert sandbox.creates() == {"k1": 1}


@pytest.mark.parametrize("fault", ["html_200", "bad_json_200"])
def test_an_unreadable_answer_to_a_create_leaves_a_doubt(fault, remote, uploaded, sandbox):
    sandbox.faults(fault, match="batches.create")
    with pytest.raises(ProviderError) as failure:
        remote.create_batch(uploaded.id, CHAT, META)
    assert (failure.value.doubtful, sandbox.creates()) == (True, {"k1": 1})


@pytest.mark.parametrize("fault", ["html_200", "bad_json_200", "error_500", "html_502", "drop_before"])
@pytest.mark.parametrize(
    ("op", "call"),
    [
        ("batches.retrieve", lambda remote: remote.retrieve_batch("batch_x")),
        ("batches.list", lambda remote: list(remote.list_batches())),
        ("batches.cancel", lambda remote: remote.cancel_batch("batch_x")),
        ("files.list", lambda remote: remote.find_upload("x")),
        ("files.create", lambda remote: remote.upload(io.BytesIO(INPUT), "in.jsonl")),
        ("files.delete", lambda remote: remote.delete_file("file-x")),
        ("models.list", lambda remote: remote.models()),
    ],
    ids=["retrieve", "list", "cancel", "find", "upload", "delete", "models"],
)
def test_whatever_a_server_sends_becomes_one_kind_of_error(op, call, fault, remote, sandbox, settings):
    without_retries(remote)
    sandbox.faults(fault, match=op)
    with pytest.raises(ProviderError) as failure:
        call(remote)
    assert not failure.value.permanent or failure.value.status == 404


def test_a_refusal_before_any_effect_is_permanent_and_in_the_services_words(remote):
    with pytest.raises(ProviderError, match="Invalid value: '/v1/invalid'") as failure:
        remote.create_batch("file-nobody", "/v1/invalid", META)
    assert (failure.value.permanent, failure.value.doubtful, failure.value.status) == (True, False, 400)


def test_a_file_that_is_not_visible_yet_may_be_asked_for_again(remote, uploaded, sandbox):
    sandbox.faults("file_not_visible", count=1)
    with pytest.raises(ProviderError, match="Cannot find file") as failure:
        remote.create_batch(uploaded.id, CHAT, META)
    assert (failure.value.permanent, failure.value.doubtful) == (False, False)


def test_a_cut_download_is_an_error(remote, uploaded, sandbox, tmp_path):
    sandbox.faults("truncated_content")
    with pytest.raises(ProviderError, match="downloading the file"):
        remote.download(uploaded.id, tmp_path / "x")


def test_a_file_that_is_gone_is_a_404(remote, tmp_path):
    with pytest.raises(ProviderError) as failure:
        remote.download("file-nobody", tmp_path / "x")
    assert failure.value.status == 404


def test_u2028_arrives_as_it_was_sent(remote, tmp_path):
    text = INPUT.replace(b"Hello", "a\u2028b".encode())
    file = remote.upload(io.BytesIO(text), "in.jsonl")
    remote.download(file.id, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == text


def test_a_list_over_several_pages_and_a_server_that_repeats_itself(remote, uploaded, sandbox):
    for number in range(3):
        remote.create_batch(uploaded.id, CHAT, {"batchsite_key": f"k{number}"})
    assert [batch.metadata["batchsite_key"] for batch in remote.list_batches()] == ["k2", "k1", "k0"]
    sandbox.faults("list_ignores_after")
    assert len(list(remote.list_batches())) == 3


def test_cancelling_a_finished_batch_is_one_call_and_a_409(remote, uploaded, sandbox):
    created = remote.create_batch(uploaded.id, CHAT, META)
    sandbox.advance(created.id)
    with pytest.raises(ProviderError) as failure:
        remote.cancel_batch(created.id)
    assert failure.value.status == 409
    assert len(sandbox.calls("batches.cancel")) == 1


def test_quota_is_permanent_and_a_rate_limit_is_not(remote, sandbox):
    without_retries(remote)
    sandbox.faults("insufficient_quota", count=1, match="models.list")
    with pytest.raises(ProviderError, match="no credit left") as failure:
        remote.models()
    assert failure.value.permanent
    sandbox.faults("rate_limited", 1, count=1, match="models.list")
    with pytest.raises(ProviderError) as failure:
        remote.models()
    assert (failure.value.permanent, failure.value.retry_after) == (False, 1)


def test_a_wrong_key_says_what_to_check(sandbox, settings):
    settings.PROVIDERS = {"default": {"base_url": sandbox.url, "api_key": "sk-wrong", "batch": True}}
    with pytest.raises(ProviderError, match=r"401 .*check OPENAI_API_KEY") as failure:
        get_provider().models()
    assert failure.value.permanent
    assert "sk-wrong" not in str(failure.value)


def test_without_a_key_there_is_no_provider(settings):
    settings.PROVIDERS = {"default": {"base_url": None, "api_key": "", "batch": True}}
    with pytest.raises(ProviderError, match="Put OPENAI_API_KEY into the environment"):
        get_provider()


def test_another_providers_key_has_its_own_name(settings):
    settings.PROVIDERS = {"deepseek": {"base_url": "http://x", "api_key": "", "batch": True}}
    with pytest.raises(ProviderError, match="PROVIDER_DEEPSEEK_API_KEY"):
        get_provider("deepseek")


def test_an_unknown_provider_is_named_with_those_that_there_are(settings):
    settings.PROVIDERS = {"default": {"base_url": None, "api_key": "x", "batch": True}}
    with pytest.raises(ProviderError, match=r"No provider 'other' is configured \(configured: default\)"):
        get_provider("other")


def test_no_network_is_a_sentence_and_not_permanent(quick):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        remote = without_retries(Provider("default", f"http://127.0.0.1:{closed.getsockname()[1]}/v1", "k"))
        with pytest.raises(ProviderError, match="no connection to the service") as failure:
            remote.models()
    assert not failure.value.permanent


@pytest.mark.parametrize("url", ["localhost:8000/v1", "http://[bad", "http://127.0.0.1:99999/v1", "ftp://127.0.0.1/v1"])
def test_an_address_that_is_none_is_a_provider_error(url, quick):
    with pytest.raises(ProviderError):
        without_retries(Provider("default", url, "k")).models()


def direct(remote, body=BODY, timeout=5.0):
    with Channel(remote) as channel:
        channel.send([DirectCall(7, "a-1", CHAT, body, timeout)])
        (landed,) = channel.receive(timeout=10)
    return landed.call, landed.answer, landed.retry_after


def test_a_direct_answer_has_the_shape_of_a_batch_line(remote):
    call, answer, _ = direct(remote)
    assert (call.token, answer.custom_id, answer.status, answer.error_code) == (7, "a-1", 200, "")
    assert answer.body["choices"][0]["message"]["content"]
    assert answer.request_id.startswith("req_")


def test_a_direct_refusal_carries_the_services_words(remote):
    _, answer, _ = direct(remote, {"model": "gpt-4", "messages": []})
    assert answer.status in (400, 404)
    assert answer.error_message


@pytest.mark.parametrize(
    ("fault", "value", "status"),
    [
        ("error_500", None, 500), ("html_200", None, None), ("bad_json_200", None, None), ("drop_before", None, None),
        ("drop_in_answer", None, None), ("timeout_before", 3, 408), ("rate_limited", 2, 429), ("html_502", None, 502),
    ],
)  # fmt: skip
def test_every_failed_direct_call_lands(fault, value, status, remote, sandbox):
    sandbox.faults(fault, value, match="chat.completions")
    _, answer, _ = direct(remote, timeout=0.5)
    assert (answer.status, answer.body) == (status, {})
    assert answer.error_code


@pytest.mark.parametrize(("value", "seconds"), [("2", 2), ("121", 121), ("20ms", 0.02)])
def test_retry_after_comes_with_the_answer(value, seconds, remote, sandbox):
    sandbox.faults("rate_limited", value, match="chat.completions")
    assert direct(remote)[2] == seconds


def test_a_retry_after_that_is_a_date_is_counted_from_now(remote, sandbox):
    sandbox.faults("rate_limited", "date", match="chat.completions")
    assert 0 <= direct(remote)[2] <= 130


def test_a_body_that_can_t_be_sent_lands_as_a_failure_and_blocks_nothing(remote):
    """What the SDK can't serialise must not leave a request in flight for ever."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    _, answer, _ = direct(remote, {"model": deep})
    assert answer.error_code == "no_answer"
