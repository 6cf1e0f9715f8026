"""Words and n-grams of words; punctuation ends an n-gram."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsclf.engine.features import FeatureSpec
    from newsclf.engine.terms import Cut, Occurrence

__all__ = ["find"]


def find(text: str, spec: FeatureSpec, cut: Cut) -> Iterator[Occurrence]:
    """Yield the word n-grams of a normalized text: words joined by a space."""
    shortest, longest = spec.word_ngrams
    recent: list[tuple[str, int]] = []
    position = 0
    for word in cut(text, spec.added_words):
        end = position + len(word)
        # A word has a letter, a digit or a Han character.
        recent = [*recent, (word, position)][-longest:] if any(map(str.isalnum, word)) else []
        for n in range(shortest, len(recent) + 1):
            yield " ".join([w for w, _ in recent[-n:]]), recent[-n][1], end
        position = end
