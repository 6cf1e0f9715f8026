"""Zstandard streams, with the one check that the usual reader leaves out: is it all there?"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["open_zst"]

# A block of a few bytes can stand for 128 KiB. So little at a time keeps a bomb under 64 MiB.
_CHUNK = 2048


def open_zst(path: Path) -> BinaryIO:
    """Open a .zst file for reading; a file that was cut off raises EOFError, as gzip does."""
    import zstandard

    stream = _Frames(path.open("rb"), zstandard.ZstdDecompressor())
    return cast(BinaryIO, io.BufferedReader(stream, 1 << 16))


class _Frames(io.RawIOBase):
    """The contents of the frames of a file, one after the other."""

    def __init__(self, source: BinaryIO, decompressor: Any) -> None:
        self._source = source
        self._decompressor = decompressor
        self._frame = decompressor.decompressobj()
        self._waiting = b""
        self._ready = memoryview(b"")
        self._begun = False

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._source.fileno()

    def close(self) -> None:
        self._source.close()
        super().close()

    def readinto(self, buffer: Buffer) -> int:
        while not self._ready:
            data = self._waiting or self._source.read(_CHUNK)
            if not data:
                if self._begun:
                    raise EOFError("the compressed file ends in the middle of a frame")
                return 0
            self._ready = memoryview(self._frame.decompress(data))
            self._begun, self._waiting = True, b""
            if self._frame.eof:
                self._waiting = self._frame.unused_data
                self._begun, self._frame = False, self._decompressor.decompressobj()
        target = memoryview(buffer).cast("B")
        size = min(len(target), len(self._ready))
        target[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size
