"""What a term is: one module a block of features, and where its terms stand in a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from newsclf.engine.features import CHARS, WORDS, FeatureBlock, FeatureSpec
from newsclf.engine.terms import chars, words
from newsclf.text.normalization import normalize

__all__ = ["Cut", "Occurrence", "occurrences"]

Cut = Callable[[str, tuple[tuple[str, int], ...]], list[str]]
"""Cuts a text into words of jieba's dictionary and added ones."""

Occurrence = tuple[str, int, int]
"""A term, and where it begins and ends in the text."""

_FINDERS: dict[FeatureBlock, Callable[[str, FeatureSpec, Cut], Iterator[Occurrence]]] = {
    WORDS: words.find,
    CHARS: chars.find,
}


def occurrences(
    text: str, spec: FeatureSpec, block: FeatureBlock, cut: Cut
) -> Iterator[Occurrence]:
    """Yield each term of a block in a text with where it stands; none of a block left out."""
    if spec.ngrams(block)[1]:
        yield from _FINDERS[block](normalize(text), spec, cut)
