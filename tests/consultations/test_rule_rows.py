"""The table of rules leaves nothing of consultations out that can be counted: figures, commands, formats."""

from pathlib import Path

from consultations.comparison import compare
from consultations.mappings import Coding, Labelled, join
from consultations.sources import ConsultationSource
from tests.consultations.test_odd_files import RESPONSES
from tests.consultations.test_options import OPTIONS
from tests.rule_table.consultations import CONSULTATIONS
from tests.rule_table.consultations_figures import FIGURE_RULES

COMMANDS = Path(__file__).resolve().parents[2] / "consultations" / "management" / "commands"


def test_every_key_of_the_comparison_has_a_row():
    coding = Coding([Labelled("1", "", ("a",))])
    keys = {key for part in compare(join(coding, coding)).document().values() for key in part}
    # Under other words: two distributions, a count of identical sets, the kappas themselves.
    said = {"mapping1": "each mapping", "mapping2": "each mapping", "count": "counts"}
    texts = " ".join(rule.text for rule in FIGURE_RULES)
    assert keys == {
        "mean", "median", "std_dev", "min", "max", "scores", "mapping1", "mapping2", "percentage", "count", "additions",
        "removals", "replacements",
    }  # fmt: skip
    assert [key for key in keys if said.get(key, key) not in texts] == []


def test_the_options_of_every_command_are_written_down():
    assert {path.stem for path in COMMANDS.glob("*.py")} - {"__init__"} == set(OPTIONS)


def test_every_format_of_responses_is_read_with_every_mark():
    assert set(ConsultationSource.formats) == {"auto", "brief", *RESPONSES}


def test_all_rows_are_of_consultations_and_said_once():
    texts = [rule.text for rule in CONSULTATIONS]
    assert len(set(texts)) == len(texts) and all(text.startswith("consultations: ") for text in texts)
