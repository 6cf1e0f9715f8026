"""jieba's dictionary as the kernel reads it: a memory-mapped file of arrays."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["EMPTY", "LOWEST", "PATH", "SIGNS", "read"]

PATH = os.path.join(os.path.dirname(__file__), "dictionary.safetensors")
EMPTY = 0xFFFF  # the code of a free slot
LOWEST = -3.14e100  # jieba's logarithm of "never"
SIGNS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.%+#&_-"

_TYPES = {"U16": "<u2", "U32": "<u4", "U64": "<u8", "I64": "<i8", "F64": "<f8"}


def read(path: str | os.PathLike[str] = PATH) -> dict[str, NDArray[Any]]:
    """Return the arrays of a packed dictionary, read-only views of the mapped file."""
    data = np.memmap(path, np.uint8, "r")
    start = 8 + int.from_bytes(data[:8].tobytes(), "little")
    header = json.loads(data[8:start].tobytes())
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(
            data,
            _TYPES[entry["dtype"]],
            int(np.prod(entry["shape"])),
            start + entry["data_offsets"][0],
        ).reshape(entry["shape"])
        for name, entry in header.items()
    }
