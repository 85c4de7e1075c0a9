"""Phrases from which the sandbox's sentences are put together. {w} takes a word or two of the subject asked for."""


def _pool(text: str) -> list[str]:
    return text.strip().replace("\n", "|").split("|")


OPENERS = _pool("""
In most teams|On an ordinary day|When the work on {w} begins|After the first review|At the start of a quarter
Once the scope is agreed|In a small organisation|During the first weeks|As soon as {w} is named
Whenever two systems meet|Before anything is changed|Under time pressure|With a short checklist
In a regulated setting|Where {w} crosses a border|For a new colleague|If the numbers disagree
While a migration runs|By the end of the month|Seen from the outside|In a second pass|With {w} in mind
When nobody is watching|Across several departments|As the volume grows|During an audit|At the handover
In the simplest case|When a deadline moves|Across the whole of {w}|For the reader of a report
In the middle of a project|When {w} fails|After a short test|On a busy platform|If a definition is missing
Without much ceremony|In practice|Over a longer period|When {w} is questioned
""")

SUBJECTS = _pool("""
a named owner of {w}|the team behind {w}|a careful reviewer|the person on call|a small working group
the analyst who knows {w}|a steward with clear duties|the project lead|an engineer from another team
the editor of the guide|a short weekly meeting|the register of {w}|a plain document|the shared calendar
one agreed definition|a sample of twenty cases|the oldest open question|a written decision
the log of last week|an independent second reader|the board that approves {w}|a test with known answers
the contract between two teams|a simple dashboard|the first complaint|a rehearsal on a copy|the history of {w}
a rule with an example|the person who signs|a regular comparison|an honest estimate|the list of exceptions
a neighbouring process|the newest member|a checklist for {w}|the support desk|a half-hour walk through {w}
the measured baseline|a clear boundary|the person who asked first
""")

VERBS = _pool("""
writes down|compares|separates|explains|keeps an eye on|brings into the open|settles|narrows|tests|records
gives a name to|puts a date on|connects|simplifies|challenges|makes visible|reviews|sorts|protects|measures
draws a line around|asks again about|adds evidence to|reduces|confirms|replaces|anchors|shortens|traces
publishes|returns to|takes apart|reads aloud|counts|summarises|prepares|corrects|illustrates|weighs|passes on
""")

OBJECTS = _pool("""
the rule that decides {w}|every exception to {w}|the difference between plan and result
the reasons for a change|the limits of {w}|the cost of a late correction|two or three typical errors
the path from source to report|the meaning of each field|the quality of {w}|the gap between policy and habit
the evidence that others will ask for|the order in which things happen|the risk of a silent failure
the vocabulary around {w}|the question that nobody answered|a decision that was taken long ago
the steps that a beginner needs|the places where {w} is used|the share of cases that fit
the duties of each role|the records that must be kept|the conditions for approval|the first signs of trouble
the inputs of {w}|a worked example|the numbers behind a claim|the promise made to customers
the dependencies of {w}|the point of no return|the wording of a definition|the time between two checks
the ownership of shared tables|the effects on {w}|the part that is easily forgotten
the interests of those concerned|the scope of one release|the trail from change to person
the threshold for an alarm|the structure of {w}
""")

TAILS = _pool("""
before the next release|so that others can repeat it|and says who decides|without blaming anyone
with dates and names|until the figures agree|in words that outsiders understand|because memory is unreliable
and keeps the old version|for each part of {w}|one small step at a time|so that {w} stays understandable
even when it is inconvenient|and shares the outcome|as early as possible|in a place that everyone can find
with a number beside it|and leaves a short note|which saves hours later on|so that an audit finds it
for the cases that matter most|while {w} is still small|and repeats this every month|with the people concerned
rather than by habit|before money is spent|and closes the question|so that nothing is counted twice
with an example from daily work|and marks what is uncertain|when the cause is known
so that a newcomer can follow|and measures {w} again|in less than an hour|with the same rule for all
and notes the open points|as the policy demands|so that trust in {w} can grow|at the agreed interval
and stops when it is enough
""")

STEPS = _pool("Prepare|Compare|Decide|Record|Review|Publish|Measure|Explain|Check|Agree|Collect|Correct")
ROLES = _pool("Owner|Steward|Analyst|Reviewer|Engineer|Project lead|Editor|Auditor|Support desk|Sponsor")

LISTINGS = (
    (
        "python",
        "def check_{slug}(rows):\n    wrong = [row for row in rows if row['{key}'] is None]\n"
        "    return len(wrong), wrong[:{n}]",
    ),
    (
        "sql",
        "SELECT {key}, COUNT(*) AS cases\nFROM {slug}\nWHERE checked_on >= '2026-01-{n:02d}'\n"
        "GROUP BY {key}\nORDER BY cases DESC;",
    ),
    ("yaml", "{slug}:\n  owner: {key}\n  review_every_days: {n}\n  evidence:\n    - sample\n    - decision log"),
    ("bash", 'for part in {slug}/*.csv; do\n  wc -l "$part" | awk \'$1 > {n} {{ print "{key}", $2 }}\'\ndone'),
)
