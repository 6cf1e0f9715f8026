"""Linear heads, one a theme, with codebook and background merged in.

Each head is a linear SVM with squared hinge loss over the TF-IDF features x and a few linear
functions of x: the article's similarity to every theme's codebook vector, and its place along the
background's directions. Penalising the coefficients of these added columns little is the same as a
Gaussian prior on the weights: its mean lies where the codebook points, its covariance follows the
background. The solution is merged into one weight a feature and theme.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from newsclf.engine import choice
from newsclf.training.counting import in_parallel

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Columns", "Examples", "Heads", "fit_heads"]

# As liblinear has it: largest projected gradient minus smallest one. Scores move less by it than
# by the rounding of the weights to half precision.
_TOLERANCE = 1e-3
_FAR = 1e-2  # from the optimum: not converged
_MAX_ITER = 10_000
_LEAST = 1e-12  # sample weight, as the compiled engine's arithmetic goes
_TOGETHER = 6  # passes of all heads together, which leave most articles out of most heads
_WIDE, _NARROW = 24, 8  # machines that the compiled engine fits side by side


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

    def merge(self, coefficients: NDArray[Any]) -> NDArray[np.float64]:
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
    columns : array of shape (n, 2 n_themes + n_directions)
        The added columns.
    labels, borderline : arrays of bool, shape (n, n_heads)
        A borderline article is left out of a head.
    sample_weight : array of shape (n,)
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
        similar: NDArray[np.float64] = self.columns[:, [head, n_themes + head]].sum(axis=1)
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
    engine_of_choice = _descended if choice.compiled() else _by_liblinear
    fitted = list(engine_of_choice(examples, kept, own, C, jobs))
    coefficients = np.stack([head.columns for head in fitted], axis=1)
    for k in range(n_themes):
        coefficients[[k, n_themes + k], k] += own[0, k] * fitted[k].own
    scores = np.zeros((len(examples.labels), n_heads))
    for left_out, subset in zip(~kept, range(len(kept)), strict=True):
        for k, head in enumerate(fitted):
            scores[left_out, k] = head.scores[left_out, subset]
    weights = np.stack([head.features for head in fitted], axis=1, dtype=np.float64)
    return Heads(weights, coefficients, np.array([head.bias for head in fitted])), scores


class _Head(NamedTuple):
    """Coefficients of the first subset's head, and scores by the heads of all subsets."""

    features: NDArray[Any]
    columns: NDArray[np.float64]
    own: float
    bias: float
    scores: NDArray[Any]


def _by_liblinear(
    examples: Examples, kept: NDArray[np.bool_], own: NDArray[Any], C: float, jobs: int
) -> Iterator[_Head]:
    from scipy.sparse import csr_array, hstack

    design = hstack([examples.features, csr_array(examples.columns)], format="csr")
    n_themes, n_heads = own.shape[1], examples.labels.shape[1]
    scales = np.pad(own, ((0, 0), (0, n_heads - n_themes)))
    tasks = (
        (
            design,
            similar[:, None] * scale[k],
            examples.signs(k, some),
            examples.sample_weight,
            C,
            _TOLERANCE,
        )
        for k in range(n_heads)
        for similar in (examples.similar(k, n_themes),)
        for some, scale in zip(kept, scales, strict=True)
    )
    found = in_parallel(_fit_one, tasks, jobs)
    for _ in range(n_heads):
        subsets = [next(found) for _ in kept]
        w, bias, _ = subsets[0]
        end = examples.features.shape[1]
        scores = np.stack([scores for *_, scores in subsets], axis=1)
        yield _Head(w[:end], w[end:-1], float(w[-1]), bias, scores)


def _fit_one(
    design: csr_array,
    own: NDArray[Any],
    signs: NDArray[np.int8],
    sample_weight: NDArray[Any],
    C: float,
    tolerance: float,
) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    from scipy.sparse import csr_array, hstack
    from sklearn.svm import LinearSVC

    whole, used = hstack([design, csr_array(own)], format="csr"), np.flatnonzero(signs)
    if not len(used):
        return np.zeros(whole.shape[1]), 0.0, np.zeros(len(signs))
    head = LinearSVC(C=C, dual=True, tol=tolerance, max_iter=_MAX_ITER, random_state=0)
    head.fit(whole[used], signs[used], sample_weight=sample_weight[used])
    return head.coef_[0], float(head.intercept_[0]), head.decision_function(whole)


def _descended(
    examples: Examples, kept: NDArray[np.bool_], own: NDArray[Any], C: float, jobs: int
) -> Iterator[_Head]:
    """Fit by the compiled engine: all heads together for some passes, then each on all subsets."""
    from newsclf.engine.kernel.kernel import LinearDesign

    n, n_heads = examples.labels.shape
    n_themes = own.shape[1]
    features = examples.features
    design = LinearDesign(
        features.indptr.astype(np.int64),
        features.indices.astype(np.int32),
        features.data.astype(np.float32),
        features.shape[1],
        np.hstack([examples.columns, np.ones((n, 1))]).astype(np.float32),
        np.clip(C * examples.sample_weight, _LEAST, None).astype(np.float32),
    )
    scales = np.pad(own, ((0, 0), (0, n_heads - n_themes)))

    def solve(tasks: list[tuple[int, int]], alpha: NDArray[np.float32], passes: int) -> Any:
        """Fit these heads on these subsets side by side, from `alpha` on, which is changed."""
        owns, signs = np.zeros(alpha.shape, np.float32), np.zeros(alpha.shape, np.int8)
        for lane, (k, subset) in enumerate(tasks):
            owns[:, lane] = examples.similar(k, n_themes) * scales[subset, k]
            signs[:, lane] = examples.signs(k, kept[subset])
            alpha[:, lane] = _shared_out(alpha[:, lane], signs[:, lane], wholes[:, k])
        return design.solve(owns, signs, alpha, _TOLERANCE, passes)

    wholes = np.stack([examples.signs(k, kept[0]) for k in range(n_heads)], axis=1)
    start = np.zeros((n, n_heads), np.float32)
    for some in np.split(np.arange(n_heads), range(_WIDE, n_heads, _WIDE)):
        alpha = np.zeros((n, _WIDE), np.float32)
        solve([(k, 0) for k in some.tolist()], alpha, _TOGETHER)
        start[:, some] = alpha[:, : len(some)]
    narrow = _NARROW if len(kept) > 1 else 1

    def fit(k: int) -> _Head:
        found = []
        for some in np.split(np.arange(len(kept)), range(narrow, len(kept), narrow)):
            alpha = np.zeros((n, narrow), np.float32)
            alpha[:, : len(some)] = start[:, [k]]
            tasks = [(k, subset) for subset in some.tolist()]
            weights, beside, scores, left = solve(tasks, alpha, _MAX_ITER)
            if left > _FAR:
                warnings.warn(f"head {k} is {left:.2g} from its optimum", stacklevel=2)
            found.append((weights[:, 0].copy(), beside[:, 0], scores[:, : len(some)]))
        weights, beside, _ = found[0]
        scores = np.hstack([scores for *_, scores in found])
        return _Head(weights, beside[:-2], float(beside[-1]), float(beside[-2]), scores)

    return iter(in_parallel(fit, ((k,) for k in range(n_heads)), jobs, threads=True))


def _shared_out(
    alpha: NDArray[np.float32], signs: NDArray[np.int8], whole: NDArray[np.int8]
) -> NDArray[np.float32]:
    """Give a solution on all articles to a machine that sees some of them.

    What falls to articles that it does not see, the others of the same class take over: a machine
    that lost more of one class than of the other would start far off.
    """
    shared = np.zeros_like(alpha)
    for sign in (1, -1):
        seen = signs == sign
        total, left = (alpha[x].sum(dtype=np.float64) for x in (whole == sign, seen))
        shared[seen] = alpha[seen] * np.float32(total / left if left > 0 else 1)
    return shared
