"""JSON lines: one line, one record."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from newsclf.inputs.files import InputFile
from newsclf.inputs.lines import Block, Line, read_blocks
from newsclf.inputs.rows import Place, ReadOptions, Reject, Row, Unread

__all__ = ["read_jsonl"]


def read_jsonl(file: InputFile, stream: BinaryIO, options: ReadOptions) -> Iterator[Unread]:
    """Yield a row for each line that is not blank, some at a time and yet to be read."""
    for block in read_blocks(stream, options.encoding, options.max_record):
        read = functools.partial(_rows, block, file, options)
        yield Unread(read, len(block.raws), block.size, block.number + len(block.raws) - 1)


def _rows(block: Block, file: InputFile, options: ReadOptions) -> Iterator[Row | Reject]:
    source, stem = file.source, file.stem
    for line in block.lines():
        row = _read(line, Place(source, stem, line.number, line.offset, line.raw), options)
        if row is not None:
            yield row


def _read(line: Line, place: Place, options: ReadOptions) -> Row | Reject | None:
    if line.code:
        return place.reject(line.code, line.message)
    # Files put together end to end leave their byte order marks at the head of lines.
    text = line.text.lstrip("\ufeff").rstrip(_SPACE)
    if not text or text.isspace():
        return None
    try:
        record, end = _LENIENT.raw_decode(text, len(text) - len(text.lstrip(_SPACE)))
        # With as many colons as keys none came twice. Else, or with a rest, a closer look.
        if end < len(text) or (isinstance(record, dict) and text.count(":") != len(record)):
            record = _STRICT.decode(text)
    except RecursionError:
        return place.reject("invalid_json", "nested too deeply")
    except ValueError as error:
        return place.reject("invalid_json", str(error))
    if not isinstance(record, dict):
        kind = type(record).__name__
        return place.reject("not_an_object", f"expected a JSON object a line, got a {kind}")
    return place.record(record, options)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} comes twice")
    return record


_SPACE = " \t\r\n"
# NaN and Infinity are not JSON, but pandas and Python write them where a value is missing.
_LENIENT = json.JSONDecoder(parse_constant=lambda _: None)
_STRICT = json.JSONDecoder(parse_constant=lambda _: None, object_pairs_hook=_object)
