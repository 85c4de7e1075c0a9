"""Code blocks of a Markdown text in colours, made on the server: classes only, the colours are in preview.css."""

import re
from html import unescape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES

# Lexers are chains of regular expressions: only well-known ones, and only on blocks of a size that a person reads.
LANGUAGES = {
    "bash", "c", "cpp", "css", "diff", "go", "html", "ini", "java", "javascript", "js", "json", "python", "py", "rust",
    "sh", "sql", "toml", "ts", "typescript", "xml", "yaml",
}  # fmt: skip
MAX_BLOCK = 6000
MAX_LINE = 1000
MAX_ALL = 30_000
CLASSES = {name for name in STANDARD_TYPES.values() if name}

_BLOCK = re.compile(r'<pre><code class="language-([\w+-]{1,20})">(.*?)</code></pre>', re.DOTALL)


def coloured(html: str) -> str:
    """HTML of the Markdown library, with spans in the code blocks whose language is known; still to be sanitised."""
    left = MAX_ALL

    def block(found: re.Match[str]) -> str:
        nonlocal left
        language, code = found[1].lower(), unescape(found[2])
        longest = max(map(len, code.splitlines()), default=0)
        if language not in LANGUAGES or len(code) > min(MAX_BLOCK, left) or longest > MAX_LINE:
            return found[0]
        left -= len(code)
        lexer = get_lexer_by_name(language, stripnl=False)
        spans = highlight(code, lexer, HtmlFormatter(nowrap=True))
        return f'<pre><code class="language-{language}">{spans}</code></pre>'

    return _BLOCK.sub(block, html)
