"""How sure a figure is: bootstrap intervals.

Percentile intervals (Efron and Tibshirani, "An introduction to the bootstrap", 1993): whole groups
of articles are drawn with replacement, for articles of one day or page are no independent evidence.

The calibration error is a sum of distances, so noise can only add to it: it is above 0 for perfect
probabilities (`chance_calibration_error` says how far), and higher still in the draws. Its interval
therefore lies high, and is stretched where needed to hold the figure itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from newsclf.evaluation.figures import Floats, Measured, Outcome, calibration_error, measure

__all__ = ["DRAWS", "Estimate", "average", "bootstrap", "chance_calibration_error", "estimates"]

DRAWS = 1000
_LEVEL = 0.95
_PERFECT = 100  # sets of labels drawn from the probabilities
_CELLS = 2_000_000  # weights held at a time


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; all None where the figure is undefined.

    `low` and `high` alone are None where there is but one group of articles to draw from. A share
    of 0 or 1 gets an interval without width: read it with the number of articles it stands on.
    """

    value: float | None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        """Value and interval, or a dash."""
        if self.value is None:
            return "–"
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap(
    outcome: Outcome,
    groups: npt.ArrayLike | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> Measured:
    """Measure every figure on resampled articles.

    Parameters
    ----------
    outcome : Outcome
        n articles.
    groups : array of int, shape (n,), optional
        Articles drawn together; by default each article on its own.
    draws, seed : int

    Returns
    -------
    Measured
        Arrays with one row a draw.
    """
    n = len(outcome)
    _, member = np.unique(np.arange(n) if groups is None else groups, return_inverse=True)
    n_groups = int(member.max(initial=-1)) + 1
    rng = np.random.default_rng(seed)
    pairs = int((outcome.probabilities > 0).sum())
    block = max(1, _CELLS // max(1, n, pairs))
    parts = []
    for start in range(0, draws, block):
        size = min(block, draws - start)
        drawn = rng.multinomial(n_groups, np.full(n_groups, 1 / max(1, n_groups)), size=size)
        parts.append(measure(outcome, drawn[:, member]))
    return _join(parts)


def estimates(
    outcome: Outcome, groups: npt.ArrayLike | None = None, *, draws: int = DRAWS, seed: int = 0
) -> tuple[dict[str, Estimate], list[Estimate]]:
    """Return every figure and the F1 of every theme, with intervals.

    Parameters
    ----------
    outcome, groups, draws, seed
        As for `bootstrap`.

    Returns
    -------
    figures : dict of str to Estimate
    theme_f1 : list of K Estimate
    """
    point = measure(outcome)
    drawn = _draws(outcome, groups, draws, seed)
    figures = {
        name: _estimate(value[0], drawn.figures[name] if drawn else None)
        for name, value in point.figures.items()
    }
    themes = [
        _estimate(value, drawn.theme_f1[:, k] if drawn else None)
        for k, value in enumerate(point.theme_f1[0])
    ]
    return figures, themes


def average(
    outcomes: Sequence[Outcome],
    groups: Sequence[npt.ArrayLike],
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Estimate]:
    """Return the mean of each figure over several outcomes, each drawn on its own.

    Outcomes on which a figure is undefined do not enter its mean.
    """
    points = [measure(o).figures for o in outcomes]
    pairs = zip(outcomes, groups, strict=True)
    drawn = [_draws(outcome, of, draws, seed + i) for i, (outcome, of) in enumerate(pairs)]
    result = {}
    for name in points[0]:
        used = [i for i, p in enumerate(points) if not np.isnan(p[name][0])]
        if not used:
            result[name] = Estimate(None)
            continue
        columns = [d.figures[name] for i in used if (d := drawn[i]) is not None]
        whole = len(columns) == len(used)
        value = float(np.mean([points[i][name][0] for i in used]))
        result[name] = _estimate(value, np.mean(columns, axis=0) if whole else None)
    return result


def chance_calibration_error(outcome: Outcome, *, seed: int = 0) -> float | None:
    """Return the calibration error that perfect probabilities would show on these articles.

    The mean over 100 sets of labels drawn from the probabilities themselves; None where no pair
    has a probability that counts.
    """
    rng = np.random.default_rng(seed)
    p, once = outcome.probabilities, np.ones((1, len(outcome)))
    errors = [
        calibration_error(replace(outcome, labels=rng.random(p.shape) < p), once)[0]
        for _ in range(_PERFECT)
    ]
    return None if np.isnan(errors[0]) else float(np.mean(errors))


def _draws(
    outcome: Outcome, groups: npt.ArrayLike | None, draws: int, seed: int
) -> Measured | None:
    """Return bootstrap draws, or None where a single group would always be drawn."""
    n_groups = len(outcome) if groups is None else len(np.unique(np.asarray(groups)))
    return bootstrap(outcome, groups, draws=draws, seed=seed) if n_groups > 1 else None


def _estimate(value: float, drawn: Floats | None) -> Estimate:
    if np.isnan(value):
        return Estimate(None)
    if drawn is None or np.isnan(drawn).all():
        return Estimate(float(value))
    low, high = np.nanquantile(drawn, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Estimate(float(value), float(min(low, value)), float(max(high, value)))


def _join(parts: Sequence[Measured]) -> Measured:
    figures: Mapping[str, Floats] = {
        name: np.concatenate([p.figures[name] for p in parts]) for name in parts[0].figures
    }
    f1, precision, recall = (
        np.concatenate([getattr(p, name) for p in parts])
        for name in ("theme_f1", "theme_precision", "theme_recall")
    )
    return Measured(figures, f1, precision, recall)
