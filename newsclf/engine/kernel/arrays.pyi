"""Types of the compiled module."""

from collections.abc import Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

CHECKED: bool

class Buffer:
    def __init__(self, array: NDArray[Any], kind: str, writable: bool = False) -> None: ...

class Batch:
    def __init__(self, titles: Sequence[str | None], texts: Sequence[str]) -> None: ...

class CharacterTable:
    def __init__(self, normalized: dict[int, str]) -> None: ...

class CharacterSet:
    def __init__(self, characters: Iterable[str]) -> None: ...
    def counts(self, titles: Sequence[str | None], texts: Sequence[str]) -> list[int]: ...
