"""From out-of-fold scores to the decision rule: probabilities, thresholds, abstention.

Probabilities are Platt's (2000), with the strongest other theme as a second input and with a prior:
every theme's curve is drawn towards the one fitted to all themes together, and that one towards a
curve measured on other corpora, as if by a few pairs each. So a theme with three positives gets a
sane curve and one with three hundred its own. Calibrators in scikit-learn take no prior and see
one theme at a time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from newsclf.model.decision import Decision, any_theme, rivals

__all__ = ["COLD", "DEFAULT_CURVE", "cold_decision", "fit_decision", "share_of_nothing"]

DEFAULT_CURVE = (6.0, -0.8, 1.0)
"""Slope, rival and offset of a head's probability where nothing else is known."""
COLD = (37.0, -7.0, -4.3)
"""Slope, rival and offset for the cosine of article and codebook when there are no labels."""

_TOWARDS_ALL = 3.0
_TOWARDS_DEFAULT = 3.0
_AT_MOST = 3
_THRESHOLD, _ABSTAIN = 0.5, 0.7  # where there is nothing to choose them by
_ENOUGH = 20  # articles without a theme, below which the false-tag rate cannot be held
_SMOOTHING = 20.0  # positives of the common curve that count in each theme's own
_GRID = np.round(np.arange(0.10, 0.701, 0.02), 2)  # thresholds
_LEVELS = np.round(np.arange(0.10, 0.981, 0.02), 2)  # of any theme

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def cold_decision(n_themes: int) -> Decision:
    """Return the rule for a tagger without labels."""
    return _unfitted(n_themes, COLD)


def share_of_nothing(
    scores: Floats, labels: Bools, borderline: Bools, sample_weight: Floats
) -> float:
    """Return how much of the last column's score belongs into every theme's.

    The last column tells articles without any theme. Where it is high no theme is likely, so it is
    the third input of the common curve; added to the scores with the share returned here it says
    the same there, and can be merged into the weights.

    Parameters
    ----------
    scores : array of shape (n_articles, n_themes + 1)
    labels, borderline : arrays of shape (n_articles, n_themes)
    sample_weight : array of shape (n_articles,)
    """
    if not labels.any():
        return 0.0
    judged, themes = ~borderline, scores[:, :-1]
    pair_weight, nothing = (
        np.broadcast_to(column, judged.shape) for column in (sample_weight[:, None], scores[:, -1:])
    )
    design = np.stack([themes, rivals(themes), nothing, np.ones(themes.shape)])[:, judged]
    prior = np.insert(DEFAULT_CURVE, 2, 0.0)
    curve = _platt(design, labels[judged], prior, _TOWARDS_DEFAULT, pair_weight[judged])
    return float(curve[2] / (curve[0] + curve[1]))


def fit_decision(
    scores: Floats,
    labels: Bools,
    borderline: Bools,
    sample_weight: Floats | None = None,
    false_tags: float | None = 0.1,
) -> Decision:
    """Fit the rule on scores of articles that the heads were not trained on.

    Parameters
    ----------
    scores, labels, borderline : arrays of shape (n_articles, n_themes)
    sample_weight : array of shape (n_articles,), optional
        All 1 unless given.
    false_tags : float or None
        Largest share of articles without a theme that may get a tag, where there are enough of
        them to tell; None leaves micro-F1 alone to decide.
    """
    if not labels.any():
        return _unfitted(labels.shape[1], DEFAULT_CURVE)
    sample_weight = np.ones(len(scores)) if sample_weight is None else sample_weight
    pair_weight = np.broadcast_to(sample_weight[:, None], scores.shape)
    judged = ~borderline
    against = rivals(scores)
    common = _platt(
        np.stack([scores[judged], against[judged], np.ones(judged.sum())]),
        labels[judged],
        np.array(DEFAULT_CURVE),
        _TOWARDS_DEFAULT,
        pair_weight[judged],
    )
    rival = float(common[1])
    curves = np.empty((scores.shape[1], 2))
    for k, kept in enumerate(judged.T):
        design = np.stack([scores[kept, k], np.ones(kept.sum())])
        given = rival * against[kept, k]
        curves[k] = _platt(
            design, labels[kept, k], common[[0, 2]], _TOWARDS_ALL, sample_weight[kept], given
        )
    slopes, offsets = curves.astype(np.float32).T
    rule = Decision(slopes, offsets, rival, np.zeros_like(slopes), 0.0, _AT_MOST)
    probabilities = rule.probabilities(scores)
    thresholds = _thresholds(probabilities, labels & judged, pair_weight * judged)
    return _abstaining(
        replace(rule, thresholds=thresholds),
        probabilities,
        labels,
        pair_weight * judged,
        false_tags,
    )


def _unfitted(n_themes: int, curve: tuple[float, float, float]) -> Decision:
    slope, rival, offset = curve
    return Decision(
        np.full(n_themes, slope, np.float32),
        np.full(n_themes, offset, np.float32),
        rival,
        np.full(n_themes, _THRESHOLD, np.float32),
        _ABSTAIN,
        _AT_MOST,
    )


def _platt(
    design: Floats,
    labels: Bools,
    prior: Floats,
    strength: float,
    sample_weight: Floats,
    given: Floats | float = 0.0,
) -> Floats:
    """Fit a logistic curve by Newton's method, with Platt's softened targets and a prior.

    `design` has a row for each coefficient, the slope first, and a column for each sample; `given`
    is added to the linear part as it is. A curve that would fall with its score is given up
    for the prior: the head misled on these few articles, and that must not become what the model
    believes.
    """
    positives = (labels * sample_weight).sum()
    target = np.where(
        labels, (positives + 1.0) / (positives + 2.0), 1.0 / (sample_weight.sum() - positives + 2.0)
    )
    curve: Floats = prior.astype(np.float64)
    for _ in range(100):
        p = 1.0 / (1.0 + np.exp(-np.clip(curve @ design + given, -30.0, 30.0)))
        gradient = design @ (sample_weight * (p - target)) + strength * (curve - prior)
        hessian = (design * (sample_weight * p * (1.0 - p))) @ design.T
        step = np.linalg.solve(hessian + strength * np.eye(len(curve)), gradient)
        curve = curve - np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-10:
            break
    return curve if curve[0] > 0 else prior


def _thresholds(p: NDArray[np.float32], right: Bools, pair_weight: Floats) -> NDArray[np.float32]:
    """Return each theme's best threshold by F1, drawn towards the best for all themes."""
    hits, tags = (
        np.array([((p >= threshold) * weight).sum(axis=0) for threshold in _GRID])
        for weight in (right * pair_weight, pair_weight)
    )
    positives = (right * pair_weight).sum(axis=0)
    share = _SMOOTHING / max(positives.sum(), 1.0)
    hits += share * hits.sum(axis=1, keepdims=True)
    tags += share * tags.sum(axis=1, keepdims=True)
    positives += share * positives.sum()
    f1 = 2.0 * hits / np.maximum(tags + positives, 1e-12)
    return np.asarray(_GRID[f1.argmax(axis=0)], np.float32)


def _abstaining(
    rule: Decision,
    p: NDArray[np.float32],
    labels: Bools,
    pair_weight: Floats,
    false_tags: float | None,
) -> Decision:
    """Choose the probability of any theme below which none is given.

    The best micro-F1 wins among the levels that hold the false-tag rate; where none does, the one
    with the lowest rate. `pair_weight` is 0 where a pair is not judged.
    """
    nothing = ~labels.any(axis=1) & pair_weight.all(axis=1)
    limit = false_tags if nothing.sum() >= _ENOUGH else None
    given = rule.decide(p)  # without abstention
    hits, tags = (given * labels * pair_weight).sum(axis=1), (given * pair_weight).sum(axis=1)
    positives, bare = (labels * pair_weight).sum(), nothing * pair_weight.max(axis=1)
    likely = any_theme(p)
    best, worth = rule, (-np.inf, -np.inf)
    for level in _LEVELS:
        tagged = likely >= level
        rate = (bare * tagged).sum() / max(bare.sum(), 1e-12)
        excess = 0.0 if limit is None else max(0.0, rate - limit)
        f1 = 2.0 * hits[tagged].sum() / max(tags[tagged].sum() + positives, 1e-12)
        if (-excess, f1) > worth:
            best, worth = replace(rule, abstain=float(level)), (-excess, f1)
    return best
