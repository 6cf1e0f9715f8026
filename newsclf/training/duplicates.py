"""Near-duplicates: articles that are largely the same text.

Two texts are compared by their shingles, the set of all runs of five characters (Broder, "On the
resemblance and containment of documents", 1997). Where both texts are at hand the comparison is
exact: an inverted index counts the shingles every two texts share. A sketch of each text, its 32
smallest hashes, is for a model that shall know its training texts again without holding them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from newsclf.articles import Article, LabelledArticle, texts_only

__all__ = ["Duplicate", "near_duplicates", "sketch", "sketched_duplicates"]

JACCARD = 0.5
"""Two texts that share this part of all their shingles are near-duplicates."""
CONTAINMENT = 0.7
"""So are two texts of which the shorter is in the longer to this part, unless it is tiny."""
_SHINGLE = 5
_TINY = 40  # shingles; below it a stock phrase or two is enough to be contained
_SKETCH = 32  # hashes kept of a text; the standard error of Jaccard is under 0.09
_BLOCK = 512  # texts compared at a time, which bounds the memory of the index
_EMPTY = np.uint32(0xFFFFFFFF)
_PRIME = np.uint64(0x9E3779B97F4A7C15)

_Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two articles that are largely the same text.

    Attributes
    ----------
    first, second : int
        Positions of the two in what was compared.
    jaccard : float
        Shared shingles as a part of the shingles of both, 0 to 1.
    containment : float
        Shared shingles as a part of the shingles of the shorter text, 0 to 1.
    """

    first: int
    second: int
    jaccard: float
    containment: float


def near_duplicates(
    articles: Sequence[str | Article | LabelledArticle],
    others: Sequence[str | Article | LabelledArticle] | None = None,
    *,
    jaccard: float = JACCARD,
    containment: float = CONTAINMENT,
) -> list[Duplicate]:
    """Find the pairs of articles that are largely the same text.

    Title and text are compared together; width of characters, spaces and punctuation do not count.

    Parameters
    ----------
    articles : sequence of str, Article or LabelledArticle
    others : sequence, optional
        Compare each of `articles` with each of these; without it `articles` among themselves,
        each pair once with ``first < second``.
    jaccard, containment : float
        A pair is reported when it reaches either; containment counts only where the shorter
        text has at least 40 shingles.

    Returns
    -------
    list of Duplicate
        In order of `first`, then `second`.
    """
    left = [_shingles(a) for a in texts_only(articles)]
    right = left if others is None else [_shingles(a) for a in texts_only(others)]
    if not left or not right:
        return []
    a, b = _incidence(left, right)
    n_a, n_b = np.diff(a.indptr), np.diff(b.indptr)
    transposed = b.T.tocsr()
    found: list[Duplicate] = []
    for start in range(0, len(left), _BLOCK):
        shared = (a[start : start + _BLOCK] @ transposed).tocoo()
        i, j, both = shared.row + start, shared.col, shared.data
        union = n_a[i] + n_b[j] - both
        shorter = np.minimum(n_a[i], n_b[j])
        near = (both >= jaccard * union) | ((both >= containment * shorter) & (shorter >= _TINY))
        if others is None:
            near &= i < j
        found += map(
            Duplicate,
            i[near].tolist(),
            j[near].tolist(),
            (both[near] / union[near]).tolist(),
            (both[near] / shorter[near]).tolist(),
        )
    return sorted(found, key=lambda d: (d.first, d.second))


def sketch(articles: Sequence[str | Article | LabelledArticle]) -> npt.NDArray[np.uint32]:
    """Return the smallest shingle hashes of each text, by which it is known again.

    Returns
    -------
    numpy.ndarray of uint32, shape (n, 32)
        Rising in each row; short texts are filled up with the largest number. The text cannot be
        read from it.
    """
    rows = np.full((len(articles), _SKETCH), _EMPTY, dtype=np.uint32)
    for row, article in zip(rows, texts_only(articles), strict=True):
        smallest = np.unique((_shingles(article) >> np.uint64(32)).astype(np.uint32))[:_SKETCH]
        row[: len(smallest)] = smallest
    return rows


def sketched_duplicates(
    articles: Sequence[str | Article | LabelledArticle], known: npt.NDArray[np.uint32]
) -> list[Duplicate]:
    """Find near-duplicates of texts of which only a :func:`sketch` is left.

    Parameters
    ----------
    articles : sequence of str, Article or LabelledArticle
    known : numpy.ndarray of uint32, shape (m, 32)

    Returns
    -------
    list of Duplicate
        `second` is a row of `known`; `jaccard` is estimated, `containment` is NaN.
    """
    rows = sketch(articles)
    holders: dict[int, list[int]] = {}
    for j, hashes in enumerate(known.tolist()):
        for value in hashes:
            holders.setdefault(value, []).append(j)
    holders.pop(int(_EMPTY), None)
    found = []
    for i, hashes in enumerate(rows.tolist()):
        shared = Counter(j for value in hashes for j in holders.get(value, ()))
        size = int((rows[i] < _EMPTY).sum())
        for j in sorted(j for j, count in shared.items() if count >= JACCARD * size):
            union = np.union1d(rows[i], known[j])
            union = union[union < _EMPTY][:_SKETCH]
            both = np.isin(union, rows[i]) & np.isin(union, known[j])
            if both.mean() >= JACCARD:
                found.append(Duplicate(i, j, float(both.mean()), float("nan")))
    return found


def _shingles(article: Article) -> _Hashes:
    """Return the sorted hashes of the shingles of title and text; empty for an empty text."""
    text = unicodedata.normalize("NFKC", f"{article.title or ''}{article.text}")
    kept = "".join(filter(str.isalnum, text))
    codes = np.frombuffer(kept.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    if not len(codes):
        return codes
    # A text shorter than one shingle is a shingle of its own.
    width = min(_SHINGLE, len(codes))
    hashes = np.zeros(len(codes) - width + 1, dtype=np.uint64)
    for offset in range(width):
        hashes = (hashes ^ codes[offset : offset + len(hashes)]) * _PRIME
        hashes ^= hashes >> np.uint64(29)
    hashes *= _PRIME  # the smallest hashes must be a fair sample, so the last step mixes once more
    return np.unique(hashes)


def _incidence(left: list[_Hashes], right: list[_Hashes]) -> tuple[Any, Any]:
    """Return two sparse matrices of texts by shingles, in one numbering of the shingles."""
    from scipy.sparse import csr_array

    sides = [left] if left is right else [left, right]
    hashes = [h for side in sides for h in side]
    _, columns = np.unique(np.concatenate(hashes), return_inverse=True)
    sizes = np.array([len(h) for h in hashes])
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    shape = (len(hashes), int(columns.max(initial=-1)) + 1)
    whole = csr_array((np.ones(len(columns), dtype=np.int32), columns, indptr), shape=shape)
    return (whole, whole) if left is right else (whole[: len(left)], whole[len(left) :])
