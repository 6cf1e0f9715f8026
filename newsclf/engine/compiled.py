"""The compiled engine: the same by C, over arrays that its modules have checked.

Nothing here decides what a feature is: the reference does, and tests hold this engine to it.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from newsclf.engine.features import CHUNK, FeatureBlock, FeatureSpec, Parts, Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from newsclf.engine.kernel.arrays import CharacterSet, CharacterTable
    from newsclf.engine.kernel.counting import TermCounter
    from newsclf.engine.kernel.cutting import Cutter
    from newsclf.engine.kernel.scoring import CompiledScorer
    from newsclf.engine.svm import FittedSvm, SvmProblem

__all__ = [
    "characters",
    "count_characters",
    "counter",
    "cut",
    "cutter",
    "document_frequencies",
    "fit_svms",
    "name",
    "scorer",
    "terms",
    "uses_threads",
]

name = "compiled"
uses_threads = True


@functools.lru_cache(maxsize=4)
def cutter(added: tuple[tuple[str, int], ...] = ()) -> Cutter:
    """Return the segmenter with these words added to jieba's dictionary."""
    from newsclf.engine.kernel import cutting, dictionary

    return cutting.Cutter(dictionary.read(), added)


@functools.cache
def characters() -> CharacterTable:
    """Return the table of characters, normalized as ``text.normalization`` does."""
    from newsclf.engine.kernel.arrays import CharacterTable
    from newsclf.text.normalization import NORMALIZED

    return CharacterTable(NORMALIZED)


@functools.lru_cache(maxsize=4)
def _character_set(members: frozenset[str]) -> CharacterSet:
    from newsclf.engine.kernel.arrays import CharacterSet

    return CharacterSet(members)


def cut(text: str, added: tuple[tuple[str, int], ...] = (), hmm: bool = True) -> list[str]:
    """Cut a text into words."""
    return cutter(added).cut(text, hmm)


def terms(text: str, spec: FeatureSpec, block: FeatureBlock) -> Iterator[str]:
    """Yield the terms of one block of a text."""
    from newsclf.engine.terms import occurrences

    return (term for term, _, _ in occurrences(text, spec, block, cut))


def scorer(
    spec: FeatureSpec,
    vocabulary: Vocabulary,
    weights: NDArray[Any] | None = None,
    bias: NDArray[np.float32] | None = None,
) -> CompiledScorer:
    """Return what gives features, scores and occurrences over a vocabulary."""
    from newsclf.engine.kernel.scoring import CompiledScorer

    blocks = [
        (block.name, spec.ngrams(block), spec.char_runs, packed)
        for block, packed in vocabulary.packed.items()
    ]
    if weights is not None:
        weights = np.ascontiguousarray(weights)
    return CompiledScorer(
        cutter(spec.added_words),
        characters(),
        blocks,
        vocabulary.idf,
        spec.title_share,
        weights,
        bias,
    )


def count_characters(
    characters: frozenset[str], titles: Sequence[str | None], texts: Sequence[str]
) -> Sequence[int]:
    """Return how many characters of each article, title and text, are among `characters`."""
    return _character_set(characters).counts(titles, texts)


def counter(spec: FeatureSpec, block: FeatureBlock) -> TermCounter:
    """Return what counts the terms of one block, known or not."""
    from newsclf.engine.kernel.counting import TermCounter

    return TermCounter(
        cutter(spec.added_words), characters(), block.name, spec.ngrams(block), spec.char_runs
    )


def document_frequencies(
    articles: Iterable[Parts],
    spec: FeatureSpec,
    block: FeatureBlock,
    *,
    least: float = 1,
    always: Collection[str] = (),
    jobs: int = 1,
) -> dict[str, int]:
    """Count in how many articles each term of a block stands; one thread does it, fast enough."""
    from newsclf.parallel import chunks

    if not spec.ngrams(block)[1]:
        return {}
    counted, wanted = counter(spec, block), frozenset(always)
    # Met first, they have the first ids, by which they are told from the others.
    counted.add([None] * len(wanted), sorted(wanted))
    first = int(counted.take()[1].max(initial=-1)) + 1
    df = np.zeros(first, np.int64)
    for chunk in chunks(articles, CHUNK):
        titles, texts = zip(*chunk, strict=True)
        counted.add(titles, texts)
        here = np.bincount(counted.take()[1], minlength=len(df))
        here[: len(df)] += df
        df = here
    enough = df >= least
    ids = np.flatnonzero(enough)
    counts = dict(zip(counted.terms(ids), df[ids].tolist(), strict=True))
    rare = np.flatnonzero(~enough[:first] & (df[:first] > 0))
    for term, n in zip(counted.terms(rare), df[rare].tolist(), strict=True):
        if term in wanted:
            counts[term] = n
    return counts


def fit_svms(problem: SvmProblem, jobs: int = 1) -> Iterator[FittedSvm]:
    """Fit SVMs by the kernel's coordinate descent, a few side by side."""
    from newsclf.engine import descent

    return descent.fit(problem, jobs)
