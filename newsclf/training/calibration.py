"""From out-of-fold scores to the decision rule: probabilities, thresholds, abstention.

Probabilities are Platt's (2000), with a prior: every theme's curve is drawn towards the one fitted
to all themes together, and that one towards a curve measured on other corpora, as if by a few
pairs each. So a theme with three positives gets a sane curve and one with three hundred its own.
Calibrators in scikit-learn take no prior and one binary problem at a time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from newsclf.decisions import Decision

__all__ = ["COLD", "DEFAULT_CURVE", "cold_decision", "fit_decision"]

DEFAULT_CURVE = (2.6, 0.3)
"""Slope and offset of a head's probability where nothing else is known."""
COLD = (22.0, -5.0)
"""Slope and offset for the cosine of article and codebook when there are no labels at all."""

_TOWARDS_ALL = 3.0
_TOWARDS_DEFAULT = 3.0
_AT_MOST = 3
_ENOUGH = 20  # articles without a theme, below which the false-tag rate cannot be held
_SMOOTHING = 20.0  # positives of the common curve that count in each theme's own
_GRID = np.round(np.arange(0.10, 0.701, 0.02), 2)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def cold_decision(n_themes: int) -> Decision:
    """Return the rule for a tagger without labels."""
    slopes = np.full(n_themes, COLD[0], np.float32)
    offsets = np.full(n_themes, COLD[1], np.float32)
    return Decision(slopes, offsets, np.full(n_themes, 0.5, np.float32), 0.3, _AT_MOST)


def fit_decision(
    scores: Floats, labels: Bools, borderline: Bools, false_tags: float | None = 0.1
) -> Decision:
    """Fit the rule on scores of articles that the heads were not trained on.

    Parameters
    ----------
    scores, labels, borderline : arrays of shape (n_articles, n_themes)
    false_tags : float or None
        Largest share of articles without a theme that may get a tag, where there are enough of
        them to tell; None leaves micro-F1 alone to decide.
    """
    judged = ~borderline
    common = _platt(scores[judged], labels[judged], np.array(DEFAULT_CURVE), _TOWARDS_DEFAULT)
    curves = np.array(
        [
            _platt(scores[judged[:, k], k], labels[judged[:, k], k], common, _TOWARDS_ALL)
            for k in range(scores.shape[1])
        ]
    )
    slopes, offsets = curves.astype(np.float32).T
    rule = Decision(slopes, offsets, np.zeros_like(slopes), 0.0, _AT_MOST)
    probabilities = rule.probabilities(scores)
    thresholds = _thresholds(probabilities, labels, judged)
    first, thresholds = _first(rule, thresholds, probabilities, labels, judged, false_tags)
    return Decision(slopes, offsets, thresholds, first, _AT_MOST)


def _platt(scores: Floats, labels: Bools, prior: Floats, strength: float) -> Floats:
    """Fit slope and offset by Newton's method, with Platt's softened targets and a prior."""
    positives = labels.sum()
    target = np.where(
        labels, (positives + 1.0) / (positives + 2.0), 1.0 / (len(labels) - positives + 2.0)
    )
    curve: Floats = prior.astype(np.float64)
    design = np.stack([scores, np.ones_like(scores)])
    for _ in range(100):
        p = 1.0 / (1.0 + np.exp(-np.clip(curve @ design, -30.0, 30.0)))
        gradient = design @ (p - target) + strength * (curve - prior)
        hessian = (design * (p * (1.0 - p))) @ design.T + strength * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        curve -= np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-10:
            break
    return curve


def _thresholds(p: NDArray[np.float32], labels: Bools, judged: Bools) -> NDArray[np.float32]:
    """Return each theme's best threshold by F1, drawn towards the best for all themes."""
    given = p[None] >= _GRID[:, None, None]
    hits = (given & (labels & judged)).sum(axis=1).astype(np.float64)
    tags = (given & judged).sum(axis=1).astype(np.float64)
    positives = (labels & judged).sum(axis=0).astype(np.float64)
    share = _SMOOTHING / max(positives.sum(), 1.0)
    hits += share * hits.sum(axis=1, keepdims=True)
    tags += share * tags.sum(axis=1, keepdims=True)
    positives += share * positives.sum()
    f1 = 2.0 * hits / np.maximum(tags + positives, 1e-12)
    return np.asarray(_GRID[f1.argmax(axis=0)], np.float32)


def _first(
    rule: Decision,
    thresholds: NDArray[np.float32],
    p: NDArray[np.float32],
    labels: Bools,
    judged: Bools,
    false_tags: float | None,
) -> tuple[float, NDArray[np.float32]]:
    """Choose down to where the likeliest theme is kept, and raise thresholds if that is not enough.

    The best micro-F1 wins among the rules that hold the false-tag rate; where none does, the one
    with the lowest rate.
    """
    nothing = ~labels.any(axis=1) & judged.all(axis=1)
    limit = false_tags if nothing.sum() >= _ENOUGH else None
    best: tuple[tuple[float, float], float, NDArray[np.float32]] | None = None
    for floor in _GRID:
        raised = np.maximum(thresholds, np.float32(floor))
        for first in _GRID:
            tried = Decision(rule.slopes, rule.offsets, raised, float(first), _AT_MOST)
            given = tried.decide(p)
            false = float(given[nothing].any(axis=1).mean()) if limit is not None else 0.0
            hits = (given & labels & judged).sum()
            f1 = 2.0 * hits / max((given & judged).sum() + (labels & judged).sum(), 1)
            excess = max(0.0, false - limit) if limit is not None else 0.0
            worth = (-excess, float(f1))
            if best is None or worth > best[0]:
                best = worth, float(first), raised
    assert best is not None
    return best[1], best[2]
