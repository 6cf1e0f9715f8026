"""What is measured: every figure of a report, defined once.

A pair is an article and a theme. Borderline pairs, on which careful readers may differ, are left
out wherever pairs are counted: tagging one is neither right nor wrong. A figure that has nothing to
stand on (no positives, no article without a theme ...) is undefined and never 0: NaN here, None in
a report.

Each figure is computed from sums over articles and takes sample weights, so one definition serves
the figure itself (all weights 1) and its bootstrap draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsclf.errors import InputError

__all__ = [
    "BINS",
    "FIGURES",
    "MIN_POSITIVES",
    "MIN_PROBABILITY",
    "Measured",
    "Outcome",
    "calibration_error",
    "defined",
    "measure",
    "reliability",
]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

FIGURES: Mapping[str, str] = {
    "micro_f1": "micro-F1",
    "macro_f1": "macro-F1",
    "precision": "precision",
    "recall": "recall",
    "right_first": "right first theme",
    "false_tag": "false-tag rate",
    "missed": "nothing found",
    "abstention": "abstention rate",
    "calibration_error": "calibration error",
    "lrap": "ranking precision (LRAP)",
    "coverage": "coverage error",
    "cardinality": "labels per article",
}
"""Names of the figures and how a report calls them."""

MIN_POSITIVES = 5
"""No F1, precision or recall is given for fewer labelled articles than this."""
BINS = 15
"""Bins of the calibration error and of the reliability diagram."""
MIN_PROBABILITY = 0.1
"""Pairs with a lower probability do not count for calibration: nearly all are easy negatives."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What readers said of n articles and K themes, and what a tagger said.

    Attributes
    ----------
    themes : tuple of str
        The K theme ids, in the order of the columns.
    labels, borderline : numpy.ndarray of bool, shape (n, K)
        What readers gave. A theme that is both counts as borderline.
    probabilities : numpy.ndarray of float, shape (n, K)
    tagged : numpy.ndarray of bool, shape (n, K)
        The tagger's decisions.

    Raises
    ------
    InputError
        Shapes that differ, or probabilities outside 0 to 1.
    """

    themes: tuple[str, ...]
    labels: Bools
    borderline: Bools
    probabilities: npt.NDArray[np.floating]
    tagged: Bools

    def __post_init__(self) -> None:
        for name in ("labels", "borderline", "tagged"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=bool))
        object.__setattr__(self, "probabilities", np.asarray(self.probabilities))
        expected = (len(self.labels), len(self.themes))
        for name in ("labels", "borderline", "probabilities", "tagged"):
            if getattr(self, name).shape != expected:
                raise InputError(
                    f"expected {name} of shape {expected} (articles, themes), got "
                    f"{getattr(self, name).shape}; give one row an article, one column a theme"
                )
        if not ((self.probabilities >= 0) & (self.probabilities <= 1)).all():
            raise InputError(
                "expected probabilities from 0 to 1, got others or NaN; calibrate the scores first"
            )

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, index: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Outcome:
        """Return the outcome for some of the articles, by mask or by position."""
        return Outcome(
            self.themes,
            self.labels[index],
            self.borderline[index],
            self.probabilities[index],
            self.tagged[index],
        )

    @property
    def judged(self) -> Bools:
        """The pairs that count: those that are not borderline; shape (n, K)."""
        return ~self.borderline

    @property
    def errors(self) -> Bools:
        """The judged pairs on which tagger and readers differ; shape (n, K)."""
        errors: Bools = (self.tagged != self.labels) & self.judged
        return errors

    @property
    def blank(self) -> Bools:
        """The articles with neither label nor borderline theme; shape (n,)."""
        return np.logical_not((self.labels | self.borderline).any(axis=1))

    @property
    def positives(self) -> npt.NDArray[np.int64]:
        """Articles labelled with each theme, borderline ones not counted; shape (K,)."""
        counts: npt.NDArray[np.int64] = (self.labels & self.judged).sum(axis=0)
        return counts


@dataclass(frozen=True, eq=False)
class Measured:
    """Figures for one weighting of the articles, or for many.

    Attributes
    ----------
    figures : dict of str to numpy.ndarray, shape (draws,)
        One entry for each name in `FIGURES`; NaN where undefined.
    theme_f1, theme_precision, theme_recall : numpy.ndarray, shape (draws, K)
        NaN for themes with fewer than `MIN_POSITIVES` positives.
    """

    figures: Mapping[str, Floats]
    theme_f1: Floats
    theme_precision: Floats
    theme_recall: Floats


def measure(outcome: Outcome, sample_weight: npt.ArrayLike | None = None) -> Measured:
    """Compute every figure.

    Parameters
    ----------
    outcome : Outcome
        n articles, K themes.
    sample_weight : array of float, shape (draws, n), optional
        How often each article counts in each draw; by default one draw, every article once.

    Returns
    -------
    Measured

    Notes
    -----
    =================  ===================================================================
    micro_f1           2 tp / (2 tp + fp + fn) over all pairs; undefined under 5 positives
    macro_f1           mean F1 of the themes with at least 5 positives in the sample (a draw
                       keeps the themes of the sample); undefined where there are none
    precision, recall  over all pairs, as micro_f1
    right_first        over articles with a label: the theme with the highest probability is a
                       label or borderline; where themes share it, all of them must be
    false_tag          over articles with neither label nor borderline: share with any tag
    missed             over articles with a label: share without any tag
    abstention         over all articles: share without any tag
    calibration_error  mean distance of probability and share of positives over 15 bins of
                       equal mass, pairs with probability of 0.1 or more (Naeini et al., 2015);
                       pairs of equal probability fall into one bin
    lrap, coverage     label ranking average precision and coverage error as scikit-learn has
                       them, over articles with a label, borderline themes out of the ranking
    cardinality        labels an article, borderline ones not counted
    =================  ===================================================================
    """
    if sample_weight is None:
        sample_weight = np.ones((1, len(outcome)))
    weight: Floats = np.asarray(sample_weight, dtype=float)
    truth, tags = outcome.labels & outcome.judged, outcome.tagged & outcome.judged
    positives = weight @ truth
    marked = weight @ tags
    hits = weight @ (truth & tags)
    kept = outcome.positives >= MIN_POSITIVES
    enough = outcome.positives.sum() >= MIN_POSITIVES
    f1, precision, recall = (
        np.where(kept, _ratio(top, bottom), np.nan)
        for top, bottom in ((2 * hits, positives + marked), (hits, marked), (hits, positives))
    )
    all_hits, all_marked, all_positives = (x.sum(axis=1) for x in (hits, marked, positives))
    silent: Bools = np.logical_not(outcome.tagged.any(axis=1))
    has_label: Bools = np.asarray(outcome.labels.any(axis=1))
    lrap, coverage, ranked = _ranking(outcome)
    everyone = np.ones(len(outcome), dtype=bool)
    undefined = np.full(len(weight), np.nan)
    figures = {
        "micro_f1": _ratio(2 * all_hits, all_marked + all_positives) if enough else undefined,
        "macro_f1": f1[:, kept].mean(axis=1) if kept.any() else undefined,
        "precision": _ratio(all_hits, all_marked) if enough else undefined,
        "recall": _ratio(all_hits, all_positives) if enough else undefined,
        "right_first": _mean(weight, _right_first(outcome), has_label),
        "false_tag": _mean(weight, ~silent, outcome.blank),
        "missed": _mean(weight, silent, has_label),
        "abstention": _mean(weight, silent, everyone),
        "calibration_error": calibration_error(outcome, weight),
        "lrap": _mean(weight, lrap, ranked),
        "coverage": _mean(weight, coverage, ranked),
        "cardinality": _mean(weight, truth.sum(axis=1), everyone),
    }
    return Measured(figures, f1, precision, recall)


def reliability(outcome: Outcome) -> tuple[Floats, Floats, Floats]:
    """Return the points of the reliability diagram, lowest probability first.

    Returns
    -------
    probability, share, mass : numpy.ndarray, shape (at most `BINS`,)
        Of each bin that is not empty: mean probability, share of positives, number of pairs.
    """
    once = np.ones((1, len(outcome)))
    mass, predicted, true = (sums[0] for sums in _calibration_bins(outcome, once))
    filled = mass > 0
    return predicted[filled] / mass[filled], true[filled] / mass[filled], mass[filled]


def defined(value: float) -> float | None:
    """Return a figure as reports have it: None where it is undefined."""
    return None if np.isnan(value) else float(value)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    out = np.full(np.shape(top), np.nan)
    np.divide(top, bottom, out=out, where=bottom > 0)
    return out


def _mean(weight: Floats, values: npt.NDArray[np.generic], over: Bools) -> Floats:
    """Weighted mean of `values` over some of the articles, for each draw."""
    return _ratio(weight @ np.where(over, values, 0).astype(float), weight @ over.astype(float))


def _right_first(outcome: Outcome) -> Bools:
    top = outcome.probabilities == outcome.probabilities.max(axis=1, keepdims=True, initial=0)
    wrong: Bools = (top & ~outcome.labels & ~outcome.borderline).any(axis=1)
    return ~wrong


def _ranking(outcome: Outcome) -> tuple[Floats, Floats, Bools]:
    """Return LRAP and coverage of each article, and which articles have a label to rank."""
    truth = outcome.labels & outcome.judged
    scores = np.where(outcome.judged, outcome.probabilities, -1.0)
    article, theme = np.nonzero(truth)
    above = scores[article] >= scores[article, theme][:, None]
    rank = above.sum(axis=1)
    share = (above & truth[article]).sum(axis=1) / np.maximum(rank, 1)
    number = truth.sum(axis=1)
    lrap = np.bincount(article, share, minlength=len(outcome)) / np.maximum(number, 1)
    coverage = np.zeros(len(outcome))
    np.maximum.at(coverage, article, rank)
    return lrap, coverage, number > 0


def calibration_error(outcome: Outcome, sample_weight: Floats) -> Floats:
    """Return the calibration error for weights of shape (draws, n); see `measure`."""
    mass, predicted, true = _calibration_bins(outcome, sample_weight)
    return _ratio(np.abs(predicted - true).sum(axis=1), mass.sum(axis=1))


def _calibration_bins(outcome: Outcome, sample_weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Return pairs, sum of probabilities and positives of each bin, shapes (draws, BINS)."""
    draws = len(sample_weight)
    article, theme = np.nonzero(outcome.judged & (outcome.probabilities >= MIN_PROBABILITY))
    p = outcome.probabilities[article, theme].astype(float)
    if not len(p):
        empty = np.zeros((draws, BINS))
        return empty, empty, empty
    order = np.argsort(p, kind="stable")
    p, y = p[order], outcome.labels[article, theme][order]
    pairs = sample_weight[:, article[order]]
    # Equal probabilities go together, or the order of the articles would decide.
    starts = np.flatnonzero(np.diff(p, prepend=-1.0))
    mass = np.add.reduceat(pairs, starts, axis=1)
    true = np.add.reduceat(pairs * y, starts, axis=1)
    middle = np.cumsum(mass, axis=1) - mass / 2
    total = np.maximum(mass.sum(axis=1, keepdims=True), 1e-300)
    bins = np.minimum((BINS * middle / total).astype(np.int64), BINS - 1)
    cells = (bins + BINS * np.arange(draws)[:, None]).ravel()
    masses, predicted, positives = (
        np.bincount(cells, values.ravel(), draws * BINS).astype(float).reshape(draws, BINS)
        for values in (mass, mass * p[starts], true)
    )
    return masses, predicted, positives
