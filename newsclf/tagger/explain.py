"""Why: a theme's score, told word by word on the original text.

The score is a sum over the features of title and text, and every feature stands at known places
there. Its share is divided evenly among these places and, within a place, among the characters; a
word's weight is what its characters gathered. So words and the rest add up to the score exactly.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from newsclf import tokens
from newsclf.engine import choice
from newsclf.engine.features import is_word, share_of_title
from newsclf.model.model import Model
from newsclf.records.explanation import Evidence

__all__ = ["Parts", "find_evidence"]

Parts = tuple[tuple[int, str], tuple[int, str]]
"""Title and text, folded, each with its offset in what is shown; a missing title is empty."""

Places = dict[int, list[tuple[int, int]]]
"""Where each feature occurs, as (start, end)."""


def find_evidence(
    model: Model, parts: Parts, theme: int, text: str
) -> tuple[list[Evidence], float]:
    """Return the words of `text` with their share of a theme's score, and the score.

    Parameters
    ----------
    parts : ((int, str), (int, str))
        Title and body, folded, with their offsets in `text`.
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


def _places(model: Model, parts: Parts) -> list[tuple[Places, Places]]:
    """Return where each feature of the model stands in title and text, block by block."""
    if choice.compiled():
        return _kernel_places(model, parts)
    vocabulary = model.vocabulary
    words, chars = (
        [(_known(places(model, *part), block)) for part in parts]
        for places, block in ((_word_places, vocabulary.words), (_char_places, vocabulary.chars))
    )
    return [(words[0], words[1]), (chars[0], chars[1])]


def _known(places: dict[str, list[tuple[int, int]]], block: dict[str, int]) -> Places:
    return {block[term]: where for term, where in places.items() if term in block}


def _kernel_places(model: Model, parts: Parts) -> list[tuple[Places, Places]]:
    n_words = len(model.vocabulary.packed[0].ends)
    blocks: list[tuple[Places, Places]] = [(defaultdict(list), defaultdict(list)) for _ in range(2)]
    (title_offset, title), (text_offset, text) = parts
    for feature, side, start, end in model.kernel.occurrences(title, text).tolist():
        offset = text_offset if side else title_offset
        blocks[feature >= n_words][side][feature].append((offset + start, offset + end))
    return blocks


def _word_places(model: Model, offset: int, text: str) -> dict[str, list[tuple[int, int]]]:
    shortest, longest = model.spec.word_ngrams
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    recent: list[tuple[str, int]] = []
    position = offset
    for word in tokens.words(text, model.spec.added_words) if longest else ():
        end = position + len(word)
        recent = [*recent, (word, position)][-longest:] if is_word(word) else []
        for n in range(shortest, len(recent) + 1):
            places[" ".join(w for w, _ in recent[-n:])].append((recent[-n][1], end))
        position = end
    return places


def _char_places(model: Model, offset: int, text: str) -> dict[str, list[tuple[int, int]]]:
    shortest, longest = model.spec.char_ngrams
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for begin, run in model.spec.runs(text):
        start = offset + begin
        for n in range(shortest, longest + 1) if longest else ():
            for i in range(len(run) - n + 1):
                places[run[i : i + n]].append((start + i, start + i + n))
    return places


def _words(model: Model, parts: Parts, character: np.ndarray, text: str) -> Iterator[Evidence]:
    for offset, part in parts:
        position = offset
        for word in tokens.words(part, model.spec.added_words):
            end = position + len(word)
            weight = float(character[position:end].sum())
            if weight:
                yield Evidence(position, end, text[position:end], weight)
            position = end
