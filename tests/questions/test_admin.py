"""The admin of questions: lists, preview, evaluation, comparison; for each role, by address and by POST."""

import base64
from html import unescape

import pytest
from django.contrib.admin import site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from generation.models import Revision, Run
from questions.admin import DatasetAdmin
from questions.models import Answer, Dataset, Question
from tests.questions.rows import answered, dataset

LISTS = ("dataset", "question", "answer")
ROLES = ("viewer", "editor", "reviewer", "publisher", "operator")
TEXT = b"which river flows through [Vienna]\tDanube\nwhich moons does [Mars] have\tPhobos|Deimos\n"


@pytest.fixture
def operator(client, roles):
    client.force_login(roles["operator"])
    return client


@pytest.fixture
def viewer(client, roles):
    client.force_login(roles["viewer"])
    return client


@pytest.fixture
def trivia(db):
    """Two questions: one known answer, and three."""
    return dataset(("Danube",), ("a1", "a2", "a3"), slug="trivia")


def run_of(collection, *answers, mode="batch"):
    """A completed run that answered the questions in order; None: that one failed."""
    run = Run.objects.create(mode=mode, status="completed", recipes=["questions.answer"], collections=[collection.slug])
    for question, given in zip(collection.items.order_by("position"), answers, strict=True):
        answered(run, question, given, 1_000_000)
    return run


def stored(question, answers, **fields):
    """The answer as it stands."""
    text = answers if isinstance(answers, str) else '{"answers": [' + ", ".join(f'"{one}"' for one in answers) + "]}"
    revision = Revision.objects.create(recipe="questions.answer", item_id=question.pk, origin="edited", text=text)
    shown = {"answers": [], "source_hash": question.source_hash} | fields
    return Answer.objects.create(item=question, recipe="questions.answer", current=revision, **shown)


def address(name, *args):
    return reverse(f"admin:questions_{name}", args=args)


def evaluation(client, **asked):
    return client.get(address("dataset_evaluation"), asked)


def preview(client, answer, text=None):
    where = address("answer_preview", answer.pk)
    return client.get(where) if text is None else client.post(where, {"text": text})


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_all_pages(client, roles, trivia, role):
    run = run_of(trivia, ["Danube"], ["a1"])
    answer = stored(trivia.items.first(), ["Danube"])
    client.force_login(roles[role])
    pages = [address(f"{name}_changelist") for name in LISTS]
    pages += [address("dataset_change", trivia.pk), address("question_change", trivia.items.first().pk)]
    pages += [
        address("answer_change", answer.pk),
        address("answer_desk", answer.pk),
        address("answer_preview", answer.pk),
    ]
    pages += [f"{address('dataset_evaluation')}?run={run.pk}", address("dataset_evaluation")]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_a_person_without_rights_and_a_stranger_see_nothing(client, django_user_model, trivia):
    run = run_of(trivia, ["Danube"], ["a1"])
    where = f"{address('dataset_evaluation')}?run={run.pk}"
    assert client.get(where).status_code == 302
    client.force_login(django_user_model.objects.create(username="nobody", is_staff=True))
    assert client.get(where).status_code == client.get(address("answer_changelist")).status_code == 403


@pytest.mark.parametrize("role", [role for role in ROLES if role != "operator"])
def test_only_operators_import_change_and_generate(client, roles, trivia, role):
    client.force_login(roles[role])
    upload = {"step": "preview", "format": "auto", "file": SimpleUploadedFile("a.txt", TEXT)}
    generate = {"action": "generate", "_selected_action": [trivia.items.first().pk], "index": 0}
    assert client.get(address("dataset_import")).status_code == 403
    assert client.post(address("dataset_import"), upload).status_code == 403
    assert client.post(address("dataset_change", trivia.pk), {"name": "Other"}).status_code == 403
    assert client.post(address("question_changelist"), generate).status_code == 403


def test_questions_are_changed_by_nobody(client, roles, trivia):
    client.force_login(roles["admin"])
    question = trivia.items.first()
    assert client.post(address("question_change", question.pk), {"text": "other"}).status_code == 403
    assert client.post(address("question_delete", question.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", "needs_review"), ("editor", "needs_review"), ("reviewer", "approved")]
)
def test_only_reviewers_approve(client, roles, trivia, role, status):
    answer = stored(trivia.items.first(), ["Danube"])
    client.force_login(roles[role])
    post = {"deed": "approve", "base": answer.current_id, "text": answer.current.text}
    answered_with = client.post(address("answer_desk", answer.pk), post)
    answer.refresh_from_db()
    assert answer.status == status
    assert (answered_with.status_code == 403) is (status == "needs_review")


def test_an_editor_s_answers_are_scored_when_they_are_saved(client, roles, trivia):
    answer = stored(trivia.items.first(), ["Rhine"], category="hallucination_only")
    client.force_login(roles["editor"])
    post = {"deed": "save", "base": answer.current_id, "text": '{"answers": ["danube"]}'}
    client.post(address("answer_desk", answer.pk), post)
    answer.refresh_from_db()
    assert (answer.answers, answer.category, answer.f1) == (["danube"], "perfect", 1.0)


def test_a_file_is_imported_and_offered_for_generation(operator):
    upload = {"step": "preview", "format": "auto", "slug": "two", "file": SimpleUploadedFile("2-hop.txt", TEXT)}
    token = operator.post(address("dataset_import"), upload).context["token"]
    end = operator.post(address("dataset_import"), {"step": "confirm", "token": token}, follow=True)
    assert end.redirect_chain[-1][0] == f"{address('question_changelist')}?collection=two"
    assert set(Question.objects.values_list("hops", flat=True)) == {2}
    chosen = {"action": "generate", "_selected_action": [Question.objects.first().pk], "index": 0}
    assert "Answers" in operator.post(address("question_changelist"), chosen).content.decode()


def test_the_preview_says_in_words_what_is_matched_missed_and_wrong(viewer, trivia):
    page = preview(viewer, stored(trivia.items.last(), ["a1", "<b>zzz</b>"])).content.decode()
    rows = [
        " ".join(row.replace('<td dir="auto">', "|").replace("<td>", "|").replace("</td>", "").split())
        for row in page.split("<tr>")[2:]
    ]
    assert [row.partition("</tr>")[0] for row in rows] == [
        "|a1|✓ matched|a1", "|&lt;b&gt;zzz&lt;/b&gt;|✗ wrong|–", "|–|○ missed|a2", "|–|○ missed|a3",
    ]  # fmt: skip
    assert "1 matched, 1 wrong, 2 missed; precision 0.50, recall 0.33, F1 0.40" in page


def test_the_preview_shows_what_is_typed_and_other_spellings(viewer, trivia):
    question = trivia.items.first()
    Question.objects.filter(pk=question.pk).update(gold=[["Danube", "Donau"]])
    page = preview(viewer, stored(question, ["x"]), '{"answers": ["donau"]}').content.decode()
    assert "Danube (also: Donau)" in page and "all found, nothing wrong" in page


def test_a_preview_follows_the_known_answers(viewer, trivia):
    answer = stored(trivia.items.first(), ["Rhine"])
    assert "✗ wrong" in preview(viewer, answer).content.decode()
    Question.objects.filter(pk=answer.item_id).update(gold=[["Rhine"]])
    assert "✓ matched" in preview(viewer, answer).content.decode()


def test_a_text_in_another_form_is_shown_as_code_with_the_reason(viewer, trivia):
    page = preview(viewer, stored(trivia.items.first(), "<script>x</script>")).content.decode()
    assert "No list of answers can be read from it" in page and "&lt;script&gt;" in page and "<script" not in page


def test_a_question_without_known_answers_is_not_scored(viewer, db):
    answer = stored(dataset(()).items.get(), ["x"])
    page = preview(viewer, answer).content.decode()
    assert "no answer to this question is known" in page and "✗" not in page
    assert "not scored" in viewer.get(address("answer_changelist")).content.decode()


def test_the_desk_shows_the_question_and_its_known_answers(viewer, trivia):
    Question.objects.filter(text="question 2").update(topic="Topic", context="Read this.", choices=["a1", "b"], hops=3)
    facts = dict(viewer.get(address("answer_desk", stored(trivia.items.last(), []).pk)).context["facts"])
    assert facts == {
        "Dataset": "Trivia", "Question": "q2 question 2", "Topic": "Topic", "Hops": "3", "Choices": "a1, b",
        "Known": "a1; a2; a3", "To answer from": "Read this.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("answer", "?category=perfect", ["q1"]),
        ("answer", "?category=none", ["q3"]),
        ("answer", "?q=question+2", ["q2"]),
        ("question", "?known=no", ["q3"]),
        ("question", "?known=yes", ["q1", "q2"]),
        ("question", "?made=no", []),
        ("question", "?q=q2", ["q2"]),
        ("question", "?collection=other", []),
    ],
)
def test_lists_are_filtered_and_searched(viewer, name, query, found):
    rows = dataset(("a",), ("b",), ()).items.order_by("position")
    for question, category in zip(rows, ("perfect", "partial", ""), strict=True):
        stored(question, ["x"], category=category)
    listed = viewer.get(address(f"{name}_changelist") + query).context["cl"].result_list
    assert [getattr(row, "key", None) or row.item.key for row in listed] == found


@pytest.mark.parametrize("name", LISTS)
def test_the_number_of_queries_does_not_grow_and_no_context_is_loaded(viewer, name):
    counts = []
    for number in range(3):
        for question in dataset(("a",), ("b",), ("c",), slug=f"set-{number}").items.all():
            stored(question, ["a"])
        with CaptureQueriesContext(connection) as captured:
            viewer.get(address(f"{name}_changelist"))
        counts.append(len(captured))
    assert counts[0] == counts[2] < 25
    assert not [one for one in captured.captured_queries if '"context"' in one["sql"]]


def test_a_run_s_report_charts_and_mistakes(operator, trivia):
    page = evaluation(operator, run=run_of(trivia, ["danube"], ["a1", "zzz"]).pk)
    (one,) = page.context["shown"]
    report = dict(one.report)
    # 2 of 3 predictions are right, 2 of 4 known answers found.
    assert (report["precision"], report["recall"], report["f1_score"]) == ("0.6667", "0.5000", "0.5714")
    assert (report["count_perfect"], report["count_partial"], report["total_cost_usd"]) == ("1", "1", "0.0020")
    assert [(result.question_id, [row.word for row in rows]) for result, rows in one.mistakes] == [
        ("q2", ["matched", "wrong", "missed", "missed"])
    ]
    assert [words for words, _ in page.context["charts"]] == ["Questions by category", "Measures with their intervals"]


def test_charts_are_images_that_can_run_nothing(operator, trivia):
    Dataset.objects.filter(pk=trivia.pk).update(name="<script>")
    page = evaluation(operator, run=run_of(trivia, ["x"], None).pk)
    kind, _, code = page.context["charts"][0][1].partition(";base64,")
    assert kind == "data:image/svg+xml" and base64.b64decode(code).startswith(b"<svg ")
    assert "<svg" not in page.content.decode().partition('class="bs-page"')[2]


def test_costs_are_for_those_who_may_see_them(client, roles, trivia):
    run = run_of(trivia, ["danube"], ["a1"])
    for role, sees in (("operator", True), ("publisher", False)):
        client.force_login(roles[role])
        report = dict(evaluation(client, run=run.pk).context["shown"][0].report)
        assert ("total_cost_usd" in report, "cost_per_query_usd" in report) == (sees, sees)


def test_two_runs_are_compared(operator, trivia):
    first, second = run_of(trivia, ["x"], ["a1", "a2", "a3"]), run_of(trivia, ["Danube"], ["a1"], mode="direct")
    page = evaluation(operator, run=first.pk, beside=second.pk)
    ((both, (words, _)),) = page.context["compared"]
    assert (both["better"], both["worse"], both["same"], words) == (1, 1, 0, "Change of F1 by question")
    shown = " ".join(unescape(page.content.decode()).split())
    assert "better by 1.00" in shown and "worse by 0.50" in shown and "may be chance" in shown
    assert len(page.context["shown"]) == 2


def test_the_answers_of_a_dataset_as_they_stand(operator, trivia):
    stored(trivia.items.first(), ["Danube"])
    page = evaluation(operator, collection="trivia")
    (one,) = page.context["shown"]
    assert one.results.variant_name == "answers as they stand" and dict(one.report)["total_questions"] == "1"
    listed = operator.get(address("dataset_changelist")).content.decode()
    assert f"{address('dataset_evaluation')}?collection=trivia" in listed


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"run": "999"}, "There is no run 999"),
        ({"run": "x"}, "There is no run x"),
        ({"run": "9" * 40}, "There is no run 9"),
        ({"collection": "nowhere"}, "There is no dataset 'nowhere'"),
        ({"collection": "trivia"}, "'Trivia' has no answers yet"),
    ],
)
def test_what_is_not_there_is_a_sentence(operator, trivia, asked, words):
    page = evaluation(operator, **asked)
    assert page.status_code == 404 and words in unescape(page.content.decode())


def test_runs_without_a_dataset_in_common_are_not_compared(operator, trivia):
    other = run_of(dataset(("a",), slug="other"), ["a"])
    page = evaluation(operator, run=run_of(trivia, ["x"], ["y"]).pk, beside=other.pk)
    assert page.context["refusal"] == "The two runs have no dataset in common."


def test_the_page_of_a_run_leads_to_its_evaluation(viewer, trivia, course):
    run = run_of(trivia, ["x"], ["y"])
    shown = viewer.get(reverse("admin:generation_run_change", args=[run.pk])).content.decode()
    assert f'href="{address("dataset_evaluation")}?run={run.pk}">Evaluate its answers</a>' in shown
    assert DatasetAdmin(Dataset, site).run_links(Run(pk=9, recipes=["tiny.fact"])) == ()


def test_a_restricted_dataset_is_seen_by_its_groups_only(client, roles, trivia):
    run = run_of(trivia, ["x"], ["y"])
    answer = stored(trivia.items.first(), ["Danube"])
    trivia.groups.add(roles["viewer"].groups.get())
    client.force_login(roles["operator"])
    assert [client.get(address(f"{name}_changelist")).context["cl"].result_count for name in LISTS] == [0, 0, 0]
    assert evaluation(client, run=run.pk).status_code == evaluation(client, collection="trivia").status_code == 404
    assert "Trivia" not in evaluation(client).content.decode()
    assert preview(client, answer).status_code == 302
    client.force_login(roles["viewer"])
    assert evaluation(client, run=run.pk).status_code == 200


def test_the_sidebar_leads_to_all_three(viewer, trivia):
    page = viewer.get(address("dataset_changelist")).content.decode()
    assert [name for name in LISTS if f'href="{address(f"{name}_changelist")}"' not in page] == []
