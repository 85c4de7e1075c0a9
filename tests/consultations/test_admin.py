"""The admin of consultations: lists, panels, previews and the page, for each role."""

import base64
import json
from html import unescape

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultations.comparison import compare
from consultations.mix_figures import mix_of
from consultations.models import Labelling, Response, ResponseSlot, SecondMapping, ThemeList, ThemeSheet
from consultations.recipes import LabelsRecipe
from consultations.stored import compare_stored, vary_stored
from generation.models import Run
from tests.consultations.rows import approve, consultation, label, respond, theme_list

ROLES = ("viewer", "editor", "reviewer", "publisher", "operator")
TEXTS = ("Buses cost too much.", "I feel safe on them.", "The noise at night is bad.")
LABELS = (("Cost",), ("Safety", "Fairness"), ("Noise",))


@pytest.fixture
def scene(db):
    """Three responses with themes, labels, and a second mapping."""
    made = consultation(3)
    respond(made, *TEXTS)
    theme_list(made)
    labelled = label(made, *LABELS)
    LabelsRecipe().project([one.current for one in labelled])
    vary_stored(made, 0.9, "3", "varied", "Ann")
    return made


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    return client


@pytest.fixture
def viewer(client, roles):
    client.force_login(roles["viewer"])
    return client


def address(name, *args):
    return reverse(f"admin:consultations_{name}", args=args)


def page(client, made, **asked):
    return client.get(address("consultation_page", made.pk), asked)


def words(answer):
    return " ".join(unescape(answer.content.decode()).split())


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_all_pages(client, roles, scene, role):
    client.force_login(roles[role])
    lists = ("consultation", "responseslot", "response", "themelist", "labelling")
    pages = [address(f"{name}_changelist") for name in lists]
    pages += [address("consultation_change", scene.pk), address("consultation_page", scene.pk)]
    pages.append(address("responseslot_change", scene.items.first().pk))
    for model in (Response, ThemeList, Labelling):
        name, pk = model._meta.model_name, model.objects.first().pk
        pages += [address(f"{name}_{view}", pk) for view in ("change", "desk", "preview")]
    assert {one: client.get(one).status_code for one in pages} == dict.fromkeys(pages, 200)


BUTTONS: tuple[tuple[str, str, str | None, dict[str, str]], ...] = (
    ("make", "get", "all", {}), ("make", "post", "responses", {"step": "launch", "mode": "direct"}),
    ("make", "get", "repeats", {}), ("make", "get", "themes", {}), ("vary", "post", None, {"variation": "0.5"}),
    ("mapping", "get", None, {}), ("mapping", "post", None, {"step": "confirm"}), ("download", "get", None, {}),
)  # fmt: skip


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
@pytest.mark.parametrize(("name", "method", "deed", "data"), BUTTONS)
def test_only_operators_press_the_buttons(client, roles, scene, role, name, method, deed, data):
    client.force_login(roles[role])
    where = address(f"consultation_{name}", scene.pk, *filter(None, [deed]))
    assert getattr(client, method)(where, data).status_code == 403
    assert Run.objects.count() == 0 and SecondMapping.objects.count() == 1


@pytest.mark.parametrize("role", ROLES)
def test_a_page_shows_only_the_buttons_that_one_may_press(client, roles, scene, role):
    client.force_login(roles[role])
    shown = page(client, scene).content.decode()
    assert ("Make second mapping" in shown) is ("Download all files" in shown) is (role == "operator")
    assert (address("consultation_publish", scene.pk) in shown) is (role == "publisher")


def test_a_restricted_consultation_is_not_there_for_others(client, roles, scene):
    scene.groups.add(Group.objects.create(name="planners"))
    client.force_login(roles["operator"])
    for name, *more in (("page",), ("mapping",), ("download",), ("make", "all"), ("publish",)):
        status = client.get(address(f"consultation_{name}", scene.pk, *more)).status_code
        assert status == 404, name
    assert client.post(address("consultation_vary", scene.pk), {"variation": "0.5"}).status_code == 404
    listed = words(client.get(address("labelling_changelist")))
    assert "s00001" not in listed


def test_strangers_are_sent_to_the_sign_in(client, scene):
    assert page(client, scene).status_code == 302


def test_the_mix_is_shown_as_wanted_and_as_it_is(db):
    made = consultation(0)
    made.mix = {"stance": {"in favour": 3, "against": 1}}
    made.save()
    rows = [("in favour", "short"), ("in favour", "long"), ("against", "long"), ("undecided", "long")]
    for number, (stance, length) in enumerate(rows):
        ResponseSlot.objects.create(collection=made, key=f"k{number}", position=number, stance=stance, length=length)
    respond(made, "One.", "Two.")
    shares = dict(mix_of(made))["stance"]
    assert [(one.value, one.wanted_percent, one.slots, one.actual_percent, one.made) for one in shares] == [
        ("in favour", 75.0, 2, 50.0, 2), ("against", 25.0, 1, 25.0, 0), ("undecided", 0.0, 1, 25.0, 0),
    ]  # fmt: skip


def test_given_responses_have_no_mix(viewer):
    made = consultation(texts=("Given.",))
    assert mix_of(made) == []
    assert "Mix: wanted and actual" not in words(page(viewer, made))


def test_themes_are_counted_and_lead_to_their_labels(viewer, scene):
    shown = page(viewer, scene)
    assert {one.topic: (one.letter, one.count) for one in shown.context["themes"]} == {
        "Cost": ("A", 1), "Safety": ("B", 1), "Fairness": ("C", 1), "Noise": ("D", 1),
    }  # fmt: skip
    listed = viewer.get(address("labelling_changelist"), {"collection": "buses", "theme": "Noise"})
    assert [row.item.key for row in listed.context["cl"].result_list] == ["s00003"]


def test_a_label_that_is_in_no_list_is_counted_apart(viewer, scene):
    first = Labelling.objects.order_by("item__position").first()
    first.current.text = json.dumps({"labels": ["Trees"]})
    first.current.save()
    LabelsRecipe().project([first.current])
    counted = page(viewer, scene).context["themes"][-1]
    assert (counted.letter, counted.topic, counted.count) == ("", "Trees", 1)


def test_three_charts_with_names_are_on_the_page(viewer, scene):
    shown = page(viewer, scene)
    pictures = shown.context["compared"].pictures
    assert [name for _, name, _ in pictures] == [
        "jaccard_histogram.svg", "theme_frequency.svg", "kappa_by_theme.svg",
    ]  # fmt: skip
    for text, _, source in pictures:
        assert f'alt="{text}; the figures stand in the tables below"' in shown.content.decode()
        assert base64.b64decode(source.partition(",")[2]).startswith(b"<svg")


def test_every_single_figure_stands_under_its_key(viewer, scene):
    shown = dict(page(viewer, scene).context["compared"].figures)
    mapping = SecondMapping.objects.get()
    document = compare(compare_stored(mapping)[0]).document()
    assert set(shown) == {
        "jaccard_similarity.mean", "jaccard_similarity.median", "jaccard_similarity.std_dev",
        "jaccard_similarity.min", "jaccard_similarity.max", "response_agreement.percentage",
        "response_agreement.count", "theme_changes.additions", "theme_changes.removals",
        "theme_changes.replacements", "cohen_kappa.mean",
    }  # fmt: skip
    assert shown["jaccard_similarity.mean"] == f"{document['jaccard_similarity']['mean']:.4f}"
    assert shown["theme_changes.additions"] == str(document["theme_changes"]["additions"])


def test_another_second_mapping_is_chosen_and_a_strange_one_refused(viewer, scene):
    second = vary_stored(scene, 0.0, "1", "the same")
    compared = page(viewer, scene, second=second.pk).context["compared"]
    assert compared.comparison.percentage == 100 and compared.mapping == second
    assert "There is no such second mapping." in words(page(viewer, scene, second="x"))


def test_a_theme_s_name_is_text_and_no_markup(viewer, db):
    made = consultation(1)
    respond(made, TEXTS[0])
    theme_list(made, "<script>alert(1)</script>")
    labelled = label(made, ("<script>alert(1)</script>",))
    LabelsRecipe().project([labelled[0].current])
    vary_stored(made, 0.0, "1", "<b>bold</b>")
    shown = page(viewer, made).content.decode()
    assert "<script>alert" not in shown and "<b>bold" not in shown and "&lt;script&gt;alert" in shown


def test_an_empty_consultation_says_what_comes_next(operator, db):
    made = consultation(2)
    shown = words(page(operator, made))
    assert "2 wanting" in shown and "Make responses …" in shown and "Find themes and label" in shown
    assert "Once responses have labels" in shown and "Make second mapping" not in shown


def test_the_page_s_queries_don_t_grow_with_the_responses(viewer, scene):
    large = consultation(40, "large")
    respond(large, *(f"Text number {number} of all." for number in range(40)))
    theme_list(large)
    LabelsRecipe().project([one.current for one in label(large, *[("Cost",)] * 40)])
    vary_stored(large, 0.5, "3", "varied")
    counts = []
    for made in (scene, scene, large):
        with CaptureQueriesContext(connection) as counted:
            page(viewer, made)
        counts.append(len(counted))
    assert counts[1] == counts[2]


def test_lists_don_t_ask_for_each_row(viewer, scene):
    large = consultation(30, "large")
    respond(large, *(f"Text number {number} of all." for number in range(30)))
    label(large, *[("Cost",)] * 30)
    for name in ("responseslot", "response", "labelling"):
        counts = []
        for slug in ("buses", "buses", "large"):
            with CaptureQueriesContext(connection) as counted:
                viewer.get(address(f"{name}_changelist"), {"collection": slug})
            counts.append(len(counted))
        assert counts[1] == counts[2], name


def test_the_panel_of_a_response_says_what_it_was_to_be(viewer, scene):
    scene.items.update(avoid="Another text.")
    facts = words(viewer.get(address("response_desk", Response.objects.first().pk)))
    for text in ("Should buses be free?", "a resident", "in favour", "medium: 50 to 130 words", "Another text."):
        assert text in facts


def test_the_panel_of_labels_has_response_list_and_second_mapping(viewer, scene):
    facts = words(viewer.get(address("labelling_desk", Labelling.objects.order_by("pk").first().pk)))
    assert TEXTS[0] in facts and "A: Cost; B: Safety" in facts and "In 'varied'" in facts


def test_previews_are_fitting(viewer, scene):
    shown = words(viewer.get(address("response_preview", Response.objects.first().pk)))
    assert f"<p>{TEXTS[0]}</p>" in shown
    shown = words(viewer.get(address("themelist_preview", ThemeList.objects.first().pk)))
    assert '<th scope="row" dir="auto">Safety</th>' in shown
    shown = words(viewer.get(address("labelling_preview", Labelling.objects.order_by("pk").first().pk)))
    assert TEXTS[0] in shown and "<strong>Cost</strong>" in shown


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("response", "<script>x</script> *no Markdown*", "&lt;script&gt;x&lt;/script&gt; *no Markdown*"),
        ("themelist", "<b>no list</b>", "No theme list can be read from it"),
        ("labelling", "<b>no labels</b>", "No labels can be read from it"),
        ("labelling", '{"labels": ["Trees"]}', "(not in the theme list)"),
        ("labelling", '{"labels": []}', "No theme fits this response."),
    ],
)
def test_previews_of_strange_texts(viewer, scene, name, text, said):
    model = {"response": Response, "themelist": ThemeList, "labelling": Labelling}[name]
    shown = viewer.post(address(f"{name}_preview", model.objects.first().pk), {"text": text}).content.decode()
    assert said in shown and "<b>no" not in shown and "<script>x" not in shown


def test_a_preview_of_labels_follows_the_theme_list(viewer, scene):
    where = address("labelling_preview", Labelling.objects.order_by("pk").first().pk)
    assert "(not in the theme list)" not in words(viewer.get(where))
    made = ThemeList.objects.get()
    made.current.text = made.current.text.replace("Cost", "Money")
    made.current.save()
    assert "(not in the theme list)" in words(viewer.get(where))


def test_an_operator_sets_the_question_and_how_many_themes_there_may_be(operator, scene):
    sheet = ThemeSheet.objects.get(collection=scene)
    post = {
        "name": "Buses", "question": "Why?", "background": "", "seed": "4", "threshold": "0.7",
        "theme_sheets-TOTAL_FORMS": "1", "theme_sheets-INITIAL_FORMS": "1", "theme_sheets-0-id": sheet.pk,
        "theme_sheets-0-collection": scene.pk, "theme_sheets-0-sample_size": "50", "theme_sheets-0-most_themes": "6",
    }  # fmt: skip
    assert operator.post(address("consultation_change", scene.pk), post).status_code == 302
    scene.refresh_from_db()
    before = sheet.source_hash
    sheet.refresh_from_db()
    assert (scene.question, scene.threshold, sheet.sample_size, sheet.most_themes) == ("Why?", 0.7, 50, 6)
    assert sheet.source_hash == sheet.compute_hash() != before


def test_a_run_s_page_leads_to_its_consultation(operator, scene):
    run = Run.objects.create(
        mode="direct", status="completed", recipes=["consultations.labels"], collections=[scene.slug]
    )
    shown = operator.get(reverse("admin:generation_run_change", args=[run.pk]))
    assert address("consultation_page", scene.pk) in shown.content.decode()


def test_publishing_needs_approved_texts(client, roles, scene):
    client.force_login(roles["publisher"])
    shown = client.get(address("consultation_publish", scene.pk))
    assert shown.status_code == 200 and "Nothing of it is approved yet" in words(shown)
    refused = client.post(address("consultation_publish", scene.pk), {"step": "publish"})
    assert refused.status_code == 422
    approve(Labelling)
    assert "theme_mapping_1.json" in words(client.get(address("consultation_publish", scene.pk)))


def test_a_file_of_another_kind_is_refused_in_one_sentence(operator, scene):
    upload = {"step": "preview", "file": SimpleUploadedFile("m.json", b"%PDF-1.4")}
    shown = operator.post(address("consultation_mapping", scene.pk), upload)
    assert shown.status_code == 422 and "found a PDF document" in words(shown)
