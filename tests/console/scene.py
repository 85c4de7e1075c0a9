"""One row of every table that has pages, all of collections that groups can be shut out of."""

from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success
from django_q.signing import SignedPackage

from generation.models import Attempt, BatchJob, Budget, BulkJob, Prompt, PromptTrial, RecipeSettings
from lessons.models import LessonPlan
from tests import factories
from tests.consultations import rows as consultations
from tests.desk import rows as lessons
from tests.materials import rows as materials
from tests.questions import rows as questions
from tests.stories import rows as stories

Scene = dict[str, Any]


def scene() -> Scene:
    """By `app_model` the row that the addresses of its pages name; `collections` are all the collections."""
    course = factories.course(1, 2)
    one, two = lessons.lessons(course, 2)
    catalogue, dataset = materials.catalogue("Oak"), questions.dataset(("a",))
    material, question = catalogue.items.get(), dataset.items.get()
    town = consultations.consultation(1)
    themes, response = consultations.theme_list(town), consultations.respond(town, "Yes.")[0]
    labelling = consultations.label(town, ("Cost",))[0]
    feed = stories.feed(1)
    known, told = stories.entity(feed, "Ann Boe"), feed.items.get()
    about = stories.output(told, stories.topic("Injury"), recipe="stories.topics")
    (mention,) = stories.mentioned(told, stories.found("Ann"))
    run = factories.run(course, "all")
    asked = questions.answered(run, question, ["a"], 1)
    ended = {"started": timezone.now(), "stopped": timezone.now()}
    rows = [
        town, town.items.get(), response, themes, labelling,
        feed, told, known, about, mention, told.story_topics.get(), feed.topics.first(),
        course, one, one.item, catalogue, material, materials.component(material, "frontmatter"), dataset, question,
        questions.approved(question, asked.attempts.get().revisions.get()), run,
        BatchJob.objects.create(run=run, status="ingested", provider="default", model="m", endpoint="/v1/responses"),
        run.requests.filter(recipe="lessons.lesson").first(), RecipeSettings.objects.create(recipe="lessons.lesson"),
        Prompt.objects.filter(recipe="lessons.lesson").first(), Group.objects.first(), User.objects.first(),
        Budget.objects.create(scope="month", amount_nano=10**12), Schedule.objects.first(),
        OrmQ.objects.create(key="k", payload=SignedPackage.dumps({"id": "1", "name": "n"})),
        Success.objects.create(id="1", name="n", func="f", success=True, **ended),
        Failure.objects.create(id="2", name="n", func="f", success=False, **ended),
    ]  # fmt: skip
    made: Scene = {f"{row._meta.app_label}_{row._meta.model_name}": row for row in rows}
    of_lesson = {"request": made["generation_request"], "run": run, "number": 1, "mode": "direct", "model": "m"}
    made["generation_attempt"] = Attempt.objects.create(provider="default", outcome="succeeded", **of_lesson)
    made["collections"] = (course, catalogue, dataset, town, feed)
    made["other lesson"] = two
    made["pilot"] = factories.run(course, "all", purpose="pilot")
    made["bulk job"] = BulkJob.objects.create(
        model="lessons.lesson", action="approve", user=User.objects.first(), ids=[one.pk]
    )
    version = made["generation_prompt"]
    made["trial"] = PromptTrial.objects.create(
        recipe=version.recipe, collection=course.slug, left=version, left_run=run
    )
    return made


def plan_of(made: Scene) -> LessonPlan:
    """The item that the scene's lesson was made from."""
    plan: LessonPlan = made["lessons_lessonplan"]
    return plan
