"""What to label next: uncertain articles, unlike one another, thin themes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newsclf.articles import Article, LabelledArticle, texts_only
from newsclf.traditional import simplified

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from newsclf.tagger import Tagger

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
        What is labelled already, so that thin themes are known.

    Returns
    -------
    list of Article
        Most instructive first.
    """
    from scipy.sparse import csr_array

    articles = texts_only(items)
    rows = tagger.model.features(map(simplified, articles))
    shape = (len(articles), len(tagger.model.vocabulary))
    features = csr_array((rows.values, rows.indices, rows.indptr), shape=shape)
    ids = tagger.codebook.ids
    counts = np.array([sum(k in a.labels for a in labelled) for k in ids], float)
    chosen = choose(tagger.probabilities(articles), features, counts, n)
    return [articles[i] for i in chosen]


def choose(
    probabilities: NDArray[Any], features: csr_array, counts: NDArray[Any], n: int
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

    Returns
    -------
    list of int
        At most `n` rows, the first choice first; near-copies of a choice are passed over.
    """
    p = np.asarray(probabilities, np.float64)
    uncertain = p * (1.0 - p)
    counts = np.asarray(counts, np.float64).copy()
    length = np.sqrt(features.multiply(features).sum(axis=1))
    length[length == 0] = 1.0
    novelty = np.ones(len(p))
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
    return chosen


_SAME = 0.8
