"""The steps one by one: what is a repeat, what themes are found in, what labels wait for, and Ctrl-C in between."""

import json
import os
import shlex
import signal
import time

import pytest

from consultations.again import repeated
from consultations.models import Consultation, Labelling, Response, ThemeSheet
from consultations.recipes import LABELS, RESPONSE, THEMES, LabelsRecipe, ThemeListRecipe
from consultations.workflow import Steps
from generation.command_base import Actor
from generation.console_output import Console
from generation.instructions import instruction, needs_of
from generation.models import Attempt, Request, Run
from generation.recipes import InvalidOutput
from generation.run_watch import follow
from tests import factories
from tests.consultations.ctrl_c import ctrl_c_after, ctrl_c_when
from tests.consultations.rows import consultation, label, respond, theme_list
from tests.generation.shell import refused, said

pytestmark = pytest.mark.django_db
DIRECT = ("--mode", "direct", "--yes", "--poll-interval", "0.05")
# Eleven words have nine shingles; with another last word eight of ten are common: 0.8.
SAME = "the bus should run all night because I come home late"
NEAR = SAME.replace("late", "early")


@pytest.fixture
def near(provider, monkeypatch):
    """Two responses with a similarity of 0.8, labelled; what is made again is only noted."""
    made = consultation(2)
    respond(made, SAME, NEAR)
    noted = []
    monkeypatch.setattr(Steps, "make", lambda steps, recipes, **chosen: noted.append((recipes, chosen)) or True)
    theme_list(made)
    label(made, ("Cost",), ("Noise",))
    return noted


@pytest.mark.parametrize(("more", "again"), [((), 1), (("--threshold", "0.8"), 1), (("--threshold", "0.81"), 0)])
def test_from_which_similarity_on_a_response_is_made_again(near, tmp_path, more, again):
    line = ("run_consultation", "buses", "--rounds", 1, "--out", tmp_path / "out", *more, *DIRECT)
    if again:
        assert "still repeat another one" in refused(*line)[1]
    else:
        said(*line)
    made = [chosen["item_ids"] for recipes, chosen in near if recipes == [RESPONSE]]
    assert made == [[Response.objects.get(item__key="s00002").item_id]] * again


def test_the_threshold_of_a_consultation_is_0_8_unless_it_is_set():
    made = consultation(2)
    respond(made, SAME, NEAR)
    assert made.threshold == 0.8
    assert [(one.key, one.of, one.similarity) for one in repeated(made)] == [("s00002", "s00001", 0.8)]


def test_a_theme_list_is_asked_for_from_100_responses_and_with_12_themes_at_most():
    made = consultation(texts=tuple(f"response {n}" for n in range(130)))
    sheet = ThemeSheet.objects.select_related("collection").get(collection=made)
    ((_, user),) = instruction(THEMES, "buses").texts([sheet], needs_of(ThemeListRecipe, [sheet]))
    assert user.count("<response>") == 100
    assert "Find at most 12 themes. Of 130 responses these were drawn" in user
    sheet.sample_size, sheet.most_themes = 7, 5
    ((_, user),) = instruction(THEMES, "buses").texts([sheet], needs_of(ThemeListRecipe, [sheet]))
    assert user.count("<response>") == 7 and "Find at most 5 themes. Of 130" in user


def test_without_a_theme_list_no_response_is_labelled(provider, sandbox):
    made = consultation(texts=("Yes.", "No."))
    sandbox.faults("empty_content", match={"custom_id": "*-theme_list-*"})
    run = factories.finished(made, names=("consultations",), mode="direct")
    assert run.counts == {"invalid": 1, "blocked": 2} and not Labelling.objects.exists()
    assert set(Request.objects.filter(status="blocked").values_list("recipe", flat=True)) == {LABELS}


def test_labels_know_the_list_that_they_were_chosen_from(provider):
    made = consultation(texts=("Yes.",))
    factories.finished(made, names=("consultations",), mode="direct")
    (text,) = (row.current.text for row in Labelling.objects.all())
    topics = {theme["topic"] for theme in json.loads(made.theme_sheets.get().theme_lists.get().current.text)["themes"]}
    assert set(json.loads(text)["labels"]) <= topics


@pytest.mark.parametrize("number", [0, 1, 5, 6])
def test_a_response_has_none_to_five_labels(number):
    made = consultation(1)
    theme_list(made, *"abcdefg")
    answer = json.dumps({"labels": list("abcdefg")[:number]})
    recipe = LabelsRecipe()
    if number == 6:
        with pytest.raises(InvalidOutput):
            recipe.read(answer)
    else:
        assert recipe.accept(made.items.get(), recipe.read(answer)).fields["labels"] == list("abcdefg")[:number]


@pytest.fixture
def twelve(tmp_path):
    """The call that labels twelve responses of a file from a given list."""
    responses, themes = tmp_path / "responses.json", tmp_path / "my themes.json"
    responses.write_text(json.dumps([f"Response number {n}." for n in range(12)]))
    themes.write_text('{"Cost": "Money.", "Noise": "Sound.", "Rest": "Sleep."}')
    chosen = ("--input", responses, "--output", tmp_path / "out.jsonl", "--themes", themes, "--question", "Why not?")
    return [str(word) for word in ("extract_themes", *chosen)]


def named(sentence):
    """The command that a sentence names at its end."""
    return shlex.split(sentence.partition("Go on with: manage.py ")[2])


def test_ten_then_a_pause_of_300_seconds_and_an_interrupt_keeps_what_is_left_of_it(provider, sandbox, twelve, tmp_path):
    pace = ["--batch-size", "10", "--wait-time", "300"]
    with ctrl_c_after(sandbox, 10):
        status, sentence = refused(*twelve, *pace, *DIRECT)
    run = Run.objects.get()
    assert (status, run.status, Attempt.objects.filter(outcome="succeeded").count()) == (130, "running", 10)
    assert 280 < run.pace["until"] - time.time() < 300
    assert "(10 of 12 requests finished)" in sentence and "nothing will be sent twice" in sentence
    assert named(sentence) == [*twelve, "--mode", "direct", "--batch-size", "10", "--wait-time", "300.0"]
    assert not (tmp_path / "out.jsonl").exists() and Consultation.objects.count() == 1
    # As if all but a second of the pause were over.
    Run.objects.update(pace=run.pace | {"until": time.time() + 1})
    before = time.monotonic()
    said(*named(sentence), "--yes", "--poll-interval", "0.05")
    assert 1 <= time.monotonic() - before < 30
    assert sandbox.log()["executed"]["direct"] == 12, "nothing was sent twice"
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["response_id"] for line in lines] == [f"r{n}" for n in range(1, 13)]
    assert not Consultation.objects.exists()


def test_what_is_in_flight_lands_before_the_command_ends(provider, sandbox, twelve, settings):
    settings.DIRECT_CONCURRENCY = settings.DIRECT_MAX_CONCURRENCY = 2
    sandbox.faults("latency", value=0.4, match="chat.completions")
    with ctrl_c_when(lambda: sandbox.log()["executed"]["direct"] > 2, 0.1):
        status, sentence = refused(*twelve, *DIRECT)
    sent = sandbox.log()["executed"]["direct"]
    assert status == 130 and 2 < sent < 12
    assert Attempt.objects.filter(outcome="succeeded").count() == Attempt.objects.count() == sent
    assert f"({sent} of 12 requests finished)" in sentence


def test_an_interrupt_while_the_last_answers_land_launches_nothing_more(provider, sandbox, monkeypatch, tmp_path):
    def late(console, run, stop, interval):
        follow(console, run, stop, interval)
        os.kill(os.getpid(), signal.SIGINT)

    consultation(0)
    line = ["run_consultation", "buses", "--count", "2", "--variation", "0.3", "--rounds", "5", "--out", str(tmp_path)]
    with monkeypatch.context() as patch:
        patch.setattr("generation.run_guide.follow", late)
        status, sentence = refused(*line, *DIRECT)
    assert (status, "has ended, and no other was launched" in sentence) == (130, True), sentence
    assert named(sentence) == [*line, "--mode", "direct"]
    assert [run.recipes for run in Run.objects.all()] == [[RESPONSE]]
    said(*named(sentence), "--yes", "--poll-interval", "0.05")
    assert sandbox.log()["executed"]["direct"] == 2 + 1 + 2, "nothing was sent twice"


def test_an_interrupt_between_two_steps_says_what_is_so(monkeypatch):
    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    consultation(2)
    monkeypatch.setattr("consultations.management.commands.run_consultation.set_count", stop)
    assert refused("run_consultation", "buses", "--count", 2, *DIRECT) == (
        130, "Interrupted: what came in is kept, and nothing is paid twice. Run the same command again; it goes on.",
    )  # fmt: skip


def test_a_run_of_another_kind_of_work_is_not_taken_over(provider, monkeypatch):
    made = consultation(1)
    for recipes, slug in ((["lessons.lesson"], "buses"), ([RESPONSE], "trams"), ([RESPONSE], "buses")):
        Run.objects.create(mode="direct", status="running", recipes=recipes, collections=[slug])
    followed = []
    monkeypatch.setattr(Steps, "_follow", lambda steps, run: followed.append((run.recipes, run.collections)))
    Steps(Console(None, None, quiet=True), made, Actor(None, "test"), "", "direct").resume()
    assert followed == [([RESPONSE], ["buses"])]
