"""What the demo hands to its sandbox."""

import json

from demo.known import RIGHT, write_known
from questions.evaluation import evaluate_answers
from questions.models import Dataset
from sandbox.known import read_known
from tests import factories
from tests.generation.shell import said
from tests.sandbox_fixture import Sandbox, SandboxProcess


def test_every_question_with_known_answers_has_a_rule(tmp_path):
    known = read_known(write_known(tmp_path))
    assert known.right == RIGHT
    assert len([rule for rule in known.rules if rule.field == "answers"]) == 24
    assert ("Phobos", "Deimos") in {rule.values for rule in known.rules}
    assert json.loads((tmp_path / "known.json").read_text())["rules"][-1]["field"] == "labels"


def test_an_evaluation_shows_right_and_wrong_answers(db, settings, tmp_path):
    process = SandboxProcess("--known", str(write_known(tmp_path)))
    try:
        settings.PROVIDERS = {"default": {"base_url": Sandbox(process).url, "api_key": "sk-test", "batch": True}}
        for mode in ("direct", "batch"):
            said("import_items", "questions", "demo/questions/1-hop.txt", "--collection", mode)
            made = Dataset.objects.get(slug=mode)
            factories.finished(made, names=("questions",), mode=mode)
            metrics = evaluate_answers(made).metrics
            assert 0.2 < metrics["f1_score"] < 1 and metrics["count_perfect"] >= 3, mode
            assert metrics["count_perfect"] < metrics["total_questions"], mode
    finally:
        process.close()
