"""The reference for cutting words: jieba's own code, without its global state."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

with warnings.catch_warnings():
    # jieba imports pkg_resources and has old escape sequences: not news to our users.
    warnings.simplefilter("ignore")
    import jieba
    from jieba import finalseg

__all__ = ["Segmenter"]

_HAN_RUN = re.compile("([\u4e00-\u9fd5]+)")
_ASCII_PIECE = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")
_LOWEST = -3.14e100
_STATES = "BEMS"
_BEFORE = {state: finalseg.PrevStatus[state] for state in _STATES}


class Segmenter(jieba.Tokenizer):  # type: ignore[misc]
    """A private jieba tokenizer with words of its own.

    Parameters
    ----------
    added : iterable of (word, frequency)
        Words beside jieba's dictionary.
    """

    def __init__(self, added: Iterable[tuple[str, int]] = ()) -> None:
        super().__init__()
        # jieba would read a cache from the shared temporary folder; the dictionary itself is
        # the only file that nobody else can write.
        self.FREQ, self.total = self.gen_pfdict(self.get_dict_file())
        self.initialized = True
        for word, frequency in added:
            self.add_word(word, frequency)

    def words(self, text: str, hmm: bool = True) -> list[str]:
        """Cut `text` into words; joined they give `text` again."""
        return list(self.cut(text, HMM=hmm))

    def _Tokenizer__cut_DAG(self, sentence: str) -> Iterator[str]:  # noqa: N802 - jieba's name
        route: dict[int, tuple[float, int]] = {}
        self.calc(sentence, self.get_DAG(sentence), route)
        start, run = 0, 0  # sentence[run:start] are single characters waiting for the HMM
        while start < len(sentence):
            end = route[start][1] + 1
            if end - start > 1:
                yield from self._unknown(sentence[run:start])
                yield sentence[start:end]
                run = end
            start = end
        yield from self._unknown(sentence[run:])

    def _unknown(self, run: str) -> Iterable[str]:
        if len(run) < 2 or self.FREQ.get(run):
            return run
        return _hmm_words(run)


def _hmm_words(run: str) -> Iterator[str]:
    for part in _HAN_RUN.split(run):
        if _HAN_RUN.match(part):
            yield from _viterbi(part)
        else:
            yield from filter(None, _ASCII_PIECE.split(part))


def _viterbi(run: str) -> Iterator[str]:
    """Cut a run of Han characters by jieba's four-state model, in linear time."""
    emit: Any = [finalseg.emit_P[state] for state in _STATES]
    score = {
        state: finalseg.start_P[state] + emit[i].get(run[0], _LOWEST)
        for i, state in enumerate(_STATES)
    }
    came_from: list[dict[str, str]] = []
    for char in run[1:]:
        here, back = {}, {}
        for i, state in enumerate(_STATES):
            emitted = emit[i].get(char, _LOWEST)
            # jieba's order of addition and its tie-break by name of state, to the last bit.
            here[state], back[state] = max(
                (score[y] + finalseg.trans_P[y].get(state, _LOWEST) + emitted, y)
                for y in _BEFORE[state]
            )
        score = here
        came_from.append(back)
    state = max((score[y], y) for y in "ES")[1]
    states = [state]
    for back in reversed(came_from):
        state = back[state]
        states.append(state)
    start = 0
    for i, state in enumerate(reversed(states)):
        if state in "ES":
            yield run[start : i + 1]
            start = i + 1
