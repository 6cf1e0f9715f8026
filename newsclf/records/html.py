"""How the records show themselves in a notebook: small HTML, escaped, for light and dark alike.

Styles are inline, colours are the notebook's own or a translucent tint over them, and every
result stays under 5 KB whatever its record holds: what does not fit is cut with an ellipsis or
counted ("… 还有 12 项 (12 more)").
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from newsclf.records.article import Article, Page
    from newsclf.records.codebook import Codebook
    from newsclf.records.explanation import Evidence, Explanation
    from newsclf.records.tagging import Tagging

__all__ = ["article", "codebook", "explanation", "page", "tagging"]

_MAX_BYTES = 5000
_BOX = (
    "<div lang=\"zh\" style=\"font-family:'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',"
    'sans-serif;line-height:1.6;max-width:48em">'
)
_Size = TypeVar("_Size")
_FOR, _AGAINST = "255,170,0", "70,130,255"


def article(article: Article) -> str:
    """Return an article's title, bylines, flags and the beginning of its text."""
    parts = (article.type, *article.authors, article.date, article.source, *article.flags)

    def build(size: int) -> str:
        return _box(
            _strong(article.title or article.id),
            _small(" · ".join(filter(None, parts))),
            f'<div style="white-space:pre-line">{_cut(article.text, size)}</div>',
            *(_small(caption, 60) for caption in article.captions[:2]),
        )

    return _fitting(build, (1200, 600, 300))


def page(page: Page) -> str:
    """Return one row a unit of the page: id, type, headline or beginning, flags."""
    rows = [(a.id, a.type, a.title or a.text, " ".join(a.flags)) for a in page.articles]
    head = f"{page.name or 'page'}: {len(rows)}"
    return _table(head, rows)


def codebook(codebook: Codebook) -> str:
    """Return one row a theme: name, id, scope."""
    rows = [(t.name_zh, t.id, t.scope_zh or t.scope_en) for t in codebook.themes]
    return _table(f"{codebook.name} {codebook.version}: {len(rows)}", rows)


def tagging(tagging: Tagging) -> str:
    """Return a bar a theme, with its probability."""

    def build(count: int) -> str:
        bars = [
            '<div style="display:flex;gap:.6em;align-items:center">'
            f'<span style="width:18em">{_cut(tag.name, 24)} <code>{_cut(tag.theme, 30)}</code>'
            "</span>"
            f'<span style="width:{100 * tag.probability:.0f}px;height:.8em;'
            f'background:rgba({_FOR},.6)"></span>{tag.probability:.2f}</div>'
            for tag in tagging.tags[:count]
        ]
        return _box(
            _strong(tagging.title or tagging.id),
            *(bars or ["<div>未归入任何主题 (no theme)</div>"]),
            _more(len(tagging.tags) - len(bars)),
            _small(" · ".join((tagging.model, *tagging.groups))),
        )

    return _fitting(build, (24, 12, 6, 3))


def explanation(explanation: Explanation) -> str:
    """Return the text with the words that speak for the theme marked, the weightier the stronger.

    Words that speak against it are marked in blue. Of a long text the surroundings of the
    weightiest words are shown.
    """
    heaviest = max((abs(e.weight) for e in explanation.evidence), default=0.0) or 1.0

    def build(size: tuple[int, int]) -> str:
        count, around = size
        return _box(
            _strong(f"{explanation.name} {explanation.probability:.2f}"),
            _small(explanation.theme),
            '<div style="white-space:pre-line">'
            + "".join(_marked(explanation.text, _weightiest(explanation, count), around, heaviest))
            + "</div>",
        )

    return _fitting(build, ((30, 10**9), (24, 24), (16, 16), (10, 10), (6, 6), (3, 3), (0, 0)))


def _weightiest(explanation: Explanation, count: int) -> list[Evidence]:
    """Pick the weightiest words, none over another, and put them in the order of the text."""
    chosen: list[Evidence] = []
    for e in sorted(explanation.evidence, key=lambda e: -abs(e.weight)):
        if len(chosen) == count:
            break
        if e.weight and all(e.end <= c.start or c.end <= e.start for c in chosen):
            chosen.append(e)
    return sorted(chosen, key=lambda e: e.start)


def _marked(text: str, evidence: list[Evidence], around: int, heaviest: float) -> Iterable[str]:
    shown = 0
    for i, e in enumerate(evidence):
        start = max(shown, e.start - around)
        if start > shown:
            yield "…"
        colour = _FOR if e.weight > 0 else _AGAINST
        strength = 0.15 + 0.75 * abs(e.weight) / heaviest
        yield (
            f'{_escape(text[start : e.start])}<mark title="{e.weight:+.3f}" style="color:inherit;'
            f'background:rgba({colour},{strength:.2f})">{_cut(text[e.start : e.end], 60)}</mark>'
        )
        following = evidence[i + 1].start if i + 1 < len(evidence) else len(text)
        shown = min(e.end + around, following)
        yield _escape(text[e.end : shown])
    if not evidence:
        yield _cut(text, min(around, 400))
    elif shown < len(text):
        yield "…"


def _table(head: str, rows: Sequence[tuple[str, ...]]) -> str:
    def build(size: tuple[int, int]) -> str:
        count, length = size
        lines = [f"<tr>{''.join(_cell(text, length) for text in row)}</tr>" for row in rows[:count]]
        return _box(_strong(head), f"<table>{''.join(lines)}</table>", _more(len(rows) - count))

    return _fitting(build, ((30, 40), (30, 24), (24, 20), (16, 20), (8, 16), (4, 10)))


def _cell(text: str, length: int) -> str:
    # Ids are narrower than Chinese, and useless when cut.
    return f"<td align=left>{_cut(text, 3 * length if text.isascii() else length)}</td>"


def _fitting(build: Callable[[_Size], str], sizes: Iterable[_Size]) -> str:
    """Build at the first size that fits; the last one fits whatever the record holds."""
    for size in sizes:
        result = build(size)
        if len(result.encode()) < _MAX_BYTES:
            break
    return result


def _box(*parts: str) -> str:
    return f"{_BOX}{''.join(parts)}</div>"


def _strong(text: str) -> str:
    return f"<div><strong>{_cut(text, 60)}</strong></div>"


def _small(text: str, length: int = 120) -> str:
    return f'<div style="font-size:85%;opacity:.75">{_cut(text, length)}</div>' if text else ""


def _more(count: int) -> str:
    return f"<div>… 还有 {count} 项 ({count} more)</div>" if count > 0 else ""


def _cut(text: str, length: int) -> str:
    return _escape(text if len(text) <= length else text[:length] + "…")


def _escape(text: str) -> str:
    # A lone surrogate cannot be saved with the notebook.
    return html.escape(text.encode("utf-8", "replace").decode())
