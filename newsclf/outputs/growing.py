"""Files that grow, and can be gone on with after a kill."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO

from newsclf.errors import InputError
from newsclf.outputs.atomic import sync

__all__ = ["AppendOnly", "open_at"]


def open_at(partial: Path, length: int) -> BinaryIO:
    """Open a partial file to go on writing at `length`; whatever stands after it is cut off.

    Raises
    ------
    InputError
        The file cannot be written, or is shorter than that.
    """
    try:
        stream = partial.open("r+b" if length else "wb")
    except OSError as error:
        raise InputError(
            f"{partial}: cannot be written: {error.strerror}; "
            "if it was removed, remove the journal as well to start afresh"
        ) from error
    if os.fstat(stream.fileno()).st_size < length:
        stream.close()
        raise InputError(
            f"{partial}: shorter than its journal says; remove the journal to start afresh"
        )
    stream.truncate(length)
    stream.seek(length)
    return stream


class AppendOnly:
    """A file of lines of which none is ever changed, each on the disk before `append` returns.

    A last line that a kill cut off is cut away when the file is opened.

    Parameters
    ----------
    path : Path
        Made where it is not there yet.

    Attributes
    ----------
    lines : list of bytes
        What stood in the file when it was opened.

    Raises
    ------
    InputError
        The file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            new = not path.exists()
            # Without a buffer: what could not be written must not be written later.
            self._stream = path.open("a+b", buffering=0)
            if new:
                sync(path.parent)
            self._stream.seek(0)
            data = self._stream.readall()
            self._length = data.rfind(b"\n") + 1
            self._stream.truncate(self._length)
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
        self.lines = data[: self._length].splitlines(keepends=True)

    def append(self, line: bytes) -> None:
        """Write a line, which ends in a line feed, and wait until it is on the disk.

        Raises
        ------
        OSError
            It could not be written; the file is as it was before.
        """
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[self._stream.write(rest) :]
            os.fsync(self._stream.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                self._stream.truncate(self._length)
            raise
        self._length += len(line)

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
