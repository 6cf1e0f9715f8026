"""The result of an evaluation, as a record and as text, JSON and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from newsclf.evaluation.figures import FIGURES, Outcome, measure, reliability
from newsclf.evaluation.intervals import Estimate, average, chance_calibration_error, estimates
from newsclf.evaluation.mistakes import Confusion, Mistake, confusions
from newsclf.outputs import write_output
from newsclf.records.codebook import Codebook

__all__ = ["Overlap", "Part", "Report", "ThemeRow", "make_report"]

Groups = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of some of the articles, such as those of one source.

    Attributes
    ----------
    articles, groups, positives, blank : int
        Articles; groups of them that were drawn together; (article, theme) pairs with a label;
        articles with neither label nor borderline theme, on which the false-tag rate stands.
    calibration_chance : float or None
        Calibration error that perfect probabilities would show on these articles.
    figures : dict of str to Estimate
        One entry for each name in `newsclf.evaluation.FIGURES`.
    """

    name: str
    articles: int
    groups: int
    positives: int
    blank: int
    calibration_chance: float | None
    figures: dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One theme: counts over pairs that are not borderline, and F1 with its interval.

    `precision`, `recall` and `f1` are None for fewer than 5 positives.
    """

    theme: str
    name: str
    positives: int
    tagged: int
    hits: int
    precision: float | None
    recall: float | None
    f1: Estimate


@dataclass(frozen=True, slots=True)
class Overlap:
    """A tested article that is a near-duplicate of one the tagger was trained on."""

    test: str
    train: str
    jaccard: float


@dataclass(frozen=True)
class Report:
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
    diagram : tuple of (probability, share, pairs)
        Points of the reliability diagram.
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

    title: str
    whole: Part
    parts: tuple[Part, ...]
    themes: tuple[ThemeRow, ...]
    diagram: tuple[tuple[float, float, float], ...]
    confusions: tuple[Confusion, ...]
    mistakes: tuple[Mistake, ...]
    overlaps: tuple[Overlap, ...] | None
    method: dict[str, Any]
    ids: tuple[str, ...] = field(repr=False)
    outcome: Outcome = field(repr=False)

    def __getitem__(self, figure: str) -> Estimate:
        return self.whole.figures[figure]

    def part(self, name: str) -> Part:
        """Return one part by its name."""
        return next(part for part in self.parts if part.name == name)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: everything but the single probabilities."""
        overlaps = None if self.overlaps is None else [asdict(o) for o in self.overlaps]
        return {
            "title": self.title,
            "method": self.method,
            "whole": asdict(self.whole),
            "parts": [asdict(part) for part in self.parts],
            "themes": [asdict(row) for row in self.themes],
            "reliability": [
                {"probability": p, "share": share, "pairs": pairs}
                for p, share, pairs in self.diagram
            ],
            "confusions": [asdict(c) for c in self.confusions],
            "mistakes": [asdict(m) for m in self.mistakes],
            "overlaps": overlaps,
        }

    def to_html(self, path: str | Path | None = None) -> str:
        """Return one self-contained HTML page, and write it to `path` if given.

        The page holds titles and words of the articles it reports as mistakes.
        """
        from newsclf.evaluation.page import whole_page

        page = whole_page(self)
        if path is not None:
            write_output(path, page.encode("utf-8", "replace"))
        return page

    def _repr_html_(self) -> str:
        from newsclf.evaluation.page import fragment

        return fragment(self)

    def __str__(self) -> str:
        """Tables for a terminal: figures, parts, themes, the commonest confusions."""
        from newsclf.evaluation.text import render

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
        diagram=tuple(zip(*(x.tolist() for x in reliability(outcome)), strict=True)),
        confusions=tuple(confusions(outcome)),
        mistakes=tuple(mistakes),
        overlaps=None if overlaps is None else tuple(overlaps),
        method={**method, "draws": draws},
        ids=tuple(ids),
        outcome=outcome,
    )


def _part(name: str, outcome: Outcome, groups: Groups, figures: dict[str, Estimate]) -> Part:
    blank = ~(outcome.labels | outcome.borderline).any(axis=1)
    return Part(
        name=name,
        articles=len(outcome),
        groups=len(np.unique(groups)),
        positives=int(outcome.positives.sum()),
        blank=int(blank.sum()),
        calibration_chance=chance_calibration_error(outcome),
        figures={figure: figures[figure] for figure in FIGURES},
    )


def _theme_rows(
    outcome: Outcome, f1: Sequence[Estimate], codebook: Codebook
) -> tuple[ThemeRow, ...]:
    measured = measure(outcome)
    tags = outcome.tagged & outcome.counted
    hits = (tags & outcome.labels).sum(axis=0)
    return tuple(
        ThemeRow(
            theme=theme,
            name=codebook[theme].name_zh,
            positives=int(outcome.positives[k]),
            tagged=int(tags[:, k].sum()),
            hits=int(hits[k]),
            precision=_defined(measured.theme_precision[0, k]),
            recall=_defined(measured.theme_recall[0, k]),
            f1=f1[k],
        )
        for k, theme in enumerate(outcome.themes)
    )


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
