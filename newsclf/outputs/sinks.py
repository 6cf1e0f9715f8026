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

from newsclf.outputs.atomic import named_errors, publish, sync
from newsclf.outputs.folder import FolderWriter, files_in, publish_files
from newsclf.outputs.growing import open_at
from newsclf.outputs.journal import Progress, RunJournal
from newsclf.outputs.locks import only_writer
from newsclf.outputs.names import beside, target
from newsclf.outputs.opening import open_output
from newsclf.outputs.schema import Format

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
    journal : RunJournal or None
    """

    output: BinaryIO | FolderWriter
    rejects: BinaryIO | None
    start: Progress
    journal: RunJournal | None = None

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
    journal: RunJournal | None,
    *,
    folder: Format | None = None,
) -> Iterator[Sinks]:
    """Open the outputs of a run; files get their names when the block ends without an error.

    Parameters
    ----------
    output : Path or binary file
    rejects : Path, optional
    journal : RunJournal, optional
        That of `output`, which is a path then.
    folder : Format, optional
        Take `output` for a folder that gets a file of this format for each input.

    Raises
    ------
    InputError
        A file cannot be written, another run is writing it, or the journal does not fit.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(named_errors(output))
        if journal is not None:
            assert isinstance(output, Path)
            yield from _journalled(output, rejects, journal, folder)
            return
        results: BinaryIO | FolderWriter
        if folder is None:
            results = stack.enter_context(open_output(output))
        else:
            assert isinstance(output, Path)
            stack.enter_context(only_writer(output))
            results = stack.enter_context(files_in(output, folder))
        refused = stack.enter_context(open_output(rejects)) if rejects is not None else None
        yield Sinks(results, refused, Progress())


def _journalled(
    output: Path, rejects: Path | None, journal: RunJournal, folder: Format | None
) -> Iterator[Sinks]:
    paths = [path for path in (output, rejects) if path is not None]
    with contextlib.ExitStack() as stack:
        for path in paths:
            stack.enter_context(only_writer(path))
        start = journal.load()
        partials = [beside(target(path), ".partial") for path in paths]
        if start.finished:
            yield Sinks(io.BytesIO(), None, start)
        else:
            with _growing(partials, start, folder) as (results, refused):
                yield Sinks(results, refused, start, journal)
        for path, partial in zip(paths, partials, strict=True):
            # A run cut off right here has given some of them their names already.
            if partial.is_dir():
                publish_files(partial, path)
                shutil.rmtree(partial, ignore_errors=True)
            elif partial.exists():
                publish(partial, path)
        journal.remove()


@contextlib.contextmanager
def _growing(
    partials: list[Path], start: Progress, folder: Format | None
) -> Iterator[tuple[BinaryIO | FolderWriter, BinaryIO | None]]:
    """Open the partial outputs where an earlier run left them."""
    with contextlib.ExitStack() as stack:
        output, *rejects = partials
        results: BinaryIO | FolderWriter
        if folder is None:
            results = stack.enter_context(open_at(output, start.output_bytes))
        else:
            if not start.read:
                shutil.rmtree(output, ignore_errors=True)
            results = FolderWriter(output, folder, start)
            stack.callback(results.drop)
        refused = [stack.enter_context(open_at(path, start.rejects_bytes)) for path in rejects]
        # The names, too, are to be on the disk before a journal speaks of them.
        for parent in sorted({path.parent for path in partials}):
            sync(parent)
        yield results, (refused[0] if refused else None)
