"""Folds for cross-validation: what belongs together stays together, themes are spread evenly.

No well-kept library does both for many labels at once: scikit-learn's StratifiedGroupKFold takes
one label an article, iterative-stratification and scikit-multilearn take no groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from newsclf.errors import InputError
from newsclf.records.article import Article, LabelledArticle
from newsclf.training.duplicates import near_duplicates

__all__ = ["grouped_folds", "groups_of", "source_of"]

_PREFIX = re.compile(r"[A-Za-z]+")
_DAY = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})(?!\d)")


def source_of(article: Article | LabelledArticle) -> str:
    """Return the source of an article: the letters its id begins with, else its `source`.

    >>> source_of(Article(id="sohu201601_21"))
    'sohu'
    """
    found = _PREFIX.match(article.id)
    if found:
        return found[0]
    return (article.article if isinstance(article, LabelledArticle) else article).source or ""


def groups_of(labelled: Sequence[Article | LabelledArticle]) -> npt.NDArray[np.int64]:
    """Group the articles that must not be split between training and test.

    Articles belong together that stand on the same page, that the same source brought on the same
    day, or that are near-duplicates; and so do all that such pairs connect.

    Parameters
    ----------
    labelled : sequence of n Article or LabelledArticle

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Number of the group of each article, from 0 in order of first appearance.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(labelled)
    if not n:
        return np.zeros(0, dtype=np.int64)
    pairs = [(d.first, d.second) for d in near_duplicates(labelled)]
    first_of: dict[tuple[str, ...], int] = {}
    for i, item in enumerate(labelled):
        for key in _ties(item):
            pairs.append((first_of.setdefault(key, i), i))
    edges = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    graph = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n))
    _, component = connected_components(graph, directed=False)
    _, first, inverse = np.unique(component, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first)).astype(np.int64)[inverse]


def grouped_folds(
    Y: npt.ArrayLike, groups: npt.ArrayLike, n_folds: int = 5, seed: int = 0
) -> npt.NDArray[np.int64]:
    """Spread whole groups over folds so that every fold has its share of every label.

    Greedy, after Sechidis et al., "On the stratification of multi-label data" (2011), with groups
    in the place of single articles: groups that are large or hold rare labels come first, each
    goes to the fold that so far has least of what the group holds, rare labels weighing most.

    Parameters
    ----------
    Y : array of bool, shape (n, K)
        Labels of each article. Further columns, such as one a source, are stratified as well.
    groups : array of int, shape (n,)
        Group of each article; no group is split.
    n_folds : int
    seed : int
        Decides between groups and between folds that are equally good.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        Number of the fold of each article, 0 to ``n_folds - 1``.

    Raises
    ------
    InputError
        The shapes do not fit, or there are fewer groups than folds.
    """
    labels = np.asarray(Y, dtype=bool)
    of_group = np.asarray(groups)
    if labels.ndim != 2 or of_group.shape != labels.shape[:1]:
        raise InputError(
            "expected labels of shape (n, K) and groups of shape (n,), got "
            f"{labels.shape} and {of_group.shape}; give one row and one group for each article"
        )
    names, member = np.unique(of_group, return_inverse=True)
    if n_folds < 2 or len(names) < n_folds:
        raise InputError(
            f"expected at least 2 folds and as many groups of articles, got {n_folds} folds and "
            f"{len(names)} groups; ask for fewer folds or give more articles"
        )
    contents = _contents(labels, member, len(names))
    share = contents / contents.sum(axis=0)
    rng = np.random.default_rng(seed)
    order = np.lexsort((rng.random(len(names)), -share.sum(axis=1)))
    held = np.zeros((n_folds, contents.shape[1]))
    fold_of = np.zeros(len(names), dtype=np.int64)
    for group in order:
        # Growth of the weighted sum of squares of what the folds hold, up to a constant.
        growth = held @ share[group]
        best = np.flatnonzero(growth <= growth.min() + 1e-12)
        fold = rng.choice(best)
        fold_of[group] = fold
        held[fold] += contents[group]
    return fold_of[member]


def _contents(
    labels: npt.NDArray[np.bool_], member: npt.NDArray[np.int64], n_groups: int
) -> npt.NDArray[np.float64]:
    """Return what each group holds: articles of each label, articles without any, articles."""
    columns = np.column_stack([labels, ~labels.any(axis=1), np.ones(len(labels))]).astype(float)
    contents = np.zeros((n_groups, columns.shape[1]))
    np.add.at(contents, member, columns)
    kept: npt.NDArray[np.float64] = contents[:, contents.any(axis=0)]
    return kept


def _ties(item: Article | LabelledArticle) -> Iterable[tuple[str, ...]]:
    article = item.article if isinstance(item, LabelledArticle) else item
    if article.page:
        yield ("page", article.page)
    day = _DAY.search(article.date or "")
    if day:
        year, month, day_of_month = day.groups()
        yield ("day", source_of(article), f"{year}-{int(month):02}-{int(day_of_month):02}")
