"""Why: a theme's score, told word by word on the original text.

The score is a sum over features, and every feature stands at known places in the text. Its share
is divided evenly among these places and, within a place, among the characters; a word's weight is
what its characters gathered. So words and the rest add up to the score exactly.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from newsclf import engine, tokens
from newsclf.explanation import Evidence
from newsclf.features import is_word
from newsclf.model import Model

__all__ = ["find_evidence"]

Parts = list[tuple[int, str, int]]
"""Pieces of the text as (offset, folded text, how often it counts)."""

Places = list[tuple[int, int, int]]
"""Occurrences of one feature as (start, end, how often it counts)."""


def find_evidence(
    model: Model, parts: Parts, theme: int, text: str
) -> tuple[list[Evidence], float]:
    """Return the words of `text` with their share of a theme's score, and the score.

    Parameters
    ----------
    parts : list of (offset, text, weight)
        Title and body, folded, with their offsets in `text`.
    theme : int
        Column of the theme.
    """
    character = np.zeros(len(text))
    score, anything = float(model.bias[theme]), False
    for known in _places(model, parts):
        damped = {
            f: (1.0 + math.log(sum(n for *_, n in where))) * float(model.vocabulary.idf[f])
            for f, where in known.items()
        }
        norm = math.sqrt(sum(v * v for v in damped.values()))
        anything = anything or bool(known)
        for f, where in known.items():
            share = damped[f] / norm * float(model.weights[f, theme])
            score += share
            total = sum(n for *_, n in where)
            for start, end, n in where:
                character[start:end] += share * n / total / (end - start)
    # As in `Model.scores`: of a text without features nothing is known.
    return list(_words(model, parts, character, text)), score if anything else -math.inf


def _places(model: Model, parts: Parts) -> list[dict[int, Places]]:
    """Return where each feature of the model stands, block by block."""
    if engine.compiled():
        return _kernel_places(model, parts)
    found = []
    for block, places in (
        (model.vocabulary.words, _word_places(model, parts)),
        (model.vocabulary.chars, _char_places(model, parts)),
    ):
        found.append({block[term]: where for term, where in places.items() if term in block})
    return found


def _kernel_places(model: Model, parts: Parts) -> list[dict[int, Places]]:
    title, (offset, body, count) = parts[0] if len(parts) == 2 else (0, "", 1), parts[-1]
    sides = (title[0], title[2]), (offset, count)
    n_words = len(model.vocabulary.packed[0].ends)
    blocks: list[dict[int, Places]] = [defaultdict(list), defaultdict(list)]
    for feature, side, start, end in model.kernel.occurrences(title[1], body).tolist():
        offset, count = sides[side]
        blocks[feature >= n_words][feature].append((offset + start, offset + end, count))
    return blocks


def _word_places(model: Model, parts: Parts) -> dict[str, Places]:
    shortest, longest = model.spec.word_ngrams
    places: dict[str, Places] = defaultdict(list)
    for offset, text, count in parts:
        recent: list[tuple[str, int]] = []
        position = offset
        for word in tokens.words(text, model.spec.added_words) if longest else ():
            end = position + len(word)
            recent = [*recent, (word, position)][-longest:] if is_word(word) else []
            for n in range(shortest, len(recent) + 1):
                term = " ".join(w for w, _ in recent[-n:])
                places[term].append((recent[-n][1], end, count))
            position = end
    return places


def _char_places(model: Model, parts: Parts) -> dict[str, Places]:
    shortest, longest = model.spec.char_ngrams
    places: dict[str, Places] = defaultdict(list)
    for offset, text, count in parts:
        for begin, run in model.spec.runs(text):
            start = offset + begin
            for n in range(shortest, longest + 1) if longest else ():
                for i in range(len(run) - n + 1):
                    places[run[i : i + n]].append((start + i, start + i + n, count))
    return places


def _words(model: Model, parts: Parts, character: np.ndarray, text: str) -> Iterator[Evidence]:
    for offset, part, _ in parts:
        position = offset
        for word in tokens.words(part, model.spec.added_words):
            end = position + len(word)
            weight = float(character[position:end].sum())
            if weight:
                yield Evidence(position, end, text[position:end], weight)
            position = end
