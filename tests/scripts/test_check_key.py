"""The key is tried before the site starts, and what is wrong with it is said in a sentence."""

import pytest

from scripts.check_key import sentences

CLOSED = "http://127.0.0.1:1/v1"


def only(settings, **options):
    settings.PROVIDERS = {"default": {"base_url": CLOSED, "api_key": "sk-very-secret", "batch": True} | options}
    (sentence,) = sentences()
    return sentence


def test_an_accepted_key(provider):
    (sentence,) = sentences()
    assert sentence.startswith("Provider default: the key is accepted, ")


def test_no_key_names_the_variable(settings):
    assert "OPENAI_API_KEY" in only(settings, api_key="")


def test_no_network_is_a_sentence_without_the_key(settings):
    sentence = only(settings)
    assert "no connection" in sentence
    assert "sk-very-secret" not in sentence


@pytest.mark.parametrize("order", [("bad", "good"), ("good", "bad")])
def test_one_bad_provider_does_not_hide_another(provider, settings, order):
    known = {"good": settings.PROVIDERS["default"], "bad": {"base_url": CLOSED, "api_key": "sk-x", "batch": True}}
    settings.PROVIDERS = {name: known[name] for name in order}
    assert ["accepted" in sentence for sentence in sentences()] == [name == "good" for name in order]
