"""Chinese words: jieba's segmentation, exactly, without its global state.

``cut`` equals ``jieba.lcut`` on every text. It differs in what surrounds the answer: nothing is
logged, no cache file in a shared folder is trusted, another program's ``jieba.add_word`` has no
effect here, and long runs of unknown characters take linear time (jieba's own Viterbi search
copies its paths at every step, which is quadratic).

Source: https://github.com/fxsjy/jieba (MIT).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsclf.engine import choice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsclf.engine.features import FeatureBlock, FeatureSpec

__all__ = ["cut", "terms", "words"]


def words(text: str, added: tuple[tuple[str, int], ...] = (), hmm: bool = True) -> list[str]:
    """Cut `text` into words of jieba's dictionary and `added` ones, by the engine that runs."""
    return choice.engine().cut(text, added, hmm)


def cut(text: str, hmm: bool = True) -> list[str]:
    """Cut `text` into words with jieba's dictionary alone; equals ``jieba.lcut(text, HMM=hmm)``.

    >>> cut("优化政务服务流程")
    ['优化', '政务', '服务', '流程']
    """
    return words(text, (), hmm)


def terms(text: str, spec: FeatureSpec, block: FeatureBlock) -> Iterator[str]:
    """Yield the terms of one block of features in `text`, by the engine that runs.

    >>> from newsclf.engine.features import CHARS, FeatureSpec
    >>> list(terms("办事，快", FeatureSpec(char_ngrams=(1, 2)), CHARS))
    ['办', '事', '办事', '快']
    """
    return choice.engine().terms(text, spec, block)
