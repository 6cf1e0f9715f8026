"""The engine in Python: what a feature is, by definition, with jieba, NumPy and scikit-learn.

A count becomes ``(1 + ln count) * idf``; see `newsclf.engine.features` for the rest.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from newsclf.engine.features import (
    BLOCKS,
    CHUNK,
    FeatureBlock,
    FeatureSpec,
    Parts,
    Rows,
    Vocabulary,
    share_of_title,
)
from newsclf.engine.svm import FittedSvm, SvmProblem
from newsclf.engine.terms import occurrences
from newsclf.errors import ModelError
from newsclf.parallel import chunks, in_parallel
from newsclf.text.traditional import count_characters

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from newsclf.engine.segmenter import Segmenter

__all__ = [
    "ReferenceScorer",
    "count_characters",
    "cut",
    "document_frequencies",
    "fit_svms",
    "name",
    "scorer",
    "segmenter",
    "terms",
    "uses_threads",
]

name = "reference"
uses_threads = False

_MAX_ITER = 10_000


@functools.lru_cache(maxsize=4)
def segmenter(added: tuple[tuple[str, int], ...] = ()) -> Segmenter:
    """Return jieba's segmenter with these words added to its dictionary."""
    from newsclf.engine.segmenter import Segmenter

    return Segmenter(added)


def cut(text: str, added: tuple[tuple[str, int], ...] = (), hmm: bool = True) -> list[str]:
    """Cut a text into words."""
    return segmenter(added).words(text, hmm)


def terms(text: str, spec: FeatureSpec, block: FeatureBlock) -> Iterator[str]:
    """Yield the terms of one block of a text."""
    return (term for term, _, _ in occurrences(text, spec, block, cut))


def scorer(
    spec: FeatureSpec,
    vocabulary: Vocabulary,
    weights: NDArray[Any] | None = None,
    bias: NDArray[np.float32] | None = None,
) -> ReferenceScorer:
    """Return what gives features, scores and occurrences over a vocabulary."""
    return ReferenceScorer(spec, vocabulary, weights, bias)


class ReferenceScorer:
    """Features, scores and occurrences; see `newsclf.engine.protocol.Scorer`."""

    def __init__(
        self,
        spec: FeatureSpec,
        vocabulary: Vocabulary,
        weights: NDArray[Any] | None,
        bias: NDArray[np.float32] | None,
    ) -> None:
        self._spec, self._vocabulary = spec, vocabulary
        self._weights, self._bias = weights, bias
        # Every term is looked at once, here rather than at the first text.
        self._blocks = {block: vocabulary[block] for block in BLOCKS}

    def rows(self, titles: Sequence[str | None], texts: Sequence[str]) -> Rows:
        """Return the features of articles as sparse rows."""
        indptr, indices, values = [0], [np.empty(0, np.int32)], [np.empty(0)]
        for parts in zip(titles, texts, strict=True):
            indptr.append(indptr[-1])
            title, text = self._read(*parts)
            for block in BLOCKS:
                ids, weights = _added(
                    self._counted(block, title), self._counted(block, text), self._spec.title_share
                )
                indices.append(ids)
                values.append(weights)
                indptr[-1] += len(ids)
        return Rows(
            np.asarray(indptr, np.int64),
            np.concatenate(indices),
            np.concatenate(values).astype(np.float32),
        )

    def scores(self, titles: Sequence[str | None], texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the linear scores of articles, -inf for one without features."""
        if self._weights is None or self._bias is None:
            raise ModelError("a scorer without weights has rows, but no scores: give it weights")
        rows = self.rows(titles, texts)
        scores = np.full((len(texts), len(self._bias)), -np.inf, np.float32)
        for i in range(len(texts)):
            start, end = rows.indptr[i], rows.indptr[i + 1]
            if start < end:
                weights = self._weights[rows.indices[start:end]].astype(np.float32)
                scores[i] = rows.values[start:end] @ weights + self._bias
        return scores

    def occurrences(self, title: str | None, text: str) -> NDArray[np.int32]:
        """Say where the features of an article occur: feature, part, begin, end."""
        found = [
            (ids[term], side, start, end)
            for block, ids in self._blocks.items()
            for side, part in enumerate(self._read(title, text))
            for term, start, end in occurrences(part, self._spec, block, cut)
            if term in ids
        ]
        return np.array(found, np.int32).reshape(-1, 4)

    def _read(self, title: str | None, text: str) -> Parts:
        return (self._spec.title_share > 0 and title) or "", text

    def _counted(self, block: FeatureBlock, text: str) -> _Block:
        ids = self._blocks[block]
        counts = Counter(ids[term] for term in terms(text, self._spec, block) if term in ids)
        return _normed(counts, self._vocabulary.idf)


_Block = tuple["NDArray[np.int32]", "NDArray[np.float64]"]
"""Features that rise, and their values."""


def _normed(counts: Mapping[int, int], idf: NDArray[np.float32]) -> _Block:
    ids = np.fromiter(counts, np.int32, len(counts))
    order = np.argsort(ids)
    ids = ids[order]
    count = np.fromiter(counts.values(), np.float64, len(counts))[order]
    weights = (1.0 + np.log(count)) * idf[ids]
    norm = np.sqrt(np.sum(weights * weights))
    return ids, weights / norm if norm > 0 else weights


def _added(title: _Block, text: _Block, share: float) -> _Block:
    """Return title and text as one block."""
    share = float(share_of_title(len(title[0]), len(text[0]), share))
    ids = np.union1d(title[0], text[0])
    values = np.zeros(len(ids))
    values[np.searchsorted(ids, title[0])] = share * title[1]
    values[np.searchsorted(ids, text[0])] += (1.0 - share) * text[1]
    return ids, values


def document_frequencies(
    articles: Iterable[Parts],
    spec: FeatureSpec,
    block: FeatureBlock,
    *,
    least: float = 1,
    always: Collection[str] = (),
    jobs: int = 1,
) -> dict[str, int]:
    """Count in how many articles each term of a block stands."""
    found: Counter[str] = Counter()
    tasks = ((chunk, spec, block) for chunk in chunks(articles, CHUNK))
    for part in in_parallel(_frequencies, tasks, jobs):
        found.update(part)
    wanted = frozenset(always)
    return {term: n for term, n in found.items() if n >= least or term in wanted}


def _frequencies(articles: Iterable[Parts], spec: FeatureSpec, block: FeatureBlock) -> Counter[str]:
    found: Counter[str] = Counter()
    for parts in articles:
        found.update({term for part in parts for term in terms(part, spec, block)})
    return found


def fit_svms(problem: SvmProblem, jobs: int = 1) -> Iterator[FittedSvm]:
    """Fit each SVM by scikit-learn's LinearSVC, which is liblinear."""
    from scipy.sparse import csr_array, hstack

    design = hstack([problem.features, csr_array(problem.columns)], format="csr")
    tasks = (
        (design, own[:, None] * scale, signs, problem.sample_weight, problem.C, problem.tolerance)
        for own, scales, of_head in zip(problem.own.T, problem.scales.T, problem.signs, strict=True)
        for scale, signs in zip(scales, of_head, strict=True)
    )
    found = in_parallel(_fit_svm, tasks, jobs)
    n_heads, n_subsets, _ = problem.signs.shape
    end = problem.features.shape[1]
    for _ in range(n_heads):
        fitted = [next(found) for _ in range(n_subsets)]
        w, bias, _ = fitted[0]
        scores = np.stack([scores for *_, scores in fitted], axis=1)
        yield FittedSvm(w[:end], w[end:-1], float(w[-1]), bias, scores)


def _fit_svm(
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
    svm = LinearSVC(C=C, dual=True, tol=tolerance, max_iter=_MAX_ITER, random_state=0)
    svm.fit(whole[used], signs[used], sample_weight=sample_weight[used])
    return svm.coef_[0], float(svm.intercept_[0]), svm.decision_function(whole)
