"""The way a file is opened to be written, by every command and function that writes one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from newsclf.errors import InputError
from newsclf.outputs.atomic import atomic_file, named_errors
from newsclf.outputs.locks import only_writer

__all__ = ["is_special", "open_output", "write_output"]


@contextlib.contextmanager
def open_output(output: Path | BinaryIO) -> Iterator[BinaryIO]:
    """Open a file that appears whole when the block ends without an error, or not at all.

    Parameters
    ----------
    output : Path or binary file
        Written to as it stands: an open file, a pipe or a device.

    Raises
    ------
    InputError
        The file cannot be written, or somebody else is writing it.
    OSError
        Writing failed, the disk being full for instance.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(named_errors(output))
        if not isinstance(output, Path):
            stream = output
        elif output.is_dir():
            raise InputError(f"{output}: is a folder; name the file to write")
        elif is_special(output):
            stream = stack.enter_context(output.open("wb"))
        else:
            stack.enter_context(only_writer(output))
            stream = stack.enter_context(atomic_file(output))
        yield stream
        stream.flush()


def write_output(path: str | Path, data: bytes) -> None:
    """Write a file that appears whole or not at all; see `open_output`."""
    with open_output(Path(path)) as stream:
        stream.write(data)


def is_special(path: Path) -> bool:
    """Tell whether a pipe or a device is there, which cannot be replaced."""
    return path.exists() and not path.is_file() and not path.is_dir()
