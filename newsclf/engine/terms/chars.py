"""N-grams of characters, within runs of Han characters or across the text."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsclf.engine.features import FeatureSpec
    from newsclf.engine.terms import Cut, Occurrence

__all__ = ["find"]

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"


def find(text: str, spec: FeatureSpec, cut: Cut) -> Iterator[Occurrence]:
    """Yield the character n-grams of a normalized text."""
    shortest, longest = spec.char_ngrams
    for start, run in _runs(text, spec.char_runs):
        for n in range(shortest, longest + 1):
            for i in range(len(run) - n + 1):
                yield run[i : i + n], start + i, start + i + n


def _runs(text: str, char_runs: str) -> Iterator[tuple[int, str]]:
    if char_runs == "any":
        yield 0, text
    else:
        for match in _han_runs().finditer(text):
            yield match.start(), match.group()


@functools.cache
def _han_runs() -> re.Pattern[str]:
    return re.compile(f"[{HAN}]+")  # where it is needed: it takes a millisecond
