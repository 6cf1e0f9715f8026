"""Files opened: as a stream of bytes, decompressed, or as a path on the disk."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from newsclf.inputs.files import InputFile
from newsclf.inputs.formats import COMPRESSIONS, compression_of, format_of, load
from newsclf.inputs.rows import Fault

__all__ = ["first_character", "open_binary", "opened", "read_errors", "read_whole", "reason"]

# What is made to fill a disk shrinks a hundred times more than a table does.
_MOST_TIMES = 100
_LEAST_UNPACKED = 16 << 20
_BEFORE_TEXT = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


def open_binary(file: InputFile) -> BinaryIO:
    """Open a file for reading bytes, decompressed.

    Raises
    ------
    OSError
        It cannot be opened.
    """
    if file.path is None:
        if sys.stdin is None:
            raise OSError("standard input is closed")
        # A copy of the descriptor: closing the stream leaves standard input to its owner.
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    compression = compression_of(file.compression)
    if compression is None:
        return file.path.open("rb")
    return cast(BinaryIO, load(compression.opener)(file.path))


@contextlib.contextmanager
def opened(file: InputFile) -> Iterator[BinaryIO | Path | Fault]:
    """Open a file as its format is read.

    Yields
    ------
    BinaryIO, Path or Fault
        A stream; or, of a format that is not read from beginning to end, a path on the disk, to
        which a compressed file is unpacked for that while; or what keeps it from being unpacked.

    Raises
    ------
    OSError
        It cannot be opened.
    """
    if not file.format or format_of(file.format).streams:
        with open_binary(file) as stream:
            yield stream
    elif file.path is None:
        yield Fault("unreadable", "expected a file on disk, for its footer is read first")
    elif not file.compression:
        yield file.path
    else:
        with tempfile.NamedTemporaryFile(prefix="newsclf-", suffix=f".{file.format}") as unpacked:
            fault = _unpack(file, file.path, cast(BinaryIO, unpacked))
            yield fault or Path(unpacked.name)


def _unpack(file: InputFile, path: Path, target: BinaryIO) -> Fault | None:
    try:
        allowed = _LEAST_UNPACKED + _MOST_TIMES * path.stat().st_size
        with open_binary(file) as stream:
            while part := stream.read(1 << 20):
                target.write(part)
                if target.tell() > allowed:
                    return Fault(
                        "too_large", f"more than {_MOST_TIMES} times its size when unpacked"
                    )
    except read_errors() as error:
        return Fault("unreadable", f"cannot be unpacked: {reason(error)}")
    target.flush()
    return None


def read_errors() -> tuple[type[Exception], ...]:
    """Return the errors that reading a damaged or vanished file raises."""
    # What was never imported has opened nothing, and raises nothing.
    errors = (c.error for c in COMPRESSIONS if c.error.partition(":")[0] in sys.modules)
    return (OSError, EOFError, *map(load, errors))


def reason(error: Exception) -> str:
    """Return what an error of the system says, without the name of the file."""
    return getattr(error, "strerror", None) or str(error)


def first_character(stream: BinaryIO) -> bytes:
    """Return the first byte of a text that is no white space; it stays in the stream."""
    peek = getattr(stream, "peek", None)
    head: bytes = peek(4096) if peek else b""
    return head.lstrip(_BEFORE_TEXT)[:1]


def read_whole(stream: BinaryIO, limit: int) -> bytes:
    """Return the contents of a stream; of a longer one, more than `limit` bytes and no end."""
    parts = []
    size = limit + 1
    while size > 0 and (part := stream.read(min(size, 1 << 20))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
