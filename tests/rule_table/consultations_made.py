"""The rules for consultations: responses made again, themes, labels, second mappings."""

from tests.rule_table.rule import Rule

TESTS = "tests/consultations/test_"
VARIATION = TESTS + "variation.py::test_"
OPTIONS = TESTS + "options.py::test_"
IMPORTS = TESTS + "import_rules.py::test_"
STEPS = TESTS + "steps.py::test_"
RUN = TESTS + "run_command.py::test_"
VARIED = "consultations/variation.py"
PERSONS = "consultations/second_import.py"
COMMANDS = "consultations/management/commands/"
REPEATS = TESTS + "duplicates.py::test_"
STORED = TESTS + "stored.py::test_"
RECIPES = TESTS + "recipes.py::test_"
WALK = TESTS + "walk.py::test_"
DEEDS = TESTS + "page_deeds.py::test_"
FINDER = "consultations/duplicates.py"
AGAIN = "consultations/again.py"
RECIPE = "consultations/recipes.py"
FLOW = "consultations/workflow.py"

MADE = [
    Rule(
        "consultations: repeats are found by shingles of three words",
        (REPEATS + "shingles_are_three_words_in_a_row", REPEATS + "one_changed_last_word_by_hand"),
        ((FINDER, "SHINGLE = 3", "SHINGLE = 2"),),
    ),
    Rule(
        "consultations: from a Jaccard similarity of 0.8 on",
        (
            REPEATS + "the_usual_threshold_is_four_fifths",
            STEPS + "the_threshold_of_a_consultation_is_0_8_unless_it_is_set",
        ),
        ((FINDER, "THRESHOLD = 0.8", "THRESHOLD = 0.85"),),
    ),
    Rule(
        "consultations: the threshold itself counts",
        (
            REPEATS + "the_threshold_itself_counts",
            REPEATS + "it_finds_what_all_pairs_find",
            STEPS + "from_which_similarity_on_a_response_is_made_again",
        ),
        ((FINDER, "if common >= least:", "if common > least:"),),
    ),
    Rule(
        "consultations: the threshold is settable, on the consultation and for a run",
        (
            STEPS + "from_which_similarity_on_a_response_is_made_again",
            STORED + "the_threshold_is_the_consultation_s_or_the_caller_s",
        ),
        ((AGAIN, "limit = consultation.threshold if threshold is None else threshold", "limit = 0.8"),),
    ),
    Rule(
        "consultations: candidates are verified exactly",
        (REPEATS + "it_finds_what_all_pairs_find", REPEATS + "it_finds_changed_copies_that_all_pairs_find"),
        (
            (FINDER, "            if len(other) < least or", "            if False and"),
            (FINDER, "if common >= least:", "if True:"),
        ),
    ),
    Rule(
        "consultations: case, punctuation and spaces make no difference",
        (REPEATS + "case_punctuation_and_spaces_make_no_difference", REPEATS + "shingles_are_three_words_in_a_row"),
        ((FINDER, 'unicodedata.normalize("NFKC", text).casefold()', "text"),),
    ),
    Rule(
        "consultations: repeats are made again until the total stands",
        (RUN + "repeats_are_made_again_until_the_total_stands",),
        ((FLOW, 'self.make([RESPONSE], only="all", item_ids=ids)', "pass"),),
    ),
    Rule(
        "consultations: what is made again is told which text to stay away from",
        (
            RECIPES + "the_prompt_of_a_slot_says_what_it_is_to_be",
            STORED + "repeats_name_what_they_repeat_and_given_ones_are_none",
            DEEDS + "only_untouched_repeats_are_made_again_and_told_what_to_avoid",
        ),
        (
            (AGAIN, "slot.avoid = again[slot.pk]", 'slot.avoid = ""'),
            ("consultations/prompts/response.md", "{{ avoid }}", ""),
        ),
    ),
    Rule(
        "consultations: a person's work and a given response are never made again",
        (
            RUN + "what_a_person_has_touched_is_never_made_again",
            STORED + "the_touched_one_of_two_is_kept",
            STORED + "repeats_name_what_they_repeat_and_given_ones_are_none",
        ),
        (
            (AGAIN, "for one in found if one.untouched}", "for one in found}"),
            (AGAIN, "sorted(made, key=lambda one: one.item_id in drafts)", "made"),
            (AGAIN, "        if one.item_id\n    ]", "    ]"),
        ),
    ),
    Rule(
        "consultations: the few responses that fail are made in another round",
        (RUN + "the_few_that_fail_are_made_in_another_round",),
        ((FLOW, "if number == rounds or (wanting and wanting == before):", "if number == rounds or number:"),),
    ),
    Rule(
        "consultations: a theme list is made from a sample, seeded and of a set size",
        (
            RECIPES + "the_sample_is_seeded_bounded_and_of_both_sorts",
            STEPS + "a_theme_list_is_asked_for_from_100_responses_and_with_12_themes_at_most",
        ),
        ((RECIPE, "min(size, len(texts))", "min(99, len(texts))"),),
    ),
    Rule(
        "consultations: then the labels of each response from that list, and from no other",
        (RECIPES + "labels_are_accepted_as_letters_names_or_not_at_all",),
        ((RECIPE, "        if strange:\n", "        if False:\n"),),
    ),
    Rule(
        "consultations: at most five labels",
        (STEPS + "a_response_has_none_to_five_labels", RECIPES + "the_schemas_say_what_a_model_may_answer"),
        (("consultations/variation.py", "MOST_LABELS = 5", "MOST_LABELS = 6"),),
    ),
    Rule(
        "consultations: or none",
        (STEPS + "a_response_has_none_to_five_labels", RECIPES + "labels_are_accepted_as_letters_names_or_not_at_all"),
        ((RECIPE, "        max_length=MOST_LABELS,\n", "        min_length=1,\n        max_length=MOST_LABELS,\n"),),
    ),
    Rule(
        "consultations: labels depend on the response and on the list",
        (
            STEPS + "without_a_theme_list_no_response_is_labelled",
            WALK + "another_list_makes_every_labelling_outdated",
            WALK + "a_failed_response_blocks_its_labels_and_nothing_else",
        ),
        ((RECIPE, 'needs = (Dependency(RESPONSE), Dependency(THEMES, scope="collection"))', "needs = ()"),),
    ),
]

SECOND = [
    Rule(
        "consultations: a label is dropped with the probability --variation",
        (
            VARIATION + "what_the_dice_do_by_hand",
            VARIATION + "each_change_comes_with_its_probability",
            VARIATION + "how_many_labels_stay_when_everything_happens_by_hand",
        ),
        ((VARIED, "    if dice.random() < variation and len(labels) > 1:", "    if False:"),),
    ),
    Rule(
        "consultations: a label is added with that probability",
        (VARIATION + "what_the_dice_do_by_hand", VARIATION + "each_change_comes_with_its_probability"),
        (
            (
                VARIED,
                "dice.random() < variation and len(labels) < MOST",
                "dice.random() < variation / 2 and len(labels) < MOST",
            ),
        ),
    ),
    Rule(
        "consultations: a label is replaced with that probability",
        (VARIATION + "what_the_dice_do_by_hand", VARIATION + "each_change_comes_with_its_probability"),
        ((VARIED, "    if dice.random() < variation and labels:", "    if False:"),),
    ),
    Rule(
        "consultations: at most five",
        (
            VARIATION + "what_the_dice_do_by_hand",
            VARIATION + "none_is_left_without_a_label_and_none_gets_more_than_five",
            VARIATION + "how_many_labels_stay_when_everything_happens_by_hand",
        ),
        ((VARIED, " and len(labels) < MOST_LABELS:", ":"),),
    ),
    Rule(
        "consultations: none is left without a label",
        (
            VARIATION + "what_the_dice_do_by_hand",
            VARIATION + "none_is_left_without_a_label_and_none_gets_more_than_five",
        ),
        ((VARIED, "return labels or _another(labels, themes, dice)", "return labels"),),
    ),
    Rule(
        "consultations: the same seed gives the same second mapping",
        (VARIATION + "the_same_seed_gives_the_same_mapping", VARIATION + "one_response_does_not_depend_on_the_others"),
        ((VARIED, 'random.Random(f"{seed}/{seen[name]}/{name}")', "random.Random()"),),
    ),
    Rule(
        "consultations: without --seed it is the consultation's",
        (OPTIONS + "without_a_seed_it_is_the_consultation_s",),
        ((COMMANDS + "vary_themes.py", 'options["seed"] or consultation.seed', 'options["seed"] or FILE_SEED'),),
    ),
    Rule(
        "consultations: a human coder's mapping is imported and compared",
        (RUN + "a_human_coder_s_mapping", IMPORTS + "one_response_by_id_and_by_text_counts_once"),
        ((PERSONS, "wanted.setdefault(slots[row.id], list(row.labels))", "wanted.setdefault(slots[row.id], [])"),),
    ),
    Rule(
        "consultations: by texts as well as by ids",
        (RUN + "a_mapping_by_text_fits_too", IMPORTS + "the_same_mapping_twice_changes_nothing"),
        ((PERSONS, "with_texts(coding, texts_of(consultation)).rows", "coding.rows"),),
    ),
    Rule(
        "consultations: a dry run of a mapping keeps nothing",
        (IMPORTS + "a_dry_run_of_a_mapping_counts_and_keeps_nothing",),
        ((COMMANDS + "import_mapping.py", "            if dry_run:", "            if False:"),),
    ),
    Rule(
        "consultations: the same mapping twice changes nothing",
        (IMPORTS + "the_same_mapping_twice_changes_nothing",),
        ((PERSONS, "if plan.replaces and not plan.changes:", "if False:"),),
    ),
    Rule(
        "consultations: labels that are gone are marked, never deleted",
        (IMPORTS + "what_changed_is_changed_and_what_is_gone_is_marked_and_comes_back",),
        ((PERSONS, ".update(removed_at=timezone.now())", ".delete()"),),
    ),
    Rule(
        "consultations: a mapping is imported in one transaction",
        (IMPORTS + "a_failing_import_of_a_mapping_leaves_the_old_one",),
        ((PERSONS, "    with transaction.atomic():", "    if True:"),),
    ),
    Rule(
        "consultations: a person's mapping is not varied over",
        (
            IMPORTS + "a_person_s_mapping_is_not_varied_over_and_takes_the_place_of_a_varied_one",
            IMPORTS + "a_run_whose_mapping_has_a_person_s_name_ends_in_a_sentence",
        ),
        (("consultations/stored.py", "filter(name=name, variation=None).exists()", "none().exists()"),),
    ),
]
