"""Markdown is hostile input: what comes out is harmless, and nothing takes long."""

import time

import pytest

from generation.desk.markdown import MAX_CHARACTERS, render_markdown, sanitise

SIZE = MAX_CHARACTERS
HOSTILE = {
    "brackets": "[" * 10_000,
    "image brackets": "![" * 5_000,
    "brackets in blocks": ("[" * 60 + "\n\n") * (SIZE // 62),
    "reference links": "[a][b]" * 10_000,
    "angles": "<a " * 20_000,
    "comments": "<!--" * 20_000,
    "cdata": "<![CDATA[" * 8_000,
    "instructions": "<?" * 30_000,
    "nested list": "\n".join("    " * depth + "- a" for depth in range(190)),
    "thousand lists by tabs": "\n".join("\t" * depth + "- a" for depth in range(390)),
    "list in one line": "- " * 2_000 + "a",
    "quotes": ">" * 3_000 + " a",
    "growing quotes": "\n".join("> " * depth + "a" for depth in range(1, 150)),
    "headings": "# a\n" * 20_000,
    "underlined headings": "a\n=\n" * 20_000,
    "footnotes": "[^1] " * 15_000 + "\n\n[^1]: a\n",
    "definitions": "".join(f"[^{number}]: a\n" for number in range(6_000)),
    "paragraphs": "a\n\n" * 26_000,
    "rows": "|a|b|\n|-|-|\n" + "|x|y|\n" * 13_000,
    "stars": "*a **b " * 11_000,
    "underscores": "_a__b___c" * 8_000,
    "backticks": "`a ``b " * 11_000,
    "fences": "```\n" * 20_000,
    "open divs": "<div>\n\n" * 11_000,
    "open lists": "<ul><li>\n\n" * 8_000,
    "entities": "&amp;" * 16_000,
    "control characters": "\x02wzxhzdk:0\x03" * 5_000,
    "one long line": "a" * SIZE,
    "too long": "word " * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_longer_than_two_seconds(name):
    began = time.process_time()
    rendered = render_markdown(HOSTILE[name])
    assert time.process_time() - began < 2
    assert "<script" not in rendered.html


@pytest.mark.parametrize("name", ["brackets", "thousand lists by tabs", "quotes", "too long", "footnotes"])
def test_what_is_not_rendered_is_shown_escaped_with_a_sentence(name):
    rendered = render_markdown("<script>alert(1)</script>\n" + HOSTILE[name])
    assert rendered.notice.endswith("it is shown as it is.")
    assert rendered.html.startswith("<pre>&lt;script&gt;")


def test_an_overflowing_stack_is_a_sentence(monkeypatch):
    def overflow(text):
        raise RecursionError

    monkeypatch.setattr("generation.desk.markdown._convert", overflow)
    rendered = render_markdown("a <b>")
    assert "too deeply" in rendered.notice
    assert rendered.html == "<pre>a &lt;b&gt;</pre>"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("# A", "<h1>A</h1>"),
        ("a **b** *c*", "<p>a <strong>b</strong> <em>c</em></p>"),
        ("|a|\n|-|\n|1|", "<td>1</td>"),
        ("|a|\n|:-:|\n|1|", '<td style="text-align: center;">1</td>'),
        ("```python\nx = 1\n```", '<pre><code class="language-python"><span class="n">x</span>'),
        ("```nonsense\nx = 1\n```", '<pre><code class="language-nonsense">x = 1'),
        ("```html\n<b>&amp;</b>\n```", '<span class="ni">&amp;amp;</span>'),
        ("- [ ] open\n- [x] done", '<li class="task">☐ open</li>\n<li class="task">☑ done</li>'),
        ("- [x] a\n\n- [ ] b", '<p>☑ a</p>'),
        ("`- [ ] no`", "<code>- [ ] no</code>"),
        ("a[^1]\n\n[^1]: b", 'id="fnref:1"'),
        ("1. a\n\n- b", "<ol>"),
        ("H<sub>2</sub>O<br>x", "H<sub>2</sub>O<br>x"),
        ("[a](https://example.org/x)", 'href="https://example.org/x"'),
    ],
)
def test_ordinary_markdown_is_rendered(text, wanted):
    assert wanted in render_markdown(text).html


ATTACKS = [
    "<script>alert(1)</script>",
    "a <script>alert(1)</script> b",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    '<a href="data:text/html;base64,PHNjcmlwdD4=">a</a>',
    "![a](javascript:alert(1))",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='https://evil.example'></object>",
    "<svg onload=alert(1)></svg>",
    "<form action='https://evil.example'><input></form>",
    "<style>body{background:url(https://evil.example)}</style>",
    '<p style="background:url(https://evil.example)">a</p>',
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example'>",
    "<a href='https://a.example' onclick=alert(1) target=_top>a</a>",
    "![a](https://evil.example/pixel.png)",
    "![a](//evil.example/pixel.png)",
    "![a](/admin/logout/)",
    "![a](data:image/svg+xml;base64,PHN2Zz4=)",
    "<td style='position:fixed'>a</td>",
    "<code class='fixed inset-0'>a</code>",
    "<li id='content'>a</li>",
]
FORBIDDEN = (
    "<script", "<iframe", "<object", "<svg", "<form", "<input", "<style", "<meta", "<base", "onerror=", "onclick=",
    "onload=", 'src="', "target=", 'href="data', 'href="javascript', "position:", "inset-0", 'id="content"', "url(",
)  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_active_and_nothing_foreign_comes_through(attack):
    html = render_markdown(f"{attack}\n").html.lower().replace("&lt;", "")
    shown = sanitise(attack).lower()
    tags = [part.split(">")[0] for part in (render_markdown(attack).html + shown).lower().split("<")[1:]]
    assert html is not None
    assert not [word for word in FORBIDDEN for tag in tags if word.strip("<") in tag]


@pytest.mark.parametrize(
    ("hosts", "source", "shown"),
    [
        (["img.example.org"], "https://img.example.org/a.png", True),
        (["https://img.example.org"], "https://img.example.org/a.png", True),
        (["*.example.org"], "https://img.example.org/a.png", True),
        (["*.example.org"], "https://example.org.evil.net/a.png", False),
        (["img.example.org"], "https://img.example.org.evil.net/a.png", False),
        (["img.example.org"], "https://img.example.org@evil.net/a.png", False),
        (["img.example.org"], "ftp://img.example.org/a.png", False),
        ([], "https://img.example.org/a.png", False),
        ([], "data:image/png;base64,iVBORw0KGgo=", True),
    ],
)
def test_images_come_from_the_allowed_hosts_only(settings, hosts, source, shown):
    settings.IMAGE_HOSTS = hosts
    assert ("src=" in render_markdown(f"![a]({source})").html) is shown
