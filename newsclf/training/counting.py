"""Counting terms over many articles, for vocabularies and their matrices."""

from __future__ import annotations

import functools
import itertools
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from newsclf import engine
from newsclf.articles import Article
from newsclf.features import BlockName, FeatureSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

__all__ = ["TermCounts", "count_documents", "count_terms"]

_CHUNK = 1000


class TermCounts:
    """Counts of terms in articles.

    Attributes
    ----------
    terms : list of str
        What the columns stand for.
    matrix : sparse array of shape (2 * n_articles, n_terms)
        A row for each title, a row for its text, and so on.
    """

    def __init__(self, terms: list[str], matrix: csr_array) -> None:
        self.terms = terms
        self.matrix = matrix

    @property
    def articles(self) -> int:
        """Number of articles."""
        return int(self.matrix.shape[0]) // 2

    @functools.cached_property
    def frequencies(self) -> NDArray[np.int64]:
        """In how many articles each term stands."""
        counts = self.matrix
        n_terms = len(self.terms)
        frequencies = np.zeros(n_terms, np.int64)
        for rows in range(0, 2 * self.articles, 2 * _CHUNK):
            ends = counts.indptr[rows : rows + 2 * _CHUNK + 1 : 2].astype(np.int64)
            places = counts.indices[ends[0] : ends[-1]].astype(np.int64)
            places += np.repeat(np.arange(len(ends) - 1) * n_terms, np.diff(ends))
            # A term of both title and text counts once.
            places.sort()
            once = np.concatenate([[True], places[1:] != places[:-1]])[: len(places)]
            frequencies += np.bincount(places[once] % max(n_terms, 1), minlength=n_terms)
        return frequencies

    def document_frequencies(self) -> dict[str, int]:
        """Return in how many articles each term stands."""
        return dict(zip(self.terms, self.frequencies.tolist(), strict=True))

    def columns(self, vocabulary: Sequence[str]) -> csr_array:
        """Return the matrix with one column for each term of `vocabulary`, in its order."""
        wanted = frozenset(vocabulary)
        place = {term: i for i, term in enumerate(self.terms) if term in wanted}
        return reindex(self.matrix, [place.get(term, -1) for term in vocabulary])


def reindex(matrix: csr_array, sources: Sequence[int]) -> csr_array:
    """Return `matrix` with column i taken from column ``sources[i]``, or empty for -1."""
    from scipy.sparse import csr_array

    target = np.full(matrix.shape[1], -1, np.int32)
    taken = np.asarray(sources, np.int64)
    known = np.flatnonzero(taken >= 0)
    target[taken[known]] = known
    column = target[matrix.indices]
    keep = column >= 0
    ends = np.concatenate([[0], np.cumsum(keep)])[matrix.indptr]
    # liblinear takes 32-bit indices only.
    shape = matrix.shape[0], len(taken)
    result = csr_array((matrix.data[keep], column[keep], ends.astype(np.int32)), shape=shape)
    # The engines meet terms in different orders; sums over a row must not depend on that.
    result.sort_indices()
    return result


def count_terms(
    articles: Sequence[Article], spec: FeatureSpec, block: BlockName, jobs: int = 1
) -> TermCounts:
    """Count the terms of one block of features in each title and each text."""
    from scipy.sparse import csr_array, vstack

    if engine.compiled() and spec.ngrams(block)[1]:
        counter, parts = spec.counter(block), []
        for chunk in chunks(articles):
            texts = [part for article in chunk for part in spec.parts(article)]
            counter.add([None] * len(texts), texts)
            parts.append(counter.take())
        terms, renumbered = counter.terms(), parts
    else:
        tasks = ((chunk, spec, block) for chunk in chunks(articles))
        found = list(in_parallel(_count, tasks, jobs))
        place: dict[str, int] = {}
        for names, *_ in found:
            for name in names:
                place.setdefault(name, len(place))
        terms, renumbered = list(place), []
        for names, indptr, indices, counts in found:
            here = np.fromiter((place[name] for name in names), np.int32, len(names))
            renumbered.append((indptr, here[indices], counts))
    rows = [
        csr_array((counts, indices, indptr), shape=(len(indptr) - 1, len(terms)))
        for indptr, indices, counts in renumbered
    ]
    return TermCounts(terms, vstack(rows).tocsr() if rows else csr_array((0, 0)))


def count_documents(
    articles: Sequence[Article], spec: FeatureSpec, block: BlockName, jobs: int = 1
) -> dict[str, int]:
    """Count in how many articles each term of a block stands, without keeping their counts."""
    if engine.compiled() and spec.ngrams(block)[1]:
        counter, df = spec.counter(block), np.zeros(0, np.int64)
        for chunk in chunks(articles):
            titles, texts = zip(*map(spec.parts, chunk), strict=True)
            counter.add(titles, texts)
            here = np.bincount(counter.take()[1], minlength=len(df))
            here[: len(df)] += df
            df = here
        return dict(zip(counter.terms(), df.tolist(), strict=True))
    found: Counter[str] = Counter()
    tasks = ((chunk, spec, block) for chunk in chunks(articles))
    for part in in_parallel(_count_documents, tasks, jobs):
        found.update(part)
    return dict(found)


def _count(articles: Sequence[Article], spec: FeatureSpec, block: BlockName) -> Any:
    place: dict[str, int] = {}
    indptr, indices, counts = array("q", [0]), array("i"), array("i")
    for part in itertools.chain.from_iterable(map(spec.parts, articles)):
        for term, n in Counter(spec.terms(part, block)).items():
            indices.append(place.setdefault(term, len(place)))
            counts.append(n)
        indptr.append(len(indices))
    return list(place), *(np.array(a) for a in (indptr, indices, counts))


def _count_documents(
    articles: Iterable[Article], spec: FeatureSpec, block: BlockName
) -> Counter[str]:
    found: Counter[str] = Counter()
    for article in articles:
        found.update({term for part in spec.parts(article) for term in spec.terms(part, block)})
    return found


def chunks(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Cut a stream of articles into lists."""
    stream = iter(articles)
    while chunk := list(itertools.islice(stream, _CHUNK)):
        yield chunk


def in_parallel(
    function: Callable[..., Any],
    tasks: Iterable[tuple[Any, ...]],
    jobs: int,
    *,
    threads: bool = False,
) -> Any:
    """Yield ``function(*task)`` for each task, in order, on as many processes or threads."""
    if jobs == 1:
        return itertools.starmap(function, tasks)
    from joblib import Parallel, delayed

    prefer = "threads" if threads else "processes"
    return Parallel(n_jobs=jobs, prefer=prefer, return_as="generator")(
        delayed(function)(*task) for task in tasks
    )
