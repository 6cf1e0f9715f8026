"""Types of the compiled module."""

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

def accesses() -> int: ...

class Cutter:
    def __init__(
        self, arrays: Mapping[str, NDArray[Any]], added: Sequence[tuple[str, int]] = ()
    ) -> None: ...
    def cut(self, text: str, hmm: bool = True) -> list[str]: ...
