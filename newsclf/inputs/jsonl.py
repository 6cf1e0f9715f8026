"""JSON lines: one line, one record."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import BinaryIO

from newsclf.errors import DecodingError
from newsclf.inputs.lines import Line, LineBlock, read_blocks
from newsclf.inputs.records import Record, RecordOptions, Unread
from newsclf.inputs.rows import Fault
from newsclf.inputs.streams import first_character, read_whole
from newsclf.records import strict_json
from newsclf.text.decoding import decode

__all__ = ["read_jsonl"]

# An array is held whole, and tools export one line for all that they have.
_LARGEST_ARRAY = 1 << 30
_SPACE = " \t\r\n"


def read_jsonl(stream: BinaryIO, options: RecordOptions) -> Iterator[Record | Unread[Record]]:
    """Yield a record for each line that is not blank, some at a time and yet to be read."""
    if options.arrays and first_character(stream) == b"[":
        yield from _array(stream, options)
        return
    for block in read_blocks(stream, options.encoding, options.max_record):
        read = functools.partial(_records, block)
        yield Unread(read, len(block.raws), block.size, block.number + len(block.raws) - 1)


def _records(block: LineBlock) -> Iterator[Record]:
    return filter(None, map(_record, block.lines()))


def _record(line: Line) -> Record | None:
    number, offset, raw, text, fault = line
    if fault is not None:
        return Record(number, offset, raw, {}, fault)
    # Files put together end to end leave their byte order marks at the head of lines.
    text = text.lstrip("\ufeff").rstrip(_SPACE)
    if not text or text.isspace():
        return None
    try:
        values = strict_json.loads(text)
    except ValueError as error:
        return Record(number, offset, raw, {}, Fault("invalid_json", str(error)))
    if not isinstance(values, dict):
        return Record(number, offset, raw, {}, _no_object(values, "a line"))
    return Record(number, offset, raw, values)


def _array(stream: BinaryIO, options: RecordOptions) -> Iterator[Record]:
    """Yield the items of a file that is one array."""
    data = read_whole(stream, _LARGEST_ARRAY)
    try:
        if len(data) > _LARGEST_ARRAY:
            raise ValueError(f"an array of more than {_LARGEST_ARRAY} bytes; write JSON lines")
        values = strict_json.loads(decode(data, options.encoding).lstrip("\ufeff"))
    except DecodingError as error:
        yield Record(None, None, b"", {}, Fault("encoding", str(error).partition(";")[0]))
        return
    except ValueError as error:
        yield Record(None, None, b"", {}, Fault("invalid_json", str(error)))
        return
    for number, value in enumerate(values, 1):
        if isinstance(value, dict):
            yield Record(number, None, b"", value, None, "item")
        else:
            yield Record(number, None, b"", {}, _no_object(value, "an item"), "item")


def _no_object(value: object, place: str) -> Fault:
    kind = type(value).__name__
    return Fault("not_an_object", f"expected a JSON object {place}, got a {kind}")
