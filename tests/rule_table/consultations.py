"""The rules for consultations: briefs and responses, theme lists and mappings; and all the others."""

from tests.rule_table.consultations_commands import COMMAND_RULES, GENERAL
from tests.rule_table.consultations_figures import FIGURE_RULES, OUTPUTS
from tests.rule_table.consultations_made import MADE, SECOND
from tests.rule_table.rule import Rule

TESTS = "tests/consultations/test_"
MIX = TESTS + "mix.py::test_"
SOURCES = TESTS + "sources.py::test_"
ODD = TESTS + "odd_files.py::test_"
LISTS = TESTS + "theme_lists.py::test_"
MAPPINGS = TESTS + "mappings.py::test_"
RECIPES = TESTS + "recipes.py::test_"
RUN = TESTS + "run_command.py::test_"
WALK = TESTS + "walk.py::test_"
FILES = TESTS + "commands_files.py::test_"
DEEDS = TESTS + "page_deeds.py::test_"
READERS = "consultations/response_files.py"
BRIEF = "consultations/brief.py"
DRAWN = "consultations/mix.py"
THEMES = "consultations/theme_lists.py"
MAPS = "consultations/mappings.py"
RECIPE = "consultations/recipes.py"

BRIEFS = [
    Rule(
        "consultations: a brief is a question and how many responses, in YAML or JSON",
        (SOURCES + "a_brief_in_yaml_and_json",),
        ((BRIEF, '        text_of(value["question"]), _count(', '        "", _count('),),
    ),
    Rule(
        "consultations: a number that is none, and a name that a brief has not, are refused",
        (SOURCES + "a_wrong_brief_is_refused_with_the_reason",),
        (
            (BRIEF, "or not 0 < int(text) <= MOST", ""),
            (BRIEF, "    if strange := sorted(set(map(str, value))", "    if 0 and sorted(set(map(str, value))"),
        ),
    ),
    Rule(
        "consultations: they vary over perspective, length, focus and stance",
        (MIX + "every_slot_has_every_dimension",),
        ((DRAWN, '"perspective", "length", "focus", "stance")', '"perspective", "length", "stance")'),),
    ),
    Rule(
        "consultations: a length is short, medium or long",
        (MIX + "short_medium_and_long_have_their_words", RECIPES + "the_prompt_of_a_slot_says_what_it_is_to_be"),
        ((DRAWN, '"medium": (50, 130)', '"medium": (50, 140)'),),
    ),
    Rule(
        "consultations: another length is refused",
        (SOURCES + "a_wrong_brief_is_refused_with_the_reason",),
        ((DRAWN, 'if dimension == "length" else []', "if False else []"),),
    ),
    Rule(
        "consultations: weights are settable and kept to",
        (
            MIX + "weights_are_kept_to_within_each_twenty",
            SOURCES + "a_brief_in_yaml_and_json",
            MIX + "a_dimension_that_a_brief_leaves_out_gets_its_usual_values",
        ),
        ((DRAWN, "left = point * sum(values.values())", "left = point * len(values)"),),
    ),
    Rule(
        "consultations: a list of values weighs them alike",
        (MIX + "a_list_weighs_its_values_alike",),
        ((DRAWN, "dict.fromkeys(map(text_of, values), 1)", "dict.fromkeys(map(text_of, values), 2)"),),
    ),
    Rule(
        "consultations: what a brief leaves out gets its usual values",
        (MIX + "a_dimension_that_a_brief_leaves_out_gets_its_usual_values",),
        ((BRIEF, "else USUAL[name] for name", 'else {"x": 1} for name'),),
    ),
    Rule(
        "consultations: the same seed gives the same mix",
        (MIX + "the_same_seed_gives_the_same_mix", ODD + "more_responses_in_a_brief_leave_the_first_ones_as_they_are"),
        ((DRAWN, 'random.Random(f"{seed}/{block}")', "random.Random()"),),
    ),
    Rule(
        "consultations: more responses later leave the first ones as they are",
        (
            MIX + "more_slots_leave_the_first_ones_as_they_are",
            ODD + "more_responses_in_a_brief_leave_the_first_ones_as_they_are",
        ),
        ((DRAWN, 'random.Random(f"{seed}/{block}")', 'random.Random(f"{seed}/{block}/{count}")'),),
    ),
    Rule(
        "consultations: a slot's perspective, length, focus and stance reach the model",
        (RECIPES + "the_prompt_of_a_slot_says_what_it_is_to_be",),
        (("consultations/prompts/response.md", "What they think of it: {{ stance }}\n", ""),),
    ),
    Rule(
        "consultations: --count brings the slots to so many",
        (RUN + "more_are_added_to_those_that_there_are",),
        (("consultations/slots.py", "Brief(consultation.question, count,", "Brief(consultation.question, count + 1,"),),
    ),
]

GIVEN = [
    Rule(
        "consultations: a JSON list of texts",
        (SOURCES + "a_list_of_texts", SOURCES + "a_list_may_hold_empty_and_strange_entries"),
        ((READERS, "        if isinstance(one, str):\n            yield", "        if False:\n            yield"),),
    ),
    Rule(
        "consultations: JSONL and CSV with ids",
        (SOURCES + "lines_with_ids_of_which_0_is_one", SOURCES + "csv_with_a_blank_line_after_its_header"),
        ((READERS, "text_of(value.get(id_name))", '""'),),
    ),
    Rule(
        "consultations: id 0 is an id",
        (SOURCES + "lines_with_ids_of_which_0_is_one", SOURCES + "csv_with_a_blank_line_after_its_header"),
        ((READERS, 'one.id or f"r{number}"', 'one.id if one.id != "0" else f"r{number}"'),),
    ),
    Rule(
        "consultations: repeated ids are reported and both kept",
        (SOURCES + "a_repeated_id_is_told_and_both_are_kept", SOURCES + "a_repeated_id_in_a_table_is_told_by_its_line"),
        ((READERS, "self._say(one, f\"The id '{key}' is there", "str(f\"The id '{key}' is there"),),
    ),
    Rule(
        "consultations: a blank line after the header is allowed",
        (SOURCES + "csv_with_a_blank_line_after_its_header",),
        ((READERS, "            if not any(cell.strip() for cell in cells):", "            if False:"),),
    ),
    Rule(
        "consultations: demographic columns are kept",
        (
            SOURCES + "csv_with_a_blank_line_after_its_header",
            SOURCES + "lines_with_ids_of_which_0_is_one",
            ODD + "a_demographic_column_makes_no_response_changed",
            SOURCES + "a_repeated_id_in_a_table_is_told_by_its_line",
        ),
        ((READERS, "for name, one in value.items() if name not in", "for name, one in () if name not in"),),
    ),
    Rule(
        "consultations: tables with another delimiter, without ids, with short rows",
        (SOURCES + "csv_of_other_tools",),
        ((READERS, 'for delimiter in ",;\\t":', 'for delimiter in ",":'),),
    ),
    Rule(
        "consultations: a row that is too long is told and left out",
        (SOURCES + "csv_without_ids_is_numbered_and_short_rows_are_filled",),
        ((READERS, "elif len(cells) > len(header):", "elif False:"),),
    ),
    Rule(
        "consultations: a broken line is told and does not stop the others",
        (SOURCES + "a_broken_line_does_not_stop_the_others",),
        (
            (READERS, "except json.JSONDecodeError as error:", "except KeyError as error:"),
            (READERS, "            except ValueError as error:", "            except ZeroDivisionError as error:"),
        ),
    ),
    Rule(
        "consultations: a response without a text is told and left out",
        (SOURCES + "a_response_without_text_is_told", SOURCES + "a_list_may_hold_empty_and_strange_entries"),
        ((READERS, "            elif not one.text:", "            elif False:"),),
    ),
    Rule(
        "consultations: responses that exist are never made up",
        (WALK + "given_responses_are_labelled_and_never_made_up",),
        (
            (
                RECIPE,
                'made_for: ClassVar[Mapping[str, Any]] = {"text": ""}',
                "made_for: ClassVar[Mapping[str, Any]] = {}",
            ),
        ),
    ),
    Rule(
        "consultations: nor is their number a matter of --count",
        (RUN + "given_responses_are_labelled_and_not_counted_up", DEEDS + "given_responses_are_not_made_up"),
        (("consultations/slots.py", 'filter(removed_at=None).exclude(text="").exists()', "none().exists()"),),
    ),
]

FORMS = [
    Rule(
        'consultations: theme lists `[{"topic_id", "topic"}]`',
        (LISTS + "a_list_with_ids", ODD + "marks_and_line_ends_change_no_theme"),
        ((THEMES, "_first(one, NAMES)", '""'),),
    ),
    Rule(
        "consultations: theme lists `{name: rationale}`",
        (LISTS + "a_map_of_names_to_rationales", ODD + "themes_and_labels_that_look_like_values_are_strings"),
        ((THEMES, "    if isinstance(value, dict):\n        yield from", "    if False:\n        yield from"),),
    ),
    Rule(
        "consultations: theme lists with headings `## Theme A: ...`",
        (LISTS + "markdown_headings", ODD + "themes_and_labels_that_look_like_values_are_strings"),
        ((THEMES, "found = HEADING.fullmatch(line.strip())", "found = None"),),
    ),
    Rule(
        "consultations: labels are chosen from a list that is brought in",
        (FILES + "extract_themes_from_a_given_list_with_ids", WALK + "a_list_from_elsewhere_is_chosen_from"),
        (
            (
                "consultations/sources.py",
                "return as_json(read_themes(data))",
                'return as_json(read_themes(b\'{"Other": ""}\'))',
            ),
        ),
    ),
    Rule(
        "consultations: mappings `[[text, [labels]], ...]`",
        (MAPPINGS + "pairs_of_text_and_labels", ODD + "marks_and_line_ends_change_no_mapping"),
        ((MAPS, "    if isinstance(one, list) and len(one) == 2", "    if False and len(one) == 2"),),
    ),
    Rule(
        'consultations: mappings JSONL `{"response_id", "labels"}`',
        (MAPPINGS + "lines_with_ids", ODD + "marks_and_line_ends_change_no_mapping"),
        ((MAPS, '    elif isinstance(one, dict) and "labels" in one:', "    elif False:"),),
    ),
    Rule(
        "consultations: mappings are joined by text",
        (FILES + "compare_two_files", TESTS + "compare_files.py::test_every_figure_of_two_files"),
        ((MAPS, "    elif first.by_text and second.by_text:", "    elif False:"),),
    ),
    Rule(
        "consultations: a text that two people gave is paired in order",
        (MAPPINGS + "texts_join_in_the_order_of_their_occurrences",),
        ((MAPS, "found[row.text, seen[row.text]] = row", "found[row.text, 0] = row"),),
    ),
    Rule(
        "consultations: mappings with ids are joined by them",
        (MAPPINGS + "ids_join_in_any_order", TESTS + "compare_files.py::test_every_figure_of_two_files"),
        ((MAPS, "    if first.by_id and second.by_id:", "    if False:"),),
    ),
    Rule(
        "consultations: ids are joined with texts by way of the responses",
        (
            FILES + "compare_ids_with_texts_by_way_of_the_responses",
            MAPPINGS + "ids_and_texts_join_by_way_of_the_responses",
        ),
        (
            (MAPS, 'text=row.text or texts.get(row.id, "")', "text=row.text"),
            (MAPS, 'id=row.id or next(waiting.get(row.text, iter(())), "")', "id=row.id"),
        ),
    ),
    Rule(
        "consultations: of an id that a mapping repeats the first counts, and it is told",
        (MAPPINGS + "a_repeated_id_is_told_and_the_first_counts",),
        ((MAPS, "        if row.id and row.id in seen:", "        if False:"),),
    ),
]

CONSULTATIONS = [*BRIEFS, *GIVEN, *FORMS, *MADE, *SECOND, *FIGURE_RULES, *OUTPUTS, *COMMAND_RULES, *GENERAL]
