"""Bytes to lines, in bounded memory, with the encoding settled once a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from newsclf.inputs.rows import RAW_LIMIT, Fault
from newsclf.text.decoding import settle, strip_bom

__all__ = ["AT_A_TIME", "Line", "LineBlock", "read_blocks", "read_lines"]

AT_A_TIME = 1024  # lines or rows that are handed on as one

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
    fault : Fault or None
        Why the line cannot be used ("encoding", "too_large").
    """

    number: int
    offset: int
    raw: bytes
    text: str
    fault: Fault | None = None


class LineBlock(NamedTuple):
    """Lines that stand one after the other, not looked at yet.

    Attributes
    ----------
    number, offset : int
        Of the first line.
    raws : list of bytes
        The lines without their line feeds.
    size : int
        Bytes of them all; more than `raws` holds where that is one line, too large and cut.
    codec, newline, max_record
        How to read them.
    """

    number: int
    offset: int
    raws: list[bytes]
    size: int
    codec: str
    newline: bytes
    max_record: int

    def lines(self) -> Iterator[Line]:
        """Decode the lines."""
        offset, width = self.offset, len(self.newline)
        alone = len(self.raws) == 1
        for number, raw in enumerate(self.raws, self.number):
            size = self.size if alone else len(raw)
            yield _line(number, offset, raw, size, self.codec, self.max_record)
            offset += size + width


def read_lines(stream: BinaryIO, encoding: str | None, max_record: int) -> Iterator[Line]:
    """Yield the lines of a stream; see `read_blocks`."""
    for block in read_blocks(stream, encoding, max_record):
        yield from block.lines()


def read_blocks(stream: BinaryIO, encoding: str | None, max_record: int) -> Iterator[LineBlock]:
    """Yield the lines of a stream, some at a time; no more than `max_record` and a chunk are held.

    Lines end with a line feed; a file whose beginning has carriage returns alone is read by
    these. The encoding is found on the first 256 KiB, so a line in another one is a faulty line
    and not a reason to think again. A line that is too large is a block of its own.
    """
    sample = _read_sample(stream)
    codec = settle(sample, encoding)
    body = strip_bom(sample, codec)
    newline = "\n".encode(codec)
    carriage = "\r".encode(codec)
    if newline not in body and carriage in body:
        newline = carriage
    number, offset = 1, len(sample) - len(body)
    size, held = 0, list[bytes]()
    for chunk in _chunks(stream, body, len(newline)):
        *raws, last = _split(chunk, newline)
        if raws and held:
            size += len(raws[0])
            raws[0] = b"".join([*held, raws[0]])
            held.clear()
            if size > max_record:
                yield LineBlock(number, offset, [raws.pop(0)], size, codec, newline, max_record)
                number, offset = number + 1, offset + size + len(newline)
            size = 0
        for start in range(0, len(raws), AT_A_TIME):
            some = raws[start : start + AT_A_TIME]
            whole = sum(map(len, some))
            yield LineBlock(number, offset, some, whole, codec, newline, max_record)
            number, offset = number + len(some), offset + whole + len(newline) * len(some)
        size += len(last)
        if size <= max_record:
            held.append(last)
        else:
            held[:] = [b"".join([*held, last])[:RAW_LIMIT]]
    if size:
        yield LineBlock(number, offset, [b"".join(held)], size, codec, newline, max_record)


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
        message = f"{size} bytes, more than the {max_record} allowed"
        fault = Fault("too_large", message, "raise --max-record")
        return Line(number, offset, raw[:RAW_LIMIT], "", fault)
    try:
        return Line(number, offset, raw, raw.decode(codec))
    except UnicodeDecodeError as error:
        fault = Fault(
            "encoding",
            f"not {codec}, as the file is: {error.reason} at byte {error.start} of the line",
            "repair the line, or name the encoding of the file with --encoding",
        )
        return Line(number, offset, raw, raw.decode(codec, "replace"), fault)
