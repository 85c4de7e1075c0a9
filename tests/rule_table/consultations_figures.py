"""The rules for consultations: every figure of the comparison, and the files that go out."""

from tests.rule_table.rule import Rule

TESTS = "tests/consultations/test_"
FIGURES = TESTS + "comparison.py::test_"
TWO_FILES = TESTS + "compare_files.py::test_every_figure_of_two_files"
CHARTS = TESTS + "charts.py::test_"
RUN = TESTS + "run_command.py::test_"
PUBLISHED = TESTS + "publish.py::test_"
COMPARED = "consultations/comparison.py"
MAPS = "consultations/mappings.py"
OUT = "consultations/publish.py"
CHART = "consultations/charts.py"

FIGURE_RULES = [
    Rule(
        "consultations: comparison_results.json has exactly its keys",
        (FIGURES + "exactly_these_keys", TWO_FILES),
        ((COMPARED, '"response_agreement": {', '"more": 0, "response_agreement": {'),),
    ),
    Rule(
        "consultations: empty against empty is 1",
        (FIGURES + "jaccard", FIGURES + "jaccard_similarity", FIGURES + "without_any_label_all_agree", TWO_FILES),
        ((COMPARED, "if one or other else 1.0", "if one or other else 0.0"),),
    ),
    Rule(
        "consultations: jaccard_similarity is common of all labels",
        (FIGURES + "jaccard", FIGURES + "jaccard_similarity", TWO_FILES),
        ((COMPARED, "len(one & other) / len(one | other)", "len(one & other) / max(len(one), len(other))"),),
    ),
    Rule(
        "consultations: jaccard_similarity.mean",
        (FIGURES + "jaccard_similarity", TWO_FILES),
        ((COMPARED, '"mean": fmean(scores)', '"mean": median(scores)'),),
    ),
    Rule(
        "consultations: jaccard_similarity.median",
        (FIGURES + "jaccard_similarity", TWO_FILES),
        ((COMPARED, '"median": median(scores)', '"median": fmean(scores)'),),
    ),
    Rule(
        "consultations: jaccard_similarity.std_dev is that of the population",
        (FIGURES + "jaccard_similarity", TWO_FILES),
        ((COMPARED, "pstdev(scores)", "pstdev(scores) * (len(scores) / (len(scores) - 1)) ** 0.5"),),
    ),
    Rule(
        "consultations: jaccard_similarity.min",
        (FIGURES + "jaccard_similarity", TWO_FILES),
        ((COMPARED, '"min": min(scores)', '"min": scores[0]'),),
    ),
    Rule(
        "consultations: jaccard_similarity.max",
        (FIGURES + "jaccard_similarity", TWO_FILES),
        ((COMPARED, '"max": max(scores)', '"max": scores[-1]'),),
    ),
    Rule(
        "consultations: jaccard_similarity.scores in the order of the first mapping",
        (FIGURES + "jaccard_similarity", TWO_FILES, RUN + "a_human_coder_s_mapping"),
        ((COMPARED, '"scores": scores,', '"scores": scores[::-1],'),),
    ),
    Rule(
        "consultations: theme_distribution of each mapping",
        (FIGURES + "theme_distribution_with_the_most_frequent_first", TWO_FILES),
        (
            (
                COMPARED,
                '{"mapping1": self.first, "mapping2": self.second}',
                '{"mapping1": self.second, "mapping2": self.first}',
            ),
        ),
    ),
    Rule(
        "consultations: response_agreement counts identical sets",
        (FIGURES + "agreement_counts_identical_sets_in_any_order", TWO_FILES),
        ((COMPARED, "identical=sum(one == other for", "identical=sum(one >= other for"),),
    ),
    Rule(
        "consultations: its percentage is of a hundred",
        (FIGURES + "agreement_counts_identical_sets_in_any_order", TWO_FILES),
        ((COMPARED, "return 100 * self.identical", "return self.identical"),),
    ),
    Rule(
        "consultations: additions are what only the second has",
        (FIGURES + "what_is_added_is_what_only_the_second_has",),
        ((COMPARED, "additions=sum(len(other - one)", "additions=sum(len(one - other)"),),
    ),
    Rule(
        "consultations: removals are what only the first has",
        (FIGURES + "what_is_added_is_what_only_the_second_has",),
        ((COMPARED, "removals=sum(len(one - other)", "removals=sum(len(other - one)"),),
    ),
    Rule(
        "consultations: replacements are the smaller number less the common ones",
        (FIGURES + "theme_changes", FIGURES + "what_is_added_is_what_only_the_second_has", TWO_FILES),
        ((COMPARED, "sum(min(len(one), len(other))", "sum(max(len(one), len(other))"),),
    ),
    Rule(
        "consultations: cohen_kappa of each theme as present or absent",
        (FIGURES + "kappa_by_theme", FIGURES + "perfect_disagreement", TWO_FILES),
        ((COMPARED, "expected = first * second + (total - first) * (total - second)", "expected = first * second"),),
    ),
    Rule(
        "consultations: an undefined kappa counts as 0",
        (FIGURES + "undefined_kappa_counts_as_0",),
        ((COMPARED, "if expected != total * total else 0.0", "if expected != total * total else 1.0"),),
    ),
    Rule(
        "consultations: cohen_kappa.mean over all themes",
        (FIGURES + "kappa_by_theme", FIGURES + "undefined_kappa_counts_as_0", TWO_FILES),
        ((COMPARED, "fmean(self.kappas.values())", "fmean(one for one in self.kappas.values() if one)"),),
    ),
]

OUTPUTS = [
    Rule(
        "consultations: the files that go out have their names",
        (
            PUBLISHED + "with_a_second_mapping_there_is_everything",
            TESTS + "page_deeds.py::test_the_download_holds_all_files_as_they_stand",
            RUN + "one_command_does_it_all",
        ),
        ((OUT, '"comparison_results.json", "summary.md"', '"comparison.json", "summary.md"'),),
    ),
    Rule(
        "consultations: synthetic_responses.json is a list of texts",
        (PUBLISHED + "responses_as_texts_and_as_records",),
        ((OUT, 'if self.chosen.get("records") else row.approved.text for', "for"),),
    ),
    Rule(
        "consultations: theme_mapping_1.json and 2 are `[[text, [labels]], ...]`",
        (
            PUBLISHED + "without_a_second_mapping_there_is_only_the_first",
            TESTS + "mappings.py::test_what_was_written_is_read_again",
        ),
        ((MAPS, "_dumped([row.text, list(row.labels)])", "_dumped([row.text, *row.labels])"),),
    ),
    Rule(
        "consultations: summary.md has a paragraph for readers who know no statistics",
        (TESTS + "summary.py::test_the_paragraph_says_the_figures_without_their_names", TWO_FILES),
        (("consultations/summary.py", 'paragraph(comparison), ""]', '"", ""]'),),
    ),
    Rule(
        "consultations: a histogram of Jaccard similarities",
        (CHARTS + "a_score_falls_into_its_tenth_and_1_into_the_last", CHARTS + "a_bound_belongs_to_the_step_above_it"),
        ((CHART, "int(score * BINS + 1e-9)", "int(score * BINS - 1e-9)"),),
    ),
    Rule(
        "consultations: theme frequency side by side",
        (CHARTS + "both_mappings_stand_side_by_side_the_most_frequent_theme_first",),
        ((CHART, '(("first", first, BLUE), ("second", second, LIGHT))', '(("first", first, BLUE),)'),),
    ),
    Rule(
        "consultations: kappa by theme",
        (
            CHARTS + "without_much_disagreement_the_axis_begins_a_little_below_0",
            CHARTS + "a_kappa_far_below_0_makes_room_for_all_of_them",
        ),
        ((CHART, "max(1.0, abs(reach - zero))", "max(1.0, reach - zero)"),),
    ),
    Rule(
        "consultations: with the usual bands",
        (CHARTS + "each_band_begins_at_its_bound", TESTS + "summary.py::test_bands"),
        (("consultations/summary.py", '(0.6, "substantial")', '(0.61, "substantial")'),),
    ),
]
