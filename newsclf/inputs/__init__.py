"""Files in, rows out: articles to tag and rejects with their reason, one by one."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from newsclf.inputs.again import Selection
from newsclf.inputs.delimited import read_delimited
from newsclf.inputs.files import (
    FORMATS,
    InputFile,
    check_extras,
    find_files,
    open_binary,
    read_errors,
)
from newsclf.inputs.html import read_html
from newsclf.inputs.jsonl import read_jsonl
from newsclf.inputs.pdf import read_pdf
from newsclf.inputs.portions import Portion, in_portions, skip_rows
from newsclf.inputs.rows import Fields, Place, ReadOptions, Reject, Row, Unread
from newsclf.inputs.texts import read_text_file

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

_Reader = Callable[[InputFile, BinaryIO, ReadOptions], Iterator[Row | Reject | Unread]]
_READERS: dict[str, _Reader] = {
    "text": read_text_file,
    "jsonl": read_jsonl,
    "csv": read_delimited,
    "tsv": read_delimited,
    "html": read_html,
    "pdf": read_pdf,
}
_BEFORE_BRACE = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


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


def _read(
    files: Iterable[InputFile], options: ReadOptions | None
) -> Iterator[Row | Reject | Unread]:
    options = options or ReadOptions()
    files = list(files)
    check_extras(files)
    for file in files:
        yield from _read_file(file, options)


def _read_file(file: InputFile, options: ReadOptions) -> Iterator[Row | Reject | Unread]:
    if file.format == "parquet":
        from newsclf.inputs.parquet import read_parquet

        yield from read_parquet(file, options)
        return
    place = Place(file.source, file.stem)
    last = None
    try:
        with open_binary(file) as stream:
            before = _state(stream)
            for item in _reader(file, stream)(file, stream, options):
                last = item.line
                yield item
            if _state(stream) != before:
                yield place.reject("changed", "the file changed while it was read; run it again")
    except read_errors() as error:
        reason = getattr(error, "strerror", None) or error
        # The line says from where on there are no rows.
        place = place._replace(line=None if last is None else last + 1)
        yield place.reject("unreadable", f"cannot be read (to its end): {reason}")


def _reader(file: InputFile, stream: BinaryIO) -> _Reader:
    if file.format:
        return _READERS[file.format]
    # Standard input has no name to go by: JSON lines begin with a brace, a text does not.
    head: bytes = stream.peek(64) if isinstance(stream, io.BufferedReader) else b""
    return read_jsonl if head.lstrip(_BEFORE_BRACE)[:1] == b"{" else read_text_file


def _state(stream: BinaryIO) -> tuple[int, int] | None:
    """Size and time of change of a regular file, None for a pipe."""
    status = os.fstat(stream.fileno())
    return (status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None
