"""Where a run writes to: a stream, a file that appears whole, or one with a journal beside it."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from newsclf.errors import InputError
from newsclf.outputs.atomic import atomic_file, open_at, publish
from newsclf.outputs.folder import FolderWriter, atomic_folder, publish_folder
from newsclf.outputs.journal import Journal, Progress
from newsclf.outputs.writers import Format

__all__ = ["Sinks", "open_sinks"]


@dataclass
class Sinks:
    """The open outputs of a run.

    Attributes
    ----------
    output : binary file or FolderWriter
    rejects : binary file or None
    start : Progress
        Where an earlier run stopped.
    """

    output: BinaryIO | FolderWriter
    rejects: BinaryIO | None
    start: Progress
    journal: Journal | None = None

    def checkpoint(self, progress: Progress) -> None:
        """Hand on what was written so far; with a journal, put it on the disk."""
        self.output.flush()
        if self.rejects is not None:
            self.rejects.flush()
        if self.journal is None:
            return
        if isinstance(self.output, FolderWriter):
            name, size = self.output.position()
        else:
            os.fsync(self.output.fileno())
            name, size = "", self.output.tell()
        if self.rejects is not None:
            os.fsync(self.rejects.fileno())
        self.journal.save(replace(progress, output_name=name, output_bytes=size))


@contextlib.contextmanager
def open_sinks(
    output: Path | BinaryIO,
    rejects: Path | None,
    journal: Journal | None,
    *,
    folder: Format | None = None,
) -> Iterator[Sinks]:
    """Open the outputs of a run; files get their names when the block ends without an error.

    With `folder`, `output` is a folder that gets a file for each input.

    Raises
    ------
    InputError
        A file cannot be written, another run is writing it, or the journal does not fit.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(_named(output))
        # A pipe or device is written to as it stands: to replace it would do away with it.
        if isinstance(output, Path) and _is_special(output) and folder is None:
            output = stack.enter_context(output.open("wb"))
        if isinstance(output, Path):
            stack.enter_context(_only_writer(output))
            if journal is not None:
                yield from _journalled(output, rejects, journal, folder)
                return
        results: BinaryIO | FolderWriter
        if not isinstance(output, Path):
            results = output
        elif folder is not None:
            results = stack.enter_context(atomic_folder(output, folder))
        else:
            results = stack.enter_context(atomic_file(output))
        refused = None
        if rejects is not None:
            opened = rejects.open("wb") if _is_special(rejects) else atomic_file(rejects)
            refused = stack.enter_context(opened)
        yield Sinks(results, refused, Progress())
        results.flush()


@contextlib.contextmanager
def _named(output: Path | BinaryIO) -> Iterator[None]:
    """Say in errors of writing what was written to; the system does not."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(output if isinstance(output, Path) else "standard output")
        raise


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _journalled(
    output: Path, rejects: Path | None, journal: Journal, folder: Format | None
) -> Iterator[Sinks]:
    start = journal.load()
    partials = {path: path.with_name(path.name + ".partial") for path in (output, rejects) if path}
    if not start.finished:
        with contextlib.ExitStack() as stack:
            results: BinaryIO | FolderWriter
            if folder is None:
                results = stack.enter_context(open_at(partials[output], start.output_bytes))
            else:
                if not start.read:
                    shutil.rmtree(partials[output], ignore_errors=True)
                results = FolderWriter(partials[output], folder, start)
                stack.callback(results.drop)
            refused = None
            if rejects:
                refused = stack.enter_context(open_at(partials[rejects], start.rejects_bytes))
            yield Sinks(results, refused, start, journal)
    else:
        yield Sinks(io.BytesIO(), None, start)
    for path, partial in partials.items():
        # A run cut off right here has given some of them their names already.
        if partial.is_dir():
            publish_folder(partial, path)
        elif partial.exists():
            publish(partial, path)
    journal.remove()


@contextlib.contextmanager
def _only_writer(output: Path) -> Iterator[None]:
    """Hold the lock on an output file.

    Raises
    ------
    InputError
        Another run holds it.
    """
    import filelock

    # filelock would make the folder, and a slip in its name would go unseen.
    if not output.parent.is_dir():
        raise InputError(f"{output}: cannot be written: there is no folder {output.parent}")
    path = output.with_name(f".{output.name[:40]}.lock")
    try:
        with filelock.FileLock(path, timeout=0):
            try:
                yield
            finally:
                # While it is held: whoever gets hold of the removed file is told to try again.
                path.unlink(missing_ok=True)
    except filelock.Timeout:
        raise InputError(
            f"{output}: another run of newsclf is writing it; wait for its end or choose another -o"
        ) from None
    except OSError as error:
        if error.filename != str(path):
            raise
        raise InputError(f"{output}: cannot be written: {error.strerror}") from error
