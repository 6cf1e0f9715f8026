"""From scores to probabilities to themes: where a theme is decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Decision", "any_theme", "rivals"]


@dataclass(frozen=True, eq=False)
class Decision:
    """The rule that turns scores into probabilities and probabilities into themes.

    The probability of theme k is ``1 / (1 + exp(-z))`` with ``z = slopes[k] * score + offsets[k] +
    rival * (best score among the other themes)``: Platt's curve, and the themes compete. Where
    it is likely enough that any theme applies, the likeliest theme is given, and every other that
    reaches its threshold; else none is: the rule abstains.

    Attributes
    ----------
    slopes, offsets, thresholds : arrays of shape (n_themes,), float32
    rival : float
        Negative: what the strongest other theme takes from a theme.
    abstain : float
        Probability of any theme (`any_theme`) below which none is given.
    at_most : int
        Largest number of themes an article gets.
    """

    slopes: NDArray[np.float32]
    offsets: NDArray[np.float32]
    rival: float
    thresholds: NDArray[np.float32]
    abstain: float
    at_most: int

    def probabilities(self, scores: NDArray[Any]) -> NDArray[np.float32]:
        """Return calibrated probabilities for scores of shape (n_texts, n_themes).

        A score of -inf, of a text without features, has probability 0.
        """
        known = np.isfinite(scores)
        scores = np.where(known, scores, 0.0).astype(np.float64)
        z = scores * self.slopes + self.rival * rivals(scores) + self.offsets
        p = 1.0 / (1.0 + np.exp(-np.clip(z, -30.0, 30.0)))
        return np.where(known, p, 0.0).astype(np.float32)

    def decide(self, probabilities: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which themes are given, boolean of the same shape as `probabilities`."""
        given: NDArray[np.bool_] = probabilities >= self.thresholds
        if not given.size:
            return given
        rows = np.arange(len(given))
        given[rows, probabilities.argmax(axis=1)] = True
        given[any_theme(probabilities) < self.abstain] = False
        # Ties keep the order of the codebook, so that both engines agree on them.
        order = np.argsort(-probabilities, axis=1, kind="stable")
        given[rows[:, None], order[:, self.at_most :]] = False
        return given


def any_theme(probabilities: NDArray[Any]) -> NDArray[np.float64]:
    """Return the probability that any theme applies, as if themes came one without the other."""
    none: NDArray[np.float64] = np.prod(1.0 - probabilities.astype(np.float64), axis=1)
    return 1.0 - none


def rivals(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Return for each theme the best score among the others, shape (n_texts, n_themes)."""
    n, n_themes = scores.shape
    if n == 0 or n_themes < 2:
        return np.zeros((n, n_themes))
    best = np.partition(scores, n_themes - 2, axis=1)
    rows = np.arange(n)
    out = np.repeat(best[:, -1:], n_themes, axis=1).astype(np.float64)
    out[rows, scores.argmax(axis=1)] = best[:, -2]
    return out
