"""The rules for what is asked of a story, and what of the answer counts."""

from tests.rule_table.rule import Rule

REQUESTS = "tests/stories/test_requests.py::test_"
COUNTING = "tests/stories/test_counting.py::test_"
DERIVED = "tests/stories/test_derived.py::test_"
FORMATS = "tests/stories/test_format_rules.py::test_"
ADMIN = "tests/stories/test_admin.py::test_"
CHECKED = "tests/stories/test_checks.py::test_"
RECIPES = "stories/recipes.py"
OUTPUTS = "stories/outputs.py"
MODELS = "stories/models.py"
ROWS = "stories/derived.py"
CHECKS = "stories/checks.py"
PUBLISH = "stories/publish.py"

STORY_ANSWERS = [
    Rule(
        "stories: two recipes on /v1/responses",
        (REQUESTS + "topics_and_entities_are_two_recipes_on_v1_responses",),
        ((RECIPES, "    endpoint = RESPONSES\n", '    endpoint = "/v1/chat/completions"\n'),),
    ),
    Rule(
        "stories: custom ids tell topics from entities",
        (REQUESTS + "custom_ids_tell_topics_from_entities",),
        (
            (
                "generation/pipeline/plan.py",
                'slug = recipe.key.replace(".", "-")[:30]',
                'slug = f"stories-{recipe.order}"',
            ),
        ),
    ),
    Rule(
        "stories: the prompt for topics holds the list, the limit and the story",
        (
            REQUESTS + "the_prompt_for_topics_holds_the_list_and_how_many",
            REQUESTS + "the_prompt_holds_title_texts_feed_and_what_the_stories_are_about",
        ),
        (
            ("stories/prompts/topics.md", "- {{ topic.name }}", "- "),
            ("stories/prompts/topics.md", "{{ text }}", ""),
        ),
    ),
    Rule(
        "stories: the prompt for entities holds the types with their fields, the limit and the story",
        (
            REQUESTS + "the_prompt_for_entities_holds_the_types_with_their_fields_and_how_many",
            REQUESTS + "the_prompt_holds_title_texts_feed_and_what_the_stories_are_about",
        ),
        (
            ("stories/prompts/entities.md", "{% for field in type.fields %}", "{% for field in nothing %}"),
            ("stories/prompts/entities.md", "{{ text }}", ""),
        ),
    ),
    Rule(
        "stories: answers have topic, confidence and rank",
        (
            FORMATS + "the_schemas_name_the_list_the_types_and_the_limits",
            REQUESTS + "answers_that_are_not_of_the_form_or_of_the_list_are_refused",
        ),
        (
            (OUTPUTS, "confidence: float = Field(ge=0, le=1)", "confidence: float = 0"),
            (OUTPUTS, "topic=(topic, ...), confidence=_confidence(), rank", "topic=(topic, ...), rank"),
        ),
    ),
    Rule(
        "stories: topics are only of the list: the model may name no others",
        (
            FORMATS + "the_schemas_name_the_list_the_types_and_the_limits",
            "tests/stories/test_forms.py::test_topics_come_from_the_list",
        ),
        ((OUTPUTS, "topic: Any = Literal[names] if _can_be_listed(names) else str", "topic: Any = str"),),
    ),
    Rule(
        "stories: topics are only of the list: others have no rows",
        (COUNTING + "what_does_not_count_takes_no_place_of_what_does", DERIVED + "topics_become_rows_of_the_list"),
        (
            (ROWS, "        if normal(topic.topic) in listed:\n", "        if topic:\n"),
            (ROWS, "topic=listed[name]", "topic=listed.get(name, next(iter(listed.values())))"),
        ),
    ),
    Rule(
        "stories: an answer without any topic of the list or any known type is refused",
        (REQUESTS + "answers_that_are_not_of_the_form_or_of_the_list_are_refused",),
        (
            (RECIPES, "if output.topics and not known:", "if False:"),
            (RECIPES, "if output.entities and not any(", "if False and not any("),
        ),
    ),
    Rule(
        "stories: at most 10 topics and 20 entities count",
        (COUNTING + "at_most_ten_topics_and_twenty_entities_count_as_long_as_nobody_sets_others",),
        ((ROWS, "dict(islice(best.items(), most))", "best"),),
    ),
    Rule(
        "stories: the limits are the feed's own",
        (
            DERIVED + "only_so_many_topics_count_as_the_feed_takes",
            FORMATS + "only_so_many_entities_count_as_the_feed_takes",
            REQUESTS + "the_limits_of_the_schemas_are_the_feed_s",
            ADMIN + "an_operator_sets_the_feed_s_own_columns",
        ),
        (
            (ROWS, "story.collection.most_topics", "10"),
            (ROWS, "story.collection.most_entities", "20"),
            (RECIPES, "self.feed_of(item).most_entities)", "20)"),
            ("stories/admin/feed.py", '"most_topics", "most_entities", ', ""),
        ),
    ),
    Rule(
        "stories: teams, players, staff and games by default, with their extra fields",
        (FORMATS + "the_usual_limits_and_types", FORMATS + "the_schemas_name_the_list_the_types_and_the_limits"),
        ((MODELS, '    "game": ["context"],\n', ""),),
    ),
    Rule(
        "stories: types are settable, with their fields",
        (
            REQUESTS + "the_limits_of_the_schemas_are_the_feed_s",
            REQUESTS + "each_entity_has_the_fields_of_its_type_alone",
            "tests/stories/test_forms.py::test_types_and_their_fields_come_from_the_feed",
        ),
        (
            (
                OUTPUTS,
                "chosen = entity_types if isinstance(entity_types, dict) and entity_types else TYPES",
                "chosen = TYPES",
            ),
        ),
    ),
    Rule(
        "stories: fields of other types are left out",
        (REQUESTS + "each_entity_has_the_fields_of_its_type_alone", DERIVED + "fields_of_other_types_are_left_out"),
        ((RECIPES, "set(entity.model_extra or {}) - set(types.get(entity.type, ()))", "set()"),),
    ),
]

STORY_ROWS = [
    Rule(
        "stories: a story-topic row has the list's topic, confidence, rank, and is primary with rank 1",
        (COUNTING + "the_columns_of_a_story_topic", DERIVED + "topics_become_rows_of_the_list"),
        ((ROWS, "is_primary=topic.rank == 1", "is_primary=topic.rank > 1"),),
    ),
    Rule(
        "stories: rows say which model and which prompt version found them",
        (FORMATS + "the_rows_say_which_model_and_prompt_found_them",),
        ((ROWS, '{pk: ((model or "")[:120], version) for pk', '{pk: ("", None) for pk'),),
    ),
    Rule(
        "stories: a row for each story and topic",
        (FORMATS + "a_story_has_each_topic_once_and_each_mention_once",),
        (
            (
                MODELS,
                'constraints = [models.UniqueConstraint("story", "topic", name="story_topic_once")]',
                'constraints = [models.UniqueConstraint("story", "topic", "pk", name="story_topic_once")]',
            ),
            (
                ROWS,
                '_replace(StoryTopic, list(stories), rows, ["story", "topic"])',
                "StoryTopic.objects.bulk_create(rows)",
            ),
        ),
    ),
    Rule(
        "stories: a row for each story, type and dedup key",
        (FORMATS + "a_story_has_each_topic_once_and_each_mention_once",),
        (
            (
                MODELS,
                'models.UniqueConstraint("story", "type", "dedup_key", name="story_entity_once")',
                'models.UniqueConstraint("story", "type", "dedup_key", "pk", name="story_entity_once")',
            ),
            (
                ROWS,
                '_replace(StoryEntity, list(stories), written, ["story", "type", "dedup_key"])',
                "StoryEntity.objects.bulk_create(written)",
            ),
        ),
    ),
    Rule(
        "stories: many topics in a story, one topic in many stories",
        (COUNTING + "one_story_may_have_many_rows_and_many_stories_the_same_topic",),
        ((MODELS, '"story", "topic", name="story_topic_once"', '"topic", name="story_topic_once"'),),
    ),
    Rule(
        "stories: the dedup key is the words, and the team where one is named",
        (DERIVED + "a_mention_is_one_row_for_each_type_and_team",),
        ((ROWS, 'return (f"{own} / {team}" if team and team != own else own)[:LONGEST]', "return own[:LONGEST]"),),
    ),
    Rule(
        "stories: a story-entity row has mention, type, entity or none, method and score",
        (COUNTING + "the_columns_of_a_story_entity", DERIVED + "a_mention_is_resolved_as_it_comes_in"),
        (
            (
                ROWS,
                "row.entity_id, row.method, row.score = resolution.entity, resolution.method, resolution.score",
                "row.entity_id, row.method = resolution.entity, resolution.method",
            ),
        ),
    ),
    Rule(
        "stories: new rows take the place of old ones, and keep what stays",
        (DERIVED + "a_new_revision_replaces_the_rows_and_keeps_what_stays",),
        ((ROWS, "    model.objects.filter(pk__in=gone).delete()\n", ""),),
    ),
    Rule(
        "stories: only what counts is published",
        (
            COUNTING + "a_file_of_a_story_has_what_counts_and_nothing_else",
            COUNTING + "the_tables_have_a_line_for_each_row",
        ),
        (
            (
                PUBLISH,
                "    counting = topics_that_count(topics, known.topics.get(feed.pk, ()), feed.most_topics).values()\n",
                "    counting = topics\n",
            ),
            (PUBLISH, "feed.most_entities)", "99)"),
        ),
    ),
    Rule(
        "stories: what was approved while it stood in the list stays published",
        (COUNTING + "what_was_approved_while_it_stood_in_the_list_stays_published",),
        ((PUBLISH, "Topic.objects.filter(collection__in=", "Topic.objects.filter(removed_at=None, collection__in="),),
    ),
    Rule(
        "stories: what an office program would take for a formula is published as text",
        (COUNTING + "formulas_of_office_programs_are_marked_as_text",),
        ((PUBLISH, "value.startswith(OFFICE_FORMULA)", "False"),),
    ),
]

# The names are those of the findings.
STORY_CHECK_TESTS = {
    "off_list": CHECKED + "a_topic_that_is_not_in_the_list_is_an_error",
    "repeated": CHECKED + "a_repeated_topic_is_a_warning",
    "unknown_type": CHECKED + "a_type_that_is_not_looked_for_is_an_error",
    "not_in_text": CHECKED + "a_mention_that_the_text_does_not_have_is_a_warning",
    "nothing_found": CHECKED + "nothing_found_is_a_warning",
    "too_many": CHECKED + "more_than_the_feed_takes_is_a_warning",
    "same_rank": CHECKED + "a_rank_given_twice_is_noted",
    "no_first": CHECKED + "ranks_without_a_first_are_noted",
    "unsure": CHECKED + "an_unsure_answer_is_noted",
}
STORY_CHECKS = Rule(
    "stories: each check finds what it is about",
    tuple(STORY_CHECK_TESTS.values()),
    (
        (CHECKS, "if normal(topic.topic) not in names:", "if False:"),
        (CHECKS, "if normal(topic.topic) in seen:", "if False:"),
        (CHECKS, "if entity.type not in types:", "if False:"),
        (CHECKS, "if normal(entity.mention_text) not in said:", "if False:"),
        (CHECKS, "    if not ranks:\n", "    if False:\n"),
        (CHECKS, "    elif len(ranks) > most:\n", "    elif False:\n"),
        (CHECKS, "if len(set(ranks)) < len(ranks):", "if False:"),
        (CHECKS, "if ranks and 1 not in ranks:", "if False:"),
        (CHECKS, "    if confidence < LOW:\n", "    if False:\n"),
    ),
)
