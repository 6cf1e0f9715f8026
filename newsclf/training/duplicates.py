"""Near-duplicates: articles that are largely the same text.

Two texts are compared by their shingles, the set of all runs of five characters (Broder, "On the
resemblance and containment of documents", 1997). Where both texts are at hand the comparison is
exact: an inverted index counts the shingles every two texts share. A sketch of each text, its 32
smallest hashes, is for a model that shall know its training texts again without holding them.
"""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from newsclf.records.article import Article, LabelledArticle, list_articles

if TYPE_CHECKING:
    from scipy.sparse import csr_array

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
_CHUNK = 1024  # texts hashed at a time
_UNKNOWN = np.uint32(0xFFFFFFFF)
# Latin; general punctuation, symbols; CJK punctuation; Han; fullwidth forms.
_ALONE = ((0, 0x2FF), (0x2000, 0x206F), (0x2100, 0x2BFF), (0x3000, 0x3029), (0x3400, 0x9FFF),
          (0xFF01, 0xFF5E))  # fmt: skip

_Hashes = npt.NDArray[np.uint64]
_Places = npt.NDArray[np.int64]


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
    left = list_articles(articles)
    right = [] if others is None else list_articles(others)
    holders, sizes = _holders([*left, *right])
    held = holders.T.tocsr()
    # The shorter text of a pair shares at least this part of its shingles, with whatever text.
    least = min(containment, 2.0 * jaccard / (1.0 + jaccard))
    probes = np.flatnonzero(np.diff(held.indptr) >= (1.0 - 1e-9) * least * sizes)
    pairs = [np.zeros((0, 3), np.int64)]
    for start in range(0, len(probes), _BLOCK):
        some = probes[start : start + _BLOCK]
        found = (held[some] @ holders).tocoo()
        first, second = some[found.row], found.col.astype(np.int64)
        shared = found.data.astype(np.int64)
        union = sizes[first] + sizes[second] - shared
        shorter = np.minimum(sizes[first], sizes[second])
        contained = (shared >= containment * shorter) & (shorter >= _TINY)
        near = (shared >= jaccard * union) | contained
        near &= (first != second) if others is None else (first < len(left)) != (second < len(left))
        ordered = np.minimum(first, second), np.maximum(first, second), shared
        pairs.append(np.stack(ordered, axis=1)[near])
    # Two texts that are both probes were met twice.
    first, second, shared = np.unique(np.concatenate(pairs), axis=0).T
    union = sizes[first] + sizes[second] - shared
    part = shared / np.minimum(sizes[first], sizes[second])
    second = second - (0 if others is None else len(left))
    columns = (first, second, shared / union, part)
    return list(map(Duplicate, *(column.tolist() for column in columns)))


def sketch(articles: Sequence[str | Article | LabelledArticle]) -> npt.NDArray[np.uint32]:
    """Return the smallest shingle hashes of each text, by which it is known again.

    Returns
    -------
    numpy.ndarray of uint32, shape (n, 32)
        Rising in each row; short texts are filled up with the largest number. The text cannot be
        read from it.
    """
    rows = np.full((len(articles), _SKETCH), _EMPTY, dtype=np.uint32)
    for start, ends, hashes in _shingles(list_articles(articles)):
        of_text = np.repeat(np.arange(len(ends), dtype=np.uint64), np.diff(ends, prepend=0))
        # Sorted by text and then by hash, each once.
        smallest = np.sort(of_text << np.uint64(32) | hashes >> np.uint64(32))
        smallest = smallest[
            np.concatenate([[True], smallest[1:] != smallest[:-1]])[: len(smallest)]
        ]
        text = (smallest >> np.uint64(32)).astype(np.int64)
        first = np.searchsorted(text, np.arange(len(ends)))
        rank = np.arange(len(text)) - first[text]
        kept = rank < _SKETCH
        rows[start + text[kept], rank[kept]] = smallest[kept].astype(np.uint32)
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


def _shingles(articles: Sequence[Article]) -> Iterator[tuple[int, _Places, _Hashes]]:
    """Yield the hashes of shingles, some articles at a time.

    Each time: the first article's position, where the hashes of each article end, and the hashes.
    """
    for start in range(0, len(articles), _CHUNK):
        codes, ends = _letters(articles[start : start + _CHUNK])
        lengths = np.diff(ends, prepend=0)
        # A text shorter than one shingle is a shingle of its own.
        width = np.minimum(_SHINGLE, lengths)
        counts = (lengths - width + 1) * (lengths > 0)
        hashes = np.concatenate([_mixed(codes, _SHINGLE), np.zeros(_SHINGLE, np.uint64)])
        begins = ends - lengths
        inside = np.ones(len(codes), bool)
        for short in range(1, _SHINGLE):
            # What begins so near the end of its text would reach into the next.
            inside[ends[lengths >= short] - short] = False
        for text in np.flatnonzero((lengths > 0) & (lengths < _SHINGLE)).tolist():
            begin = begins[text]
            hashes[begin] = _mixed(codes[begin : ends[text]], int(lengths[text]))[0]
            inside[begin] = True
        yield start, np.cumsum(counts), hashes[: len(codes)][inside]


def _mixed(codes: _Hashes, width: int) -> _Hashes:
    """Return the hash of each run of so many letters."""
    hashes = np.zeros(max(len(codes) - width + 1, 0), dtype=np.uint64)
    for offset in range(width):
        hashes ^= codes[offset : offset + len(hashes)]
        hashes *= _PRIME
        hashes ^= hashes >> np.uint64(29)
    # The smallest hashes must be a fair sample, so the last step mixes once more.
    hashes *= _PRIME
    return hashes


def _letters(articles: Sequence[Article]) -> tuple[_Hashes, _Places]:
    """Return the letters and digits of all texts, one after the other, and where each text ends.

    Letters are normalised (NFKC). Most are by a table; a text with one that is not has to ask
    Python.
    """
    texts = [f"{article.title or ''}{article.text}" for article in articles]
    codes, ends = _codes(texts)
    known = _table()
    letters = known[np.minimum(codes, len(known) - 1)]
    unknown = np.concatenate([[0], np.cumsum(letters == _UNKNOWN)])
    hard = np.flatnonzero(np.diff(unknown[np.concatenate([[0], ends])]))
    if len(hard):
        for i in hard:
            texts[i] = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", texts[i])))
        codes, ends = _codes(texts)
        letters = known[np.minimum(codes, len(known) - 1)]
        letters = np.where(letters == _UNKNOWN, codes, letters)
    kept = letters > 0
    counts = np.concatenate([[0], np.cumsum(kept)])
    return letters[kept].astype(np.uint64), counts[ends]


def _codes(texts: list[str]) -> tuple[npt.NDArray[np.uint32], _Places]:
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    return np.frombuffer(joined, "<u4"), np.cumsum([len(text) for text in texts], dtype=np.int64)


@functools.cache
def _table() -> npt.NDArray[np.uint32]:
    """Return what becomes of each character: its normal form, 0 for none, or _UNKNOWN.

    Known are those that stand in no decomposition but their own, so that nothing depends on what
    stands beside them.
    """
    table = np.full(0xFF60, _UNKNOWN, np.uint32)
    for first, last in _ALONE:
        for code in range(first, last + 1):
            normal = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", chr(code))))
            if len(normal) <= 1:
                table[code] = ord(normal) if normal else 0
    table[-1] = _UNKNOWN  # stands for all beyond it
    return table


def _holders(articles: Sequence[Article]) -> tuple[csr_array, _Places]:
    """Return which texts hold each shingle, and how many shingles each text has.

    Of shape (n_shingles, n_texts); shingles of a single text, the most of them, have no row.
    """
    from scipy.sparse import csr_array

    bits = np.uint64(len(articles).bit_length())
    texts = np.uint64((1 << int(bits)) - 1)
    # The text's number takes the place of a hash's last bits, so that one sort does for both.
    parts = [np.zeros(0, np.uint64)]
    for start, ends, hashes in _shingles(articles):
        of_text = np.repeat(np.arange(start, start + len(ends)), np.diff(ends, prepend=0))
        parts.append((hashes & ~texts) | of_text.astype(np.uint64))
    places = np.concatenate(parts)
    places.sort()
    # A shingle that a text has several times counts once.
    places = places[np.concatenate([[True], places[1:] != places[:-1]])[: len(places)]]
    text = (places & texts).astype(np.int32)
    sizes = np.bincount(text, minlength=len(articles))
    new = np.concatenate([[True], places[1:] >> bits != places[:-1] >> bits])[: len(places)]
    together = ~(new & np.concatenate([new[1:], [True]])[: len(new)])
    text, new = text[together], new[together]
    ends = np.append(np.flatnonzero(new), len(text)).astype(np.int32)
    shape = len(ends) - 1, len(articles)
    return csr_array((np.ones(len(text), np.int32), text, ends), shape=shape), sizes
