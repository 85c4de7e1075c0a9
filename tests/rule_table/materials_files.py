"""The rules for catalogues of materials: what a file may look like, and what an import does with it."""

from tests.rule_table.rule import Rule

SHAPES = "tests/materials/test_catalogue.py::test_"
ROWS = "tests/materials/test_sources.py::test_"
TREE = "tests/materials/test_file_tree.py::test_"
COMMAND = "tests/materials/test_bad_files.py::test_"
READ = "materials/catalogue.py"
SOURCE = "materials/sources.py"
SCALARS = "materials/file_tree.py"
IMPORTING = "generation/importing.py"
ODD = "generation/odd_files.py"
NATIVE = ROWS + "categories_with_names_and_mappings_as_worked_out_by_hand"
DRESSES = ROWS + "the_same_catalogue_in_every_dress"

COLUMNS = ("author_id", "complexity", "formula")

SHAPE_RULES = [
    Rule(
        "materials: categories below `materials`, in YAML and in JSON",
        (NATIVE, SHAPES + "categories_with_items"),
        ((READ, "inner = root.get(ROOT)", "inner = None"),),
    ),
    Rule(
        "materials: categories at the root",
        (SHAPES + "categories_with_items",),
        ((READ, "pairs=[pair for pair in root.pairs or () if pair[0] in others]", "pairs=[]"),),
    ),
    Rule(
        "materials: an item is a text",
        (NATIVE, SHAPES + "other_places_of_items"),
        ((READ, 'node.text if pairs is None else _text(node, "name")', '_text(node, "name")'),),
    ),
    Rule(
        "materials: an item is a mapping with a name",
        (NATIVE,),
        ((READ, 'node.text if pairs is None else _text(node, "name")', "node.text"),),
    ),
    Rule(
        "materials: description and article_type of the category come with its items",
        (NATIVE, SHAPES + "categories_with_items"),
        (
            (SOURCE, '"category_description": entry.category_description', '"category_description": ""'),
            (READ, 'shared.category_description = _text(node, "description")', "pass"),
            (READ, 'shared.article_type = _text(node, "article_type")', "pass"),
        ),
    ),
    Rule(
        "materials: author_id, complexity and formula of an item",
        (NATIVE,),
        tuple((SOURCE, f'"{name}": entry.text("{name}")', f'"{name}": ""') for name in COLUMNS),
    ),
    Rule(
        "materials: nested parameters and lists of an item",
        (NATIVE,),
        ((SOURCE, '"data": rest', '"data": {}'),),
    ),
    Rule(
        "materials: an item's own article_type comes before its category's",
        (NATIVE,),
        ((READ, 'entry.text("article_type") or entry.article_type', 'entry.article_type or entry.text("")'),),
    ),
    Rule(
        "materials: a flat mapping of names to properties",
        (SHAPES + "a_flat_mapping_of_names_to_properties", ROWS + "names_with_properties_and_with_one_value"),
        ((READ, "        fields = node\n", "        fields = Node(node.line, pairs=[])\n"),),
    ),
    Rule(
        "materials: a flat mapping of names to single values",
        (SHAPES + "a_flat_mapping_of_names_to_scalars", ROWS + "names_with_properties_and_with_one_value"),
        ((READ, 'pairs=[("value", node)] if node.text else []', "pairs=[]"),),
    ),
    Rule(
        "materials: the format decides where the file does not",
        (SHAPES + "the_format_decides_where_the_file_does_not",),
        (
            (READ, 'elif format == "flat":', "elif False:"),
            (READ, 'by_category=format == "categories"', "by_category=False"),
        ),
    ),
    Rule(
        "materials: a root key `metadata` is no category",
        (SHAPES + "metadata_is_no_category", SHAPES + "metadata_is_no_material_of_a_flat_mapping"),
        ((READ, "known = {METADATA} |", "known = set[str]() |"),),
    ),
    Rule(
        "materials: authors at the root are no category and stay with the catalogue",
        (
            SHAPES + "authors_beside_the_materials_are_no_category",
            ROWS + "authors_come_with_the_file_and_stay_when_another_file_has_none",
            ROWS + "authors_by_id",
        ),
        ((READ, "if authors is not None and _lists_authors(authors):", "if False:"),),
    ),
    Rule(
        "materials: the same name twice in a category is kept apart",
        (
            SHAPES + "the_same_name_twice_is_kept_apart_by_id_and_reported",
            SHAPES + "a_repeated_name_in_a_flat_mapping_is_kept_as_well",
            SHAPES + "a_category_that_stands_twice_loses_nothing",
        ),
        ((READ, "next(key for key in _keys(entry, slug, homes.get(slug)) if key not in taken)", "slug"),),
    ),
    Rule(
        "materials: the same name twice is kept apart by its id",
        (SHAPES + "the_same_name_twice_is_kept_apart_by_id_and_reported",),
        ((READ, 'if slug_of(entry.text("id")):', "if False:"),),
    ),
    Rule(
        "materials: the same name twice in a category is reported with its line",
        (
            SHAPES + "the_same_name_twice_is_kept_apart_by_id_and_reported",
            COMMAND + "a_dry_run_tells_problems_by_line_and_writes_nothing",
        ),
        ((READ, "if first is not entry:", "if False:"),),
    ),
    Rule(
        "materials: the same name in two categories is no problem",
        (SHAPES + "the_same_name_in_two_categories_is_no_problem",),
        ((READ, "same = (entry.category.casefold(), entry.name.casefold())", 'same = ("", entry.name.casefold())'),),
    ),
    Rule(
        "materials: what can't be taken is told with its line",
        (
            SHAPES + "what_could_not_be_taken_is_told_with_its_line",
            COMMAND + "a_dry_run_tells_problems_by_line_and_writes_nothing",
        ),
        ((READ, "self.problems.append(Remark(node.line,", "self.problems.append(Remark(0,"),),
    ),
]

WORDS_RULES = [
    Rule(
        "materials: NO, yes, 0, 1.0 and dates in YAML stay what is written",
        (
            TREE + "a_scalar_stays_as_it_is_written",
            ROWS + "what_yaml_would_read_as_something_else_stays_what_is_written",
            COMMAND + "words_of_any_sort_stay_as_they_are_written",
        ),
        ((SCALARS, "in NULLS else event.value", 'in NULLS else str(yaml.safe_load(event.value or ""))'),),
    ),
    Rule(
        "materials: they stay so as names, too",
        (
            TREE + "a_scalar_stays_as_it_is_written",
            ROWS + "what_yaml_would_read_as_something_else_stays_what_is_written",
            SHAPES + "a_flat_mapping_of_names_to_scalars",
        ),
        ((SCALARS, "event.value if self._wants_key()", "str(yaml.safe_load(event.value)) if self._wants_key()"),),
    ),
    Rule(
        "materials: numbers in JSON stay what is written",
        (TREE + "json_numbers_and_words_stay_as_they_are_written", ROWS + "json_numbers_and_words_stay_ids"),
        ((SCALARS, ", parse_int=str, parse_float=str, parse_constant=str", ""),),
    ),
    Rule(
        "materials: null and ~ are empty, and a name all the same",
        (TREE + "nothing_is_an_empty_text_but_a_name_stays_a_name",),
        ((SCALARS, 'NULLS = ("", "~", "null", "Null", "NULL")', 'NULLS = ("",)'),),
    ),
    Rule(
        "materials: any script survives, in names as in keys",
        (TREE + "any_script", COMMAND + "words_of_any_sort_stay_as_they_are_written", SHAPES + "slugs"),
        (
            (READ, 'name = " ".join(name.split())', 'name = name.encode("ascii", "ignore").decode()'),
            (READ, 'unicodedata.normalize("NFKC", text).lower()', 'text.encode("ascii", "ignore").decode().lower()'),
            (
                SCALARS,
                "return _Builder().build(text)",
                'return _Builder().build(text.encode("ascii", "ignore").decode())',
            ),
        ),
    ),
    Rule(
        "materials: totals that a file states are only compared",
        (SHAPES + "a_stated_total_is_only_compared", NATIVE),
        ((READ, "_compare_total(found, root.get(METADATA))", "_compare_total(found, None)"),),
    ),
    Rule(
        "materials: a BOM changes nothing",
        (DRESSES, COMMAND + "words_of_any_sort_stay_as_they_are_written"),
        ((ODD, 'data.decode("utf-8-sig")', 'data.decode("utf-8").replace("\ufeff", "x")'),),
    ),
    Rule(
        "materials: CRLF, no final newline and a blank first line change nothing",
        (DRESSES, COMMAND + "words_of_any_sort_stay_as_they_are_written"),
        (
            (
                SOURCE,
                "text = decoded(data, self.title)",
                'text = decoded(data, self.title) + ("x" if b"\\r" in data else "")',
            ),
        ),
    ),
]

REFUSALS = [
    Rule(
        "materials: what is neither YAML nor JSON, or no catalogue, ends in one sentence",
        (
            ROWS + "a_foreign_file_ends_in_one_sentence_and_no_rows",
            COMMAND + "foreign_files_end_in_one_sentence_status_1_and_no_rows",
        ),
        ((SOURCE, "except (TreeError, CatalogueError) as error:", "except ZeroDivisionError as error:"),),
    ),
    Rule(
        "materials: a zip, a PDF, UTF-16 are named as what they are",
        (ROWS + "a_foreign_file_ends_in_one_sentence_and_no_rows",),
        ((ODD, "if data.startswith(mark):", "if False:"),),
    ),
    Rule(
        "materials: HTML is refused",
        (
            ROWS + "a_foreign_file_ends_in_one_sentence_and_no_rows",
            COMMAND + "foreign_files_end_in_one_sentence_status_1_and_no_rows",
        ),
        ((SOURCE, "if MARKUP.match(text):", "if False:"),),
    ),
    Rule(
        "materials: a list of texts (responses) is refused",
        (
            ROWS + "a_foreign_file_ends_in_one_sentence_and_no_rows",
            COMMAND + "foreign_files_end_in_one_sentence_status_1_and_no_rows",
        ),
        ((READ, "if body is root and body.items and all(", "if False and all("),),
    ),
    Rule(
        "materials: a file that holds no material (groups, questions, themes) is refused",
        (
            ROWS + "a_foreign_file_ends_in_one_sentence_and_no_rows",
            COMMAND + "foreign_files_end_in_one_sentence_status_1_and_no_rows",
        ),
        ((IMPORTING, "    if not rows:\n", "    if False:\n"),),
    ),
    Rule(
        "materials: an empty file is refused",
        (
            ROWS + "a_foreign_file_ends_in_one_sentence_and_no_rows",
            SHAPES + "what_is_no_catalogue_is_refused",
        ),
        (
            (IMPORTING, "    if not data.strip():", "    if False:"),
            (ODD, "    if not text.strip():", "    if False:"),
            (READ, "    if root.is_scalar:\n", "    if False:\n"),
        ),
    ),
    Rule(
        "materials: deep nesting and aliases that stand for millions of values are refused, quickly",
        (TREE + "what_can_t_be_read_is_one_sentence_and_quick",),
        ((SCALARS, "if parent.size > MOST_NODES:", "if parent.size > 10**18:"),),
    ),
]

IMPORTS = [
    Rule(
        "materials: the same file twice changes nothing",
        (
            ROWS + "a_second_import_of_the_same_file_changes_nothing",
            COMMAND + "the_same_file_twice_changes_nothing_and_what_is_gone_comes_back",
        ),
        ((IMPORTING, "elif source_hash != plan.hashes[key]:", "elif True:"),),
    ),
    Rule(
        "materials: only what has changed is marked",
        (
            ROWS + "only_what_goes_into_a_page_makes_a_material_changed",
            ROWS + "each_thing_that_a_page_is_made_from_marks_its_materials_only",
        ),
        ((IMPORTING, "elif source_hash != plan.hashes[key]:", "elif False:"),),
    ),
    Rule(
        "materials: all that a page is made from counts, and nothing else",
        (ROWS + "each_thing_that_a_page_is_made_from_marks_its_materials_only",),
        (
            (
                "materials/models.py",
                '"author_id", "complexity", "formula", "data",\n',
                '"author_id", "formula", "data",\n',
            ),
        ),
    ),
    Rule(
        "materials: what is gone is marked removed, never deleted",
        (
            ROWS + "what_is_gone_is_marked_and_comes_back",
            COMMAND + "the_same_file_twice_changes_nothing_and_what_is_gone_comes_back",
        ),
        ((IMPORTING, "            if removed_at is None:", "            if False:"),),
    ),
    Rule(
        "materials: an import is one transaction",
        (ROWS + "an_import_that_fails_half_way_leaves_nothing",),
        (
            (
                IMPORTING,
                "    with transaction.atomic():\n        plan.collection = _lock",
                "    if plan:\n        plan.collection = _lock",
            ),
            (IMPORTING, "rows.select_for_update().get", "rows.get"),
        ),
    ),
    Rule(
        "materials: a preview or dry run writes nothing",
        (
            ROWS + "a_preview_writes_nothing",
            COMMAND + "a_dry_run_tells_problems_by_line_and_writes_nothing",
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

FILES = [*SHAPE_RULES, *WORDS_RULES, *REFUSALS, *IMPORTS]
