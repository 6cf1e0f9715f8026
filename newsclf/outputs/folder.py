"""One output file for each input, in a folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from newsclf.errors import InputError
from newsclf.outputs.atomic import move, staging_folder, sync
from newsclf.outputs.growing import open_at
from newsclf.outputs.journal import Progress
from newsclf.outputs.names import target
from newsclf.outputs.schema import Format, Writer

__all__ = ["FolderWriter", "files_in", "publish_files"]


class FolderWriter:
    """Writes the records of each input to a file of their own, one file after the other.

    Parameters
    ----------
    folder : Path
    format : Format
    start : Progress
        Where an earlier run stopped: its last file goes on at the length it had.
    """

    def __init__(self, folder: Path, format: Format, start: Progress) -> None:
        self.folder = folder
        self.format = format
        self.start = start
        self.name = ""
        self._stream: BinaryIO | None = None
        self._writer: Writer | None = None
        # Folders with names of files in them that are not on the disk yet.
        self._changed: set[Path] = set()

    def turn(self, name: str) -> None:
        """Go on with the file `name`; the one before it is complete."""
        if name == self.name:
            return
        self.close()
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        depth = len(Path(name).parents) + 1
        self._changed.update(path.parents[:depth])
        length = self.start.output_bytes if name == self.start.output_name else 0
        self._stream = open_at(path, length)
        self._writer = self.format.writer(self._stream, header=not length)
        self.name = name

    def write(self, encoded: Any) -> None:
        """Add results to the file in hand."""
        assert self._writer is not None
        self._writer.write(encoded)

    def flush(self) -> None:
        """Hand on to the system what was written."""
        if self._stream is not None:
            self._stream.flush()

    def position(self) -> tuple[str, int]:
        """Put the file in hand and all names on the disk; return its name and length."""
        name, length = self.start.output_name, self.start.output_bytes
        if self._stream is not None:
            self._stream.flush()
            sync(self.folder / self.name)
            name, length = self.name, self._stream.tell()
        for folder in sorted(self._changed):
            sync(folder)
        self._changed.clear()
        return name, length

    def complete(self, names: Iterable[str]) -> None:
        """Close the last file, and make an empty one for each input without a record."""
        for name in names:
            if not (self.folder / name).exists():
                self.turn(name)
        self.close()

    def drop(self) -> None:
        """Let go of the file in hand as it is, where the run ends before it is complete."""
        if self._stream is not None:
            self._stream.close()

    def close(self) -> None:
        """Complete the file in hand and put it on the disk."""
        if self._stream is None or self._writer is None:
            return
        stream, self._stream = self._stream, None
        with stream:
            self._writer.close()
        sync(self.folder / self.name)


@contextlib.contextmanager
def files_in(folder: Path, format: Format) -> Iterator[FolderWriter]:
    """Write files that appear in `folder` when the block ends without an error."""
    with staging_folder(folder) as staging:
        writer = FolderWriter(staging, format, Progress())
        try:
            yield writer
            publish_files(staging, folder)
        finally:
            writer.drop()


def publish_files(staging: Path, folder: Path) -> None:
    """Move finished files to where they belong; what else lies there stays.

    The files are on the disk already; then their names are as well.

    Raises
    ------
    InputError
        The folder cannot be made.
    """
    changed = {folder.parent}
    try:
        for path in sorted(staging.rglob("*")):
            place = target(folder / path.relative_to(staging))
            if path.is_dir():
                place.mkdir(parents=True, exist_ok=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                move(path, place)
            changed.add(place.parent)
    except FileExistsError as error:
        raise InputError(f"{error.filename}: expected a folder, found a file") from error
    for parent in sorted(changed):
        sync(parent)
