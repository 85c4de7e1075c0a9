"""A file of each form that questions come in, and the rows that it must give, written down by hand."""

from typing import Any, NamedTuple


class Form(NamedTuple):
    """A file, its rows, and an edit of it that changes what the model sees of one question alone."""

    filename: str
    text: str
    rows: list[tuple[str, dict[str, Any]]]
    edit: tuple[str, str]
    edited: str


def row(key: str, text: str, *gold: list[str], **fields: Any) -> tuple[str, dict[str, Any]]:
    empty: dict[str, Any] = {"topic": "", "context": "", "choices": [], "hops": None}
    return key, {"text": text, "gold": list(gold)} | empty | fields


# The same question twice, one without known answers, scripts from left and right, and words that look like values.
METAQA = Form(
    "2-hop_test.txt",
    "what does [Ann Lee] appear in\tFilm A|Film B\n"
    "what does [Ann Lee] appear in\tFilm A|Film B\n"
    "[红楼梦] 的作者是谁\t曹雪芹\n"
    "who sings [0]\tNA|NO|yes|no|007|🙂\n"
    "من كتب [الأيام]\n",
    [
        row("q1", "what does [Ann Lee] appear in", ["Film A"], ["Film B"], topic="Ann Lee", hops=2),
        row("q2", "what does [Ann Lee] appear in", ["Film A"], ["Film B"], topic="Ann Lee", hops=2),
        row("q3", "[红楼梦] 的作者是谁", ["曹雪芹"], topic="红楼梦", hops=2),
        row("q4", "who sings [0]", ["NA"], ["NO"], ["yes"], ["no"], ["007"], ["🙂"], topic="0", hops=2),
        row("q5", "من كتب [الأيام]", topic="الأيام", hops=2),
    ],
    ("who sings", "who hums"),
    "q4",
)
PLAIN = [
    row("0", "Who?", ["Ann"], ["NO"], topic="Bo", context="A text\nof two lines."),
    row("NA", "Who?", ["Ann"]),
    row("007", "ใครเขียน"),
]
JSON = Form(
    "set.json",
    """[
 {"id": 0, "question": "Who?", "answers": ["Ann", "NO"], "topic": "Bo", "context": "A text\\nof two lines."},
 {"id": "NA", "question": "Who?", "answers": "Ann"},
 {"id": "007", "question": "ใครเขียน", "answers": []}
]
""",
    PLAIN,
    ('"ใครเขียน"', '"ใคร"'),
    "007",
)
JSONL = Form(
    "set.jsonl",
    '{"id": 0, "question": "Who?", "answers": ["Ann", "NO"], "topic": "Bo", "context": "A text\\nof two lines."}\n'
    '{"id": "NA", "question": "Who?", "answers": "Ann"}\n'
    '{"id": "007", "question": "ใครเขียน"}\n',
    PLAIN,
    ("A text", "Another text"),
    "0",
)
CSV = Form(
    "set.csv",
    'id,question,answers,topic,context\n0,Who?,Ann|NO,Bo,"A text\nof two lines."\nNA,Who?,Ann,,\n007,ใครเขียน,,,\n',
    PLAIN,
    ("Bo", "Bob"),
    "0",
)
SEMICOLONS = Form(
    "set.csv",
    'id;question;answers;topic;context\n0;Who?;Ann|NO;Bo;"A text\nof two lines."\nNA;Who?;Ann;;\n007;ใครเขียน;;;\n',
    PLAIN,
    ("NA;Who?", "NA;Who, then?"),
    "NA",
)
SQUAD = Form(
    "dev-v1.1.json",
    """{"version": "1.1", "data": [
 {"title": "Amber", "paragraphs": [
  {"context": "Amber is fossil resin.", "qas": [
   {"id": "0", "question": "What is amber?", "answers": [
    {"answer_start": 9, "text": "fossil resin"}, {"answer_start": 16, "text": "resin"}]},
   {"id": "1", "question": "What is amber?", "answers": [{"answer_start": 0, "text": "Amber"}]}]},
  {"context": "It floats.", "qas": [{"id": "yes", "question": "Does it float?", "answers": []}]}]},
 {"title": "金", "paragraphs": [
  {"context": "金是金属。", "qas": [
   {"id": "NO", "question": "金是什么？", "answers": [{"answer_start": 2, "text": "金属"}]}]}]}
]}
""",
    [
        row("0", "What is amber?", ["fossil resin", "resin"], topic="Amber", context="Amber is fossil resin."),
        row("1", "What is amber?", ["Amber"], topic="Amber", context="Amber is fossil resin."),
        row("yes", "Does it float?", topic="Amber", context="It floats."),
        row("NO", "金是什么？", ["金属"], topic="金", context="金是金属。"),
    ],
    ("It floats.", "It sinks."),
    "yes",
)
HOTPOTQA = Form(
    "hotpot_dev_distractor_v1.json",
    """[
 {"_id": "5a7a", "question": "Were both towns Roman?", "answer": "yes", "type": "comparison", "level": "hard",
  "supporting_facts": [["Aum", 0], ["Bel", 0]],
  "context": [["Aum", ["Aum was Roman.", " It grew."]], ["Bel", ["Bel, too."]]]},
 {"_id": "0", "question": "Were both towns Roman?", "answer": "no", "type": "comparison", "level": "easy",
  "supporting_facts": [], "context": [["ア", ["町。"]]]}
]
""",
    [
        row("5a7a", "Were both towns Roman?", ["yes"], context="Aum: Aum was Roman. It grew.\n\nBel: Bel, too."),
        row("0", "Were both towns Roman?", ["no"], context="ア: 町。"),
    ],
    ("町。", "村。"),
    "0",
)
# The test set of the same: no answer, no supporting facts.
HOTPOTQA_TEST = Form(
    "hotpot_test_fullwiki_v1.json",
    '[{"_id": "5b", "question": "Which town?", "context": [["Aum", ["Aum is old."]]]}]\n',
    [row("5b", "Which town?", context="Aum: Aum is old.")],
    ("Which town", "What town"),
    "5b",
)
TRIVIAQA = Form(
    "wikipedia-dev.json",
    """{"Data": [
 {"Answer": {"Aliases": ["Sunset Blvd", "Sunset Boulevard"], "MatchedWikiEntityName": "", "NormalizedAliases": ["x"],
   "NormalizedValue": "sunset boulevard", "Type": "WikipediaEntity", "Value": "Sunset Boulevard"},
  "EntityPages": [], "Question": "Which musical opened in 1993?", "QuestionId": "tc_33", "QuestionSource": "http://x"},
 {"Answer": {"Aliases": [], "Type": "Numerical", "Value": "7"},
  "EntityPages": [], "Question": "كم عددها؟", "QuestionId": "0", "QuestionSource": ""}
], "Domain": "Web", "VerifiedEval": false, "Version": 1.0}
""",
    [
        row("tc_33", "Which musical opened in 1993?", ["Sunset Boulevard", "Sunset Blvd"]),
        row("0", "كم عددها؟", ["7"]),
    ],
    ("in 1993", "in 1994"),
    "tc_33",
)
LABELS = ["SUPPORTS", "REFUTES", "NOT ENOUGH INFO"]
FEVER = Form(
    "paper_dev.jsonl",
    '{"id": 0, "verifiable": "VERIFIABLE", "label": "SUPPORTS", "claim": "Ann acted.", "evidence": [[[9, 1, "A"]]]}\n'
    '{"id": 137334, "verifiable": "NOT VERIFIABLE", "label": "NOT ENOUGH INFO", "claim": "Bo slept.", "evidence": []}\n'
    '{"id": 3, "verifiable": "VERIFIABLE", "label": "REFUTES", "claim": "Ann acted.", "evidence": []}\n',
    [
        row("0", "Ann acted.", ["SUPPORTS"], choices=LABELS),
        row("137334", "Bo slept.", ["NOT ENOUGH INFO"], choices=LABELS),
        row("3", "Ann acted.", ["REFUTES"], choices=LABELS),
    ],
    ("Bo slept", "Bo woke"),
    "137334",
)
# By the name that the importer gives to each.
FORMS = {
    "metaqa": METAQA, "json": JSON, "jsonl": JSONL, "csv": CSV, "csv-semicolon": SEMICOLONS, "squad": SQUAD,
    "hotpotqa": HOTPOTQA, "triviaqa": TRIVIAQA, "fever": FEVER,
}  # fmt: skip
