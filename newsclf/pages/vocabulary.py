"""Likeness of two stretches of text by the character bigrams they share."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

__all__ = ["Bigrams", "Vocabulary"]

_RUN = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]{2,}|\d{2,}")
_FIRST = 4_000  # characters of a block that count; enough to tell what it is about

Bigrams = frozenset[str]


class Vocabulary:
    """The bigrams of a page, weighted by how few of its blocks hold them.

    Parameters
    ----------
    texts : iterable of str
        The blocks of the page.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        holds: Counter[str] = Counter()
        self._size = 1
        for text in texts:
            self._size += 1
            holds.update(self.bigrams(text))
        self._weights = {g: math.log(1 + self._size / n) for g, n in holds.items()}

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

    def _mass(self, grams: Bigrams) -> float:
        weights = self._weights
        return sum(weights.get(g, 0.0) ** 2 for g in grams)
