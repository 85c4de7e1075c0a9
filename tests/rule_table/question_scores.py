"""The rules for scored answers: what counts as right, the categories, the report."""

from tests.rule_table.rule import Rule

MATCH = "tests/questions/test_matching.py::test_"
SCORE = "tests/questions/test_scoring.py::test_"
METRIC = "tests/questions/test_metrics.py::test_"
PUBLISHED = "tests/questions/test_published_file.py::test_"
RESULT = "tests/questions/test_results.py::test_"
COMMAND = "tests/questions/test_evaluate_command.py::test_"
RUN = "tests/questions/test_evaluation.py::test_"
MATCHING = "questions/matching.py"
SCORING = "questions/scoring.py"
METRICS = "questions/metrics.py"
RESULTS = "questions/results.py"
EVALUATION = "questions/evaluation.py"
EVALUATE = "questions/management/commands/evaluate.py"

MATCHES = [
    Rule(
        "questions: both sides in lower case",
        (MATCH + "both_sides_in_lower_case_without_spaces_around_them", SCORE + "counts_and_category"),
        ((MATCHING, "return text.lower().strip()", "return text.strip()"),),
    ),
    Rule(
        "questions: both sides without spaces around them",
        (MATCH + "both_sides_in_lower_case_without_spaces_around_them", MATCH + "pairs_by_hand"),
        ((MATCHING, "return text.lower().strip()", "return text.lower()"),),
    ),
    Rule(
        "questions: the predictions are walked in order",
        (
            SCORE + "the_predictions_are_walked_in_their_order",
            SCORE + "a_prediction_takes_the_first_that_fits_not_the_best",
        ),
        ((SCORING, "    for text in predicted:", "    for text in reversed(predicted):"),),
    ),
    Rule(
        "questions: a prediction takes the first known answer that fits",
        (SCORE + "a_prediction_takes_the_first_that_fits_not_the_best",),
        ((SCORING, "for number in left:", "for number in reversed(left):"),),
    ),
    Rule(
        "questions: a known answer is taken once",
        (SCORE + "a_known_answer_is_taken_once", PUBLISHED + "its_figures_are_those_worked_out_by_hand"),
        (
            (
                SCORING,
                "_first(alphabet.text(normal(text)), known, left, rule)",
                "_first(alphabet.text(normal(text)), known, range(len(known)), rule)",
            ),
            (SCORING, "left.remove(number)", "left[:] = [n for n in left if n != number]"),
            (SCORING, "correct = len(known) - len(left)", "correct = sum(n != MISSED for n in matches)"),
        ),
    ),
    Rule(
        "questions: equal texts match",
        (MATCH + "pairs_by_hand", MATCH + "both_sides_in_lower_case_without_spaces_around_them"),
        (
            (
                MATCHING,
                "if predicted.text == gold.text:\n        return True",
                "if predicted.text == gold.text:\n        return False",
            ),
        ),
    ),
    Rule(
        "questions: one within the other matches from 0.8 of its length on",
        (
            MATCH + "containment_by_hand_where_difflib_has_no_say",
            MATCH + "long_texts_where_difflib_drops_frequent_characters",
            COMMAND + "each_threshold_is_the_rule_s",
        ),
        ((MATCHING, "if small.text in large.text:", "if False:"),),
    ),
    Rule(
        "questions: 0.8 of the length is enough",
        (MATCH + "containment_by_hand_where_difflib_has_no_say",),
        ((MATCHING, "shorter / longer >= rule.containment", "shorter / longer > rule.containment"),),
    ),
    Rule(
        "questions: less than 0.8 of the length is not",
        (MATCH + "containment_by_hand_where_difflib_has_no_say",),
        ((MATCHING, "CONTAINMENT = 0.8", "CONTAINMENT = 0.77"),),
    ),
    Rule(
        "questions: difflib's ratio matches from 0.8 on",
        (
            MATCH + "pairs_by_hand",
            MATCH + "difflib_s_ratio_by_hand",
            SCORE + "a_prediction_takes_the_first_that_fits_not_the_best",
        ),
        ((MATCHING, "return gold.ratio(predicted.text) >= rule.similarity", "return False"),),
    ),
    Rule(
        "questions: a ratio of 0.8 is enough",
        (MATCH + "pairs_by_hand", MATCH + "difflib_s_ratio_by_hand"),
        ((MATCHING, "return gold.ratio(predicted.text) >= rule", "return gold.ratio(predicted.text) > rule"),),
    ),
    Rule(
        "questions: a lower ratio than 0.8 is not",
        (SCORE + "a_prediction_takes_the_first_that_fits_not_the_best",),
        ((MATCHING, "SIMILARITY = 0.8", "SIMILARITY = 0.66"),),
    ),
    Rule(
        "questions: difflib gets the prediction first",
        (MATCH + "difflib_is_asked_in_its_own_order", MATCH + "the_same_verdict_as_the_plain_rule"),
        ((MATCHING, "return self._matcher.ratio()", "return SequenceMatcher(None, self.text, predicted).ratio()"),),
    ),
    Rule(
        "questions: both thresholds can be set",
        (COMMAND + "each_threshold_is_the_rule_s", COMMAND + "the_threshold_is_the_rule_s"),
        ((EVALUATE, 'Rule(options["threshold"], options["containment"])', "Rule()"),),
    ),
    Rule(
        "questions: correct, incorrect and missed are matched and unmatched predictions and unmatched known answers",
        (SCORE + "correct_incorrect_and_missed_are_three_different_counts", SCORE + "counts_and_category"),
        (
            (
                SCORING,
                "Score(correct, len(matches) - correct, len(left),",
                "Score(correct, len(left), len(matches) - correct,",
            ),
        ),
    ),
    Rule(
        "questions: any spelling of a known answer will do",
        (SCORE + "an_answer_is_found_in_any_of_its_spellings",),
        ((SCORING, "enumerate(known[number])", "enumerate(known[number][:1])"),),
    ),
    Rule(
        "questions: the thresholds are 0.8",
        (MATCH + "pairs_by_hand",),
        ((MATCHING, "SIMILARITY = 0.8", "SIMILARITY = 0.81"), (MATCHING, "CONTAINMENT = 0.8", "CONTAINMENT = 0.81")),
    ),
]


def _category(name: str, words: str, there: str, instead: str) -> Rule:
    tests = (SCORE + "counts_and_category", PUBLISHED + "its_figures_are_those_worked_out_by_hand")
    return Rule(f"questions: {name} is {words}", tests, ((SCORING, there, instead),))


COMPLETE = "return Category.COMPLETE if self.incorrect else Category.PERFECT"
CATEGORIES = {
    "perfect": _category("perfect", "all found and nothing wrong", COMPLETE, "return Category.COMPLETE"),
    "complete_with_hallucinations": _category(
        "complete_with_hallucinations", "all found and something wrong", COMPLETE, "return Category.PERFECT"
    ),
    "partial": _category(
        "partial",
        "some found and some missed",
        "        if self.missed:\n            return",
        "        if False:\n            return",
    ),
    "hallucination_only": _category(
        "hallucination_only", "none right and some wrong", "        if not self.correct:", "        if False:"
    ),
    "failed": _category("failed", "no prediction", "if not self.correct + self.incorrect:", "if False:"),
}
BY_HAND = (METRIC + "every_figure_of_twenty_questions", PUBLISHED + "its_figures_are_those_worked_out_by_hand")


def _key(name: str, there: str, instead: str) -> Rule:
    return Rule(
        f"questions: the report's key {name}", BY_HAND, ((METRICS, f'"{name}": {there}', f'"{name}": {instead}'),)
    )


# By the report's key; those of the categories together.
REPORT = {
    "total_questions": _key("total_questions", "questions", "answered"),
    "correct_answers": _key("correct_answers", "complete", "correct"),
    "accuracy": _key("accuracy", "share(complete", "share(answered"),
    "successful_searches": _key("successful_searches", "answered", "complete"),
    "success_rate": _key("success_rate", "share(answered", "share(complete"),
    "precision": _key("precision", "share(correct, correct + incorrect)", "share(correct, correct + missed)"),
    "recall": _key("recall", "share(correct, correct + missed)", "share(correct, correct + incorrect)"),
    "f1_score": _key("f1_score", "f1(correct, incorrect, missed)", "sum(one.f1 for one in scores) / max(1, questions)"),
    "avg_correct_per_question": _key("avg_correct_per_question", "share(correct", "share(complete"),
    "avg_incorrect_per_question": _key("avg_incorrect_per_question", "share(incorrect", "share(missed"),
    "avg_missed_per_question": _key("avg_missed_per_question", "share(missed", "share(incorrect"),
    "total_correct_answers": _key("total_correct_answers", "correct", "complete"),
    "total_incorrect_answers": _key("total_incorrect_answers", "incorrect", "missed"),
    "total_missed_answers": _key("total_missed_answers", "missed", "incorrect"),
    "total_cost_usd": _key("total_cost_usd", "cost_usd", "0.0"),
    "cost_per_query_usd": _key(
        "cost_per_query_usd", "None if cost_usd is None else share(cost_usd, questions)", "cost_usd"
    ),
    "total_eval_time_sec": _key("total_eval_time_sec", "seconds", "0.0"),
    "queries_per_second": _key("queries_per_second", "share(questions, seconds)", "share(seconds, questions)"),
    "count_": Rule(
        "questions: the report's keys count_* are the questions of each category",
        BY_HAND,
        ((METRICS, '{f"count_{category}": counted[category] for', '{f"count_{category}": counted[category] + 1 for'),),
    ),
    "pct_": Rule(
        "questions: the report's keys pct_* are shares of the questions from 0 to 100",
        BY_HAND,
        ((METRICS, "100 * share(counted[category]", "share(counted[category]"),),
    ),
}
REPORTS = [
    Rule(
        "questions: precision, recall and F1 are of the pooled counts",
        BY_HAND,
        (
            (
                METRICS,
                '"precision": share(correct, correct + incorrect)',
                '"precision": share(sum(one.precision for one in scores), questions)',
            ),
        ),
    ),
    Rule(
        "questions: what can't be divided is 0",
        (METRIC + "each_division_by_zero_is_zero", METRIC + "nothing_scored_is_zero_everywhere"),
        ((SCORING, "return part / whole if whole else 0.0", "return part / whole if whole else 1.0"),),
    ),
    Rule(
        "questions: a cost that nobody knows is none",
        (METRIC + "a_cost_that_nobody_knows_is_not_zero", RUN + "an_unknown_price_makes_the_cost_unknown"),
        ((METRICS, '"total_cost_usd": cost_usd', '"total_cost_usd": cost_usd or 0.0'),),
    ),
    Rule(
        "questions: those without known answers are left out of the scores",
        (
            PUBLISHED + "its_figures_are_those_worked_out_by_hand",
            RESULT + "a_question_without_known_answers_is_listed_and_not_scored",
            RUN + "answers_scores_and_costs",
        ),
        ((RESULTS, "[result for result in self.results if result.scored]", "list(self.results)"),),
    ),
    Rule(
        "questions: a run's time is that from its first start to its last end",
        (RUN + "the_time_is_that_from_the_first_start_to_the_last_end",),
        ((EVALUATION, "taken.total_seconds() if taken else 0.0", "0.0"),),
    ),
    Rule(
        "questions: the cost is that of every attempt",
        (RUN + "answers_scores_and_costs",),
        ((EVALUATION, 'sum=Sum("cost_nano")', 'sum=Min("cost_nano")'),),
    ),
    Rule(
        "questions: what was asked in vain counts as failed",
        (RUN + "what_was_asked_in_vain_counts_as_failed",),
        (
            (
                EVALUATION,
                "    for request in requests:\n",
                "    for request in requests:\n        if request.pk not in texts:\n            continue\n",
            ),
        ),
    ),
]
QUESTION_SCORES = [*MATCHES, *CATEGORIES.values(), *REPORT.values(), *REPORTS]
