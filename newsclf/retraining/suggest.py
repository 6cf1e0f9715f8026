"""What to label next: uncertain articles, unlike one another, thin themes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newsclf.records.article import Article, LabelledArticle, list_articles
from newsclf.text.traditional import simplified

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from newsclf.tagger.tagger import Tagger

__all__ = ["choose", "suggest"]


def suggest(
    tagger: Tagger,
    items: Iterable[str | Article | LabelledArticle],
    n: int,
    *,
    labelled: Sequence[LabelledArticle] = (),
) -> list[Article]:
    """Choose the articles whose labels would teach the tagger most.

    Parameters
    ----------
    tagger : Tagger
    items : iterable of str, Article or LabelledArticle
        The unlabelled pool.
    n : int
        How many to choose; fewer come back when the pool is smaller.
    labelled : sequence of LabelledArticle, optional
        What is labelled already: thin themes come first, near-copies of these are passed over.

    Returns
    -------
    list of Article
        Most instructive first.
    """
    articles = list_articles(items)
    ids = tagger.codebook.ids
    counts = np.array([sum(k in a.labels for a in labelled) for k in ids], float)
    features = _features(tagger, articles)
    known = _features(tagger, list_articles(labelled))
    chosen = choose(tagger.probabilities(articles), features, counts, n, known)
    return [articles[i] for i in chosen]


def _features(tagger: Tagger, articles: Sequence[Article]) -> csr_array:
    from scipy.sparse import csr_array

    rows = tagger.model.features(map(simplified, articles))
    shape = (len(articles), len(tagger.model.vocabulary))
    return csr_array((rows.values, rows.indices, rows.indptr), shape=shape)


def choose(
    probabilities: NDArray[Any],
    features: csr_array,
    counts: NDArray[Any],
    n: int,
    known: csr_array | None = None,
) -> list[int]:
    """Choose rows greedily.

    A row is worth the sum over themes of its uncertainty, p (1 - p), weighted by how thin the
    theme is, one over the square root of its labels so far. Each choice counts as the labels it
    is expected to bring, and makes rows like it worth less by their cosine.

    Parameters
    ----------
    probabilities : array of shape (n_texts, n_themes)
    features : sparse array of shape (n_texts, n_features)
        Rows as `extract` makes them.
    counts : array of shape (n_themes,)
        Labels so far.
    known : sparse array of shape (n_labelled, n_features), optional
        Articles labelled already.

    Returns
    -------
    list of int
        At most `n` rows, the first choice first; near-copies of a choice are passed over.
    """
    p = np.asarray(probabilities, np.float64)
    uncertain = p * (1.0 - p)
    counts = np.asarray(counts, np.float64).copy()
    length = _lengths(features)
    novelty = np.ones(len(p))
    if known is not None and known.shape[0]:
        shared = (features @ known.T).tocoo()
        near = shared.data > _SAME * length[shared.row] * _lengths(known)[shared.col]
        novelty[shared.row[near]] = 0.0
    chosen: list[int] = []
    while len(chosen) < min(n, len(p)):
        worth = (uncertain @ (1.0 / np.sqrt(1.0 + counts))) * novelty
        best = int(worth.argmax())
        if worth[best] <= 0:
            break
        chosen.append(best)
        counts += p[best]
        row = features[[best]]
        cosine = (features @ row.T).toarray().ravel() / (length * length[best])
        novelty *= 1.0 - np.clip(cosine, 0.0, 1.0)
        novelty[cosine > _SAME] = 0.0
        novelty[best] = 0.0  # a row without features is like no row, not even itself
    return chosen


def _lengths(features: csr_array) -> NDArray[Any]:
    length: NDArray[Any] = np.sqrt(features.multiply(features).sum(axis=1))
    length[length == 0] = 1.0
    return length


_SAME = 0.8
