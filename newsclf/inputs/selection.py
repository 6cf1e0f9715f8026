"""The rows that a rejects file names, to read them again after a repair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from newsclf.errors import InputError
from newsclf.inputs.files import InputFile
from newsclf.inputs.records import read_records
from newsclf.inputs.rows import Reject, Row

__all__ = ["Selection"]

# The codes of rejects that stand for a file, or for what follows a row of it.
_REST = ("unreadable", "changed", "header")
_EXPECTED = "the JSON lines that --rejects writes"


class Selection:
    """The rows that a rejects file names.

    Attributes
    ----------
    sources : tuple of str
        The files they are in, in the order of the rejects.

    Raises
    ------
    InputError
        The file cannot be read or is no rejects file.
    """

    def __init__(self, path: Path) -> None:
        self._lines: defaultdict[str, set[int]] = defaultdict(set)
        self._rest: dict[str, int] = {}
        for place, record in read_records(path, format="jsonl", expected=_EXPECTED):
            self._add(place, record)
        self.sources = tuple(dict.fromkeys([*self._lines, *self._rest]))

    def _add(self, place: str, record: dict[str, Any]) -> None:
        if not {"source", "line", "code"} <= record.keys():
            raise InputError(f"{place}: expected {_EXPECTED}, with source, line and code")
        source, line = str(record["source"]), record["line"]
        if line is not None and (isinstance(line, bool) or not isinstance(line, int)):
            raise InputError(f"{place}: expected a number or null as line, got {line!r:.60}")
        if line is None or record["code"] in _REST:
            self._rest[source] = min(line or 0, self._rest.get(source, line or 0))
        else:
            self._lines[source].add(line)

    def files(self, files: Iterable[InputFile]) -> list[InputFile]:
        """Return the files that hold such rows.

        Raises
        ------
        InputError
            Rejects are of files that are not among these, or of standard input.
        """
        found = {file.source: file for file in files}
        missing = [source for source in self.sources if source not in found or source == "-"]
        if missing:
            raise InputError(
                f"the rejects are of {', '.join(missing[:3])} among others, which cannot be read "
                "again; name the same inputs as in the run that rejected them"
            )
        return [file for file in found.values() if file.source in self.sources]

    def rows(self, file: InputFile, items: Iterable[Row | Reject]) -> Iterator[Row | Reject]:
        """Keep the rows of a file that were rejected, or that a fault kept from being read.

        A row that is no longer there is turned down again, so that it is not lost from sight.
        """
        missing = set(self._lines.get(file.source, ()))
        for item in items:
            if item.line is not None:
                last = item.line + item.raw.count(b"\n")
                missing -= {line for line in missing if item.line <= line <= last}
            if isinstance(item, Reject) and item.code in _REST:
                missing = {line for line in missing if line < (item.line or 0)}
            if self._names(item):
                yield item
        for line in sorted(missing):
            message = "rejected before, and there is no such row any more"
            yield Reject(file.source, line, None, "gone", message)

    def _names(self, item: Row | Reject) -> bool:
        rest = self._rest.get(item.source)
        if item.line is None or (rest is not None and item.line >= rest):
            return True
        return item.line in self._lines.get(item.source, ())
