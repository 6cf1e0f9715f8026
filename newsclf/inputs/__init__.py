"""Files in, rows out: articles to tag and rejects with their reason, one by one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from newsclf.inputs.articles import Fields, ReadOptions, rows_of
from newsclf.inputs.files import InputFile, check_extras, find_files
from newsclf.inputs.formats import FORMATS, format_of, load
from newsclf.inputs.portions import Portion, in_portions, skip_rows
from newsclf.inputs.records import Unread
from newsclf.inputs.rows import Fault, Place, Reject, Row
from newsclf.inputs.selection import Selection
from newsclf.inputs.streams import first_character, opened, read_errors, reason

__all__ = [
    "FORMATS",
    "Fields",
    "InputFile",
    "Portion",
    "ReadOptions",
    "Reject",
    "Row",
    "Selection",
    "check_extras",
    "find_files",
    "in_portions",
    "read_portions",
    "read_rows",
    "skip_rows",
]

_Item = Row | Reject | Unread[Row | Reject]


def read_rows(
    files: Iterable[InputFile], options: ReadOptions | None = None
) -> Iterator[Row | Reject]:
    """Read files one after the other, lazily and in order.

    Whatever is wrong with a file or a row becomes a `Reject`; no row is lost without one. A file
    that cannot be read, or not to its end, costs one reject, after the rows before the fault.

    Parameters
    ----------
    files : iterable of InputFile
        See `find_files`.
    options : ReadOptions, optional

    Yields
    ------
    Row or Reject

    Raises
    ------
    MissingExtra
        A format whose packages are not installed.
    InputError
        The options make no sense, such as an encoding that does not exist.
    """
    for item in _read(files, options):
        if isinstance(item, Unread):
            yield from item.read()
        else:
            yield item


def read_portions(
    files: Iterable[InputFile], options: ReadOptions | None = None
) -> Iterator[Portion]:
    """Read files as `read_rows` does, some rows at a time; some of the work is left to threads."""
    return in_portions(_read(files, options))


def _read(files: Iterable[InputFile], options: ReadOptions | None) -> Iterator[_Item]:
    options = options or ReadOptions()
    files = list(files)
    check_extras(files)
    for file in files:
        yield from _read_file(file, options)


def _read_file(file: InputFile, options: ReadOptions) -> Iterator[_Item]:
    place = Place(file.source, file.stem)
    last = None
    try:
        with opened(file) as source:
            if isinstance(source, Fault):
                yield place.reject(source.code, source.message)
                return
            before = _state(source)
            for item in _items(file, source, options):
                last = item.line
                yield item
            if _state(source) != before:
                yield place.reject("changed", "the file changed while it was read; run it again")
    except read_errors() as error:
        # The line says from where on there are no rows.
        place = place._replace(line=None if last is None else last + 1)
        yield place.reject("unreadable", f"cannot be read (to its end): {reason(error)}")


def _items(file: InputFile, source: Any, options: ReadOptions) -> Iterator[_Item]:
    format = format_of(file.format or _format_within(source))
    read = load(format.reader)
    if format.kind == "rows":
        yield from rows_of(read(source, options.records()), file, options)
    else:
        yield from read(file, source, options)


def _format_within(stream: BinaryIO) -> str:
    # Standard input has no name to go by: JSON lines begin with a brace, a text does not.
    return "jsonl" if first_character(stream) == b"{" else "text"


def _state(source: BinaryIO | Path) -> tuple[int, int] | None:
    """Size and time of change of a regular file, None for a pipe."""
    status = source.stat() if isinstance(source, Path) else os.fstat(source.fileno())
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None
