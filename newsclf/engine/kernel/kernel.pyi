"""Types of the compiled module."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

CHECKED: bool

def accesses() -> int: ...

class CharacterTable:
    def __init__(self, folding: dict[int, str]) -> None: ...

class CharacterSet:
    def __init__(self, characters: Iterable[str]) -> None: ...
    def counts(self, titles: Sequence[str | None], texts: Sequence[str]) -> list[int]: ...

class Cutter:
    def __init__(
        self, arrays: Mapping[str, NDArray[Any]], added: Sequence[tuple[str, int]] = ()
    ) -> None: ...
    def cut(self, text: str, hmm: bool = True) -> list[str]: ...

class Kernel:
    def __init__(
        self,
        cutter: Cutter,
        characters: CharacterTable,
        words: tuple[NDArray[np.uint8], NDArray[np.uint32]],
        chars: tuple[NDArray[np.uint8], NDArray[np.uint32]],
        idf: NDArray[np.float32],
        word_ngrams: tuple[int, int],
        char_ngrams: tuple[int, int],
        title_share: float,
        char_runs: Literal["han", "any"] = "han",
        weights: NDArray[np.float16] | NDArray[np.float32] | None = None,
        bias: NDArray[np.float32] | None = None,
    ) -> None: ...
    def scores(self, titles: Sequence[str | None], texts: Sequence[str]) -> NDArray[np.float32]: ...
    def rows(
        self, titles: Sequence[str | None], texts: Sequence[str]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]: ...
    def occurrences(self, title: str | None, text: str) -> NDArray[np.int32]: ...

class TermCounter:
    def __init__(
        self,
        cutter: Cutter,
        characters: CharacterTable,
        block: Literal["words", "chars"],
        ngrams: tuple[int, int],
        char_runs: Literal["han", "any"] = "han",
    ) -> None: ...
    def add(self, titles: Sequence[str | None], texts: Sequence[str]) -> None: ...
    def take(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]: ...
    def terms(self, ids: NDArray[np.int64] | None = None) -> list[str]: ...

class LinearDesign:
    def __init__(
        self,
        indptr: NDArray[np.int64],
        indices: NDArray[np.int32],
        values: NDArray[np.float32],
        n_features: int,
        dense: NDArray[np.float32],
        cost: NDArray[np.float32],
    ) -> None: ...
    def solve(
        self,
        own: NDArray[np.float32],
        signs: NDArray[np.int8],
        alpha: NDArray[np.float32],
        tolerance: float,
        passes: int,
    ) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float32], float]: ...
