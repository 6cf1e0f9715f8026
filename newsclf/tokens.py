"""Chinese words: jieba's segmentation, exactly, without its global state.

``cut`` equals ``jieba.lcut`` on every text. It differs in what surrounds the answer: nothing is
logged, no cache file in a shared folder is trusted, another program's ``jieba.add_word`` has no
effect here, and long runs of unknown characters take linear time (jieba's own Viterbi search
copies its paths at every step, which is quadratic).

Source: https://github.com/fxsjy/jieba (MIT).
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from newsclf.engine import choice

if TYPE_CHECKING:
    from newsclf.engine.segmenter import Segmenter

__all__ = ["cut", "segmenter", "words"]


@functools.lru_cache(maxsize=4)
def segmenter(added: tuple[tuple[str, int], ...] = ()) -> Segmenter:
    """Return the reference segmenter with these words added to jieba's dictionary."""
    from newsclf.engine.segmenter import Segmenter

    return Segmenter(added)


def words(text: str, added: tuple[tuple[str, int], ...] = (), hmm: bool = True) -> list[str]:
    """Cut `text` into words of jieba's dictionary and `added` ones, by the engine that runs."""
    if choice.compiled():
        return choice.cutter(added).cut(text, hmm)
    return segmenter(added).words(text, hmm)


def cut(text: str, hmm: bool = True) -> list[str]:
    """Cut `text` into words with jieba's dictionary alone; equals ``jieba.lcut(text, HMM=hmm)``.

    >>> cut("优化政务服务流程")
    ['优化', '政务', '服务', '流程']
    """
    return words(text, (), hmm)
