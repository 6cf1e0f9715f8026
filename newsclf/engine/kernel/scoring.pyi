"""Types of the compiled module."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newsclf.engine.features import Rows, Terms
from newsclf.engine.kernel.arrays import CharacterTable
from newsclf.engine.kernel.cutting import Cutter

def accesses() -> int: ...

class CompiledScorer:
    def __init__(
        self,
        cutter: Cutter,
        characters: CharacterTable,
        blocks: Sequence[tuple[str, tuple[int, int], str, Terms]],
        idf: NDArray[np.float32],
        title_share: float,
        weights: NDArray[np.float16] | NDArray[np.float32] | None = None,
        bias: NDArray[np.float32] | None = None,
    ) -> None: ...
    def scores(self, titles: Sequence[str | None], texts: Sequence[str]) -> NDArray[np.float32]: ...
    def rows(self, titles: Sequence[str | None], texts: Sequence[str]) -> Rows: ...
    def occurrences(self, title: str | None, text: str) -> NDArray[np.int32]: ...
