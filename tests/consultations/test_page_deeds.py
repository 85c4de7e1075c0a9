"""The buttons of a consultation's page: prices, launches, variation, a person's mapping, downloads, publishing."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from consultations.models import Labelling, Response, ResponseSlot, SecondLabels, SecondMapping, ThemeLabel, ThemeList
from consultations.stored import vary_stored
from generation.models import Request, Run
from tests.consultations.rows import approve, consultation, label, respond, theme_list
from tests.generation.scenes import follow

SAME = "The bus should run all night, because I come home late from work."
LABELS = (("Cost",), ("Safety", "Fairness"), ("Noise",))


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    return client


@pytest.fixture
def labelled(db):
    """Three responses with labels."""
    made = consultation(3)
    respond(made, "Too dear.", "Safe and fair.", "Noisy.")
    theme_list(made)
    label(made, *LABELS)
    return made


def address(name, *args):
    return reverse(f"admin:consultations_consultation_{name}", args=args)


def press(client, made, deed, **data):
    """A press of "Launch" on the page with the price; returns the run, led to its end."""
    shown = client.post(address("make", made.pk, deed), {"step": "launch", "mode": "direct"} | data)
    assert shown.status_code == 302, shown.context["refusal"]
    run = Run.objects.latest("pk")
    assert shown["Location"] == reverse("admin:generation_run_change", args=[run.pk])
    return follow(run)


def said(client, answer):
    """The messages of the page that an answer leads to."""
    shown = client.get(answer["Location"])
    return [str(message) for message in shown.context["messages"]]


def upload(client, made, content, **data):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    post = {"step": "preview", "file": SimpleUploadedFile("anna.json", data), "name": ""}
    return client.post(address("mapping", made.pk), post)


def test_a_price_is_shown_and_nothing_is_written(operator, provider, db):
    made = consultation(3)
    shown = operator.get(address("make", made.pk, "responses"))
    assert shown.context["run"].total == 3 and "$" in shown.content.decode()
    assert Run.objects.count() == Request.objects.count() == 0


def test_responses_that_are_wanting_are_made(operator, provider, roles, db):
    made = consultation(3)
    respond(made, "There already.")
    run = press(operator, made, "responses")
    assert run.counts == {"succeeded": 2} and run.created_by == roles["operator"]
    assert Response.objects.count() == 3


def test_all_at_once_brings_slots_responses_themes_and_labels(operator, provider, db):
    made = consultation(0)
    shown = operator.get(address("make", made.pk, "all"), {"count": "5"})
    assert shown.context["run"].total == 5 + 1 + 5 and ResponseSlot.objects.count() == 0
    run = press(operator, made, "all", count="5", seen="11")
    assert run.counts == {"succeeded": 11}
    assert (Response.objects.count(), ThemeList.objects.count(), Labelling.objects.count()) == (5, 1, 5)
    assert set(ThemeLabel.objects.values_list("slot__collection", flat=True)) <= {made.pk}


def test_all_at_once_keeps_a_theme_list_that_is_there(operator, provider, db):
    made = consultation(2)
    theme_list(made)
    run = press(operator, made, "all")
    assert run.counts == {"succeeded": 4} and ThemeList.objects.count() == 1


@pytest.mark.parametrize("count", ["0", "-1", "x", "1e3", "100001", "٣"])
def test_a_number_that_is_none_is_refused(operator, db, count):
    made = consultation(2)
    answer = operator.get(address("make", made.pk, "all"), {"count": count})
    assert "is no number of responses" in said(operator, answer)[0]
    assert ResponseSlot.objects.count() == 2


def test_given_responses_are_not_made_up(operator, db):
    made = consultation(texts=("Given.",))
    shown = operator.get(address("make", made.pk, "all"), {"count": "5"})
    assert "holds given responses" in shown.context["refusal"]


def test_more_requests_than_were_shown_are_not_launched(operator, provider, db):
    made = consultation(3)
    shown = operator.post(address("make", made.pk, "responses"), {"step": "launch", "mode": "direct", "seen": "2"})
    assert shown.status_code == 422 and "no longer 2" in shown.context["refusal"]
    assert Run.objects.count() == Request.objects.count() == 0


def test_nothing_to_make_is_said(operator, db):
    made = consultation(1)
    respond(made, "There.")
    shown = operator.get(address("make", made.pk, "responses"))
    assert shown.context["refusal"] and "run" not in shown.context


def test_without_a_key_nothing_is_launched(operator, settings, db):
    settings.PROVIDERS = {"default": {"base_url": None, "api_key": "", "batch": True}}
    made = consultation(2)
    shown = operator.post(address("make", made.pk, "responses"), {"step": "launch", "mode": "direct"})
    assert shown.status_code == 422 and "key" in shown.context["refusal"]
    assert Run.objects.count() == 0


def test_above_a_sum_a_second_operator_is_asked(operator, provider, settings, db):
    settings.APPROVAL_ABOVE = 0
    made = consultation(2)
    answer = operator.post(address("make", made.pk, "responses"), {"step": "launch", "mode": "direct"})
    assert "waits for a second operator" in said(operator, answer)[0]
    assert Run.objects.get().status == "awaiting_approval" and not Response.objects.exists()


def test_only_untouched_repeats_are_made_again_and_told_what_to_avoid(operator, provider, db):
    made = consultation(3)
    rows = respond(made, SAME, SAME, SAME)
    Response.objects.filter(pk=rows[1].pk).update(touched=True)
    shown = operator.get(address("make", made.pk, "repeats"))
    assert shown.context["run"].total == 2
    assert set(made.items.values_list("avoid", flat=True)) == {""}, "a price writes nothing"
    run = press(operator, made, "repeats")
    assert set(Request.objects.filter(run=run).values_list("item_id", flat=True)) == {rows[0].item_id, rows[2].item_id}
    assert list(made.items.order_by("position").values_list("avoid", flat=True)) == [SAME, "", SAME]


def test_without_repeats_nothing_is_priced(operator, labelled):
    answer = operator.get(address("make", labelled.pk, "repeats"))
    assert said(operator, answer) == ["There is nothing to make again. No response repeats another one."]


def test_themes_come_first_and_labels_from_them(operator, provider, db):
    made = consultation(texts=("Too dear.", "Too loud."))
    run = press(operator, made, "themes")
    assert run.counts == {"succeeded": 3}
    topics = {theme["topic"] for theme in json.loads(ThemeList.objects.get().current.text)["themes"]}
    assert set(ThemeLabel.objects.values_list("theme", flat=True)) <= topics


def test_a_strange_button_is_not_found(operator, labelled):
    assert operator.get(address("make", labelled.pk, "coffee")).status_code == 404


def test_varying_makes_a_second_mapping_and_leads_to_it(operator, labelled):
    post = {"variation": "0.5", "seed": "7", "name": "half"}
    answer = operator.post(address("vary", labelled.pk), post)
    made = SecondMapping.objects.get()
    assert answer["Location"] == f"{address('page', labelled.pk)}?second={made.pk}#comparison"
    assert (made.name, made.variation, made.seed, made.made_by) == ("half", 0.5, "7", "operator")
    stored = dict(SecondLabels.objects.values_list("slot__key", "labels"))
    again = vary_stored(labelled, 0.5, "7", "again")
    assert stored == dict(again.rows.values_list("slot__key", "labels"))


@pytest.mark.parametrize("variation", ["", "1.1", "-0.1", "nan", "much"])
def test_a_variation_that_is_no_probability_is_refused(operator, labelled, variation):
    answer = operator.post(address("vary", labelled.pk), {"variation": variation, "name": "x"})
    assert said(operator, answer)[0].startswith("Nothing was varied. variation:")
    assert not SecondMapping.objects.exists()


def test_varying_is_only_by_a_press(operator, labelled):
    assert operator.get(address("vary", labelled.pk)).status_code == 405


def test_without_labels_nothing_can_be_varied(operator, db):
    made = consultation(1)
    answer = operator.post(address("vary", made.pk), {"variation": "0.3", "name": "x"})
    assert "has labels yet" in said(operator, answer)[0]


MAPPING = [["Too dear.", ["Cost", "Trees"]], ["Noisy.", []], ["Strange.", ["Cost"]], ["half", 3]]


def test_a_person_s_mapping_is_shown_first_and_kept_when_confirmed(operator, labelled):
    shown = upload(operator, labelled, MAPPING)
    plan = shown.context["plan"]
    assert (plan.fitting, plan.unmatched, shown.context["strange"]) == (2, 1, ["Trees"])
    assert "2 new, 0 changed, 0 unchanged, 0 removed, 0 restored, 2 invalid" in shown.content.decode()
    assert [one.line for one in shown.context["problems"]] == [4]
    assert not SecondMapping.objects.exists(), "the preview keeps nothing"
    post = {"step": "confirm", "token": shown.context["token"]}
    answer = operator.post(address("mapping", labelled.pk), post)
    made = SecondMapping.objects.get()
    assert answer["Location"].endswith(f"?second={made.pk}#comparison")
    assert (made.name, made.variation, made.file_name, made.made_by) == ("anna", None, "anna.json", "operator")
    assert dict(made.rows.values_list("slot__key", "labels")) == {"s00001": ["Cost", "Trees"], "s00003": []}


def test_a_mapping_of_the_same_name_is_replaced(operator, labelled):
    for labels in (["Cost"], ["Noise"]):
        shown = upload(operator, labelled, [["Too dear.", labels]])
        operator.post(address("mapping", labelled.pk), {"step": "confirm", "token": shown.context["token"]})
    shown = upload(operator, labelled, [["Noisy.", []]])
    assert shown.context["plan"].replaces == SecondMapping.objects.get()
    assert "1 new, 0 changed, 0 unchanged, 1 removed, 0 restored, 0 invalid" in shown.content.decode()
    assert list(SecondLabels.objects.values_list("labels", flat=True)) == [["Noise"]]


def test_a_mapping_can_be_left(operator, labelled):
    shown = upload(operator, labelled, MAPPING)
    answer = operator.post(address("mapping", labelled.pk), {"step": "cancel", "token": shown.context["token"]})
    assert said(operator, answer) == ["Nothing was imported."] and not SecondMapping.objects.exists()


@pytest.mark.parametrize("content", [b"", b"{}", b'[["Nobody said this.", ["Cost"]]]', b"\xff\xfe[]", b"[1, 2]"])
def test_a_mapping_that_fits_nothing_is_refused_in_a_sentence(operator, labelled, content):
    shown = upload(operator, labelled, content)
    assert shown.status_code == 422 and len(shown.context["form"].errors["file"]) == 1
    assert not SecondMapping.objects.exists()


def test_a_strange_token_is_no_upload(operator, labelled):
    answer = operator.post(address("mapping", labelled.pk), {"step": "confirm", "token": "x"})
    assert "no longer there" in said(operator, answer)[0]


def test_the_download_holds_all_files_as_they_stand(operator, labelled):
    vary_stored(labelled, 0.3, "1", "varied")
    answer = operator.get(address("download", labelled.pk))
    with ZipFile(BytesIO(answer.content)) as archive:
        assert set(archive.namelist()) == {
            "synthetic_responses.json", "theme_list.json", "theme_mapping_1.json", "theme_mapping_2.json",
            "comparison_results.json", "summary.md", "jaccard_histogram.svg", "theme_frequency.svg",
            "kappa_by_theme.svg",
        }  # fmt: skip
        assert json.loads(archive.read("theme_mapping_1.json"))[0] == ["Too dear.", ["Cost"]]
    assert answer["Content-Disposition"] == 'attachment; filename="buses-drafts.zip"'
    assert operator.get(address("download", labelled.pk)).content == answer.content


def test_there_is_nothing_to_download_before_the_comparison(operator, labelled):
    answer = operator.get(address("download", labelled.pk))
    assert said(operator, answer)[0].startswith("There is nothing to download yet.")


def test_one_press_publishes_every_export(client, roles, labelled, settings):
    vary_stored(labelled, 0.3, "1", "varied")
    for model in (Response, ThemeList, Labelling):
        approve(model)
    client.force_login(roles["publisher"])
    assert said(client, client.post(address("publish", labelled.pk), {"step": "publish"})) == ["Published: 9 written."]
    folder = settings.PUBLISH_ROOT / "consultations" / "buses"
    assert {path.name for path in folder.iterdir()} > {"synthetic_responses.json", "theme_list.json", "summary.md"}
    for model in (Response, ThemeList, Labelling):
        assert set(model.objects.values_list("status", flat=True)) == {"published"}
    again = said(client, client.post(address("publish", labelled.pk), {"step": "publish"}))
    assert again == ["Published: 9 unchanged."]


def test_the_zip_holds_every_export_and_publishes_nothing(client, roles, labelled):
    for model in (Response, ThemeList, Labelling):
        approve(model)
    client.force_login(roles["publisher"])
    answer = client.post(address("publish", labelled.pk), {"step": "zip"})
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        names = set(archive.namelist())
    assert names == {"synthetic_responses.json", "theme_list.json", "theme_mapping_1.json", "manifest.json"}
    assert set(Labelling.objects.values_list("status", flat=True)) == {"approved"}
