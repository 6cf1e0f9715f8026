"""CSV and TSV: a header, then one record a line or several where a quoted field breaks."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from newsclf.inputs.files import InputFile
from newsclf.inputs.lines import Line, read_lines
from newsclf.inputs.rows import Place, ReadOptions, Reject, Row, check_columns

__all__ = ["read_delimited"]


@dataclass
class _Record:
    """Fields of one record, or why there are none, and the lines it was read from."""

    fields: list[str]
    lines: list[Line]
    code: str = ""
    message: str = ""

    def place(self, file: InputFile) -> Place:
        first = self.lines[0]
        raw = b"\n".join(line.raw for line in self.lines)
        return Place(file.source, file.stem, first.number, first.offset, raw)


def read_delimited(
    file: InputFile, stream: BinaryIO, options: ReadOptions
) -> Iterator[Row | Reject]:
    """Yield a row for each record after the header; every value is a string, as it stands.

    A header without the columns that were asked for rejects the file, as one row. A record
    that breaks the rules costs its first line alone: reading goes on with the next line, so an
    unclosed quote does not swallow the rest of the file.
    """
    records = _Records(read_lines(stream, options.encoding, options.max_record), file, options)
    header = next(records, None)
    if header is None:
        return
    message = header.message or check_columns(header.fields, options)
    if message:
        yield header.place(file).reject(header.code or "header", message)
        return
    for record in records:
        place = record.place(file)
        if record.code:
            yield place.reject(record.code, record.message)
        elif len(record.fields) != len(header.fields):
            yield place.reject(
                "ragged", f"expected {len(header.fields)} fields, got {len(record.fields)}"
            )
        else:
            yield place.record(dict(zip(header.fields, record.fields, strict=True)), options)


@dataclass
class _Records(Iterator[_Record]):
    source: Iterator[Line]
    file: InputFile
    options: ReadOptions
    waiting: deque[Line] = field(default_factory=deque)

    def __next__(self) -> _Record:
        while True:
            used: list[Line] = []
            lines = self._lines(used)
            record = self._parse(lines, used)
            if record.fields or record.code:
                return record

    def _parse(self, lines: Iterator[str], used: list[Line]) -> _Record:
        # The limit on fields is the process's; it is lent for one record and given back.
        limit = csv.field_size_limit(max(self.options.max_record, csv.field_size_limit()))
        try:
            fields = next(csv.reader(lines, delimiter=self._delimiter, strict=True))
        except (csv.Error, _BrokenError) as error:
            # Only the first line is lost; the others get another chance.
            self.waiting.extendleft(reversed(used[1:]))
            first = used[0]
            return _Record([], [first], first.code or "invalid_csv", first.message or str(error))
        finally:
            csv.field_size_limit(limit)
        faulty = next((line for line in used if line.code), None)
        if faulty is not None:
            return _Record(fields, used, faulty.code, faulty.message)
        return _Record(fields, used)

    @property
    def _delimiter(self) -> str:
        return "\t" if self.file.format == "tsv" else ","

    def _lines(self, used: list[Line]) -> Iterator[str]:
        size = 0
        while True:
            line = self.waiting.popleft() if self.waiting else next(self.source, None)
            if line is None:
                if used:
                    raise _BrokenError("a quoted field is never closed")
                return
            used.append(line)
            size += len(line.raw)
            if line.code == "too_large":
                raise _BrokenError("a line of the record is too large")
            if size > self.options.max_record:
                raise _BrokenError(
                    f"a quoted field is not closed within {self.options.max_record} bytes"
                )
            yield line.text + "\n"


class _BrokenError(Exception):
    """The lines cannot make one record."""
