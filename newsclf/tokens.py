"""Chinese words: jieba's segmentation, exactly, without its global state.

``cut`` equals ``jieba.lcut`` on every text. It differs in what surrounds the answer: nothing is
logged, no cache file in a shared folder is trusted, another program's ``jieba.add_word`` has no
effect here, and long runs of unknown characters take linear time (jieba's own Viterbi search
copies its paths at every step, which is quadratic).

Source: https://github.com/fxsjy/jieba (MIT).
"""

from __future__ import annotations

import functools
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

with warnings.catch_warnings():
    # jieba imports pkg_resources and has old escape sequences: not news to our users.
    warnings.simplefilter("ignore")
    import jieba
    from jieba import finalseg

__all__ = ["cut", "fold", "segmenter"]

_HAN_RUN = re.compile("([\u4e00-\u9fd5]+)")
_ASCII_PIECE = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")
_LOWEST = -3.14e100
_STATES = "BEMS"
_BEFORE = {state: finalseg.PrevStatus[state] for state in _STATES}


def _fold_table() -> dict[int, str]:
    """Map full-width letters and digits, capitals, and twin encodings of one Han character."""
    table = {0xFF10 + i: chr(0x30 + i) for i in range(10)}
    for i in range(26):
        for capital in (0x41 + i, 0xFF21 + i):
            table[capital] = chr(0x61 + i)
        table[0xFF41 + i] = chr(0x61 + i)
    for block in (range(0x2F00, 0x2FD6), range(0xF900, 0xFADA)):
        for code in block:
            twin = unicodedata.normalize("NFKC", chr(code))
            if len(twin) == 1 and twin != chr(code):
                table[code] = twin
    return table


FOLDING = _fold_table()


def fold(text: str) -> str:
    """Fold width, case and compatibility characters, one character for one: offsets stay.

    >>> fold("ＡＰＰ办⽣育　５Ｇ，")
    'app办生育　5g，'
    """
    return text.translate(FOLDING)


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


@functools.lru_cache(maxsize=4)
def segmenter(added: tuple[tuple[str, int], ...] = ()) -> Segmenter:
    """Return the shared segmenter with these words added to jieba's dictionary."""
    return Segmenter(added)


def cut(text: str, hmm: bool = True) -> list[str]:
    """Cut `text` into words with jieba's dictionary alone; equals ``jieba.lcut(text, HMM=hmm)``.

    >>> cut("优化政务服务流程")
    ['优化', '政务', '服务', '流程']
    """
    return segmenter().words(text, hmm)
