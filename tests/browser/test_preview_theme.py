"""The preview in its sandboxed frame follows the site's theme, and is readable in both."""

import pytest
from django.urls import reverse

from tests import factories
from tests.browser.signed_in import desk_browser, signed_in  # noqa: F401 (fixtures)
from tests.browser.test_desk_accessibility import AXE

# ruff: noqa: F811 (the fixture is named as it is imported)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = """# Title

A [link](https://example.org/) and `code`, *words* and ~~others~~[^1]. ![none](//elsewhere.example/a.png)

> Quoted.

| a | b |
|---|---|
| 1 | 2 |

- [x] done
- [ ] open

```python
@decorated
class Sun(Star):
    '''Says what.'''
    def shine(self, count: int = 3) -> None:  # a comment
        raise ValueError(f"{count!r}", 0x1F, None)
```

```html
<p class="a" id=x>&amp;</p>
```

```diff
- gone
+ come
```

[^1]: A note.
"""
RUN = """async () => (await axe.run(document, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag22aa"]}}))
    .violations.map(one => one.id + ": " + one.nodes.map(node => node.html.slice(0, 120)).join(" | "))"""
DARK = "dark => document.documentElement.classList.toggle('dark', dark)"
GROUND = "document.body && getComputedStyle(document.body).backgroundColor"


@pytest.fixture
def lesson(course):
    return factories.lesson(course.items.order_by("position").first(), TEXT)


def address(lesson, name):
    return reverse(f"admin:lessons_lesson_{name}", args=[lesson.pk])


@pytest.mark.parametrize("name", ["desk", "change"])
def test_the_frame_follows_the_site_at_once(signed_in, live_server, roles, lesson, name):
    # Without Playwright's own idea of the theme, which goes into every frame.
    page = signed_in(roles["reviewer"], color_scheme="null")
    page.goto(address(lesson, name))
    frame = page.frame(name="preview")
    frame.wait_for_selector("h1")
    seen = []
    for dark, wanted in ((True, "rgb(17, 24, 39)"), (False, "rgb(255, 255, 255)")):
        page.evaluate(DARK, dark)
        frame.wait_for_function(f"wanted => ({GROUND}) === wanted", arg=wanted)
        seen.append(frame.evaluate("getComputedStyle(document.querySelector('h1')).color"))
    assert len(set(seen)) == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_preview(signed_in, live_server, roles, lesson, theme):
    page = signed_in(roles["reviewer"], color_scheme=theme, bypass_csp=True)
    page.goto(address(lesson, "preview"))
    assert page.evaluate(GROUND) == {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 24, 39)"}[theme]
    page.evaluate(AXE.read_text() + "; undefined")
    assert page.evaluate(RUN) == []
