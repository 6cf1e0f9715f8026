"""Chinese words: jieba's segmentation, exactly, without its global state.

``cut`` equals ``jieba.lcut`` on every text. It differs in what surrounds the answer: nothing is
logged, no cache file in a shared folder is trusted, another program's ``jieba.add_word`` has no
effect here, and long runs of unknown characters take linear time (jieba's own Viterbi search
copies its paths at every step, which is quadratic).

Source: https://github.com/fxsjy/jieba (MIT).
"""

from __future__ import annotations

import functools
import unicodedata
from typing import TYPE_CHECKING

from newsclf import engine

if TYPE_CHECKING:
    from newsclf.segmenter import Segmenter

__all__ = ["cut", "fold", "segmenter", "words"]


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


@functools.lru_cache(maxsize=4)
def segmenter(added: tuple[tuple[str, int], ...] = ()) -> Segmenter:
    """Return the reference segmenter with these words added to jieba's dictionary."""
    from newsclf.segmenter import Segmenter

    return Segmenter(added)


def words(text: str, added: tuple[tuple[str, int], ...] = (), hmm: bool = True) -> list[str]:
    """Cut `text` into words of jieba's dictionary and `added` ones, by the engine that runs."""
    if engine.compiled():
        return engine.cutter(added).cut(text, hmm)
    return segmenter(added).words(text, hmm)


def cut(text: str, hmm: bool = True) -> list[str]:
    """Cut `text` into words with jieba's dictionary alone; equals ``jieba.lcut(text, HMM=hmm)``.

    >>> cut("优化政务服务流程")
    ['优化', '政务', '服务', '流程']
    """
    return words(text, (), hmm)
