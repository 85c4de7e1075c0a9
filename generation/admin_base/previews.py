"""What a kind's admin shows in a preview frame beside Markdown: code as it is, and safe HTML of its own."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from generation.desk.markdown import MAX_CHARACTERS, Rendered, render_markdown
from generation.desk.preview import preview_page

__all__ = ["Rendered", "as_code", "preview_page", "render_markdown"]


def as_code(text: str, language: str) -> Rendered:
    """A text as it is written, cut where it would be too much for a page."""
    html: SafeString = format_html('<pre><code class="language-{}">{}</code></pre>', language, text[:MAX_CHARACTERS])
    too_long = len(text) > MAX_CHARACTERS
    return Rendered(html, f"Only the first {MAX_CHARACTERS:,} characters are shown." if too_long else "")
