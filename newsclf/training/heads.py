"""Linear heads, one a theme, with codebook and background merged in.

Each head is a linear SVM with squared hinge loss over the TF-IDF features x and a few linear
functions of x: the article's similarity to every theme's codebook vector, and its place along the
background's directions. Penalising the coefficients of these added columns little is the same as a
Gaussian prior on the weights: its mean lies where the codebook points, its covariance follows the
background. The solution merges back into one weight a feature and theme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newsclf.engine import choice
from newsclf.engine.features import BLOCKS, WORDS, FeatureBlock
from newsclf.engine.svm import SvmProblem

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Columns", "Examples", "Heads", "fit_heads"]

# As liblinear has it: largest projected gradient minus smallest one. Scores move less by it than
# by the rounding of the weights to half precision.
_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Columns:
    """The added columns, as a linear map of the features.

    Attributes
    ----------
    codebook : array of shape (n_themes, n_features)
        Codebook vectors, each block of unit length.
    directions : array of shape (n_directions, n_words)
        Directions of the background on the word block.
    blocks : mapping of FeatureBlock to slice
        Where the features of each block lie.
    codebook_weight, direction_weight : float
        Scale of the columns: the larger, the less their coefficients are penalised.
    """

    codebook: NDArray[np.float32]
    directions: NDArray[np.float32]
    blocks: Mapping[FeatureBlock, slice]
    codebook_weight: float
    direction_weight: float

    def of(self, features: csr_array) -> NDArray[np.float64]:
        """Return the added columns of articles: for each block n_themes, then n_directions."""
        similar = [
            self.codebook_weight * (features[:, block] @ self.codebook[:, block].T)
            for block in self.blocks.values()
        ]
        along = self.direction_weight * (features[:, self.blocks[WORDS]] @ self.directions.T)
        return np.hstack([*similar, along])

    def merge(self, coefficients: NDArray[Any]) -> NDArray[np.float64]:
        """Return feature weights (n_features, n_themes) that act as these coefficients."""
        themes = len(self.codebook)
        *similar, along = np.split(coefficients, themes * np.arange(1, len(self.blocks) + 1))
        weights = np.empty((self.codebook.shape[1], coefficients.shape[1]))
        for block, of_block in zip(self.blocks.values(), similar, strict=True):
            weights[block] = self.codebook_weight * (self.codebook[:, block].T @ of_block)
        weights[self.blocks[WORDS]] += self.direction_weight * (self.directions.T @ along)
        return weights


@dataclass(frozen=True, eq=False)
class Heads:
    """Fitted heads: scores are ``features @ weights + columns @ coefficients + bias``.

    One head a theme, and perhaps a last one that tells articles without any theme.
    """

    weights: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    bias: NDArray[np.float64]

    def scores(self, features: csr_array, columns: NDArray[Any]) -> NDArray[np.float64]:
        """Return scores, shape (n, n_themes)."""
        return np.asarray(features @ self.weights) + columns @ self.coefficients + self.bias

    def against_nothing(self, n_themes: int, share: float) -> Heads:
        """Return the heads of the themes, `share` of the last head added to each of them."""

        def merged(array: NDArray[np.float64]) -> NDArray[np.float64]:
            last: NDArray[np.float64] = array[..., n_themes:].sum(axis=-1, keepdims=True)
            return array[..., :n_themes] + share * last

        return Heads(merged(self.weights), merged(self.coefficients), merged(self.bias))


@dataclass(frozen=True, eq=False)
class Examples:
    """What heads learn from.

    Attributes
    ----------
    features : sparse array of shape (n, n_features)
    columns : array of shape (n, n_columns)
        The added columns.
    labels, borderline : arrays of bool, shape (n, n_heads)
        A borderline article is left out of a head.
    sample_weight : array of shape (n,)
        What each article counts for.
    """

    features: csr_array
    columns: NDArray[Any]
    labels: NDArray[np.bool_]
    borderline: NDArray[np.bool_]
    sample_weight: NDArray[Any]

    def signs(self, head: int, kept: NDArray[np.bool_]) -> NDArray[np.int8]:
        """Return 1 or -1 for each article that a head learns from and 0 for the others.

        Zeros alone where there is only one class: nothing can be told apart then.
        """
        learnt = kept & ~self.borderline[:, head] & (self.sample_weight > 0)
        signs = np.where(self.labels[:, head], 1, -1) * learnt
        return signs.astype(np.int8) * np.int8((signs > 0).any() and (signs < 0).any())

    def similar(self, head: int, n_themes: int) -> NDArray[np.float64]:
        """Return the similarity to a head's own theme; a head beyond the themes has none."""
        if head >= n_themes:
            return np.zeros(len(self.columns))
        similar: NDArray[np.float64] = self.columns[:, _own_columns(head, n_themes)].sum(axis=1)
        return similar


def fit_heads(
    examples: Examples,
    kept: NDArray[np.bool_],
    own: NDArray[Any],
    C: float,
    jobs: int = 1,
) -> tuple[Heads, NDArray[np.float64]]:
    """Fit one head a column of labels, on several subsets of the articles.

    Parameters
    ----------
    examples : Examples
    kept : array of bool, shape (n_subsets, n)
        The articles of each subset.
    own : array of shape (n_subsets, n_themes)
        How much more the similarity to the head's own theme weighs than `codebook_weight`
        gives it already: large while a theme has few labels. A head beyond it has no theme.
    C : float
        Inverse regularisation.
    jobs : int
        Threads, or processes with the reference engine; the result does not depend on it.

    Returns
    -------
    heads : Heads
        Fitted on the first subset.
    scores : array of shape (n, n_heads)
        Scores of each article by heads fitted on the last subset that leaves it out, else 0.
    """
    n_themes, n_heads = own.shape[1], examples.labels.shape[1]
    problem = SvmProblem(
        features=examples.features,
        columns=examples.columns,
        own=np.stack([examples.similar(k, n_themes) for k in range(n_heads)], axis=1),
        scales=np.pad(own, ((0, 0), (0, n_heads - n_themes))),
        signs=np.stack([[examples.signs(k, some) for some in kept] for k in range(n_heads)]),
        sample_weight=examples.sample_weight,
        C=C,
        tolerance=_TOLERANCE,
    )
    fitted = list(choice.engine().fit_svms(problem, jobs))
    coefficients = np.stack([head.columns for head in fitted], axis=1)
    for k in range(n_themes):
        coefficients[_own_columns(k, n_themes), k] += own[0, k] * fitted[k].own
    scores = np.zeros((len(examples.labels), n_heads))
    for left_out, subset in zip(~kept, range(len(kept)), strict=True):
        for k, head in enumerate(fitted):
            scores[left_out, k] = head.scores[left_out, subset]
    weights = np.stack([head.features for head in fitted], axis=1, dtype=np.float64)
    return Heads(weights, coefficients, np.array([head.bias for head in fitted])), scores


def _own_columns(head: int, n_themes: int) -> list[int]:
    """Return the added columns of a head's own theme: its similarity in each block."""
    return [head + i * n_themes for i in range(len(BLOCKS))]
