"""Bytes to lines, in bounded memory, with the encoding settled once a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from newsclf.decoding import settle, strip_bom
from newsclf.inputs.rows import RAW_LIMIT

__all__ = ["Line", "read_lines"]

_CHUNK = 1 << 20
_SAMPLE = 1 << 18


class Line(NamedTuple):
    """One line without its line feed.

    Attributes
    ----------
    number, offset : int
        Count of the line from 1 on; bytes before it in the (decompressed) file.
    raw : bytes
        The line; its first 64 KiB when it is too large.
    text : str
        The line decoded, U+FFFD where it could not be; empty when it is too large.
    code, message : str
        Why the line cannot be used ("encoding", "too_large"); empty when it can.
    """

    number: int
    offset: int
    raw: bytes
    text: str
    code: str = ""
    message: str = ""


def read_lines(stream: BinaryIO, encoding: str | None, max_record: int) -> Iterator[Line]:
    """Yield the lines of a stream; no more than `max_record` bytes and a chunk are held.

    Lines end with a line feed; a file whose beginning has carriage returns alone is read by
    these. The encoding is found on the first 256 KiB, so a line in another one is a faulty line
    and not a reason to think again.
    """
    sample = _read_sample(stream)
    codec = settle(sample, encoding)
    body = strip_bom(sample, codec)
    newline = "\n".encode(codec)
    carriage = "\r".encode(codec)
    if newline not in body and carriage in body:
        newline = carriage
    offset = len(sample) - len(body)
    number, size, held = 0, 0, list[bytes]()
    for chunk in _chunks(stream, body, len(newline)):
        *pieces, last = _split(chunk, newline)
        for piece in pieces:
            number += 1
            size += len(piece)
            raw = b"".join([*held, piece]) if held else piece
            yield _line(number, offset, raw, size, codec, max_record)
            offset += size + len(newline)
            size = 0
            held.clear()
        size += len(last)
        if size <= max_record:
            held.append(last)
        else:
            held[:] = [b"".join([*held, last])[:RAW_LIMIT]]
    if size:
        yield _line(number + 1, offset, b"".join(held), size, codec, max_record)


def _read_sample(stream: BinaryIO) -> bytes:
    # Reads on until there is something to judge by; a slow pipe need not fill the sample.
    sample = b""
    while len(sample) < _SAMPLE and (sample.isascii() or b"\n" not in sample):
        more = _read(stream, _SAMPLE)
        if not more:
            break
        sample += more
    return sample


def _read(stream: BinaryIO, size: int) -> bytes:
    # read1 hands over what came before a fault in compressed data; read would lose it.
    read1 = getattr(stream, "read1", stream.read)
    return bytes(read1(size))


def _chunks(stream: BinaryIO, first: bytes, width: int) -> Iterator[bytes]:
    """Yield chunks of whole code units, so that no line feed is cut in two."""
    rest = first
    while True:
        whole = len(rest) - len(rest) % width
        yield rest[:whole]
        more = _read(stream, _CHUNK)
        if not more:
            break
        rest = rest[whole:] + more
    if rest[whole:]:
        yield rest[whole:]


def _split(data: bytes, newline: bytes) -> list[bytes]:
    width = len(newline)
    if width == 1:
        return data.split(newline)
    pieces = []
    start = position = 0
    while (found := data.find(newline, position)) >= 0:
        position = found + 1
        if found % width == 0:
            pieces.append(data[start:found])
            start = position = found + width
    return [*pieces, data[start:]]


def _line(number: int, offset: int, raw: bytes, size: int, codec: str, max_record: int) -> Line:
    if size > max_record:
        message = f"{size} bytes, more than the {max_record} allowed; raise --max-record"
        return Line(number, offset, raw[:RAW_LIMIT], "", "too_large", message)
    try:
        return Line(number, offset, raw, raw.decode(codec))
    except UnicodeDecodeError as error:
        message = (
            f"not {codec}, as the file is: {error.reason} at byte {error.start} of the line; "
            "repair the line, or name the encoding of the file with --encoding"
        )
        return Line(number, offset, raw, raw.decode(codec, "replace"), "encoding", message)
