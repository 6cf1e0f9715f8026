"""Terms of many articles: in how many of them each stands, and articles as sparse rows."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from newsclf.engine import choice
from newsclf.engine.features import BlockName, FeatureSpec, Rows, Vocabulary, compiled_rows, extract
from newsclf.records.article import Article

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["count_documents", "sparse_features"]

_CHUNK = 1000


def count_documents(
    articles: Sequence[Article],
    spec: FeatureSpec,
    block: BlockName,
    jobs: int = 1,
    *,
    least: float = 1,
    always: Iterable[str] = (),
) -> dict[str, int]:
    """Count in how many articles each term of a block stands.

    Parameters
    ----------
    articles : sequence of Article
    spec : FeatureSpec
    block : {"words", "chars"}
    jobs : int
        Processes, with the reference engine.
    least : float
        Leave out terms that stand in fewer articles. Most character n-grams stand in one.
    always : iterable of str
        But not these, where they stand in any.
    """
    kept = frozenset(always)
    if choice.compiled() and spec.ngrams(block)[1]:
        return _compiled_counts(articles, spec, block, least, kept)
    found: Counter[str] = Counter()
    tasks = ((chunk, spec, block) for chunk in chunks(articles))
    for part in in_parallel(_count_documents, tasks, jobs):
        found.update(part)
    return {term: n for term, n in found.items() if n >= least or term in kept}


def _compiled_counts(
    articles: Sequence[Article],
    spec: FeatureSpec,
    block: BlockName,
    least: float,
    always: frozenset[str],
) -> dict[str, int]:
    counter = spec.counter(block)
    # Met first, they have the first ids, by which they are told from the others.
    counter.add([None] * len(always), sorted(always))
    first = int(counter.take()[1].max(initial=-1)) + 1
    df = np.zeros(first, np.int64)
    for chunk in chunks(articles):
        titles, texts = zip(*map(spec.parts, chunk), strict=True)
        counter.add(titles, texts)
        here = np.bincount(counter.take()[1], minlength=len(df))
        here[: len(df)] += df
        df = here
    enough = df >= least
    ids = np.flatnonzero(enough)
    counts = dict(zip(counter.terms(ids), df[ids].tolist(), strict=True))
    rare = np.flatnonzero(~enough[:first] & (df[:first] > 0))
    for term, n in zip(counter.terms(rare), df[rare].tolist(), strict=True):
        if term in always:
            counts[term] = n
    return counts


def _count_documents(
    articles: Iterable[Article], spec: FeatureSpec, block: BlockName
) -> Counter[str]:
    found: Counter[str] = Counter()
    for article in articles:
        found.update({term for part in spec.parts(article) for term in spec.terms(part, block)})
    return found


def sparse_features(
    articles: Sequence[Article], spec: FeatureSpec, vocabulary: Vocabulary, jobs: int = 1
) -> csr_array:
    """Return the features of articles, float32, shape (n_articles, n_features)."""
    from scipy.sparse import csr_array, get_index_dtype

    if choice.compiled():
        kernel = vocabulary.kernel(spec)
        tasks = ((chunk, kernel) for chunk in chunks(articles))
        found = in_parallel(compiled_rows, tasks, jobs, threads=True)
    else:
        found = in_parallel(
            extract, ((chunk, spec, vocabulary) for chunk in chunks(articles)), jobs
        )
    rows = Rows.stack(found)
    # liblinear takes 32-bit indices only.
    ends = rows.indptr.astype(get_index_dtype(maxval=len(rows.values)))
    shape = len(articles), len(vocabulary)
    return csr_array((rows.values, rows.indices, ends), shape=shape)


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
