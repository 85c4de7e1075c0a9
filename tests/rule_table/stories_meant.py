"""The rules for whom a mention means, the queue of what is open, and where all of it is shown."""

from tests.rule_table.rule import Rule

COUNTING = "tests/stories/test_counting.py::test_"
DERIVED = "tests/stories/test_derived.py::test_"
FORMATS = "tests/stories/test_format_rules.py::test_"
STEPS = "tests/stories/test_steps.py::test_"
RESOLVED = "tests/stories/test_resolution.py::test_"
QUEUED = "tests/stories/test_queue_page.py::test_"
FIGURES = "tests/stories/test_figures.py::test_"
ADMIN = "tests/stories/test_admin.py::test_"
MODELS = "stories/models.py"
ROWS = "stories/derived.py"
RESOLUTION = "stories/resolution.py"
QUEUE = "stories/queue.py"
PAGE = "stories/queue_page.py"
ABOUT = "stories/about_pages.py"
COUNTS = "stories/figures.py"

RESOLUTION_ORDER = [
    Rule(
        "stories: first, an exact id or abbreviation",
        (STEPS + "each_step_finds_the_one_that_it_is_about", RESOLVED + "an_abbreviation_beside_a_team_finds_it"),
        (
            (
                RESOLUTION,
                "(self.external_id, self.abbreviation) if text",
                "(self.external_id, self.abbreviation) if not text",
            ),
        ),
    ),
    Rule(
        "stories: then an exact name",
        (STEPS + "each_step_finds_the_one_that_it_is_about", RESOLVED + "the_steps_in_their_order"),
        ((RESOLUTION, "yield Method.NAME, self.name", "yield Method.ALIAS, self.name"),),
    ),
    Rule(
        "stories: then an alias",
        (STEPS + "each_step_finds_the_one_that_it_is_about", RESOLVED + "the_steps_in_their_order"),
        ((RESOLUTION, "yield from ((Method.ALIAS, text) for text in self.aliases if text)", "yield from ()"),),
    ),
    Rule(
        "stories: then the most similar name, by rapidfuzz",
        (
            STEPS + "each_step_finds_the_one_that_it_is_about",
            RESOLVED + "the_score_of_a_similar_name_is_its_ratio",
            STEPS + "the_better_of_two_similar_names_wins",
        ),
        ((RESOLUTION, "score = fuzz.ratio(chunk[row], names[column])", "score = 0.0"),),
    ),
    Rule(
        "stories: names are compared without case, marks and doubled spaces, in any script",
        (RESOLVED + "names_are_compared_without_case_marks_and_doubled_spaces",),
        (("stories/names.py", '_IN_WORDS = ("L", "N", "M")', '_IN_WORDS = ("L", "N")'),),
    ),
    Rule(
        "stories: an earlier step wins over a later one",
        (
            STEPS + "the_steps_come_in_their_order_and_the_first_that_finds_is_the_last",
            FORMATS + "the_earlier_step_wins",
        ),
        (
            (
                RESOLUTION,
                "EXACT = (Method.ID, Method.NAME, Method.ALIAS)",
                "EXACT = (Method.ALIAS, Method.NAME, Method.ID)",
            ),
        ),
    ),
    Rule(
        "stories: how like a name must be is settable, and enough is enough",
        (RESOLVED + "the_threshold_is_inclusive_and_settable", COUNTING + "how_like_a_name_must_be_is_the_feed_s_own"),
        (
            (RESOLUTION, "if score >= threshold else ()", "if score > threshold else ()"),
            (ROWS, "known, feed.threshold)", "known, 85.0)"),
        ),
    ),
    Rule(
        "stories: a mention means an entity of its own type",
        (STEPS + "no_step_leaves_the_mention_s_type", RESOLVED + "the_steps_in_their_order"),
        (
            (
                RESOLUTION,
                "            self.types[entity.type].add(entity)\n",
                "            self.types[TEAM].add(entity)\n",
            ),
            (RESOLUTION, "index = known.types[mention.type]", "index = known.types[TEAM]"),
            (RESOLUTION, "known.types[type].spelled", "known.types[TEAM].spelled"),
        ),
    ),
    Rule(
        "stories: a team in the same mention tells equals apart",
        (
            STEPS + "a_team_in_the_same_mention_tells_two_apart_at_every_step",
            RESOLVED + "a_named_team_decides_between_equals",
            RESOLVED + "similar_names_are_told_apart_by_the_team",
        ),
        ((RESOLUTION, "chosen = top & fitting if len(top) > 1 and top & fitting else top", "chosen = top"),),
    ),
    Rule(
        "stories: a team that speaks for a worse name makes the better one doubtful",
        (RESOLVED + "a_worse_name_in_the_right_team_makes_the_better_one_doubtful",),
        ((RESOLUTION, "doubtful = bool(fitting) and not chosen & fitting", "doubtful = False"),),
    ),
    Rule(
        "stories: two that are equally good are ambiguous, never a guess",
        (
            STEPS + "two_that_are_equally_good_at_a_step_are_ambiguous",
            STEPS + "what_is_not_certain_has_no_entity_and_waits_in_the_queue",
            RESOLVED + "the_candidates_of_an_ambiguous_mention_are_kept",
        ),
        ((RESOLUTION, "if len(chosen) == 1 and not doubtful:", "if not doubtful:"),),
    ),
    Rule(
        "stories: what nobody is called is unresolved",
        (
            STEPS + "no_step_leaves_the_mention_s_type",
            STEPS + "what_is_not_certain_has_no_entity_and_waits_in_the_queue",
            RESOLVED + "nothing_known_and_nothing_said",
        ),
        (
            (
                RESOLUTION,
                "        return Resolution(Method.UNRESOLVED)\n",
                "        return Resolution(Method.AMBIGUOUS)\n",
            ),
        ),
    ),
]

QUEUE_OF_MENTIONS = [
    Rule(
        "stories: ambiguous and unresolved mentions are the queue",
        (
            QUEUED + "the_first_open_mention_is_shown_with_whom_it_may_mean",
            QUEUED + "the_filter_is_in_the_address",
            STEPS + "what_is_not_certain_has_no_entity_and_waits_in_the_queue",
        ),
        ((MODELS, "OPEN = (Method.AMBIGUOUS, Method.UNRESOLVED)", "OPEN = (Method.AMBIGUOUS,)"),),
    ),
    Rule(
        "stories: an editor picks an entity",
        (QUEUED + "picking_decides_all_the_same", QUEUED + "picking_for_one_alone_leaves_the_others"),
        ((QUEUE, "    rows = StoryEntity.objects.filter(pk=locked.pk).update(**values)\n", "    rows = 1\n"),),
    ),
    Rule(
        "stories: an editor makes an entity and picks it",
        (QUEUED + "an_entity_is_made_and_picked", DERIVED + "an_entity_is_made_of_a_mention"),
        ((QUEUE, "            entity.save(force_insert=True)\n", "            entity = Entity.objects.all()[0]\n"),),
    ),
    Rule(
        "stories: an entity that is known is not made again",
        (DERIVED + "an_entity_that_exists_is_not_made_again",),
        ((QUEUE, "    except IntegrityError as error:\n", "    except ZeroDivisionError as error:\n"),),
    ),
    Rule(
        "stories: the mention is kept as an alias if wished, and then finds",
        (
            DERIVED + "a_kept_alias_resolves_what_comes_later",
            QUEUED + "a_name_that_is_kept_resolves_the_next_story",
            QUEUED + "an_entity_is_made_and_picked",
        ),
        ((QUEUE, "kept = keep_alias and keep_as_alias(entity, locked.mention)", "kept = False"),),
    ),
    Rule(
        "stories: no alias is kept unasked",
        (DERIVED + "a_pick_decides_all_open_rows_of_the_mention",),
        ((QUEUE, "kept = keep_alias and keep_as_alias(", "kept = keep_as_alias("),),
    ),
    Rule(
        "stories: every other open row with that mention is resolved with it",
        (
            STEPS + "a_decision_is_for_every_other_open_row_with_that_mention_and_for_no_other_row",
            DERIVED + "a_pick_decides_all_open_rows_of_the_mention",
            QUEUED + "picking_decides_all_the_same",
        ),
        ((QUEUE, "    rows += same.update(**values) if apply_to_same else 0\n", ""),),
    ),
    Rule(
        "stories: rows of other words, types and feeds are not",
        (STEPS + "a_decision_is_for_every_other_open_row_with_that_mention_and_for_no_other_row",),
        ((QUEUE, "return rows.filter(type=row.type, normal_mention=row.normal_mention)", "return rows"),),
    ),
    Rule(
        "stories: or this one alone",
        (DERIVED + "a_pick_can_be_for_one_row_alone", QUEUED + "picking_for_one_alone_leaves_the_others"),
        ((QUEUE, "same.update(**values) if apply_to_same else 0", "same.update(**values)"),),
    ),
    Rule(
        "stories: a decision outlives a new generation and a new look",
        (
            DERIVED + "a_decision_outlives_a_new_generation",
            DERIVED + "what_is_open_is_looked_at_again_and_nothing_else",
        ),
        (
            (ROWS, "    decided = _decided(list(stories))\n", "    decided = {}\n"),
            (ROWS, "StoryEntity.objects.of_feed(feed).open()", "StoryEntity.objects.of_feed(feed)"),
            (ROWS, "StoryEntity.objects.open().filter(pk=row.pk)", "StoryEntity.objects.filter(pk=row.pk)"),
        ),
    ),
    Rule(
        "stories: who comes second is told",
        (
            QUEUED + "who_comes_second_is_told_who_was_first",
            DERIVED + "decisions_that_come_too_late_or_go_astray_are_refused",
        ),
        (
            (QUEUE, "if locked.decided_by != row.decided_by or locked.method != row.method:", "if False:"),
            (PAGE, "    if seen != seen_mark(row):", "    if False:"),
        ),
    ),
    Rule(
        "stories: editors decide, others look",
        (QUEUED + "editors_and_who_reviews_decide",),
        ((PAGE, "    return request.user.has_perm(DECIDES)\n", "    return True\n"),),
    ),
    Rule(
        "stories: a decision is taken back with its rows, its alias and its entity",
        (
            QUEUED + "a_decision_is_taken_back_with_all_its_rows",
            QUEUED + "taking_back_takes_alias_and_entity_with_it",
        ),
        ((QUEUE, "        forget_alias(entity, decision.alias)\n", "        pass\n"), (QUEUE, "    reopen(ids)\n", "")),
    ),
]

STORY_PAGES = [
    Rule(
        "stories: progress tells groups extracted, topics, entities, unresolved and ambiguous, with errors",
        (FIGURES + "progress_says_groups_extracted_topics_entities_and_what_is_open",),
        ((COUNTS, '        "unresolved": rows.filter(method="unresolved").count(),\n', ""),),
    ),
    Rule(
        "stories: a story that failed in both recipes is one with errors",
        (FIGURES + "a_story_that_failed_in_both_recipes_is_one_story_with_errors",),
        ((COUNTS, "_failed(feed, TOPICS).union(_failed(feed, ENTITIES)).count()", "4"),),
    ),
    Rule(
        "stories: what was made after all, is gone, or failed in a rehearsal is no error",
        (
            FIGURES + "what_was_made_after_all_is_no_error_any_more",
            FIGURES + "stories_that_are_gone_are_in_no_figure",
            FIGURES + "a_rehearsal_that_failed_is_no_error_of_the_feed",
        ),
        (
            (COUNTS, 'present.exclude(item_id__in=made.values("item"))', "present"),
            (COUNTS, 'failed.filter(item_id__in=feed.items.present().values("pk"))', "failed"),
            (COUNTS, "Request.objects.making()", "Request.objects"),
        ),
    ),
    Rule(
        "stories: the command resolve_entities looks at what is open again",
        (FIGURES + "open_mentions_are_looked_at_again_by_a_command",),
        (("stories/management/commands/resolve_entities.py", "counts = resolve_open(feed)", "counts = {}"),),
    ),
    Rule(
        "stories: --retry-failed takes what failed alone",
        (
            FIGURES + "only_what_failed_is_made_again_in_its_own_recipe",
            FORMATS + "what_failed_more_often_than_allowed_is_left_out",
        ),
        (("generation/management/commands/generate.py", 'const="failed"', 'const="all"'),),
    ),
    Rule(
        "stories: --max-error-count leaves out what failed more often",
        (FORMATS + "what_failed_more_often_than_allowed_is_left_out",),
        (("generation/pipeline/plan.py", "if selection.most_errors is not None:", "if False:"),),
    ),
    Rule(
        "stories: retry --max-error-count does so in one run",
        (FIGURES + "a_run_is_retried_up_to_so_many_errors",),
        (("generation/management/commands/retry.py", "attempt_count__lte=", "attempt_count__gte="),),
    ),
    Rule(
        "stories: an entity has a page with its stories",
        (
            ADMIN + "an_entity_shows_its_stories_and_how_they_came",
            ADMIN + "stories_of_an_entity_come_in_pages",
            ADMIN + "only_editors_take_a_kept_name_away",
        ),
        (
            (ABOUT, "StoryEntity.objects.filter(entity=entity, ", "StoryEntity.objects.none().filter("),
            (
                ABOUT,
                '    if request.method == "POST":\n        return _alias_gone',
                "    if False:\n        return _alias_gone",
            ),
        ),
    ),
    Rule(
        "stories: a topic has a page with its stories",
        (ADMIN + "a_topic_shows_its_stories",),
        ((ABOUT, "StoryTopic.objects.filter(topic=topic, ", "StoryTopic.objects.none().filter("),),
    ),
    Rule(
        "stories: nothing can be posted to the page of a topic",
        (ADMIN + "derived_and_imported_rows_are_changed_by_nobody",),
        (
            (
                ABOUT,
                '    if request.method == "POST":\n        raise PermissionDenied\n',
                "    if False:\n        raise PermissionDenied\n",
            ),
        ),
    ),
]
