"""Linear heads, one a theme, with codebook and background folded in.

Each head is a linear SVM (liblinear) over the TF-IDF features x and a few linear functions of x:
the article's similarity to every theme's codebook vector, and its place along the background's
directions. Penalising the coefficients of these added columns little is the same as a Gaussian
prior on the weights: its mean lies where the codebook points, its covariance follows the
background. The solution folds back into one weight a feature and theme.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newsclf.training.counting import in_parallel

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Columns", "Heads", "fit_heads"]

_MAX_ITER = 10_000


@dataclass(frozen=True, eq=False)
class Columns:
    """The added columns, as a linear map of the features.

    Attributes
    ----------
    codebook : array of shape (n_themes, n_features)
        Codebook vectors, each block of unit length.
    directions : array of shape (n_directions, n_words)
        Directions of the background on the word block.
    n_words : int
        Where the block of words ends.
    codebook_weight, direction_weight : float
        Scale of the columns: the larger, the less their coefficients are penalised.
    """

    codebook: NDArray[np.float32]
    directions: NDArray[np.float32]
    n_words: int
    codebook_weight: float
    direction_weight: float

    def of(self, features: csr_array) -> NDArray[np.float64]:
        """Return the added columns of articles, shape (n, 2 n_themes + n_directions)."""
        words, chars = features[:, : self.n_words], features[:, self.n_words :]
        split = self.n_words
        return np.hstack(
            [
                self.codebook_weight * (words @ self.codebook[:, :split].T),
                self.codebook_weight * (chars @ self.codebook[:, split:].T),
                self.direction_weight * (words @ self.directions.T),
            ]
        )

    def fold(self, coefficients: NDArray[Any]) -> NDArray[np.float64]:
        """Return feature weights (n_features, n_themes) that act as these coefficients."""
        themes, split = len(self.codebook), self.n_words
        of_words, of_chars, along = np.split(coefficients, [themes, 2 * themes])
        weights = np.empty((self.codebook.shape[1], coefficients.shape[1]))
        weights[:split] = self.codebook_weight * (self.codebook[:, :split].T @ of_words)
        weights[:split] += self.direction_weight * (self.directions.T @ along)
        weights[split:] = self.codebook_weight * (self.codebook[:, split:].T @ of_chars)
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

        def folded(array: NDArray[np.float64]) -> NDArray[np.float64]:
            last: NDArray[np.float64] = array[..., n_themes:].sum(axis=-1, keepdims=True)
            return array[..., :n_themes] + share * last

        return Heads(folded(self.weights), folded(self.coefficients), folded(self.bias))


def fit_heads(
    features: csr_array,
    columns: NDArray[Any],
    labels: NDArray[np.bool_],
    borderline: NDArray[np.bool_],
    articles: NDArray[Any],
    own: NDArray[Any],
    C: float,
    jobs: int = 1,
) -> Heads:
    """Fit one head a column of `labels`; a borderline article is left out of that head.

    Parameters
    ----------
    articles : array of shape (n,)
        What each article counts for.
    own : array of shape (n_themes,)
        How much more the similarity to the head's own theme weighs than `codebook_weight`
        gives it already: large while a theme has few labels. A head beyond it has no theme.
    """
    n_themes = len(own)
    similar = own * (columns[:, :n_themes] + columns[:, n_themes : 2 * n_themes])
    similar = np.pad(similar, ((0, 0), (0, labels.shape[1] - n_themes)))
    tasks = (
        (
            features[kept],
            columns[kept],
            similar[kept][:, [k]],
            labels[kept, k],
            articles[kept],
            C,
        )
        for k in range(labels.shape[1])
        for kept in (np.flatnonzero(~borderline[:, k]),)
    )
    fitted = list(in_parallel(_fit_head, tasks, jobs))
    weights = np.stack([w for w, _, _, _ in fitted], axis=1)
    coefficients = np.stack([c for _, c, _, _ in fitted], axis=1)
    for k in range(n_themes):
        coefficients[[k, n_themes + k], k] += own[k] * fitted[k][2]
    return Heads(weights, coefficients, np.array([b for *_, b in fitted]))


def _fit_head(
    features: csr_array,
    columns: NDArray[Any],
    own: NDArray[Any],
    labels: NDArray[np.bool_],
    articles: NDArray[Any],
    C: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]:
    from scipy.sparse import csr_array, hstack
    from sklearn.svm import LinearSVC

    design = hstack([features, csr_array(columns), csr_array(own)], format="csr")
    # The codebook's own articles are one positive a theme, so both classes are always there.
    head = LinearSVC(C=C, dual=True, max_iter=_MAX_ITER, random_state=0)
    head.fit(design, labels, sample_weight=articles)
    w = head.coef_[0]
    end = features.shape[1]
    return w[:end], w[end:-1], float(w[-1]), float(head.intercept_[0])
