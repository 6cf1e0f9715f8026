"""The model card: what a model was trained on, how good it is, where it fails, how to rebuild it.

Every figure comes from a report. What no measurement can know (who labelled, which licence) comes
from the recipe. No text of an article enters a card, for training texts may not be redistributed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from newsclf.errors import InputError
from newsclf.evaluation.figures import FIGURES, MIN_POSITIVES
from newsclf.evaluation.results import Part, Results
from newsclf.evaluation.terminal import MAIN, chance_line, number, overlap_line
from newsclf.model import storage
from newsclf.outputs import write_output

__all__ = ["model_card", "write_model_card"]

_COLUMNS = (*MAIN, "lrap", "cardinality")
_SOURCE = ("name", "articles", "from", "labels", "licence")
_WEAK = 0.8
_CONFUSIONS = 12


def model_card(name: str, version: str, reports: Sequence[Results], data: Mapping[str, Any]) -> str:
    """Write a model card.

    Parameters
    ----------
    name, version : str
        Of the model.
    reports : sequence of Report
        The figures; the first one gives the table of themes and the known failures.
    data : mapping
        From the recipe: ``purpose`` (str); ``sources``, a list of mappings with ``name``,
        ``articles``, ``from``, ``labels`` (who made them) and ``licence``; ``labels`` (str, how
        the labels were made and how far readers agree); ``rebuild`` (str, a command); and
        ``limits``, a list of further sentences.

    Returns
    -------
    str
        Markdown.

    Raises
    ------
    InputError
        A key of `data` is missing, or there is no report.
    """
    _check(reports, data)
    first = reports[0]
    limits = [f"- {sentence}" for sentence in (*_failures(first), *data["limits"])]
    blocks = [
        f"# {name} {version}",
        "Written by the evaluation; do not edit.",
        str(data["purpose"]),
        "## Trained on",
        _table(_SOURCE, ([str(source[key]) for key in _SOURCE] for source in data["sources"])),
        str(data["labels"]),
        "## How good it is",
        f"95 % bootstrap intervals in brackets. Pairs on which careful readers may differ are "
        f"counted neither way. – : undefined, or fewer than {MIN_POSITIVES} labels.",
        *(block for report in reports for block in _figures(report)),
        f"## By theme ({first.title.lower()})",
        _themes(first),
        "## Known failures",
        "\n".join(limits),
        _confusions(first),
        "## Rebuild",
        f"    {data['rebuild']}",
    ]
    return "\n\n".join(blocks) + "\n"


def write_model_card(
    folder: str | os.PathLike[str], reports: Sequence[Results], data: Mapping[str, Any]
) -> Path:
    """Write ``MODEL_CARD.md`` into a model folder; see `model_card` for the parameters.

    Raises
    ------
    ModelError
        The folder is not a sound model folder.
    """
    folder = Path(storage.find(folder))
    manifest = storage.read(folder).manifest
    path = folder / storage.CARD
    card = model_card(manifest["name"], manifest["version"], reports, data)
    write_output(path, card.encode("utf-8", "replace"))
    return path


def _check(reports: Sequence[Results], data: Mapping[str, Any]) -> None:
    if not reports:
        raise InputError("expected at least one report for a model card, got none; evaluate first")
    places = [("data", data, ("purpose", "sources", "labels", "rebuild", "limits"))]
    places += [(f"sources[{i}]", s, _SOURCE) for i, s in enumerate(data.get("sources", ()))]
    for place, record, keys in places:
        missing = [key for key in keys if key not in record]
        if missing:
            raise InputError(
                f"model card: {place} has no {', '.join(missing)} (found {sorted(record)}); "
                "add it to the recipe"
            )


def _figures(report: Results) -> list[str]:
    head = ("", "articles", "no theme", *(FIGURES[k] for k in _COLUMNS))
    rows = (_part_row(part) for part in (report.whole, *report.parts))
    return [
        f"### {report.title}",
        _table(head, rows),
        f"{overlap_line(report)}; {chance_line(report)}.",
    ]


def _part_row(part: Part) -> list[str]:
    counts = (f"{part.articles:,}", f"{part.blank:,}")
    return [part.name, *counts, *(str(part.figures[k]) for k in _COLUMNS)]


def _themes(report: Results) -> str:
    rows = (
        (t.theme, t.name, str(t.positives), number(t.precision), number(t.recall), str(t.f1))
        for t in report.themes
    )
    return _table(("theme", "name", "labels", "precision", "recall", "F1"), rows)


def _failures(report: Results) -> list[str]:
    """Say which themes and parts are weak, from the report alone."""
    unknown = [t.theme for t in report.themes if t.f1.value is None]
    weak = sorted(
        (t.f1.value, t.theme)
        for t in report.themes
        if t.f1.value is not None and t.f1.value < _WEAK
    )
    parts = [(p.figures["micro_f1"].value, p.name) for p in report.parts]
    worst = min(((value, name) for value, name in parts if value is not None), default=None)
    missed, false = (report.whole.figures[k].value for k in ("missed", "false_tag"))
    said = []
    if weak:
        names = ", ".join(f"{theme} ({value:.2f})" for value, theme in weak)
        said.append(f"Themes with an F1 under {_WEAK}: {names}.")
    if unknown:
        said.append(f"Too few labels to say how good: {', '.join(unknown)}.")
    if worst and len(parts) > 1:
        said.append(f"The weakest part is {worst[1]}, micro-F1 {worst[0]:.3f}.")
    if false is not None:
        said.append(f"Of {report.whole.blank} articles without a theme {false:.1%} get a tag.")
    if missed is not None:
        said.append(f"Of the articles with a theme {missed:.1%} get none.")
    return said


def _confusions(report: Results) -> str:
    if not report.confusions:
        return "No mistake was found."
    rows = (
        (str(c.articles), c.missed or "(no label)", c.given or "(no tag)")
        for c in report.confusions[:_CONFUSIONS]
    )
    return _table(("articles", "label missed", "tag in its place"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(c.replace('|', '/') for c in row)} |" for row in lines)
