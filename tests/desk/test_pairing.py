"""Which lines became which: in order, each once, and found for sure where a line was only mended."""

from time import monotonic

from hypothesis import given
from hypothesis import strategies as st

from generation.desk.pairing import MAX_PAIRS, paired

LATER = monotonic() + 3600
LINES = st.lists(st.text("ab ", max_size=6), max_size=9)
MANY = [f"line {n} says {n * n} and ends with {n * 7}" for n in range(MAX_PAIRS // 10)]


@given(LINES, LINES)
def test_pairs_rise_in_both(old, new):
    pairs = paired(old, new, LATER)
    for place in (0, 1):
        places = [pair[place] for pair in pairs]
        assert places == sorted(set(places))
    assert all(i < len(old) and j < len(new) for i, j in pairs)


@given(st.lists(st.sampled_from("pqrstuvw"), min_size=2, max_size=8, unique=True), st.data())
def test_a_mended_line_is_found_among_new_ones(names, data):
    old = [f"{name} was {name} and {name}{name} here" for name in names]
    new, wanted = [], []
    for place, line in enumerate(old):
        new += [f"unlike{place}"] * data.draw(st.integers(0, 2))
        wanted.append((place, len(new)))
        new.append(line.replace("was", "is"))
    assert paired(old, new, LATER) == wanted


def test_large_blocks_are_paired_within_a_window():
    new = [line.replace("says", "tells") for line in MANY]
    new[5:5] = ["wholly unlike it"] * 3
    assert paired(MANY, new, LATER) == [(n, n if n < 5 else n + 3) for n in range(len(MANY))]


def test_without_time_lines_are_paired_by_place_or_not_at_all():
    assert paired(["a", "b"], ["c", "d"], 0.0) == [(0, 0), (1, 1)]
    assert paired(["a", "b"], ["c"], 0.0) == paired(MANY, MANY[1:], 0.0) == []
