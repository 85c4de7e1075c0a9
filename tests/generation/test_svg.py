"""Pieces of charts: well-formed, and nothing that people wrote becomes markup."""

from xml.etree import ElementTree

import pytest

from generation import svg

HOSTILE = '<script>alert("1")</script> & \'more\''


def parsed(*parts: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.drawing(HOSTILE, parts, 100))


@pytest.mark.parametrize(
    "part",
    [
        svg.bar(1, 2, 3, svg.BLUE, HOSTILE), svg.text(1, 2, HOSTILE), svg.mark(1, 2, svg.RED, HOSTILE),
        svg.line(0, 0, 5, 5),
    ],
)  # fmt: skip
def test_every_piece_is_well_formed_and_harmless(part):
    tags = {node.tag.rpartition("}")[2] for node in parsed(part).iter()}
    assert tags <= {"svg", "title", "text", "rect", "path"}


def test_words_survive_their_escaping():
    assert parsed(svg.text(1, 2, HOSTILE))[2].text == HOSTILE


def test_a_bar_is_never_less_than_nothing():
    assert 'width="0.0" height="0.0"' in svg.bar(1, 2, -3, svg.BLUE, "", -1)


def test_long_words_are_cut_to_their_place():
    assert (svg.cut("a" * 30), svg.cut("a" * 31)) == ("a" * 30, "a" * 29 + "…")
