"""Pieces of charts as SVG, made here: no script, no font and no file from elsewhere."""

import base64
from collections.abc import Iterable
from html import escape

WIDTH = 720
# Readable on light and on dark pages, and apart from each other also without red and green.
BLUE, LIGHT, AMBER, RED, GREY = "#2a78b8", "#7db4de", "#d9a13b", "#c4573a", "#8a8f98"
INK, PALE = "#7a808a", "#9aa0a8"


def drawing(title: str, parts: Iterable[str], height: float) -> str:
    """A whole picture of `WIDTH` pixels with its title, as the text of an SVG file."""
    words = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
        f'height="{height:.0f}" role="img" aria-label="{words}" font-family="sans-serif" font-size="12">'
        f'<title>{words}</title><text x="8" y="22" font-size="15" fill="{INK}">{words}</text>'
        f"{''.join(parts)}</svg>\n"
    )


def bar(x: float, y: float, width: float, colour: str, words: str, height: float = 22) -> str:
    """A filled box that says `words` under the pointer."""
    box = f'x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" height="{max(0.0, height):.1f}"'
    return f'<rect {box} fill="{colour}"><title>{escape(words)}</title></rect>'


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    """Words at a place; `anchor` is start, middle or end."""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" text-anchor="{anchor}">{escape(words)}</text>'


def cut(words: str, most: int = 30) -> str:
    """Words that fit beside a bar."""
    return words if len(words) <= most else words[: most - 1] + "…"


def mark(x: float, y: float, colour: str, words: str) -> str:
    """One entry of a legend."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="12" height="12" fill="{colour}"/>{text(x + 18, y + 11, words)}'


def line(x1: float, y1: float, x2: float, y2: float, colour: str = PALE) -> str:
    """A thin line."""
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}" stroke-width="1" fill="none"/>'


def data_address(picture: str) -> str:
    """The address of a picture within a page: as an image, no script in it would ever run."""
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}"
