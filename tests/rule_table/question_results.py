"""The rules for result files of questions, their intervals, comparisons and charts."""

from tests.rule_table.rule import Off, Rule

SCORE = "tests/questions/test_scoring.py::test_"
METRIC = "tests/questions/test_metrics.py::test_"
PUBLISHED = "tests/questions/test_published_file.py::test_"
RESULT = "tests/questions/test_results.py::test_"
COMPARE = "tests/questions/test_comparison.py::test_"
COMMAND = "tests/questions/test_evaluate_command.py::test_"
RUN = "tests/questions/test_evaluation.py::test_"
PUBLISH = "tests/questions/test_publish.py::test_"
CHART = "tests/questions/test_charts.py::test_"
PAGE = "tests/questions/test_admin.py::test_"
SCORING = "questions/scoring.py"
METRICS = "questions/metrics.py"
RESULTS = "questions/results.py"
COMPARISON = "questions/comparison.py"
EVALUATION = "questions/evaluation.py"
CHARTS = "questions/charts.py"
EVALUATE = "questions/management/commands/evaluate.py"

FILES = [
    Rule(
        "questions: result files are results/<variant>_<dataset>.json, with _batch where it was one",
        (
            RESULT + "where_it_belongs",
            RUN + "the_variant_is_the_model_with_its_prompt_or_as_named",
            PUBLISHED + "the_file_that_is_written_from_it_gives_the_same_again",
            PUBLISH + "one_file_for_what_one_variant_answered",
        ),
        ((RESULTS, "*(['batch'] if self.mode == 'batch' else [])", "*(['batch'] if False else [])"),),
    ),
    Rule(
        "questions: the file's keys",
        (
            RESULT + "the_file_has_the_listed_keys",
            RESULT + "each_key_of_the_file_by_hand",
            PUBLISHED + "the_file_that_is_written_from_it_gives_the_same_again",
        ),
        ((RESULTS, '            "status": self.status,\n', ""),),
    ),
    Rule(
        "questions: the keys of each result",
        (
            RESULT + "each_key_of_a_result_by_hand",
            RESULT + "the_file_has_the_listed_keys",
            PUBLISHED + "the_file_that_is_written_from_it_gives_the_same_again",
        ),
        ((RESULTS, '"answer_category":', '"category":'),),
    ),
    Rule(
        "questions: precision, recall and F1 of each result",
        (RESULT + "each_key_of_a_result_by_hand", PUBLISHED + "each_of_its_questions_is_scored_as_it_says"),
        ((RESULTS, '"precision": one.precision', '"precision": one.recall'),),
    ),
    Rule(
        "questions: is_correct means complete",
        (RESULT + "each_key_of_a_result_by_hand", PUBLISHED + "each_of_its_questions_is_scored_as_it_says"),
        ((RESULTS, '"is_correct": one.complete', '"is_correct": one.exact'),),
    ),
    Rule(
        "questions: a result without known answers has no score",
        (
            RESULT + "a_question_without_known_answers_is_listed_and_not_scored",
            PUBLISHED + "each_of_its_questions_is_scored_as_it_says",
        ),
        ((RESULTS, "one, scored = self.score, self.scored", "one, scored = self.score, True"),),
    ),
    Rule(
        "questions: the spelling that was found is written",
        (RESULT + "the_spelling_that_was_found_is_written_so_that_others_find_it_too",),
        ((RESULTS, "spellings[max(0, place)]", "spellings[0]"),),
    ),
    Rule(
        "questions: two files of one name don't overwrite each other",
        (
            RESULT + "two_of_one_name_have_each_a_place",
            COMMAND + "two_runs_of_one_variant_do_not_overwrite_each_other",
        ),
        ((RESULTS, "yield one.path if taken[one.path] == 1 else", "yield one.path if taken[one.path] else"),),
    ),
    Rule(
        "questions: a file is scored from its own predictions, never by what it states",
        (RESULT + "only_measured_figures_are_taken_from_a_file", RESULT + "a_file_is_scored_from_its_own_predictions"),
        (
            (
                RESULTS,
                "return report(self.scores, total, self.seconds)",
                "return report(self.scores, total, self.seconds) | self.stated",
            ),
        ),
    ),
    Rule(
        "questions: figures that a file states otherwise are named",
        (
            PUBLISHED + "every_figure_that_does_not_fit_is_named",
            COMMAND + "stated_figures_that_do_not_fit_are_named",
            METRIC + "stated_figures_are_compared",
            METRIC + "costs_and_speed_are_compared_where_they_can_be_computed",
        ),
        ((METRICS, "elif not _fits(said, value):", "elif False:"),),
    ),
    Rule(
        "questions: rounded figures fit",
        (
            METRIC + "a_rounded_figure_is_no_other_figure",
            PUBLISHED + "its_own_figures_are_found_to_fit_rounded_as_they_are",
        ),
        ((METRICS, "return rounded or apart", "return apart"),),
    ),
    Rule(
        "questions: a published file has the time of its runs",
        (PUBLISH + "the_time_is_that_of_the_runs_that_made_the_answers",),
        (("questions/publish.py", "known.seconds = _seconds(times[variant])", "pass"),),
    ),
    Rule(
        "questions: NaN and Infinity are no figures",
        (RESULT + "a_figure_that_is_none_is_no_figure",),
        ((RESULTS, "return figure if isfinite(figure) else str(value)", "return figure"),),
    ),
    Rule(
        "questions: null instead of a list is no answer",
        (RESULT + "null_is_no_answer_and_refuses_no_file",),
        ((RESULTS, "if value is None and name in row:", "if False:"),),
    ),
    Rule(
        "questions: what is no result file ends in one sentence",
        (RESULT + "other_files_end_in_one_sentence", COMMAND + "a_foreign_file_is_one_sentence"),
        (
            (RESULTS, "if not isinstance(value, Mapping) or not isinstance(rows, list):", "if False:"),
            (RESULTS, "if strange :=", "if False and (strange :="),
            (RESULTS, "not isinstance(one, str | bool)]:", "not isinstance(one, str | bool)]):"),
        ),
    ),
    Rule(
        "questions: evaluate generates nothing",
        (
            PUBLISHED + "nothing_is_generated_and_nothing_is_asked",
            COMMAND + "a_file_is_scored_and_nothing_else_happens",
        ),
        (
            (
                EVALUATE,
                "    rule = _rule(options)\n",
                '    rule = _rule(options)\n        evaluate_run.__globals__["Run"].objects.create(mode="direct")\n',
            ),
        ),
    ),
    Rule(
        "questions: wrong use and failures of evaluate have statuses of their own",
        (COMMAND + "wrong_use_and_failures_have_their_own_status",),
        ((EVALUATE, 'raise WrongUse(f"--{name}', 'raise Failed(f"--{name}'),),
    ),
]


def _side(name: str, words: str, *off: Off) -> Rule:
    return Rule(f"questions: {words}", (COMPARE + name,), off)


COMPARISONS = [
    Rule(
        "questions: exact match is the share of questions answered to the letter and no more",
        (
            RESULT + "exact_match_is_the_share_of_exact_questions",
            SCORE + "exact_means_to_the_letter_and_nothing_else",
            COMPARE + "values_are_those_of_the_questions_themselves",
        ),
        ((SCORING, "    exact = _exact(predicted, gold)\n", "    exact = not left\n"),),
    ),
    _side("bounds_of_two_questions_by_hand", "intervals hold 95 %", (COMPARISON, "0, 0.95", "0, 0.3")),
    _side(
        "the_seed_makes_them_repeatable",
        "the bootstrap is seeded",
        (COMPARISON, "random.Random(drawing.seed)", "random.Random()"),
    ),
    _side(
        "a_bound_between_two_drawings_lies_on_the_line_between_them",
        "a bound between two drawings lies between them",
        (COMPARISON, "* (place - low)", "* 0"),
    ),
    _side(
        "bounds_are_those_of_the_binomial_distribution",
        "as many questions are drawn as there are",
        (COMPARISON, "k=len(numbers)", "k=len(numbers) // 4 or 1"),
    ),
    _side(
        "drawn_in_pairs_a_constant_change_is_certain",
        "both sets are drawn in pairs",
        (
            COMPARISON,
            "changes = [second - first for first, second in zip(firsts, seconds, strict=True)]",
            "changes = [second - first for first, second in zip(firsts, [seconds[0], *seconds[:0:-1]], strict=True)]",
        ),
    ),
    _side(
        "a_difference_is_one_when_its_interval_leaves_zero_out",
        "a difference that may be chance is told",
        (COMPARISON, "return self.low > 0 or self.high < 0", "return True"),
    ),
    _side(
        "questions_of_the_same_text_are_compared_by_id",
        "questions are compared by id",
        (COMPARISON, "result.question_id, seen[result.question_id]", "result.question_text, seen[result.question_id]"),
    ),
    _side(
        "questions_of_one_set_alone_are_counted_and_left_out",
        "questions of one set alone are counted and left out",
        (COMPARISON, "len(ones) - len(pairs)", "0"),
    ),
    Rule(
        "questions: the seed and the number of drawings can be set",
        (COMMAND + "the_seed_and_the_number_of_drawings_are_the_bootstrap_s",),
        ((EVALUATE, 'Drawing(options["resamples"], options["seed"], LEVEL)', "Drawing()"),),
    ),
    Rule(
        "questions: runs are compared by model, prompt and mode",
        (COMMAND + "runs_side_by_side_by_model_prompt_and_mode",),
        ((EVALUATION, "return f\"{model or 'unknown'}-p{version}\" if version", 'return "one" if version'),),
    ),
    Rule(
        "questions: each question's difference with what was gained and lost",
        (
            COMMAND + "runs_side_by_side_by_model_prompt_and_mode",
            COMMAND + "the_json_document_holds_everything",
            COMPARE + "two_sets_question_by_question",
        ),
        ((COMPARISON, "before, after = _found(one), _found(other)", "before, after = _found(one), _found(one)"),),
    ),
    Rule(
        "questions: better and worse are by F1",
        (
            COMMAND + "runs_side_by_side_by_model_prompt_and_mode",
            COMMAND + "two_files_are_compared_by_question",
            PAGE + "two_runs_are_compared",
        ),
        ((COMPARISON, "return self.second.f1 - self.first.f1", "return self.first.f1 - self.second.f1"),),
    ),
    Rule(
        "questions: only sets over one dataset are compared",
        (COMMAND + "other_datasets_are_not_compared", COMMAND + "runs_are_evaluated_and_compared_by_dataset"),
        ((EVALUATE, "firsts.setdefault(one.dataset_name, one)", 'firsts.setdefault("", one)'),),
    ),
    Rule(
        "questions: charts of the categories show their shares",
        (CHART + "the_widths_are_the_shares", CHART + "each_set_has_a_bar_and_its_number_of_questions"),
        ((CHARTS, "width = share * (WIDTH - LEFT - RIGHT)", "width = 10.0"),),
    ),
    Rule(
        "questions: charts of the measures show value and interval",
        (CHART + "measures_show_value_and_interval",),
        ((CHARTS, "lines.append(_whisker(interval, y + 8))", "pass"),),
    ),
    Rule(
        "questions: charts of the differences count the questions by change",
        (CHART + "differences_are_counted_in_steps",),
        ((CHARTS, "counts[round((one.change + 1) / 2 * BINS)] += 1", "counts[BINS] += 1"),),
    ),
    Rule(
        "questions: evaluate writes result files and charts",
        (COMMAND + "files_and_charts_are_written",),
        ((EVALUATE, 'drawn |= {f"differences-{n}"', 'drawn = {f"differences-{n}"'),),
    ),
    Rule(
        "questions: the page shows report, charts and mistakes",
        (PAGE + "a_run_s_report_charts_and_mistakes",),
        (("questions/evaluation_page.py", '_picture("Questions by category"', '_picture("Something"'),),
    ),
]
QUESTION_RESULTS = [*FILES, *COMPARISONS]
