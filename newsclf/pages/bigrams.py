"""Likeness of two stretches of text by the character bigrams they share."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

__all__ = ["BigramWeights", "Bigrams"]

_RUN = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]{2,}|\d{2,}")
_FIRST = 4_000  # characters of a block that count; enough to tell what it is about
_MOST = 400_000  # characters of a page that count; a newspaper page has a tenth of it

Bigrams = frozenset[str]


class BigramWeights:
    """The bigrams of a page, weighted by how few of its blocks hold them.

    Parameters
    ----------
    texts : iterable of str
        The blocks of the page.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        holds: Counter[str] = Counter()
        self._runs: set[str] = set()
        self._size = 1
        left = _MOST
        for text in texts:
            text = text[:_FIRST]
            left -= len(text)
            if left < 0:
                break
            self._size += 1
            holds.update(self.bigrams(text))
            for size in (2, 3):
                self._runs.update(text[i : i + size] for i in range(len(text) - size + 1))
        self._weights = {g: math.log(1 + self._size / n) ** 2 for g, n in holds.items()}

    @staticmethod
    def bigrams(text: str) -> Bigrams:
        """Return the bigrams of the Chinese in a text, its words in letters and its numbers."""
        found: set[str] = set()
        for run in _RUN.findall(text[:_FIRST]):
            if run[0] >= "\u3400":
                found.update(run[i : i + 2] for i in range(len(run) - 1))
            else:
                found.add(run)
        return frozenset(found)

    def likeness(self, one: Bigrams, other: Bigrams) -> float:
        """Return the cosine of two weighted sets of bigrams: 0 nothing shared, 1 the same."""
        shared = self._mass(one & other)
        return shared / math.sqrt(self._mass(one) * self._mass(other)) if shared else 0.0

    def covered(self, one: Bigrams, other: Bigrams) -> float:
        """Return the share of the first set that the second one holds too."""
        shared = self._mass(one & other)
        return shared / self._mass(one) if shared else 0.0

    def joined(self, before: str, after: str) -> int:
        """Return how well the page attests one text running on into another: 0, 1 or 2.

        1 if the characters on both sides of the seam stand together elsewhere, as those of a
        word cut in two do; 2 if three characters over the seam do.
        """
        seam = before[-2:] + after[:2]
        middle = len(before[-2:])
        if middle == 0 or middle == len(seam) or not seam[middle - 1 : middle + 1].isalnum():
            return 0
        if any(
            seam[i : i + 3] in self._runs
            for i in (middle - 2, middle - 1)
            if 0 <= i <= len(seam) - 3
        ):
            return 2
        return int(seam[middle - 1 : middle + 1] in self._runs)

    def _mass(self, grams: Bigrams) -> float:
        weights = self._weights
        return sum(weights.get(g, 0.0) for g in grams)
