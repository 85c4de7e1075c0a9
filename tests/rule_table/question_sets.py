"""The rules for files of questions."""

from tests.rule_table.rule import Rule

FORMS = "tests/questions/test_forms.py::test_"
FOREIGN = "tests/questions/test_foreign_files.py::test_"
OPTIONS = "tests/questions/test_import_options.py::test_"
METAQA_TEST = "tests/questions/test_metaqa.py::test_"
RECORD = "tests/questions/test_records.py::test_"
SOURCE = "tests/questions/test_sources.py::test_"
TABLE = "tests/questions/test_tables.py::test_"
ODD_IDS = "tests/questions/test_odd_ids.py::test_"
SECOND = "tests/generation/test_second_look.py::test_"
METAQA = "questions/metaqa.py"
READING = "questions/reading.py"
RECORDS = "questions/records.py"
SOURCES = "questions/sources.py"
TABLES = "questions/tables.py"
VALUES = "questions/values.py"
BYTES = "generation/odd_files.py"
IMPORTING = "generation/importing.py"

# By the name of the format.
FORMATS = {
    "metaqa": Rule(
        "questions: MetaQA, a line each, the answers behind a tab and parted by |",
        (FORMS + "metaqa_by_hand", METAQA_TEST + "questions_topics_answers_and_lines"),
        ((METAQA, "parts[0].split(separator)", "parts"),),
    ),
    "json": Rule(
        "questions: JSON, a list of objects",
        (FORMS + "json_by_hand",),
        ((RECORDS, "enumerate(_listed(value), start=1)", "enumerate(_listed(value)[:1], start=1)"),),
    ),
    "jsonl": Rule(
        "questions: JSONL, an object a line",
        (FORMS + "jsonl_by_hand", RECORD + "jsonl_keeps_going_after_a_broken_line"),
        ((RECORDS, 'enumerate(text.split("\\n"), start=1)', 'enumerate(text.split("\\n")[:1], start=1)'),),
    ),
    "csv": Rule(
        "questions: CSV with a header",
        (FORMS + "csv_by_hand", TABLE + "delimiters_are_found_by_the_header"),
        ((TABLES, 'DELIMITERS = (",", ";"', 'DELIMITERS = (";"'),),
    ),
    "csv-semicolon": Rule(
        "questions: CSV parted by semicolons",
        (FORMS + "semicolons_by_hand", SOURCE + "semicolons_can_be_chosen"),
        ((SOURCES, '"csv-semicolon": ";"', '"csv-semicolon": ","'),),
    ),
    "squad": Rule(
        "questions: SQuAD 1.1, articles with paragraphs with questions",
        (FORMS + "squad_by_hand", RECORD + "squad"),
        ((RECORDS, '"squad": _squad', '"squad": _plain'),),
    ),
    "hotpotqa": Rule(
        "questions: HotpotQA with its paragraphs of sentences",
        (FORMS + "hotpotqa_by_hand", RECORD + "hotpotqa"),
        ((RECORDS, '"hotpotqa": _hotpot', '"hotpotqa": _plain'),),
    ),
    "triviaqa": Rule(
        "questions: TriviaQA, the value and its aliases are one answer",
        (FORMS + "triviaqa_by_hand", RECORD + "triviaqa", RECORD + "triviaqa_as_records_in_small_letters"),
        ((RECORDS, '("Value", "value")), first_of(answer, ("Aliases", "aliases"))]', '("Value", "value"))]'),),
    ),
    "fever": Rule(
        "questions: FEVER, the label is the answer",
        (FORMS + "fever_by_hand", RECORD + "fever"),
        ((RECORDS, 'one_answer([record.get("label")])', 'one_answer([record.get("verifiable")])'),),
    ),
}
IMPORT = [
    Rule(
        "questions: the topic of MetaQA stands in brackets",
        (FORMS + "metaqa_by_hand", METAQA_TEST + "questions_topics_answers_and_lines"),
        ((METAQA, 'topic=topic[1].strip() if topic else ""', 'topic=""'),),
    ),
    Rule(
        "questions: the hops stand in the file's name",
        (FORMS + "metaqa_by_hand", OPTIONS + "hops_are_named_by_option_question_or_file_in_this_order"),
        ((SOURCES, "hops_of(filename))", "None)"),),
    ),
    Rule(
        "questions: the hops of --hops come before those of the file's name",
        (
            OPTIONS + "hops_are_named_by_option_question_or_file_in_this_order",
            SOURCE + "hops_are_those_of_the_option_or_of_the_file_s_name",
        ),
        ((SOURCES, "Rows(self._hops(), ", "Rows(None, "),),
    ),
    Rule(
        "questions: a question's own hops come before those of the file's name",
        (OPTIONS + "hops_are_named_by_option_question_or_file_in_this_order",),
        ((READING, "self._hops or asked.hops or self._usual_hops", "self._hops or self._usual_hops or asked.hops"),),
    ),
    Rule(
        "questions: fields of JSON, JSONL and CSV can be named",
        (
            OPTIONS + "every_field_of_json_can_be_named",
            OPTIONS + "every_field_of_jsonl_can_be_named",
            OPTIONS + "every_column_of_csv_can_be_named",
            RECORD + "fields_can_be_named_also_within_others",
            "tests/generation/test_admin_import_options.py::test_options_hold_for_the_preview_and_for_the_import",
        ),
        ((READING, "at(row, self.chosen[name]) if name in self.chosen else first_of", "first_of"),),
    ),
    Rule(
        "questions: what parts the answers within a text can be named",
        (OPTIONS + "every_field_of_json_can_be_named", SOURCE + "fields_can_be_named"),
        ((SOURCES, 'self.chosen.get("answer_separator", "|")', '"|"'),),
    ),
    Rule(
        "questions: a named field that is nowhere is refused",
        (
            OPTIONS + "a_named_field_that_is_nowhere_ends_in_a_sentence",
            SOURCE + "a_named_field_that_is_nowhere_is_refused",
        ),
        ((SOURCES, "if not any(knows(record, path) for record in records):", "if False:"),),
    ),
    Rule(
        "questions: a named column that is nowhere is refused",
        (OPTIONS + "a_named_field_that_is_nowhere_ends_in_a_sentence", TABLE + "a_wrong_header_is_refused"),
        ((TABLES, "else fields.chosen[wanted] in names", "else True"),),
    ),
    Rule(
        "questions: formats with fields of their own take no names",
        (FORMS + "names_of_fields_belong_to_the_forms_that_have_settable_ones",),
        ((SOURCES, "if fields.chosen and wanted not in SETTABLE:", "if False:"),),
    ),
    Rule(
        "questions: the format is found out from the file",
        (SOURCE + "each_format_is_found_out", RECORD + "shapes_are_recognised", FORMS + "squad_by_hand"),
        ((RECORDS, "if not isinstance(record, Mapping):\n        return", "if True:\n        return"),),
    ),
    Rule(
        "questions: a test set of HotpotQA, without facts, is one as well",
        (FORMS + "hotpotqa_by_hand",),
        ((RECORDS, ' or _is_titled(record.get("context"))', ""),),
    ),
    Rule(
        "questions: SQuAD's several markings are spellings of one answer",
        (FORMS + "squad_by_hand", RECORD + "squad"),
        ((RECORDS, "one_answer(marked)", "[[one] for one in marked]"),),
    ),
    Rule(
        "questions: FEVER's labels are the only answers",
        (FORMS + "fever_by_hand", RECORD + "fever"),
        ((RECORDS, "choices=list(FEVER_LABELS)", "choices=[]"),),
    ),
    Rule(
        "questions: the same text with other ids is another question",
        (
            FORMS + "metaqa_by_hand",
            FORMS + "json_by_hand",
            FORMS + "csv_by_hand",
            FORMS + "squad_by_hand",
            FORMS + "hotpotqa_by_hand",
            FORMS + "fever_by_hand",
            SOURCE + "the_same_text_with_other_ids_is_another_question",
        ),
        (
            (
                READING,
                "        self.without_gold +=",
                '        if any(row.fields["text"] == asked.text for row in self.rows):\n            return\n'
                "        self.without_gold +=",
            ),
        ),
    ),
    Rule(
        "questions: a repeated id is reported and both stay",
        (SOURCE + "a_repeated_id_is_reported_and_both_stay",),
        ((READING, "if key in self._taken:", "if False:"),),
    ),
    Rule(
        "questions: those without known answers are imported",
        (FORMS + "metaqa_by_hand", FORMS + "csv_by_hand", SOURCE + "questions_without_known_answers_are_counted"),
        ((READING, "if not asked.text:", "if not asked.text or not asked.gold:"),),
    ),
]
GENERAL = [
    Rule(
        "questions: an import twice changes nothing",
        (
            FORMS + "the_rows_reach_the_database_and_the_second_time_nothing_changes",
            SOURCE + "the_same_file_twice_changes_nothing",
        ),
        ((IMPORTING, "elif source_hash != plan.hashes[key]:", "elif True:"),),
    ),
    Rule(
        "questions: a changed one alone is marked",
        (FORMS + "a_changed_question_alone_is_marked", SOURCE + "only_what_the_model_sees_makes_a_question_changed"),
        ((IMPORTING, "elif source_hash != plan.hashes[key]:", "elif False:"),),
    ),
    Rule(
        "questions: other hops are a change",
        (FORMS + "other_hops_are_a_change_since_the_model_is_told_them",),
        (("questions/models.py", '"choices", "hops")', '"choices")'),),
    ),
    Rule(
        "questions: other known answers score the answers anew",
        (
            SECOND + "gold_that_is_imported_again_scores_the_answers_anew",
            SECOND + "gold_that_is_gone_leaves_the_answer_without_a_score",
        ),
        ((SOURCES, "look_again(cls.artefact_recipe, items)", "pass"),),
    ),
    Rule(
        "questions: one that is gone is marked removed and never deleted",
        (FORMS + "what_is_gone_is_marked_and_comes_back", SOURCE + "a_question_that_is_gone_is_marked"),
        ((IMPORTING, "            if removed_at is None:", "            if False:"),),
    ),
    Rule(
        "questions: an import is one transaction",
        (FORMS + "all_of_an_import_or_nothing_is_written",),
        (
            (
                IMPORTING,
                "    with transaction.atomic():\n        plan.collection",
                "    if plan:\n        plan.collection",
            ),
        ),
    ),
    Rule(
        "questions: a dry run shows new, changed, unchanged, removed and invalid and writes nothing",
        (FORMS + "a_dry_run_counts_and_writes_nothing",),
        ((IMPORTING, "    _compare(plan)\n    return", "    _compare(plan)\n    apply_import(plan)\n    return"),),
    ),
    Rule(
        "questions: CRLF changes nothing",
        (FORMS + "what_editors_do_to_a_file_changes_nothing",),
        ((BYTES, 'text.replace("\\r\\n", "\\n").replace("\\r", "\\n")', "text"),),
    ),
    Rule(
        "questions: a BOM changes nothing",
        (FORMS + "what_editors_do_to_a_file_changes_nothing", SOURCE + "marks_and_line_ends_change_nothing"),
        ((BYTES, 'data.decode("utf-8-sig")', 'data.decode("utf-8")'),),
    ),
    Rule(
        "questions: a blank first line changes nothing",
        (FORMS + "what_editors_do_to_a_file_changes_nothing", SOURCE + "marks_and_line_ends_change_nothing"),
        (
            (METAQA, "if not line.strip():", "if False:"),
            (TABLES, "if not any(cell.strip() for cell in cells):", "if False:"),
        ),
    ),
    Rule(
        "questions: any script survives",
        (FORMS + "json_by_hand", FORMS + "squad_by_hand", ODD_IDS + "an_id_stays_a_string"),
        ((VALUES, "str(value).strip() if", 'str(value).encode("ascii", "ignore").decode().strip() if'),),
    ),
    Rule(
        "questions: ids like 0, NA, NO, yes and no stay strings",
        (FORMS + "csv_by_hand", FORMS + "squad_by_hand", ODD_IDS + "an_id_stays_a_string"),
        (
            (
                VALUES,
                "    return str(value)",
                '    value = None if value in ("0", "NA", "NO") else value\n    return str(value)',
            ),
        ),
    ),
    Rule(
        "questions: numbers as ids and answers stay as they are written",
        (ODD_IDS + "a_number_as_an_id_stays_as_it_is_written", RECORD + "numbers_stay_as_they_were_written"),
        ((BYTES, "parse_int=str, parse_float=str, parse_constant=str", "parse_int=int"),),
    ),
    Rule(
        "questions: a total that a file states is only compared",
        (FORMS + "a_total_that_a_file_states_is_only_compared",),
        ((READING, "if stated.total != len(self.rows):", "if False:"),),
    ),
    Rule(
        "questions: zip, PDF and UTF-16 are refused by what they are",
        (FOREIGN + "one_sentence_status_1_and_nothing_is_written", SOURCE + "foreign_files_end_in_one_sentence"),
        ((BYTES, "if data.startswith(mark):", "if False:"),),
    ),
    Rule(
        "questions: another encoding is refused",
        (FOREIGN + "one_sentence_status_1_and_nothing_is_written", SOURCE + "foreign_files_end_in_one_sentence"),
        ((BYTES, 'data.decode("utf-8-sig")', 'data.decode("utf-8-sig", "replace")'),),
    ),
    Rule(
        "questions: an empty file or white space is refused",
        (FOREIGN + "one_sentence_status_1_and_nothing_is_written", SOURCE + "foreign_files_end_in_one_sentence"),
        ((BYTES, "if not text.strip():", "if False:"), (IMPORTING, "    if not data.strip():", "    if False:")),
    ),
    Rule(
        "questions: text that is none of the forms is refused",
        (FOREIGN + "one_sentence_status_1_and_nothing_is_written", SOURCE + "foreign_files_end_in_one_sentence"),
        ((SOURCES, "        if delimiter_of(text, fields):\n", "        if text:\n"),),
    ),
    Rule(
        "questions: a file without a question is refused",
        (FOREIGN + "one_sentence_status_1_and_nothing_is_written", SOURCE + "foreign_files_end_in_one_sentence"),
        ((SOURCES, "if not rows.rows:", "if False:"),),
    ),
    Rule(
        "questions: a text without known answers is no question",
        (FOREIGN + "one_sentence_status_1_and_nothing_is_written",),
        ((READING, 'if found == [WEAK] and "question" not in self.chosen:', "if False:"),),
    ),
    Rule(
        "questions: a text beside known answers is one",
        (FOREIGN + "a_text_is_a_question_beside_known_answers_or_when_it_is_named",),
        ((READING, 'return any(name in names for name in self.names("answers"))', "return False"),),
    ),
    Rule(
        "questions: a refused file is one sentence with status 1",
        (FOREIGN + "one_sentence_status_1_and_nothing_is_written",),
        (("generation/command_base.py", "ProviderError, SourceError, OSError)", "ProviderError, OSError)"),),
    ),
    Rule(
        "questions: a cut last line is told and the rest imported",
        (FOREIGN + "a_cut_last_line_is_told_and_the_rest_imported", RECORD + "jsonl_keeps_going_after_a_broken_line"),
        ((RECORDS, 'yield Problem(number, f"Line {number}", why)', "pass"),),
    ),
]
QUESTION_SETS = [*FORMATS.values(), *IMPORT, *GENERAL]
