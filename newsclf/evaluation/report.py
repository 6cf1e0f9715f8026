"""The report of an evaluation: its results, with what shows them as text and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from newsclf.evaluation.figures import FIGURES, Outcome, defined, measure, reliability
from newsclf.evaluation.html import fragment, whole_page
from newsclf.evaluation.intervals import Estimate, average, chance_calibration_error, estimates
from newsclf.evaluation.mistakes import Mistake, confusions
from newsclf.evaluation.results import Overlap, Part, ReliabilityPoint, Results, ThemeRow
from newsclf.evaluation.terminal import render
from newsclf.outputs import write_output
from newsclf.records.codebook import Codebook

__all__ = ["Report", "make_report"]

Groups = npt.NDArray[np.int64]


class Report(Results):
    """What an evaluation found.

    ``str(report)`` is a table, ``report.to_dict()`` JSON, ``report.to_html()`` a page of its own;
    ``report["micro_f1"]`` is one figure with its interval.

    Attributes
    ----------
    title : str
    whole : Part
        All articles; for unseen sources the average of the parts.
    parts : tuple of Part
        The breakdown, by source unless asked otherwise.
    themes : tuple of ThemeRow
    diagram : tuple of ReliabilityPoint
        The reliability diagram: (probability, share, pairs), lowest probability first.
    confusions : tuple of Confusion
    mistakes : tuple of Mistake
    overlaps : tuple of Overlap, or None
        Near-duplicates between training and test; None when the training texts are not known.
    method : dict of str
        How it was measured: folds, groups, seed, draws.
    ids : tuple of str
        The articles, in the order of `outcome`.
    outcome : Outcome
        Labels, probabilities and decisions behind the figures (out of fold where there are folds).
    """

    def to_html(self, path: str | Path | None = None) -> str:
        """Return one self-contained HTML page, and write it to `path` if given.

        The page holds titles and words of the articles it reports as mistakes.
        """
        page = whole_page(self)
        if path is not None:
            write_output(path, page.encode("utf-8", "replace"))
        return page

    def _repr_html_(self) -> str:
        return fragment(self)

    def __str__(self) -> str:
        """Tables for a terminal: figures, parts, themes, the commonest confusions."""
        return render(self)


def make_report(
    title: str,
    outcome: Outcome,
    *,
    ids: Sequence[str],
    groups: Groups,
    parts: dict[str, npt.NDArray[np.bool_]],
    codebook: Codebook,
    mistakes: Sequence[Mistake],
    overlaps: Sequence[Overlap] | None,
    method: dict[str, Any],
    draws: int,
    averaged: bool = False,
) -> Report:
    """Put a report together from an outcome.

    Parameters
    ----------
    parts : dict of str to array of bool, shape (n,)
        The articles of each part.
    averaged : bool
        Let the whole be the average of the parts and not all articles together.
    """
    rows = {name: (outcome.rows(mask), groups[mask]) for name, mask in parts.items()}
    figures, theme_f1 = estimates(outcome, groups, draws=draws)
    whole = _part("all", outcome, groups, figures)
    described = tuple(
        _part(name, some, of, estimates(some, of, draws=draws)[0])
        for name, (some, of) in rows.items()
    )
    if averaged:
        chances = [p.calibration_chance for p in described if p.calibration_chance is not None]
        whole = replace(
            whole,
            name="average",
            figures=average(*zip(*rows.values(), strict=True), draws=draws),
            calibration_chance=float(np.mean(chances)) if chances else None,
        )
    return Report(
        title=title,
        whole=whole,
        parts=described,
        themes=_theme_rows(outcome, theme_f1, codebook),
        diagram=tuple(map(ReliabilityPoint, *(column.tolist() for column in reliability(outcome)))),
        confusions=tuple(confusions(outcome)),
        mistakes=tuple(mistakes),
        overlaps=None if overlaps is None else tuple(overlaps),
        method={**method, "draws": draws},
        ids=tuple(ids),
        outcome=outcome,
    )


def _part(name: str, outcome: Outcome, groups: Groups, figures: dict[str, Estimate]) -> Part:
    return Part(
        name=name,
        articles=len(outcome),
        groups=len(np.unique(groups)),
        positives=int(outcome.positives.sum()),
        blank=int(outcome.blank.sum()),
        calibration_chance=chance_calibration_error(outcome),
        figures={figure: figures[figure] for figure in FIGURES},
    )


def _theme_rows(
    outcome: Outcome, f1: Sequence[Estimate], codebook: Codebook
) -> tuple[ThemeRow, ...]:
    measured = measure(outcome)
    tags = outcome.tagged & outcome.judged
    hits = (tags & outcome.labels).sum(axis=0)
    return tuple(
        ThemeRow(
            theme=theme,
            name=codebook[theme].name_zh,
            positives=int(outcome.positives[k]),
            tagged=int(tags[:, k].sum()),
            hits=int(hits[k]),
            precision=defined(measured.theme_precision[0, k]),
            recall=defined(measured.theme_recall[0, k]),
            f1=f1[k],
        )
        for k, theme in enumerate(outcome.themes)
    )
