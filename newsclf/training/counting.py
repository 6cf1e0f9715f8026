"""Counting terms over many articles, for vocabularies and their matrices."""

from __future__ import annotations

import itertools
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from newsclf.articles import Article

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["TermCounts", "chunks", "count_terms", "in_parallel"]

_CHUNK = 1000


class TermCounts:
    """Counts of terms in texts: a sparse matrix and the terms its columns stand for."""

    def __init__(self, terms: list[str], matrix: csr_array) -> None:
        self.terms = terms
        self.matrix = matrix

    def document_frequencies(self) -> dict[str, int]:
        """Return in how many texts each term stands."""
        found = np.bincount(self.matrix.indices, minlength=len(self.terms))
        return dict(zip(self.terms, found.tolist(), strict=True))

    def columns(self, vocabulary: Sequence[str]) -> csr_array:
        """Return the matrix with one column for each term of `vocabulary`, in its order."""
        place = {term: i for i, term in enumerate(self.terms)}
        return reindex(self.matrix, [place.get(term, -1) for term in vocabulary])


def reindex(matrix: csr_array, sources: Sequence[int]) -> csr_array:
    """Return `matrix` with column i taken from column ``sources[i]``, or empty for -1."""
    from scipy.sparse import csr_array

    target = np.full(matrix.shape[1], -1, np.int64)
    taken = np.asarray(sources, np.int64)
    known = np.flatnonzero(taken >= 0)
    target[taken[known]] = known
    coo = matrix.tocoo()
    column = target[coo.col]
    keep = column >= 0
    # liblinear takes 32-bit indices only.
    places = coo.row[keep].astype(np.int32), column[keep].astype(np.int32)
    return csr_array((coo.data[keep], places), shape=(matrix.shape[0], len(taken)))


def count_terms(
    articles: Sequence[Article], terms: Callable[[Article], Iterable[str]], jobs: int = 1
) -> TermCounts:
    """Count the terms that `terms` yields for each article."""
    from scipy.sparse import csr_array, vstack

    parts = list(in_parallel(_count, ((chunk, terms) for chunk in chunks(articles)), jobs))
    place: dict[str, int] = {}
    for names, *_ in parts:
        for name in names:
            place.setdefault(name, len(place))
    rows = []
    for names, indptr, indices, counts in parts:
        here = np.fromiter((place[name] for name in names), np.int32, len(names))
        shape = (len(indptr) - 1, len(place))
        rows.append(csr_array((counts, here[indices], indptr), shape=shape))
    matrix = vstack(rows).tocsr() if rows else csr_array((0, 0))
    return TermCounts(list(place), matrix)


def _count(articles: Sequence[Article], terms: Callable[[Article], Iterable[str]]) -> Any:
    place: dict[str, int] = {}
    indptr, indices, counts = array("q", [0]), array("i"), array("i")
    for article in articles:
        for term, n in Counter(terms(article)).items():
            indices.append(place.setdefault(term, len(place)))
            counts.append(n)
        indptr.append(len(indices))
    return list(place), *(np.array(a) for a in (indptr, indices, counts))


def chunks(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Cut a stream of articles into lists."""
    stream = iter(articles)
    while chunk := list(itertools.islice(stream, _CHUNK)):
        yield chunk


def in_parallel(function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]], jobs: int) -> Any:
    """Yield ``function(*task)`` for each task, in order, on as many processes as `jobs`."""
    if jobs == 1:
        return itertools.starmap(function, tasks)
    from joblib import Parallel, delayed

    return Parallel(n_jobs=jobs, return_as="generator")(delayed(function)(*t) for t in tasks)
