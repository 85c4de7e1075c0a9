"""The rules for the components of a material's page: what they are, what becomes of an answer, what is set for each."""

from tests.rule_table.rule import Rule

RUN = "tests/materials/test_runs.py::test_"
OUTPUT = "tests/materials/test_outputs.py::test_"
FACT = "tests/materials/test_facts.py::test_"
SET = "tests/materials/test_settings.py::test_"
PACE = "tests/materials/test_pace.py::test_"
FOUND = "tests/materials/test_checks.py::test_findings"
RECIPES = "materials/recipes.py"
SHARED = "materials/components.py"
OUTPUTS = "materials/outputs.py"
FACTS = "materials/facts.py"
CHECKS = "materials/checks.py"
IN_FORCE = "generation/instructions.py"
THE_ELEVEN = RUN + "the_eleven_components_in_their_order"

COMPONENTS = [
    Rule(
        "materials: the eleven components in their order",
        (THE_ELEVEN, "tests/materials/test_commands.py::test_all_takes_enabled_and_disabled_ones"),
        ((RECIPES, '    key = "materials.badgesymbol"\n', '    key = "materials.badge"\n'),),
    ),
    Rule(
        "materials: each has its number in the order",
        (THE_ELEVEN,),
        ((RECIPES, "    order = 11\n", "    order = 12\n"),),
    ),
    Rule(
        "materials: frontmatter, metatags, text, table and tags are enabled, the others are not",
        (
            THE_ELEVEN,
            RUN + "a_kind_takes_what_is_switched_on_and_all_takes_everything",
            "tests/materials/test_commands.py::test_without_all_only_what_is_switched_on",
        ),
        ((RECIPES, "    order = 10\n    enabled = False\n", "    order = 10\n"),),
    ),
    Rule(
        "materials: properties table, badge, author and table are computed without an API call",
        (
            THE_ELEVEN,
            RUN + "computed_components_make_no_call_and_cost_nothing",
            RUN + "an_estimate_needs_no_frontmatter",
        ),
        ((SHARED, "    local = True\n", "    local = False\n"),),
    ),
    Rule(
        "materials: all but the frontmatter use its data",
        (
            THE_ELEVEN,
            RUN + "without_any_frontmatter_the_others_say_that_they_need_one",
            RUN + "new_components_are_made_from_the_frontmatter_that_is_there",
        ),
        ((RECIPES, "    needs = (FRONTMATTER_NEED,)\n", ""),),
    ),
    Rule(
        "materials: what the catalogue knows is in the prompt",
        (RUN + "prompts_say_what_the_catalogue_knows",),
        ((SHARED, '"parameters": outputs.as_yaml(item.data).strip() if item.data else ""', '"parameters": ""'),),
    ),
]

OUTPUT_RULES = {
    "frontmatter": Rule(
        "materials: frontmatter is YAML and begins with the catalogue's own facts",
        (OUTPUT + "frontmatter_begins_with_the_catalogues_facts",),
        (
            (
                RECIPES,
                "for key, value in own.items() if value} | output.model_dump()",
                "for key, value in own.items() if 0}",
            ),
        ),
    ),
    "metatags": Rule(
        "materials: metatags is YAML",
        (
            OUTPUT + "metatags_are_yaml_with_what_follows_from_them",
            OUTPUT + "yaml_that_is_none_or_not_what_was_asked_is_refused",
        ),
        (
            (RECIPES, "return outputs.as_yaml(output.model_dump() | more).strip()", "return str(more)"),
            (
                OUTPUTS,
                '    if not isinstance(value, dict):\n        raise InvalidOutput("not the asked YAML',
                '    if False:\n        raise InvalidOutput("not the asked YAML',
            ),
        ),
    ),
    "propertiestable": Rule(
        "materials: propertiestable is made of catalogue and frontmatter",
        (FACT + "properties_of_catalogue_and_frontmatter", RUN + "all_components_of_all_materials"),
        ((FACTS, 'for row in members(frontmatter, "properties"):', "for row in ():"),),
    ),
    "badgesymbol": Rule(
        "materials: badgesymbol is the frontmatter's symbol, else the formula, else the name's letters",
        (FACT + "a_badge_has_a_symbol",),
        ((FACTS, "or item.formula or _initials(item.name)", "or _initials(item.name)"),),
    ),
    "author": Rule(
        "materials: author is the byline from the file's authors",
        (FACT + "a_byline_says_who", FACT + "authors_numbers_are_ids_as_well"),
        ((FACTS, "    if author is None:\n", "    if True:\n"),),
    ),
    "text": Rule(
        "materials: text is Markdown without a fence around the whole",
        (
            OUTPUT + "a_fence_around_the_whole_text_is_taken_off_and_one_inside_stays",
            OUTPUT + "an_empty_text_is_refused",
        ),
        ((OUTPUTS, "return (found[2] if found else text).strip()", "return text"),),
    ),
    "table": Rule(
        "materials: table is made of applications and nested parameters",
        (FACT + "uses_and_parameters", RUN + "a_person_goes_on_without_the_frontmatter"),
        ((FACTS, "    values = parameters(item.data)\n", "    values = parameters({})\n"),),
    ),
    "tags": Rule(
        "materials: tags are exactly eight different ones",
        (OUTPUT + "other_tags_are_refused",),
        ((OUTPUTS, "    if len(tags) != TAGS or len(distinct) != TAGS:", "    if not tags:"),),
    ),
    "tags' form": Rule(
        "materials: tags are lower case, words joined by hyphens",
        (OUTPUT + "eight_tags_however_they_are_written",),
        ((OUTPUTS, 'return re.sub(r"[\\s_]+", "-", words)', "return words"),),
    ),
    "tags that are none": Rule(
        "materials: what is no tag is refused",
        (OUTPUT + "other_tags_are_refused",),
        ((OUTPUTS, "next((tag for tag in tags if not TAG.fullmatch(tag)), None)", "None"),),
    ),
    "tags asked for": Rule(
        "materials: a model is asked for exactly eight tags",
        (OUTPUT + "a_model_is_asked_for_exactly_eight_tags",),
        ((OUTPUTS, "TAGS, TAGS\n", "TAGS, 12\n"),),
    ),
    "bullets": Rule(
        "materials: bullets are a Markdown list",
        (OUTPUT + "bullets_become_a_markdown_list", OUTPUT + "too_few_bullets_are_refused"),
        (
            (RECIPES, "return outputs.as_list(output.bullets)", "return str(output.bullets)"),
            (OUTPUTS, "    if len(points) < 3:", "    if False:"),
        ),
    ),
    "caption": Rule(
        "materials: caption is one line",
        (OUTPUT + "a_caption_is_one_line", OUTPUT + "no_caption_is_refused"),
        (
            (
                OUTPUTS,
                '        text = read_as(text, Caption).caption\n    text = " ".join(text.split())',
                "        pass",
            ),
            (
                OUTPUTS,
                '    if not text:\n        raise InvalidOutput("the caption',
                '    if False:\n        raise InvalidOutput("the caption',
            ),
        ),
    ),
    "jsonld": Rule(
        "materials: jsonld is valid JSON-LD, made of the words",
        (OUTPUT + "json_ld_is_made_of_the_words", OUTPUT + "a_whole_json_ld_document_stays_as_it_is"),
        ((RECIPES, "return json.dumps(document, ensure_ascii=False, indent=2)", "return str(document)"),),
    ),
    "jsonld that is none": Rule(
        "materials: what is no valid JSON-LD is refused",
        (OUTPUT + "what_is_no_json_ld_is_refused",),
        (
            (
                OUTPUTS,
                '    missing = [name for name in ("@context", "@type") if not value.get(name)]',
                "    missing = []",
            ),
        ),
    ),
}


# The names are those of the findings.
LOOKED_AT = Rule(
    "materials: refusals, placeholders, lengths, name, fences and headings are looked at",
    (FOUND,),
    ((CHECKS, "return found\n", "return []\n"),),
)
UNKNOWN_AUTHOR = Rule(
    "materials: an author that the catalogue does not know is an error",
    ("tests/materials/test_checks.py::test_an_author_that_nobody_knows",),
    ((CHECKS, "    if not item.author_id or item.author():", "    if True:"),),
)
FINDINGS = {"author": UNKNOWN_AUTHOR} | dict.fromkeys(
    ("refusal", "placeholder", "length", "name", "fence", "heading", "title_length", "description_length"), LOOKED_AT
)


LIMITS = Rule(
    "materials: 600 output tokens and a temperature of 0.6 are usual",
    (RUN + "defaults", SET + "the_limits_stand_in_every_request_to_a_model"),
    ((SHARED, "max_output_tokens=600, temperature=0.6", "max_output_tokens=700, temperature=0.7"),),
)
TIMES = Rule(
    "materials: a read time-out of 30 s and 300 s for all tries are usual",
    (RUN + "defaults",),
    ((SHARED, "read_timeout = 30.0", "read_timeout = 60.0"), (SHARED, "retry_window = 300.0", "retry_window = 0.0")),
)
TRIES = Rule(
    "materials: 3 tries are usual",
    (RUN + "defaults", PACE + "three_tries_are_the_usual_number"),
    ((SHARED, "attempts = 3", "attempts = 2"),),
)
USUAL_PACE = Rule(
    "materials: 30 requests a minute, 3 at a time are usual",
    (RUN + "defaults",),
    ((SHARED, "requests_per_minute = 30", "requests_per_minute = 60"), (SHARED, "concurrency = 3", "concurrency = 8")),
)
DEFAULTS = {
    "max_output_tokens": LIMITS, "temperature": LIMITS, "read_timeout": TIMES, "retry_window": TIMES, "attempts": TRIES,
    "requests_per_minute": USUAL_PACE, "concurrency": USUAL_PACE,
}  # fmt: skip

EVERY_SETTING = SET + "every_setting_of_a_component_is_entered_in_the_admin"
IN_THE_RUN = RUN + "whatever_is_set_for_a_component_holds_for_it_alone"


def _set(name: str, *more: str, there: str = "", instead: str = "") -> Rule:
    there, instead = there or f"row.{name} or known.{name}", instead or f"known.{name}"
    text = f"materials: {name} of a component is what the admin sets"
    return Rule(text, (EVERY_SETTING, IN_THE_RUN, *more), ((IN_FORCE, there, instead),))


PARAMETERS = Rule(
    "materials: model, limit and temperature of a component are what the admin sets",
    (EVERY_SETTING, IN_THE_RUN),
    (
        (IN_FORCE, "model or row.model or known.model", "model or known.model"),
        (IN_FORCE, "max_output_tokens=row.max_output_tokens", "max_output_tokens=None"),
        (IN_FORCE, "temperature=row.temperature", "temperature=None"),
    ),
)
# Names of the columns.
SETTINGS = {
    "enabled": Rule(
        "materials: enabled of a component is what the admin sets",
        (SET + "what_is_switched_on_and_off_is_what_a_launch_takes", IN_THE_RUN),
        (
            ("generation/recipe_choice.py", "switched.get(recipe.key, recipe.enabled)", "recipe.enabled"),
            (IN_FORCE, "enabled=row.enabled", "enabled=known.enabled"),
        ),
    ),
    "order": _set("order", there="known.order if row.order is None else row.order", instead="known.order"),
    "provider": _set(
        "provider",
        "tests/materials/test_side_by_side.py::test_a_provider_without_a_batch_api_goes_directly_beside_the_batches",
    ),
    "model": PARAMETERS,
    "max_output_tokens": PARAMETERS,
    "temperature": PARAMETERS,
    "read_timeout": _set("read_timeout", PACE + "its_read_time_out_ends_a_call"),
    "requests_per_minute": _set(
        "requests_per_minute",
        PACE + "so_many_a_minute",
        there="row.requests_per_minute or known.requests_per_minute",
        instead="60_000",
    ),
    "concurrency": _set("concurrency", PACE + "so_many_at_a_time"),
    "attempts": _set("attempts", PACE + "it_is_tried_as_often_as_is_set"),
    "retry_window": _set("retry_window", PACE + "no_try_begins_after_its_window"),
    "who": Rule(
        "materials: only operators set them",
        (SET + "only_operators_set_them",),
        (
            (
                "generation/roles.py",
                '"Editor": ("regenerate_single",)',
                '"Editor": ("regenerate_single", "change_recipesettings")',
            ),
        ),
    ),
    "page": Rule(
        "materials: the order that is set is that of the launch, of the page and of the desk",
        (
            SET + "the_page_and_the_desk_follow_the_order_that_was_set",
            SET + "a_launch_takes_them_in_the_order_that_was_set",
        ),
        (("generation/recipe_choice.py", "placed.get(recipe.key, recipe.order)", "recipe.order"),),
    ),
}
