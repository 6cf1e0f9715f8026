"""Records: what stands at one place of a file that holds rows, as names and values.

Every reader of rows gives records, whatever the format; `read_records` is for those who want all of
a file or an error, `newsclf.inputs.read_rows` for those who want a reject for each fault.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from newsclf.errors import DecodingError, InputError
from newsclf.inputs.files import InputFile, check_extras, named_file
from newsclf.inputs.formats import format_of, load, split_name
from newsclf.inputs.lines import read_lines
from newsclf.inputs.rows import Fault
from newsclf.inputs.streams import opened, read_errors, reason

__all__ = [
    "MIB",
    "Header",
    "Item",
    "Record",
    "RecordOptions",
    "Unread",
    "read_records",
    "read_text_lines",
    "repeated",
]

_T = TypeVar("_T")
MIB = 1024 * 1024


@dataclass(frozen=True)
class RecordOptions:
    """How to read records.

    Attributes
    ----------
    encoding : str or None
        Encoding of the file; None finds it, once a file.
    max_record : int
        Bytes; a larger line or record is a fault and never held in memory.
    columns : frozenset of str, or None
        The fields that are asked for; a table may leave out the others. None is all.
    arrays : bool
        JSON lines may also be one array.
    """

    encoding: str | None = None
    max_record: int = 32 * MIB
    columns: frozenset[str] | None = None
    arrays: bool = False


class Record(NamedTuple):
    """Names and values, or the fault in their place, and where they stood.

    Attributes
    ----------
    number : int or None
        Line, row or item, from 1 on.
    offset : int or None
        Bytes before it in the (decompressed) file.
    raw : bytes
        What it was read from, where that is text; of something too large the beginning.
    values : dict
        Empty where there is a fault.
    fault : Fault or None
    unit : {"line", "row", "item"}
        What `number` counts.
    """

    number: int | None
    offset: int | None
    raw: bytes
    values: dict[str, Any]
    fault: Fault | None = None
    unit: str = "line"


class Header(NamedTuple):
    """The columns of a table; it comes before the records."""

    number: int | None
    offset: int | None
    raw: bytes
    columns: Sequence[str]


class Unread(NamedTuple, Generic[_T]):
    """Records or rows that are bytes as yet, to be read where there is time for it.

    Attributes
    ----------
    read : callable
        Returns them; may be called from another thread, once.
    lines, size : int
        How many they are at most; their bytes.
    line : int
        The last line among them.
    """

    read: Callable[[], Iterator[_T]]
    lines: int
    size: int
    line: int


Item = Header | Record | Unread[Record]
_SAID = {"invalid_json": "no valid JSON ({})", "invalid_csv": "broken CSV: {}"}
_REMEDIES = {
    "encoding": "convert the file to UTF-8",
    "ragged": "put texts that hold commas, quotes or line breaks in double quotes",
    "too_large": "split it, or leave it out",
}


def read_records(
    path: Path,
    *,
    format: str | None = None,
    on_header: Callable[[Sequence[str]], object] | None = None,
    expected: str = "",
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield place and values of each record of a file, lazily; the first fault is an error.

    Parameters
    ----------
    path : Path
        Compressed or not.
    format : str, optional
        Name of a format of rows; the suffix says it by default. JSON lines may also be one array.
    on_header : callable, optional
        Called with the columns of a table, before its first record.
    expected : str, optional
        What the file should hold, for the error message.

    Raises
    ------
    InputError
        The file cannot be read to its end, or a record of it; the message names the place.
    DecodingError
        A line is in another encoding than the file.
    MissingExtra
        The format or the compression needs packages that are not installed.
    """
    file = named_file(path, format)
    if not file or format_of(file.format).kind != "rows":
        raise InputError(f"{path}: expected a file of records, such as .jsonl, .csv or .parquet")
    options = RecordOptions(arrays=True)
    with _opened(file) as source:
        for item in load(format_of(file.format).reader)(source, options):
            if isinstance(item, Header):
                _check_header(path, item, on_header)
                continue
            for record in item.read() if isinstance(item, Unread) else (item,):
                place = f"{path}, {record.unit} {record.number}" if record.number else str(path)
                if record.fault is not None:
                    raise _error(place, record.fault, expected)
                yield place, record.values


def repeated(columns: Sequence[str]) -> list[str]:
    """Return the names that a table has more than once, in order."""
    return sorted(name for name, count in Counter(columns).items() if count > 1)


def read_text_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield place and text of each line of a file, without its end; errors as in `read_records`."""
    options = RecordOptions()
    file = InputFile(path, str(path), path.name, "text", split_name(path.name)[2])
    with _opened(file) as source:
        for line in read_lines(source, options.encoding, options.max_record):
            place = f"{path}, line {line.number}"
            if line.fault is not None:
                raise _error(place, line.fault)
            yield place, line.text.removesuffix("\r")


def _check_header(
    path: Path, header: Header, on_header: Callable[[Sequence[str]], object] | None
) -> None:
    if twice := repeated(header.columns):
        raise InputError(f"{path}: expected each column once, got {', '.join(twice)} twice")
    if on_header is not None:
        on_header(header.columns)


@contextlib.contextmanager
def _opened(file: InputFile) -> Iterator[Any]:
    check_extras([file])
    try:
        with opened(file) as source:
            if isinstance(source, Fault):
                raise InputError(f"{file.path}: {source.message}")
            yield source
    except read_errors() as error:
        raise InputError(f"{file.path}: cannot be read: {reason(error)}") from error


def _error(place: str, fault: Fault, expected: str = "") -> InputError:
    message = _SAID.get(fault.code, "{}").format(fault.message)
    remedy = _REMEDIES.get(fault.code) or (f"expected {expected}" if expected else "")
    kind = DecodingError if fault.code == "encoding" else InputError
    return kind(f"{place}: {message}" + (f"; {remedy}" if remedy else ""))
