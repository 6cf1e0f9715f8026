"""Linear SVMs as data: what several heads learn from, and what comes of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["FittedSvm", "SvmProblem"]


class SvmProblem(NamedTuple):
    """Linear SVMs with squared hinge loss over the same articles: one a head and subset.

    Each sees the features, the columns, one more column of its own and a constant, all of them
    penalised.

    Attributes
    ----------
    features : sparse array of shape (n, n_features)
    columns : array of shape (n, n_columns)
    own : array of shape (n, n_heads)
        The column of a head's own.
    scales : array of shape (n_subsets, n_heads)
        What that column is multiplied by.
    signs : array of int8, shape (n_heads, n_subsets, n)
        1 or -1; 0 leaves an article out.
    sample_weight : array of shape (n,)
        What each article counts for.
    C : float
        Inverse regularisation.
    tolerance : float
        Largest projected gradient minus smallest one, as liblinear has it.
    """

    features: csr_array
    columns: NDArray[Any]
    own: NDArray[Any]
    scales: NDArray[Any]
    signs: NDArray[np.int8]
    sample_weight: NDArray[Any]
    C: float
    tolerance: float


class FittedSvm(NamedTuple):
    """One head: coefficients on the first subset, and scores by those of all subsets.

    Attributes
    ----------
    features, columns : arrays of shape (n_features,), (n_columns,)
    own, bias : float
    scores : array of shape (n, n_subsets)
    """

    features: NDArray[Any]
    columns: NDArray[np.float64]
    own: float
    bias: float
    scores: NDArray[Any]
