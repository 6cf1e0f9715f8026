"""Bytes to text: the encodings in which Chinese newspapers are found on disk."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from newsclf.errors import DecodingError, InputError

__all__ = ["codec_of", "decode", "detect", "read_text", "strip_bom"]

# UTF-32 comes first: its little-endian mark begins with that of UTF-16.
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NO_TEXT = (
    (b"PK\x03\x04", "a zip archive (perhaps .docx or .xlsx); save its contents as text"),
    (b"%PDF-", "a PDF; extract its text first"),
    (b"\x1f\x8b", "gzip data; name the file .gz"),
    (b"\x28\xb5\x2f\xfd", "zstd data; name the file .zst"),
    (b"PAR1", "a Parquet file; name it .parquet"),
    (b"\xd0\xcf\x11\xe0", "an old Office document; save it as text"),
)
_SAMPLE = 1 << 16

_NON_ASCII = re.compile(rb"[\x80-\xff]")
_THREE_BYTES = re.compile("[\u0800-\ufffc]")
# What a Chinese newspaper is made of, for telling UTF-16 from anything else: ASCII, general and
# CJK punctuation, ideographs, full-width forms.
_PLAUSIBLE = re.compile(
    "[\t\n\r\x20-\x7e\u00b7\u2010-\u2027\u3000-\u303f\u4e00-\u9fff\uff00-\uff65]"
)


def decode(data: bytes, encoding: str | None = None, *, name: str = "") -> str:
    r"""Decode a whole text, strictly: a byte that fits no encoding is an error, never a "?".

    Tried in turn: a byte order mark, UTF-8, UTF-16 without a mark, then GB18030 (GBK, GB2312) or
    Big5, whichever charset-normalizer finds the better Chinese. Ten characters are enough to
    tell the last two apart; shorter texts may be taken for the wrong one. Carriage returns and
    NUL characters stay as they are.

    Parameters
    ----------
    data : bytes
    encoding : str, optional
        Use this encoding and no other.
    name : str, optional
        Name of the file, for the error message.

    Raises
    ------
    DecodingError
        The bytes are not text in the encoding found or named.
    InputError
        `encoding` names no text encoding.

    Examples
    --------
    >>> decode("老旧小区焕然一新。".encode("gb18030"))
    '老旧小区焕然一新。'
    >>> decode(b"\xff\xfe\x2d\x4e")
    '中'
    """
    where = f"{name}: " if name else ""
    if encoding is None:
        _refuse_containers(data, where)
    encoding = codec_of(data, encoding)
    body = strip_bom(data, encoding)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        offset = error.start + len(data) - len(body)
        raise DecodingError(
            f"{where}not {encoding} text: {error.reason} at byte {offset}; "
            "if the text is in another encoding, name it with --encoding (encoding=...), "
            "otherwise repair or remove these bytes"
        ) from None
    if encoding == "gb18030":
        _refuse_mixture(body, where)
    return text


def read_text(path: str | Path, encoding: str | None = None) -> str:
    """Read a text file whole; see `decode` for the encodings.

    Raises
    ------
    InputError
        There is no such file, or it cannot be read.
    DecodingError
        Its bytes are no text.
    """
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {reason}") from error
    return decode(data, encoding, name=str(path))


def detect(data: bytes) -> str:
    """Name the encoding of `data`, which may be the first part of a longer text.

    The answer is a codec name of Python; the data need not be without fault in it: where most
    of a text is UTF-8 the answer is UTF-8, so that a broken line is found to be broken.
    """
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return codec
    valid = _valid_prefix(data, "utf-8")
    if valid and (b"\0" not in data or not _nul_rhythm(data)):
        return "utf-8"
    for codec in ("utf-16-le", "utf-16-be"):
        if _looks_like(data[:_SAMPLE], codec):
            return codec
    if valid:
        return "utf-8"
    return _legacy(data)


def codec_of(data: bytes, encoding: str | None = None) -> str:
    """Return the codec to read `data` with: what is found, or the `encoding` that was named.

    The name is Python's, and says the order of bytes where the encoding has one: UTF-16 and
    UTF-32 without more go by the mark of the data, or are little-endian.

    Raises
    ------
    InputError
        `encoding` names no text encoding.
    """
    if encoding is None:
        return detect(data)
    try:
        info = codecs.lookup(encoding)
    except (LookupError, ValueError, TypeError):
        info = None
    if info is None or not info._is_text_encoding:
        raise InputError(
            f"no text encoding called {encoding!r}; expected a name such as "
            "utf-8, gb18030, big5 or utf-16"
        )
    name = info.name.removesuffix("-sig")
    if name in ("utf-16", "utf-32"):
        marked = (codec for bom, codec in _BOMS if data.startswith(bom) and codec.startswith(name))
        return next(marked, f"{name}-le")
    return name


def strip_bom(data: bytes, encoding: str) -> bytes:
    """Return `data` without the byte order mark that belongs to `encoding`."""
    for bom, codec in _BOMS:
        if codec == encoding and data.startswith(bom):
            return data[len(bom) :]
    return data


def _valid_prefix(data: bytes, encoding: str) -> bool:
    # Not final: a sample may end inside a character. Whole texts are decoded strictly later on.
    try:
        codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _nul_rhythm(data: bytes) -> bool:
    """Whether NULs come as in UTF-16: many, and on one side of the byte pairs only."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    return min(even, odd) == 0 and max(even, odd) * 8 >= len(data)


def _looks_like(data: bytes, codec: str) -> bool:
    if len(data) < 4:
        return False
    text = data[: len(data) & ~1].decode(codec, "replace")
    return len(_PLAUSIBLE.findall(text)) >= 0.95 * len(text)


def _legacy(data: bytes) -> str:
    """Choose among UTF-8 with faults, GB18030 and Big5."""
    first = _NON_ASCII.search(data)
    start = data.rfind(b"\n", 0, first.start()) + 1 if first else 0
    sample = data[start : start + _SAMPLE]
    text = sample.decode("utf-8", "replace")
    if len(_THREE_BYTES.findall(text)) >= text.count("\ufffd"):
        return "utf-8"
    from charset_normalizer import from_bytes

    # A sample cut inside a character would count as a fault; a line feed never is part of one.
    if len(data) > start + _SAMPLE and (end := sample.rfind(b"\n")) > 0:
        sample = sample[:end]
    best = from_bytes(sample, cp_isolation=["gb18030", "big5"]).best()
    return best.encoding if best else "gb18030"


def _refuse_containers(data: bytes, where: str) -> None:
    for magic, kind in _NO_TEXT:
        if data.startswith(magic):
            raise DecodingError(f"{where}expected text, but this is {kind}")


def _refuse_mixture(data: bytes, where: str) -> None:
    # UTF-8 can pass for GB18030, as rare characters. A line of it inside a GB18030 file means
    # that files of two encodings were put together.
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.isascii() or not _valid_prefix(line, "utf-8"):
            continue
        if len(_NON_ASCII.findall(line)) >= 12:
            raise DecodingError(
                f"{where}line {number} is UTF-8 in a file that is otherwise gb18030; convert the "
                "file to one encoding, or name one with --encoding (encoding=...)"
            )
