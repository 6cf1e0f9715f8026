"""Evidence as marks: stretches of text that do not overlap, in a few strengths."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newsclf.records.explanation import Evidence

__all__ = ["LEVELS", "densities", "marks"]

LEVELS = 4
_FAINTEST = 1 / 12


def densities(evidence: Sequence[Evidence], length: int) -> NDArray[np.float64]:
    """Return the weight of each character: that of the words over it, spread evenly over each."""
    weight = np.zeros(length)
    for e in evidence:
        weight[e.start : e.end] += e.weight / max(1, e.end - e.start)
    return weight


def marks(density: NDArray[np.float64], full: float) -> list[tuple[int, int, int]]:
    """Return the stretches that speak for a theme, as (start, end, level from 1 to `LEVELS`).

    Parameters
    ----------
    density : array of shape (n_characters,)
        See `densities`; what is below a twelfth of `full` is left unmarked.
    full : float
        What deserves the strongest mark.

    >>> marks(densities([Evidence(0, 2, "医院", 1.0), Evidence(2, 4, "新区", 0.01)], 4), 0.5)
    [(0, 2, 4)]
    """
    if full <= 0:
        return []
    share = density / full
    level = np.where(share < _FAINTEST, 0, np.ceil(np.sqrt(share.clip(0, 1)) * LEVELS)).astype(int)
    found, start = [], 0
    for value, run in itertools.groupby(level.tolist()):
        end = start + len(list(run))
        if value:
            found.append((start, end, value))
        start = end
    return found
