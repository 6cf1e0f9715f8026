"""Which engine runs: the compiled one where it is installed, else the reference in Python.

Both give the same words, and probabilities within 1e-5 of each other. The environment decides
where somebody wants one of them: ``NEWSCLF_ENGINE=compiled`` or ``reference``;
``NEWSCLF_REQUIRE_ENGINE=1`` makes a missing compiled engine an error instead of a slower run.
"""

from __future__ import annotations

import functools
import importlib.util
import os
from typing import TYPE_CHECKING, Any

from newsclf.errors import InputError, MissingEngine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from newsclf.engine.features import BlockName, FeatureSpec, Terms
    from newsclf.engine.kernel.kernel import CharacterTable, Cutter, Kernel, TermCounter

__all__ = ["characters", "compiled", "counter", "cutter", "kernel", "name"]


def compiled() -> bool:
    """Tell whether the compiled engine runs.

    Raises
    ------
    MissingEngine
        It is asked for by the environment, and not installed.
    InputError
        NEWSCLF_ENGINE names no engine.
    """
    wanted = os.environ.get("NEWSCLF_ENGINE", "")
    if wanted not in ("", "compiled", "reference"):
        raise InputError(f"NEWSCLF_ENGINE: expected compiled or reference, got {wanted!r}")
    if wanted == "reference":
        return False
    if not _installed() and (wanted or os.environ.get("NEWSCLF_REQUIRE_ENGINE") == "1"):
        raise MissingEngine(
            "the compiled engine is not installed, and the environment asks for it (NEWSCLF_ENGINE "
            "or NEWSCLF_REQUIRE_ENGINE): install newsclf from a wheel, or with a C compiler"
        )
    return _installed()


def name() -> str:
    """Return "compiled" or "reference"."""
    return "compiled" if compiled() else "reference"


@functools.cache
def _installed() -> bool:
    return importlib.util.find_spec("newsclf.engine.kernel.kernel") is not None


@functools.lru_cache(maxsize=4)
def cutter(added: tuple[tuple[str, int], ...] = ()) -> Cutter:
    """Return the compiled segmenter with these words added to jieba's dictionary."""
    from newsclf.engine.kernel import dictionary, kernel

    return kernel.Cutter(dictionary.read(), added)


@functools.cache
def characters() -> CharacterTable:
    """Return the kernel's table of characters, normalized as ``text.normalization`` does."""
    from newsclf.engine.kernel import kernel
    from newsclf.text.normalization import NORMALIZED

    return kernel.CharacterTable(NORMALIZED)


def kernel(
    spec: FeatureSpec,
    words: Terms,
    chars: Terms,
    idf: NDArray[Any],
    weights: NDArray[Any] | None = None,
    bias: NDArray[Any] | None = None,
) -> Kernel:
    """Return the compiled engine over a vocabulary, with weights if it is to give scores.

    Raises
    ------
    ModelError
        The arrays do not fit each other, or hold what would lead the kernel outside them.
    """
    import numpy as np

    from newsclf.engine.kernel.kernel import Kernel

    if weights is not None:
        weights = np.ascontiguousarray(weights)
    return Kernel(
        cutter(spec.added_words),
        characters(),
        words,
        chars,
        idf,
        spec.word_ngrams,
        spec.char_ngrams,
        spec.title_share,
        spec.char_runs,
        weights,
        bias,
    )


def counter(spec: FeatureSpec, block: BlockName) -> TermCounter:
    """Return the compiled engine's counter of the terms of one block."""
    from newsclf.engine.kernel.kernel import TermCounter

    return TermCounter(
        cutter(spec.added_words),
        characters(),
        block,
        spec.ngrams(block),
        spec.char_runs,
    )
