"""An append-only file of JSON lines: what was written is on the disk before anyone is told so."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsclf.errors import InputError

__all__ = ["Journal"]


class Journal:
    """A journal on disk.

    A line that a kill cut off is cut away when the journal is opened; damage anywhere else is an
    error.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    entries : list of dict
        What stood in the journal when it was opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._stream = path.open("a+b")
            self._stream.seek(0)
            data = self._stream.read()
            whole = data.rfind(b"\n") + 1
            self._stream.truncate(whole)
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
        self.entries = [self._entry(i, line) for i, line in enumerate(data[:whole].splitlines(), 1)]

    def append(self, entry: Mapping[str, Any]) -> None:
        """Write a line and wait until it is on the disk."""
        self._stream.write(json.dumps(entry).encode() + b"\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _entry(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            self.close()
            raise InputError(
                f"{self.path}, line {number}: not a line of a labelling journal: {line[:60]!r}; "
                "restore the file, or move it away to go on from the labelled file alone"
            )
        return entry
