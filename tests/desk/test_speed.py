"""Approve and next: as many queries with two thousand lessons as with twenty, and no text but the shown ones."""

import pytest

from benchmarks.desk import measure


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(capsys):
    few, many = measure([20, 2000], rounds=3)
    with capsys.disabled():
        print(f"\napprove and next: {many['queries']} queries, {many['ms']} ms with {many['lessons']:,} lessons")
    assert few["queries"] == many["queries"]
    assert many["queries"] <= 36
    # The text that was decided on, to pin it, and the one that is shown next.
    assert many["texts_read"] == 2
