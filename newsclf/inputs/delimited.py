"""CSV and TSV: a header, then one record a line or several where a quoted field breaks."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from newsclf.inputs.lines import Line, read_lines
from newsclf.inputs.records import Header, Record, RecordOptions
from newsclf.inputs.rows import Fault

__all__ = ["read_csv", "read_tsv"]


def read_csv(stream: BinaryIO, options: RecordOptions) -> Iterator[Header | Record]:
    """Yield the header, then a record for each one; every value is a string, as it stands.

    A record that breaks the rules costs its first line alone: reading goes on with the next line,
    so an unclosed quote does not swallow the rest of the file.
    """
    return _read(_Table(read_lines(stream, options.encoding, options.max_record), ",", options))


def read_tsv(stream: BinaryIO, options: RecordOptions) -> Iterator[Header | Record]:
    """Yield what `read_csv` does, of fields with tabs between them."""
    return _read(_Table(read_lines(stream, options.encoding, options.max_record), "\t", options))


def _read(table: _Table) -> Iterator[Header | Record]:
    columns: list[str] | None = None
    for fields, lines, fault in table:
        number, offset, raw = lines[0].number, lines[0].offset, b"\n".join(x.raw for x in lines)
        if fault:
            yield Record(number, offset, raw, {}, fault)
            if columns is None:
                return  # without a header nobody knows what the fields are
        elif columns is None:
            columns = fields
            yield Header(number, offset, raw, columns)
        elif len(fields) != len(columns):
            ragged = Fault("ragged", f"expected {len(columns)} fields, got {len(fields)}")
            yield Record(number, offset, raw, {}, ragged)
        else:
            yield Record(number, offset, raw, dict(zip(columns, fields, strict=True)))


@dataclass
class _Table(Iterator[tuple[list[str], list[Line], Fault | None]]):
    """The fields of each record, the lines it was read from, and what is wrong with them."""

    source: Iterator[Line]
    delimiter: str
    options: RecordOptions
    waiting: deque[Line] = field(default_factory=deque)

    def __next__(self) -> tuple[list[str], list[Line], Fault | None]:
        while True:
            used: list[Line] = []
            fields, fault = self._parse(self._lines(used), used)
            if fault and not fields:
                # Only the first line is lost; the others get another chance.
                self.waiting.extendleft(reversed(used[1:]))
                used = used[:1]
            if fields or fault:
                return fields, used, fault

    def _parse(self, lines: Iterator[str], used: list[Line]) -> tuple[list[str], Fault | None]:
        # The limit on fields is the process's; it is lent for one record and given back.
        limit = csv.field_size_limit(max(self.options.max_record, csv.field_size_limit()))
        try:
            fields = next(csv.reader(lines, delimiter=self.delimiter, strict=True))
        except (csv.Error, _BrokenError) as error:
            return [], used[0].fault or Fault("invalid_csv", str(error))
        finally:
            csv.field_size_limit(limit)
        return fields, next((line.fault for line in used if line.fault), None)

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
            if line.fault and line.fault.code == "too_large":
                raise _BrokenError("a line of the record is too large")
            if size > self.options.max_record:
                raise _BrokenError(
                    f"a quoted field is not closed within {self.options.max_record} bytes"
                )
            yield line.text + "\n"


class _BrokenError(Exception):
    """The lines cannot make one record."""
