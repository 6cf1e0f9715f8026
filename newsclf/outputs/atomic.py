"""Files and folders that appear whole or not at all.

A file is written beside its place under a temporary name, put on the disk, renamed, and then the
folder that holds its name is put on the disk: whenever the machine stops, the old file is there
or the new one. Whoever writes is the only one to do so: see `newsclf.outputs.locks`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from newsclf.errors import InputError
from newsclf.outputs.names import hidden, target

__all__ = [
    "atomic_file",
    "atomic_folder",
    "move",
    "named_errors",
    "publish",
    "staging_folder",
    "sync",
]

_TEMPORARY = ".new"


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file that takes the name `path` when the block ends without an error.

    Raises
    ------
    InputError
        The folder does not exist or cannot be written.
    """
    temporary = hidden(target(path), _TEMPORARY)
    try:
        temporary.unlink(missing_ok=True)  # of a run that was killed
        stream = temporary.open("xb")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        with stream:
            yield stream
            with named_errors(path):
                stream.flush()
                os.fsync(stream.fileno())
        with named_errors(path):
            publish(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def publish(temporary: Path, path: Path) -> None:
    """Give a finished file its name; it is on the disk already, and then its name is as well."""
    path = target(path)
    move(temporary, path)
    sync(path.parent)


def move(temporary: Path, path: Path) -> None:
    """Give a file the name and, where it takes the place of another, the mode of that one."""
    _keep_mode(temporary, path)
    temporary.replace(path)


def sync(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def staging_folder(folder: Path) -> Iterator[Path]:
    """Make a temporary folder beside `folder`, to be removed with what is in it at the end."""
    staging = hidden(target(folder), _TEMPORARY)
    shutil.rmtree(staging, ignore_errors=True)  # of a run that was killed
    try:
        staging.mkdir()
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from error
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextlib.contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
    """Make a temporary folder of files that takes the place of `folder` when the block ends.

    A folder cannot be renamed over another one: for a moment between two renames nothing has the
    name, and what had it is called ``.NAME-HASH.old``.

    Raises
    ------
    InputError
        The folder above does not exist or cannot be written.
    """
    folder = target(folder)
    with named_errors(folder), staging_folder(folder) as staging:
        yield staging
        for path in sorted(staging.iterdir()):
            _keep_mode(path, folder / path.name)
            sync(path)
        _keep_mode(staging, folder)
        sync(staging)
        with _out_of_the_way(folder):
            staging.replace(folder)
        sync(folder.parent)


@contextlib.contextmanager
def _out_of_the_way(folder: Path) -> Iterator[None]:
    """Move a folder aside, and back if what was to take its place does not come."""
    old = hidden(folder, ".old")
    if not folder.exists():
        yield
        return
    shutil.rmtree(old, ignore_errors=True)
    folder.replace(old)
    try:
        yield
    except BaseException:
        old.replace(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _keep_mode(new: Path, old: Path) -> None:
    if old.exists():
        new.chmod(old.stat().st_mode & 0o777)


@contextlib.contextmanager
def named_errors(output: Path | BinaryIO) -> Iterator[None]:
    """Say in errors of writing what was written to; the system does not."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(output if isinstance(output, Path) else "standard output")
        raise
