"""The parts that records show themselves with in a notebook: escaped HTML, for light and dark.

Styles are inline and colours are the notebook's own or a translucent tint over them. A record
builds itself in several sizes and `fitting` takes the first that stays under 5 KB: what does not
fit is cut with an ellipsis or counted ("… 还有 12 项 (12 more)").
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

__all__ = [
    "Mark",
    "bar",
    "box",
    "cut",
    "fitting",
    "lines",
    "marked",
    "more",
    "small",
    "strong",
    "table",
]

_MAX_BYTES = 5000
_BOX = (
    "<div lang=\"zh\" style=\"font-family:'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',"
    'sans-serif;line-height:1.6;max-width:48em">'
)
_Size = TypeVar("_Size")
_FOR, _AGAINST = "255,170,0", "70,130,255"


class Mark(NamedTuple):
    """A stretch of a text, and how much it speaks for something, or against it if negative."""

    start: int
    end: int
    weight: float


def fitting(build: Callable[[_Size], str], sizes: Iterable[_Size]) -> str:
    """Build at the first size that stays under 5 KB; the last must, whatever the record holds."""
    for size in sizes:
        result = build(size)
        if len(result.encode()) < _MAX_BYTES:
            break
    return result


def box(*parts: str) -> str:
    """Return the whole of a record."""
    return f"{_BOX}{''.join(parts)}</div>"


def strong(text: str) -> str:
    """Return the line that names the record."""
    return f"<div><strong>{cut(text, 60)}</strong></div>"


def small(text: str, length: int = 120) -> str:
    """Return a line of lesser facts, nothing where there are none."""
    return f'<div style="font-size:85%;opacity:.75">{cut(text, length)}</div>' if text else ""


def lines(html: str) -> str:
    """Return a text, HTML already, with its line breaks."""
    return f'<div style="white-space:pre-line">{html}</div>'


def more(count: int) -> str:
    """Say that there are so many more."""
    return f"<div>… 还有 {count} 项 ({count} more)</div>" if count > 0 else ""


def cut(text: str, length: int) -> str:
    """Return so many characters of a text, escaped."""
    return _escape(text if len(text) <= length else text[:length] + "…")


def table(head: str, rows: Sequence[tuple[str, ...]]) -> str:
    """Return a whole record that is a table, as many rows and as much of them as fits."""

    def build(size: tuple[int, int]) -> str:
        count, length = size
        shown = [f"<tr>{''.join(_cell(text, length) for text in row)}</tr>" for row in rows[:count]]
        return box(strong(head), f"<table>{''.join(shown)}</table>", more(len(rows) - count))

    return fitting(build, ((30, 40), (30, 24), (24, 20), (16, 20), (8, 16), (4, 10)))


def bar(name: str, id: str, share: float) -> str:
    """Return a line with a bar as long as `share`, 0 to 1, is of the whole."""
    return (
        '<div style="display:flex;gap:.6em;align-items:center">'
        f'<span style="width:18em">{cut(name, 24)} <code>{cut(id, 30)}</code></span>'
        f'<span style="width:{100 * share:.0f}px;height:.8em;'
        f'background:rgba({_FOR},.6)"></span>{share:.2f}</div>'
    )


def marked(text: str, marks: Sequence[Mark], count: int, around: int) -> str:
    """Return a text with its `count` weightiest marks, the weightier the stronger.

    What weighs against is blue. Of the text, `around` characters on both sides of a mark are shown.
    """
    heaviest = max((abs(mark.weight) for mark in marks), default=0.0) or 1.0
    return "".join(_pieces(text, _weightiest(marks, count), around, heaviest))


def _weightiest(marks: Sequence[Mark], count: int) -> list[Mark]:
    """Pick the weightiest marks, none over another, and put them in the order of the text."""
    chosen: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: -abs(mark.weight)):
        if len(chosen) == count:
            break
        apart = all(mark.end <= other.start or other.end <= mark.start for other in chosen)
        if mark.weight and apart:
            chosen.append(mark)
    return sorted(chosen, key=lambda mark: mark.start)


def _pieces(text: str, marks: list[Mark], around: int, heaviest: float) -> Iterable[str]:
    shown = 0
    for i, mark in enumerate(marks):
        start = max(shown, mark.start - around)
        if start > shown:
            yield "…"
        colour = _FOR if mark.weight > 0 else _AGAINST
        strength = 0.15 + 0.75 * abs(mark.weight) / heaviest
        yield (
            f'{_escape(text[start : mark.start])}<mark title="{mark.weight:+.3f}" '
            f'style="color:inherit;background:rgba({colour},{strength:.2f})">'
            f"{cut(text[mark.start : mark.end], 60)}</mark>"
        )
        following = marks[i + 1].start if i + 1 < len(marks) else len(text)
        shown = min(mark.end + around, following)
        yield _escape(text[mark.end : shown])
    if not marks:
        yield cut(text, min(around, 400))
    elif shown < len(text):
        yield "…"


def _cell(text: str, length: int) -> str:
    # Ids are narrower than Chinese, and useless when cut.
    return f"<td align=left>{cut(text, 3 * length if text.isascii() else length)}</td>"


def _escape(text: str) -> str:
    # A lone surrogate cannot be saved with the notebook.
    return html.escape(text.encode("utf-8", "replace").decode())
