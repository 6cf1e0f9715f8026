"""The formats that are read: the one table that readers, messages, help and documents go by.

To add one, write its reader in a file beside this one, and give it a row here.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any, Literal, NamedTuple

from newsclf.errors import InputError

__all__ = [
    "COMPRESSIONS",
    "FORMATS",
    "Compression",
    "InputFormat",
    "compression_of",
    "format_of",
    "format_of_suffix",
    "help_formats",
    "help_names",
    "load",
    "markdown_rows",
    "split_name",
]


class InputFormat(NamedTuple):
    """A format.

    Attributes
    ----------
    name : str
        As ``--format`` calls it.
    suffixes : tuple of str
        What its files are named, the usual name first.
    en, zh : str
        What one row is, in a few words.
    kind : {"rows", "file"}
        Whether a file holds rows, whose fields make articles by their names, or is the text itself.
    reader : str
        The function that reads it, as ``"module:function"``, imported when it is called for. Of
        rows: from a stream and `RecordOptions` to `Header` and `Record`; of a file: from an
        `InputFile`, a stream and `ReadOptions` to `Row` and `Reject`.
    streams : bool
        Whether it is read as it comes; if not, the reader is given a path on the disk.
    extra : str
        The extra that it needs; empty without one.
    """

    name: str
    suffixes: tuple[str, ...]
    en: str
    zh: str
    kind: Literal["rows", "file"]
    reader: str
    streams: bool = True
    extra: str = ""


class Compression(NamedTuple):
    """A compression, of any format.

    Attributes
    ----------
    suffix : str
        What the name of a format is followed by.
    en, zh : str
        What is to be known of it.
    opener : str
        From a path to the stream of what is within, as ``"module:function"``.
    error : str
        What reading damaged data raises, besides OSError and EOFError.
    extra : str
        The extra that it needs; empty without one.
    """

    suffix: str
    en: str
    zh: str
    opener: str
    error: str
    extra: str = ""


FORMATS = (
    InputFormat(
        "text",
        (".txt",),
        "the file; a first line of at most 40 characters without sentence-final punctuation is "
        "the title",
        "文件本身；第一行不超过40字且没有句末标点的，算作标题",
        "file",
        "newsclf.inputs.text:read_text_file",
    ),
    InputFormat(
        "jsonl",
        (".jsonl", ".ndjson"),
        "a line with a JSON object",
        "一行，一个 JSON 对象",
        "rows",
        "newsclf.inputs.jsonl:read_jsonl",
    ),
    InputFormat(
        "csv",
        (".csv",),
        "a record under the header; all values are strings, as they stand (`007`, `NA`)",
        "表头之下的一条记录；所有值都照原样读作字符串（`007`、`NA`）",
        "rows",
        "newsclf.inputs.delimited:read_csv",
    ),
    InputFormat(
        "tsv",
        (".tsv",),
        "the same, with tabs in place of commas",
        "同上，以制表符代替逗号",
        "rows",
        "newsclf.inputs.delimited:read_tsv",
    ),
    InputFormat(
        "parquet",
        (".parquet",),
        "a row of the table",
        "表中的一行",
        "rows",
        "newsclf.inputs.parquet:read_parquet",
        streams=False,
        extra="parquet",
    ),
    InputFormat(
        "html",
        (".html", ".htm"),
        "the file: title, text and date without the page around them; at most 2 MiB",
        "文件本身：标题、正文和日期，去掉网页的其余部分；最大 2 MiB",
        "file",
        "newsclf.inputs.html:read_html",
        extra="html",
    ),
    InputFormat(
        "pdf",
        (".pdf",),
        "a page of the file, read as a newspaper page: one line of output a unit; pages without "
        "text are rejected",
        "文件的一页，按报纸版面来读：每个单元输出一行；没有文字的页会退回",
        "file",
        "newsclf.inputs.pdf:read_pdf",
        extra="pdf",
    ),
)
COMPRESSIONS = (
    Compression(
        ".gz",
        "any of these, decompressed as it is read; Parquet is unpacked in the temporary folder "
        "first, up to a hundred times its size",
        "以上任何一种，边读边解压；Parquet 先解压到临时文件夹，最多到原来的一百倍",
        "gzip:open",
        "zlib:error",
    ),
    Compression(
        ".zst",
        "the same",
        "同上",
        "newsclf.inputs.zst:open_zst",
        "zstandard:ZstdError",
        extra="zst",
    ),
)


def format_of(name: str) -> InputFormat:
    """Return the format that is called so.

    Raises
    ------
    InputError
        None is; the message names them all.
    """
    for format in FORMATS:
        if format.name == name:
            return format
    raise InputError(f"expected a format among {', '.join(_names())}, got {name!r}")


def format_of_suffix(suffix: str) -> InputFormat | None:
    """Return the format of files named so, in whatever case."""
    return next((format for format in FORMATS if suffix.lower() in format.suffixes), None)


def compression_of(suffix: str) -> Compression | None:
    """Return the compression of files named so."""
    return next((found for found in COMPRESSIONS if suffix == found.suffix), None)


def split_name(name: str) -> tuple[str, str, str]:
    """Return a file name without its suffixes, that of its format, and that of its compression.

    >>> split_name("1998/p1.jsonl.GZ"), split_name("README")
    (('1998/p1', '.jsonl', '.gz'), ('README', '', ''))
    """
    compression = next((c.suffix for c in COMPRESSIONS if name.lower().endswith(c.suffix)), "")
    stem = name[: len(name) - len(compression)]
    suffix = PurePath(stem).suffix
    return stem.removesuffix(suffix), suffix, compression


def load(target: str) -> Any:
    """Import what the table names as ``"module:name"``."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def help_names() -> str:
    """Return how the files are named, for help texts and messages.

    >>> help_names()
    '.txt .jsonl .csv .tsv .parquet .html .pdf, also .gz .zst'
    """
    names = " ".join(format.suffixes[0] for format in FORMATS)
    return f"{names}, also {' '.join(c.suffix for c in COMPRESSIONS)}"


def help_formats() -> str:
    """Return what the formats are called, for help texts and messages.

    >>> help_formats()
    'text, jsonl, csv, tsv, parquet, html or pdf'
    """
    *names, last = _names()
    return f"{', '.join(names)} or {last}"


def markdown_rows(language: Literal["en", "zh"] = "en") -> list[str]:
    """Return the rows of the table in the documents: names, what one row is, the extra."""
    between = ", " if language == "en" else "、"
    rows: Iterable[tuple[tuple[str, ...], InputFormat | Compression]] = (
        *((format.suffixes, format) for format in FORMATS),
        *(((found.suffix,), found) for found in COMPRESSIONS),
    )
    return [
        f"| {between.join(f'`{name}`' for name in names)} | {getattr(row, language)} "
        f"| {f'`{row.extra}`' if row.extra else ''} |".replace("  ", " ")
        for names, row in rows
    ]


def _names() -> list[str]:
    return [format.name for format in FORMATS]
