"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from newsclf.errors import InputError

__all__ = ["atomic_file", "open_at", "publish", "sync"]


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file that takes the name `path` when the block ends without an error.

    Raises
    ------
    InputError
        The folder does not exist or cannot be written.
    """
    temporary = path.with_name(f".{path.name[:40]}-{secrets.token_hex(4)}")
    try:
        stream = temporary.open("xb")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        with stream:
            yield stream
        publish(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def publish(temporary: Path, path: Path) -> None:
    """Give a finished file its name; a crash at any moment leaves the old file or the new one."""
    if path.is_symlink():
        path = path.resolve()
    if path.exists():
        temporary.chmod(path.stat().st_mode & 0o777)
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
