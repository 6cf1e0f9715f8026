"""Types of the compiled module."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newsclf.engine.kernel.arrays import CharacterTable
from newsclf.engine.kernel.cutting import Cutter

class TermCounter:
    def __init__(
        self,
        cutter: Cutter,
        characters: CharacterTable,
        block: str,
        ngrams: tuple[int, int],
        runs: str = "han",
    ) -> None: ...
    def add(self, titles: Sequence[str | None], texts: Sequence[str]) -> None: ...
    def take(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]: ...
    def terms(self, ids: NDArray[np.int64] | None = None) -> list[str]: ...
