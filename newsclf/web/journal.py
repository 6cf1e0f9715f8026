"""The journal of a labelling page: every step on the disk before anyone is told so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsclf.errors import InputError
from newsclf.outputs.growing import AppendOnly

__all__ = ["LabelJournal"]


class LabelJournal:
    """A journal on disk, one JSON object a line.

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
        self._file = AppendOnly(path)
        self.entries = [self._entry(i, line) for i, line in enumerate(self._file.lines, 1)]

    def append(self, entry: Mapping[str, Any]) -> None:
        """Write a line and wait until it is on the disk."""
        self._file.append(json.dumps(entry).encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

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
