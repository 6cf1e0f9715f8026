"""A report as one self-contained HTML page: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from newsclf.evaluation.figures import FIGURES, MIN_POSITIVES, MIN_PROBABILITY
from newsclf.evaluation.intervals import Estimate
from newsclf.evaluation.mistakes import Mistake, Verdict
from newsclf.evaluation.results import Results
from newsclf.evaluation.style import STYLE
from newsclf.evaluation.terminal import MAIN, chance_line, number, overlap_line

__all__ = ["fragment", "whole_page"]

_HEADLINE = (*MAIN, "abstention", "cardinality")
_CONFUSIONS = 20
_PAIRS = 50
_SIDE = 300  # of the reliability diagram, in CSS pixels


def whole_page(report: Results) -> str:
    """Return the whole report as an HTML document."""
    sections = (fragment, _diagram, _confusions, _mistakes, _overlaps, _method)
    body = "".join(section(report) for section in sections)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(report.title)}</title></head>\n"
        f'<body><main class="newsclf-report">{body}</main></body></html>\n'
    )


def fragment(report: Results) -> str:
    """Return figures, parts and themes, as a notebook shows them."""
    whole = report.whole
    counts = (
        f"{whole.articles:,} articles in {whole.groups:,} groups, {whole.positives:,} labels, "
        f"{whole.blank:,} articles without a theme. 95 % bootstrap intervals."
    )
    cards = "".join(
        f"<div><b>{number(whole.figures[k].value)}</b><i>{_range(whole.figures[k])}</i>"
        f"<span>{escape(FIGURES[k])}</span></div>"
        for k in _HEADLINE
    )
    return (
        f'<style>{STYLE}</style><section class="newsclf-report">'
        f"<h1>{escape(report.title)}</h1><p>{escape(counts)}</p>"
        f'<div class="cards">{cards}</div><p>{escape(overlap_line(report))}</p>'
        f"{_parts(report)}{_themes(report)}</section>"
    )


def _parts(report: Results) -> str:
    if not report.parts:
        return ""
    head = ("part", "articles", "no theme", *FIGURES.values())
    rows = (
        (escape(p.name), f"{p.articles:,}", f"{p.blank:,}", *map(_cell, p.figures.values()))
        for p in (report.whole, *report.parts)
    )
    return f"<h2>By part</h2>{_table(head, rows)}"


def _themes(report: Results) -> str:
    head = ("theme", "name", "labels", "tags", "hits", "precision", "recall", "F1", "")
    rows = (
        (
            escape(t.theme),
            escape(t.name),
            *map(str, (t.positives, t.tagged, t.hits)),
            number(t.precision),
            number(t.recall),
            _cell(t.f1),
            f'<meter min="0" max="1" value="{t.f1.value:.3f}"></meter>' if t.f1.value else "",
        )
        for t in report.themes
    )
    note = f"<p>– : undefined, or fewer than {MIN_POSITIVES} labels.</p>"
    return f"<h2>By theme</h2>{_table(head, rows)}{note}"


def _diagram(report: Results) -> str:
    """Draw the reliability diagram: perfect probabilities lie on the diagonal."""
    points = report.diagram
    largest = max((point.pairs for point in points), default=1.0)
    ticks = "".join(
        f'<text x="{v * _SIDE:.0f}" y="{_SIDE + 16}" text-anchor="middle">{v:g}</text>'
        f'<text x="-6" y="{(1 - v) * _SIDE + 4:.0f}" text-anchor="end">{v:g}</text>'
        for v in (0, 0.2, 0.4, 0.6, 0.8, 1)
    )
    places = [(f"{p.probability * _SIDE:.1f}", f"{(1 - p.share) * _SIDE:.1f}") for p in points]
    line = " ".join(f"{x},{y}" for x, y in places)
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="{2 + 4 * (point.pairs / largest) ** 0.5:.1f}">'
        f"<title>{point.pairs:.0f} pairs: probability {point.probability:.3f}, "
        f"true {point.share:.3f}</title></circle>"
        for point, (x, y) in zip(points, places, strict=True)
    )
    return (
        "<h2>Reliability</h2><p>Of the pairs given a probability (across), the share that is true "
        f"(up); pairs of {MIN_PROBABILITY} or more, bins of equal mass; "
        f"{escape(chance_line(report))}.</p>"
        f'<svg viewBox="-40 -10 {_SIDE + 60} {_SIDE + 40}" width="{_SIDE + 60}" role="img" '
        f'aria-label="reliability diagram"><rect width="{_SIDE}" height="{_SIDE}"/>'
        f'<line x1="0" y1="{_SIDE}" x2="{_SIDE}" y2="0"/><polyline points="{line}"/>'
        f"{dots}{ticks}</svg>"
    )


def _confusions(report: Results) -> str:
    rows = (
        (str(c.articles), escape(c.missed or "(no label)"), escape(c.given or "(no tag)"))
        for c in report.confusions[:_CONFUSIONS]
    )
    return "<h2>Confusions</h2>" + _table(("articles", "label missed", "tag in its place"), rows)


def _mistakes(report: Results) -> str:
    return "<h2>Worst mistakes</h2><ol>" + "".join(map(_mistake, report.mistakes)) + "</ol>"


def _mistake(mistake: Mistake) -> str:
    borderline = f"; borderline {', '.join(mistake.borderline)}" if mistake.borderline else ""
    said = f"labels {', '.join(mistake.labels) or 'none'}{borderline}"
    got = f"tags {', '.join(mistake.tagged) or 'none'}"
    verdicts = "".join(_verdict("given", v) for v in mistake.wrong)
    verdicts += "".join(_verdict("missed", v) for v in mistake.missed)
    return (
        f"<li><b>{escape(mistake.title)}</b> <code>{escape(mistake.id)}</code><br>"
        f"{escape(said)}<br>{escape(got)}<ul>{verdicts}</ul></li>"
    )


def _verdict(kind: str, verdict: Verdict) -> str:
    words = " ".join(
        f'<mark title="{weight:+.3f}">{escape(word)}</mark>' for word, weight in verdict.words
    )
    return f"<li>{kind} {escape(verdict.theme)}, probability {verdict.probability:.2f} {words}</li>"


def _overlaps(report: Results) -> str:
    if not report.overlaps:
        return ""
    head = ("tested", "trained on", "shared shingles")
    rows = ((escape(o.test), escape(o.train), f"{o.jaccard:.2f}") for o in report.overlaps[:_PAIRS])
    return "<h2>Near-duplicates of training texts</h2>" + _table(head, rows)


def _method(report: Results) -> str:
    rows = ((escape(str(k)), escape(str(v))) for k, v in report.method.items())
    return "<h2>Method</h2>" + _table(("", ""), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table; the cells are HTML already."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{top}</tr>{body}</table></div>'


def _cell(estimate: Estimate) -> str:
    return f"{number(estimate.value)} <small>{_range(estimate)}</small>"


def _range(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f"{estimate.low:.3f}–{estimate.high:.3f}"
