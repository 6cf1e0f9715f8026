"""Why: a theme's score, told word by word on the original text.

The score is a sum over the features of title and text, and every feature stands at known places
there. Its share is divided evenly among these places and, within a place, among the characters; a
word's weight is what its characters gathered. So words and the rest add up to the score exactly.
"""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from newsclf.engine.features import share_of_title
from newsclf.model.model import Model
from newsclf.records.explanation import Evidence

__all__ = ["PlacedParts", "find_evidence"]

PlacedParts = tuple[tuple[int, str], tuple[int, str]]
"""Title and text, normalized, each with its offset in what is shown; a missing title is empty."""

Places = dict[int, list[tuple[int, int]]]
"""Where each feature occurs, as (start, end)."""


def find_evidence(
    model: Model, parts: PlacedParts, theme: int, text: str
) -> tuple[list[Evidence], float]:
    """Return the words of `text` with their share of a theme's score, and the score.

    Parameters
    ----------
    parts : ((int, str), (int, str))
        Title and body, normalized, with their offsets in `text`.
    theme : int
        Column of the theme.
    """
    character = np.zeros(len(text))
    score, anything = float(model.bias[theme]), False
    for in_title, in_text in _places(model, parts):
        share = float(share_of_title(len(in_title), len(in_text), model.spec.title_share))
        anything = anything or bool(in_title or in_text)
        for places, part in ((in_title, share), (in_text, 1.0 - share)):
            for f, weight in _weights(model, places, theme).items():
                score += part * weight
                for start, end in places[f]:
                    character[start:end] += part * weight / len(places[f]) / (end - start)
    # As in `Model.scores`: of a text without features nothing is known.
    return list(_words(model, parts, character, text)), score if anything else -math.inf


def _weights(model: Model, places: Places, theme: int) -> dict[int, float]:
    """Return what each feature adds to the score of one part and block."""
    idf = model.vocabulary.idf
    damped = {f: (1.0 + math.log(len(where))) * float(idf[f]) for f, where in places.items()}
    norm = math.sqrt(sum(v * v for v in damped.values()))
    return {f: v / norm * float(model.weights[f, theme]) for f, v in damped.items()}


def _places(model: Model, parts: PlacedParts) -> list[tuple[Places, Places]]:
    """Return where each feature of the model stands in title and text, block by block."""
    (title_offset, title), (text_offset, text) = parts
    ends = [columns.stop for columns in model.vocabulary.columns.values()]
    blocks: list[tuple[Places, Places]] = [(defaultdict(list), defaultdict(list)) for _ in ends]
    for feature, side, start, end in model.scorer.occurrences(title, text).tolist():
        offset = text_offset if side else title_offset
        block = blocks[bisect.bisect_right(ends, feature)]
        block[side][feature].append((offset + start, offset + end))
    return blocks


def _words(
    model: Model, parts: PlacedParts, character: np.ndarray, text: str
) -> Iterator[Evidence]:
    for offset, part in parts:
        position = offset
        for word in model.engine.cut(part, model.spec.added_words):
            end = position + len(word)
            weight = float(character[position:end].sum())
            if weight:
                yield Evidence(position, end, text[position:end], weight)
            position = end
