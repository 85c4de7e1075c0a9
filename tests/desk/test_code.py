"""Code in colours: on the server, bounded in time, and no way around the sanitiser. Previews are quick and kept."""

import time

import pytest
from django.core.cache import cache
from django.urls import reverse

from generation.desk.code import LANGUAGES, MAX_BLOCK, coloured
from generation.desk.markdown import render_markdown
from tests.desk import rows

HOSTILE = [
    "(" * 900, "'" * 901, '"' * 901, "/*" * 450, "<" * 900, "\\" * 900, "{[" * 450, "a" * 900, "$(" * 450, "- " * 450,
    "`" * 900, "<!--" * 200, "&#" * 450, "f'{" * 300, "0x" * 450, "\t" * 900,
]  # fmt: skip
SECTION = """## Part %d

Some *text* with `code`, a [link](https://example.org/) and a footnote[^%d].

- [ ] one
- [x] two

| a | b |
|---|---|
| 1 | 2 |

```python
def function(argument: int) -> str:
    \"\"\"Says it.\"\"\"
    return f"{argument} is {argument ** 2}"  # a comment
```

[^%d]: A note.

"""


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_code_takes_long(language):
    for piece in HOSTILE:
        block = "\n".join([piece] * 6)[:MAX_BLOCK]
        began = time.process_time()
        coloured(f'<pre><code class="language-{language}">{block.replace("<", "&lt;")}</code></pre>')
        assert time.process_time() - began < 1, piece[:4]


@pytest.mark.parametrize("code", ["</code></pre><script>alert(1)</script>", "&lt;script&gt;", "<img src=x onerror=y>"])
def test_code_stays_code(code):
    for language in ("html", "js", "xml", "python", "unknown"):
        html = render_markdown(f"```{language}\n{code}\n```").html
        assert "<script" not in html and "<img" not in html
        assert "script" in html or "img" in html


@pytest.mark.parametrize("text", ['<span class="hidden">a</span>', '<span class="fixed inset-0">a</span>'])
def test_spans_have_no_other_classes(text):
    assert "class=" not in render_markdown(f"a {text}").html


def test_large_blocks_stay_plain():
    assert "<span" not in render_markdown("```python\n" + "x = 1\n" * 2000 + "```").html
    many = render_markdown(("```python\n" + "x = 1\n" * 500 + "```\n\n") * 20).html
    assert many.count("<pre>") == 20 and many.count('<span class="n">x</span>') == 5000


def taken(text):
    """The least processor time of three renderings."""
    times = []
    for _ in range(3):
        began = time.process_time()
        render_markdown(text)
        times.append(time.process_time() - began)
    return min(times)


def test_the_time_of_a_lesson_grows_as_the_lesson():
    # Its milliseconds are a figure of the benchmark: machines differ, and other programs blur them.
    few, many = ("".join(SECTION % ((number,) * 3) for number in range(count)) for count in (57, 570))
    assert 15_000 < len(few) < 17_500
    assert taken(many) < 30 * taken(few)
    rendered = render_markdown(few)
    assert rendered.notice == "" and rendered.html.count('class="task"') == 114


def test_a_preview_is_kept_by_revision(client, roles, course, monkeypatch, settings):
    cache.clear()
    (one,) = rows.lessons(course, 1)
    client.force_login(roles["editor"])
    url = reverse("admin:lessons_lesson_preview", args=[one.pk])
    made = []

    def rendered(self, text):
        made.append(text)
        return render_markdown(text)

    monkeypatch.setattr("lessons.admin.LessonAdmin.rendered", rendered)
    for _ in range(3):
        assert b"First line." in client.get(url).content
    assert len(made) == 1
    client.post(url, {"text": "# Typed"})
    settings.IMAGE_HOSTS = ["img.example.org"]
    client.get(url)
    assert len(made) == 3
