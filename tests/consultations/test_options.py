"""The options of each command, by hand; what several commands share means the same in each."""

from itertools import pairwise

import pytest
from django.core.management import load_command_class

from generation.command_base import EngineCommand
from tests.consultations.rows import consultation, label, respond, theme_list
from tests.generation.shell import document, refused, said

LAUNCHES = {"--mode", "--model", "--poll-interval", "--yes", "--batch-size", "--wait-time", "--as"}
SHARED = {"--log-file"}
OPTIONS = {
    "extract_themes": {"--input", "--collection", "--output", "--list-output", "--themes", "--question"} | LAUNCHES,
    "vary_themes": {"--input", "--collection", "--output", "--themes", "--variation", "--seed", "--name", "--as"},
    "compare_themes": {
        "--mapping1", "--mapping2", "--responses", "--collection", "--second", "--output", "--summary", "--charts",
        "--as", "--json",
    },
    "import_mapping": {"--collection", "--name", "--dry-run", "--as"},
    "run_consultation": {"--count", "--variation", "--seed", "--threshold", "--rounds", "--out"} | LAUNCHES,
}  # fmt: skip


def parser(name):
    return load_command_class("consultations", name).create_parser("manage.py", name)


def own(name):
    """The options that a command has beside those of every Django command."""
    usual = EngineCommand().create_parser("manage.py", "x")
    known = {word for action in usual._actions for word in action.option_strings}
    return {word for action in parser(name)._actions for word in action.option_strings} - known


@pytest.mark.parametrize("name", OPTIONS)
def test_each_command_has_exactly_these_options(name):
    assert own(name) == OPTIONS[name]


@pytest.mark.parametrize(
    "line",
    [
        "extract_themes --input a.jsonl --output b.json",
        "extract_themes --input a.jsonl --output b.json --mode direct --batch-size 10 --wait-time 300",
        "vary_themes --input a.json --output b.json",
        "vary_themes --input a.json --output b.json --variation 0.3 --seed 7",
        "compare_themes --mapping1 a --mapping2 b --output c --summary d",
        "run_consultation SLUG --count 300 --variation 0.3",
    ],
)  # fmt: skip
def test_the_usual_lines_are_understood(line):
    name, *words = line.split()
    found = vars(parser(name).parse_args(words))
    for option, value in pairwise(words):
        if option.startswith("--"):
            assert str(found[option[2:].replace("-", "_")]) in (value, f"{value}.0")


def test_what_is_left_out_has_its_usual_value():
    found = vars(parser("run_consultation").parse_args(["buses"]))
    usual = {"variation": 0.3, "seed": "", "rounds": 5, "threshold": None, "count": None, "mode": "batch"}
    assert {name: found[name] for name in usual} == usual
    assert vars(parser("vary_themes").parse_args(["--collection", "x"]))["variation"] == 0.3
    assert vars(parser("extract_themes").parse_args(["--collection", "x"]))["mode"] == "batch"


@pytest.mark.parametrize("value", ["-0.1", "1.1", "nan", "x", ""])
@pytest.mark.parametrize("line", ["vary_themes --collection x --variation", "run_consultation x --variation"])
def test_a_variation_is_a_number_from_0_to_1(line, value):
    assert "is not a number from 0 to 1" in refused(*line.split(), value)[1]


@pytest.mark.parametrize("line", ["extract_themes --collection buses", "run_consultation buses"])
@pytest.mark.parametrize("pace", [("--batch-size", 10), ("--wait-time", 300)])
def test_a_pace_goes_with_direct_mode(db, line, pace):
    consultation(2)
    assert refused(*line.split(), *pace, "--yes") == (
        2, "--batch-size and --wait-time go with --mode direct: a batch is sent as a whole.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("extract_themes --input a", "--output FILE"), ("vary_themes --input a", "--output FILE"),
        ("extract_themes", "one of the arguments --input --collection is required"),
        ("vary_themes --input a --collection b", "not allowed with"), ("compare_themes --mapping1 a", "--mapping2"),
        ("vary_themes --collection x --themes a", "--themes goes with --input"),
    ],
)  # fmt: skip
def test_what_a_command_works_on_is_said_once(line, words):
    status, sentence = refused(*line.split())
    assert (words in sentence, status) == (True, 2 if "argument" not in words and "allowed" not in words else 1)


@pytest.fixture
def labelled(db):
    made = consultation(4)
    respond(made, "one a", "two b", "three c", "four d")
    theme_list(made)
    label(made, ("Cost",), ("Safety", "Noise"), (), ("Fairness",))
    return made


def test_without_a_seed_it_is_the_consultation_s(labelled):
    type(labelled).objects.update(seed="42")
    said("vary_themes", "--collection", "buses", "--variation", 1, "--name", "usual")
    said("vary_themes", "--collection", "buses", "--variation", 1, "--name", "given", "--seed", 42)
    usual, given = (labelled.second_mappings.get(name=name) for name in ("usual", "given"))
    assert usual.seed == given.seed == "42"
    assert list(usual.rows.values_list("labels")) == list(given.rows.values_list("labels"))


def test_a_second_mapping_is_chosen_by_its_name(labelled):
    said("vary_themes", "--collection", "buses", "--variation", 0, "--name", "same")
    said("vary_themes", "--collection", "buses", "--variation", 1, "--name", "other")
    agreement = document("compare_themes", "--collection", "buses", "--second", "same")["response_agreement"]
    # Nothing was varied.
    assert agreement == {"percentage": 100.0, "count": 4}
