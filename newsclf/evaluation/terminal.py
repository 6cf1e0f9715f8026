"""A report as plain text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from newsclf.evaluation.figures import FIGURES, MIN_POSITIVES
from newsclf.evaluation.results import Results

__all__ = ["MAIN", "chance_line", "number", "overlap_line", "render", "table"]

MAIN = ("micro_f1", "macro_f1", "right_first", "false_tag", "calibration_error")
"""The figures by which parts are compared."""
_CONFUSIONS = 10


def render(report: Results) -> str:
    """Return the report as tables for a terminal."""
    whole = report.whole
    blocks = [
        f"{report.title}\n"
        f"{whole.articles:,} articles in {whole.groups:,} groups, {whole.positives:,} labels, "
        f"{whole.blank:,} articles without a theme; 95 % intervals in brackets",
        table(
            [["", whole.name], *([FIGURES[k], str(v)] for k, v in whole.figures.items())],
        ),
    ]
    if report.parts:
        head = ["part", "articles", "no theme", *(FIGURES[k] for k in MAIN)]
        head += ["by chance", FIGURES["cardinality"]]
        rows = [
            [
                part.name,
                f"{part.articles:,}",
                f"{part.blank:,}",
                *(str(part.figures[k]) for k in MAIN),
                number(part.calibration_chance),
                number(part.figures["cardinality"].value, 2),
            ]
            for part in report.parts
        ]
        blocks.append(table([head, *rows]))
    head = ["theme", "name", "labels", "tags", "hits", "precision", "recall", "F1"]
    rows = [
        [
            *(t.theme, t.name, str(t.positives), str(t.tagged), str(t.hits)),
            *(number(t.precision), number(t.recall), str(t.f1)),
        ]
        for t in report.themes
    ]
    note = f"– : undefined, or fewer than {MIN_POSITIVES} labels"
    blocks.append(f"{table([head, *rows])}\n{note}")
    if report.confusions:
        head = ["articles", "label missed", "tag in its place"]
        rows = [
            [str(c.articles), c.missed or "(no label)", c.given or "(no tag)"]
            for c in report.confusions[:_CONFUSIONS]
        ]
        blocks.append(table([head, *rows]))
    blocks += [chance_line(report), overlap_line(report)]
    return "\n\n".join(blocks)


def chance_line(report: Results) -> str:
    """Say what part of the calibration error small numbers alone explain."""
    chance = number(report.whole.calibration_chance)
    return f"perfect probabilities would show a calibration error of {chance} on these articles"


def overlap_line(report: Results) -> str:
    """Say what is known of near-duplicates between training and test."""
    if report.overlaps is None:
        return (
            "near-duplicates between training and test: unknown, the tagger keeps no trace of its "
            "training texts; pass training="
        )
    touched = len({o.test for o in report.overlaps})
    return (
        f"near-duplicates between training and test: {len(report.overlaps)} pairs, "
        f"{touched} of the tested articles"
    )


def table(rows: Sequence[Sequence[str]]) -> str:
    """Align columns; Chinese characters are two cells wide."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def number(value: float | None, digits: int = 3) -> str:
    """Format a figure; a dash where it is undefined."""
    return "–" if value is None else f"{value:.{digits}f}"
