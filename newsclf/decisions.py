"""From scores to probabilities to themes: where a theme is decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Decision"]


@dataclass(frozen=True, eq=False)
class Decision:
    """The rule that turns scores into probabilities and probabilities into themes.

    The probability of theme k is ``1 / (1 + exp(-(slopes[k] * score + offsets[k])))`` (Platt). A
    theme is given when its probability reaches its threshold. The likeliest theme is given all the
    same when it reaches `first`; below that the rule abstains.

    Attributes
    ----------
    slopes, offsets, thresholds : arrays of shape (n_themes,), float32
    first : float
        Probability down to which the likeliest theme is kept.
    at_most : int
        Largest number of themes an article gets.
    """

    slopes: NDArray[np.float32]
    offsets: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    first: float
    at_most: int

    def probabilities(self, scores: NDArray[Any]) -> NDArray[np.float32]:
        """Return calibrated probabilities for scores of shape (n_texts, n_themes)."""
        z = scores * self.slopes.astype(np.float64) + self.offsets
        return (1.0 / (1.0 + np.exp(-np.clip(z, -30.0, 30.0)))).astype(np.float32)

    def decide(self, probabilities: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which themes are given, boolean of the same shape as `probabilities`."""
        given = probabilities >= self.thresholds
        if not given.size:
            return given
        best = probabilities.argmax(axis=1)
        rows = np.arange(len(given))
        given[rows, best] |= probabilities[rows, best] >= self.first
        if self.at_most < given.shape[1]:
            # Ties keep the order of the codebook, so that both engines agree on them.
            rank = np.argsort(np.argsort(-probabilities, axis=1, kind="stable"), axis=1)
            given &= rank < self.at_most
        return given
