"""The rules for the files of stories: groups, entities and topics."""

from tests.rule_table.rule import Rule
from tests.rule_table.stories_found import STORY_ANSWERS, STORY_CHECKS, STORY_ROWS
from tests.rule_table.stories_meant import QUEUE_OF_MENTIONS, RESOLUTION_ORDER, STORY_PAGES

GROUPS = "tests/stories/test_group_files.py::test_"
LISTS = "tests/stories/test_list_files.py::test_"
SHAPES = "tests/stories/test_sources.py::test_"
FORMATS = "tests/stories/test_format_rules.py::test_"
ADMIN = "tests/stories/test_admin.py::test_"
GROUP_FILE = "stories/groups.py"
ENTITY_FILE = "stories/entity_files.py"
TOPIC_FILE = "stories/topic_files.py"
READ = "stories/reading.py"
ODD = "generation/odd_files.py"
IMPORTING = "generation/importing.py"

FOREIGN = (
    LISTS + "files_of_other_kinds_end_in_one_sentence_that_says_what_they_are",
    FORMATS + "foreign_files_end_in_one_sentence_status_1_and_no_rows",
)

STORY_FILES = [
    Rule(
        "stories: groups with `summaries: [{summary_text}]`",
        (GROUPS + "summaries_and_items_are_the_texts_in_their_order", SHAPES + "shapes_of_groups"),
        ((GROUP_FILE, 'TEXTS = ("summaries", ', "TEXTS = ("),),
    ),
    Rule(
        "stories: groups with `items`",
        (GROUPS + "summaries_and_items_are_the_texts_in_their_order", SHAPES + "shapes_of_groups"),
        ((GROUP_FILE, 'TEXTS = ("summaries", "items", ', 'TEXTS = ("summaries", '),),
    ),
    Rule(
        "stories: articles joined by a member list of each group",
        (GROUPS + "members_are_joined_in_the_order_of_their_list", SHAPES + "shapes_of_groups"),
        ((GROUP_FILE, "members = _members(key, group, pool) if pool is not None else []", "members = []"),),
    ),
    Rule(
        "stories: articles joined by a member list of the file",
        (GROUPS + "members_may_stand_in_a_list_of_pairs_beside_the_groups",),
        ((GROUP_FILE, "        return pool.members.get(key, ())", "        return ()"),),
    ),
    Rule(
        "stories: a member that is no article is reported",
        (SHAPES + "problems_of_groups",),
        ((GROUP_FILE, "self.problems.append(Problem(place, key[:60], f\"Its member '", "str((f\"Its member '"),),
    ),
    Rule(
        "stories: groups as JSONL",
        (GROUPS + "a_line_of_jsonl_is_a_group", SHAPES + "shapes_of_groups"),
        ((GROUP_FILE, 'lines = format == "jsonl" or (format == "auto" and is_lines(text))', "lines = False"),),
    ),
    Rule(
        "stories: a title, where there is one",
        (GROUPS + "summaries_and_items_are_the_texts_in_their_order", SHAPES + "shapes_of_groups"),
        ((GROUP_FILE, '"title": text_in(group, TITLES)', '"title": ""'),),
    ),
    Rule(
        "stories: a group without an id gets its position, which is no other's and does not move",
        (
            SHAPES + "a_group_without_an_id_gets_its_position",
            SHAPES + "a_position_that_is_an_id_of_another_is_not_taken",
            GROUPS + "a_group_without_text_keeps_its_position",
            GROUPS + "mending_a_broken_line_moves_no_group",
        ),
        (
            (GROUP_FILE, "own or self._free(str(position))", "own or self._free(str(position - 1))"),
            (GROUP_FILE, 'return key if key not in self._taken else f"{key}-without-id"', "return key"),
            (GROUP_FILE, "number + bisect_left(broken, place)", "number"),
        ),
    ),
    Rule(
        "stories: id 0 is valid",
        (
            SHAPES + "a_group_without_an_id_gets_its_position",
            SHAPES + "shapes_of_groups",
            GROUPS + "a_line_of_jsonl_is_a_group",
        ),
        ((GROUP_FILE, "        own = text_in(group, IDS)\n", '        own = text_in(group, IDS).lstrip("0")\n'),),
    ),
    Rule(
        "stories: a group without text is reported and skipped",
        (SHAPES + "problems_of_groups", GROUPS + "a_group_without_text_keeps_its_position"),
        ((GROUP_FILE, "        if not texts:\n", "        if False:\n"),),
    ),
    Rule(
        "stories: the second group of an id is reported and left out",
        (SHAPES + "problems_of_groups",),
        ((GROUP_FILE, "        if key in seen:\n", "        if False:\n"),),
    ),
    Rule(
        "stories: entities as JSON",
        (LISTS + "type_name_id_and_aliases_of_entities", SHAPES + "shapes_of_entities"),
        ((ENTITY_FILE, '        return "jsonl" if is_lines(text) else "json"\n', '        return "csv"\n'),),
    ),
    Rule(
        "stories: entities as CSV",
        (LISTS + "type_name_id_and_aliases_of_entities", FORMATS + "entities_of_any_words_stay_as_they_are_written"),
        ((ENTITY_FILE, '    return "csv"\n', '    return "json"\n'),),
    ),
    Rule(
        "stories: entities have type, name and external id",
        (LISTS + "type_name_id_and_aliases_of_entities", SHAPES + "problems_of_entities"),
        ((ENTITY_FILE, 'IDS = ("external_id", "id",', 'IDS = ("foreign_id",'),),
    ),
    Rule(
        "stories: aliases as a list",
        (LISTS + "type_name_id_and_aliases_of_entities", LISTS + "aliases_as_a_list_keep_their_commas"),
        ((ENTITY_FILE, "parts = value if isinstance(value, list) else", "parts ="),),
    ),
    Rule(
        "stories: aliases in a cell parted by `;`",
        (LISTS + "aliases_in_one_cell_are_parted_by_semicolons_or_else_by_commas", SHAPES + "shapes_of_entities"),
        ((ENTITY_FILE, '.split(";" if ";" in text_of(value) else ",")', '.split(",")'),),
    ),
    Rule(
        "stories: aliases in a cell parted by `,`",
        (LISTS + "aliases_in_one_cell_are_parted_by_semicolons_or_else_by_commas", SHAPES + "shapes_of_entities"),
        ((ENTITY_FILE, '.split(";" if ";" in text_of(value) else ",")', '.split(";")'),),
    ),
    Rule(
        "stories: entities as a flat map alias -> id",
        (LISTS + "a_flat_map_leads_from_aliases_to_ids", SHAPES + "a_flat_map_takes_its_type_from_an_option"),
        ((ENTITY_FILE, "called.setdefault(text_of(id), [])", "called.setdefault(alias, [])"),),
    ),
    Rule(
        "stories: the type of a flat map is named by `--type`",
        (LISTS + "a_flat_map_needs_a_type_and_says_how_to_name_it", ADMIN + "options_of_a_list_are_its_own"),
        (("stories/sources.py", 'EntityRows(self.chosen.get("type", ""))', 'EntityRows("")'),),
    ),
    Rule(
        "stories: a file of one type leaves the others, and what editors made, alone",
        (
            SHAPES + "a_file_of_players_leaves_the_teams_alone",
            SHAPES + "an_import_takes_away_nothing_that_editors_made",
        ),
        (
            (
                "stories/sources.py",
                'items.filter(by_hand=False, type__in={row.fields["type"] for row in rows})',
                "items.all()",
            ),
        ),
    ),
    Rule(
        "stories: a controlled list of topics, as lines, CSV or JSON",
        (LISTS + "a_list_of_topics_are_names_in_their_order", SHAPES + "shapes_of_topics"),
        ((TOPIC_FILE, 'return "csv" if names & set(NAMES)', 'return "csv" if False'),),
    ),
    Rule(
        "stories: each topic is in the list once",
        (SHAPES + "a_topic_stands_in_the_list_once",),
        ((TOPIC_FILE, "        elif key in rows:\n", "        elif False:\n"),),
    ),
    Rule(
        "stories: a BOM is no part of the first word",
        (
            FORMATS + "topics_of_any_words_stay_as_they_are_written",
            FORMATS + "entities_of_any_words_stay_as_they_are_written",
            SHAPES + "marks_of_editors_change_nothing",
        ),
        ((ODD, 'data.decode("utf-8-sig")', 'data.decode("utf-8")'),),
    ),
    Rule(
        "stories: lines end in any way",
        (
            FORMATS + "topics_of_any_words_stay_as_they_are_written",
            FORMATS + "entities_of_any_words_stay_as_they_are_written",
        ),
        ((ODD, '.replace("\\r\\n", "\\n").replace("\\r", "\\n")', ""),),
    ),
    Rule(
        "stories: the last line needs no end",
        (FORMATS + "topics_of_any_words_stay_as_they_are_written", LISTS + "topics_may_hold_whatever_letters_need"),
        ((TOPIC_FILE, 'lines = text.split("\\n")\n', 'lines = text.split("\\n")[:-2]\n'),),
    ),
    Rule(
        "stories: a blank first line is passed over, and counted",
        (
            FORMATS + "entities_of_any_words_stay_as_they_are_written",
            LISTS + "the_lines_of_a_table_are_counted_with_the_blank_ones_before_it",
        ),
        ((READ, 'self._text = BLANK_LINES.sub("", text)', "self._text = text"),),
    ),
    Rule(
        "stories: any script, emoji, and the signs that join their letters",
        (
            LISTS + "topics_may_hold_whatever_letters_need",
            SHAPES + "ids_stay_as_they_are_written",
        ),
        ((READ, 'str(value).replace("\\x00", "")', 'str(value).encode("ascii", "ignore").decode()'),),
    ),
    Rule(
        "stories: ids that look like numbers, NA, NO, yes and no stay as they are written",
        (
            SHAPES + "ids_stay_as_they_are_written",
            LISTS + "numbers_and_words_that_mean_something_elsewhere_stay_as_they_are_written",
            FORMATS + "entities_of_any_words_stay_as_they_are_written",
        ),
        (
            (ODD, "json.loads(text, parse_int=str, parse_float=str, parse_constant=str)", "json.loads(text)"),
            (
                READ,
                "(text := text_of(record.get(name)))",
                '(text := text_of(record.get(name))) not in ("", "NA", "no")',
            ),
        ),
    ),
    Rule(
        "stories: totals that a file states are only compared",
        (
            GROUPS + "a_stated_total_is_compared_and_never_trusted",
            LISTS + "totals_of_lists_are_compared_and_never_trusted",
        ),
        ((READ, "            if int(one) == found:\n", "            if True:\n"),),
    ),
    Rule(
        "stories: foreign files end in one sentence, status 1 and no rows",
        (*FOREIGN, SHAPES + "foreign_files_end_in_a_sentence"),
        (
            ("stories/sources.py", "    if not rows:\n", "    if False:\n"),
            (IMPORTING, "    if not rows:\n", "    if False:\n"),
            (ODD, "    for mark, found in _MARKS.items():", "    for mark, found in ():"),
            (ODD, '    if "\\x00" in text:', "    if False:"),
            (TOPIC_FILE, "    if any(CONTROL.search", "    if False and any(CONTROL.search"),
        ),
    ),
    Rule(
        "stories: a document or another table is no list of topics",
        FOREIGN[:1],
        (
            (TOPIC_FILE, "if strange := sorted(names & STRANGE):", "if strange := []:"),
            (TOPIC_FILE, 'if marked := next((line for line in lines if MARKUP.match(line)), ""):', "if marked := '':"),
        ),
    ),
    Rule(
        "stories: a JSON file that was cut off is refused",
        (*FOREIGN[:1], GROUPS + "a_list_that_was_cut_off_is_no_jsonl"),
        (
            (READ, '    if not text.lstrip().startswith("{"):\n        return False\n', ""),
            (ODD, "    except json.JSONDecodeError as failure:\n", "    except ZeroDivisionError as failure:\n"),
        ),
    ),
    Rule(
        "stories: the same file twice changes nothing",
        (LISTS + "the_same_file_twice_changes_nothing",),
        ((IMPORTING, "elif source_hash != plan.hashes[key]:", "elif True:"),),
    ),
    Rule(
        "stories: what changed is marked, and nothing else",
        (
            LISTS + "only_what_changed_is_marked_and_what_is_gone_stays",
            FORMATS + "a_changed_text_changes_that_story_alone",
        ),
        ((IMPORTING, "elif source_hash != plan.hashes[key]:", "elif False:"),),
    ),
    Rule(
        "stories: what is gone is marked removed, and comes back",
        (
            LISTS + "only_what_changed_is_marked_and_what_is_gone_stays",
            FORMATS + "what_is_gone_from_a_file_is_marked_and_comes_back",
        ),
        ((IMPORTING, "            if removed_at is None:", "            if False:"),),
    ),
    Rule(
        "stories: an import is one transaction",
        (LISTS + "an_import_that_fails_half_way_leaves_nothing",),
        (
            (
                IMPORTING,
                "    with transaction.atomic():\n        plan.collection",
                "    if plan:\n        plan.collection",
            ),
        ),
    ),
    Rule(
        "stories: a preview or dry run tells what would change and writes nothing",
        (
            LISTS + "a_dry_run_counts_what_would_change_and_writes_nothing",
            FORMATS + "a_dry_run_tells_problems_by_line_and_writes_nothing",
            ADMIN + "each_file_is_previewed_and_imported",
        ),
        (
            (
                IMPORTING,
                "    _compare(plan)\n    return plan",
                "    _compare(plan)\n    apply_import(plan)\n    return plan",
            ),
        ),
    ),
]

STORIES = [
    *STORY_FILES,
    *STORY_ANSWERS,
    *STORY_ROWS,
    *RESOLUTION_ORDER,
    *QUEUE_OF_MENTIONS,
    *STORY_PAGES,
    STORY_CHECKS,
]
