"""Rows of input: an article that was read, or the reason why there is none."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from newsclf.errors import InputError
from newsclf.records.article import Article

__all__ = ["Fields", "Place", "ReadOptions", "Reject", "Row", "Unread", "check_columns"]

RAW_LIMIT = 64 * 1024
MIB = 1024 * 1024
_NO_COLUMNS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Fields:
    """Names of the fields or columns that make an article; the first one present is used.

    A field named by the caller stands alone: ``Fields(text=("内容",))``.
    """

    id: tuple[str, ...] = ("id", "编号")
    title: tuple[str, ...] = ("title", "标题")
    text: tuple[str, ...] = ("text", "body", "content", "正文", "paragraphs")
    date: tuple[str, ...] = ("date", "日期")
    source: tuple[str, ...] = ("source", "来源")

    def named(self) -> tuple[str, ...]:
        """Return the names chosen by the caller: a table must have them."""
        default = Fields()
        roles = ("id", "title", "text", "date", "source")
        return tuple(
            name
            for role in roles
            if getattr(self, role) != getattr(default, role)
            for name in getattr(self, role)
        )

    def among(self, present: tuple[str, ...]) -> _Roles:
        """Return which of the names present has which role."""
        wanted = (self.id, self.title, self.text, self.date, self.source)
        return _Roles(*(next((n for n in names if n in present), None) for names in wanted))


class _Roles(NamedTuple):
    id: str | None
    title: str | None
    text: str | None
    date: str | None
    source: str | None


@dataclass(frozen=True)
class ReadOptions:
    """How to read.

    Attributes
    ----------
    encoding : str or None
        Encoding of every file; None finds it, once a file.
    format : {"text", "jsonl", "csv", "tsv", "parquet", "html", "pdf"} or None
        Read every file as this; None goes by the file name.
    fields : Fields
    keep : tuple of str
        Columns to hand on with each row.
    max_record : int
        Bytes; a larger text, line or record is rejected and never held in memory.
    split_titles : bool
        Take a first line that looks like a title for the title, where no field holds one. A page
        dump must stay as it is.
    """

    encoding: str | None = None
    format: str | None = None
    fields: Fields = field(default_factory=Fields)
    keep: tuple[str, ...] = ()
    max_record: int = 32 * MIB
    split_titles: bool = True

    @cached_property
    def roles(self) -> Callable[[tuple[str, ...]], _Roles]:
        """Return which field has which role; the records of a file mostly have the same."""
        return lru_cache(maxsize=64)(self.fields.among)


class Row(NamedTuple):
    """An article and where it stood: file, line (or row, or page) from 1 on, byte offset.

    With `is_page` its text is the dump of a newspaper page, whatever the run takes texts for.
    """

    article: Article
    source: str
    line: int | None = None
    byte_offset: int | None = None
    columns: Mapping[str, Any] = _NO_COLUMNS
    raw: bytes = b""
    is_page: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be used: where it stood, why, and its first 64 KiB."""

    source: str
    line: int | None
    byte_offset: int | None
    code: str
    message: str
    raw: bytes = b""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, one line of the rejects file."""
        return {
            "source": self.source,
            "line": self.line,
            "byte_offset": self.byte_offset,
            "code": self.code,
            "message": self.message,
            "raw_b64": base64.b64encode(self.raw[:RAW_LIMIT]).decode("ascii"),
        }

    def __str__(self) -> str:
        """One line: place, code, message."""
        where = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{where}: {self.code}: {self.message}"


class Unread(NamedTuple):
    """Rows that are bytes as yet, to be read where there is time for it.

    Attributes
    ----------
    read : callable
        Returns the rows and rejects; may be called from another thread, once.
    lines, size : int
        How many they are at most; their bytes.
    line : int
        The last line among them.
    """

    read: Callable[[], Iterator[Row | Reject]]
    lines: int
    size: int
    line: int


class Place(NamedTuple):
    """Where a record stands; makes the Row or the Reject of it."""

    source: str
    stem: str
    line: int | None = None
    byte_offset: int | None = None
    raw: bytes = b""

    def reject(self, code: str, message: str) -> Reject:
        """Turn the record down."""
        raw = self.raw[:RAW_LIMIT]
        return Reject(self.source, self.line, self.byte_offset, code, message, raw)

    def row(self, article: Article, columns: Mapping[str, Any] | None = None) -> Row:
        """Accept the record."""
        raw = self.raw[:RAW_LIMIT]
        kept = _NO_COLUMNS if columns is None else columns
        return Row(article, self.source, self.line, self.byte_offset, kept, raw)

    def record(self, record: Mapping[str, Any], options: ReadOptions) -> Row | Reject:
        """Make an article of the fields of a record, or turn it down.

        An empty text is a text; a field that is absent, null, or not text is none.
        """
        names = options.roles(tuple(record))
        if names.text is None or record[names.text] is None:
            came = "null" if names.text else "the fields " + ", ".join(map(str, record))[:200]
            expected = names.text or " or ".join(options.fields.text)
            return self.reject(
                "no_text",
                f"expected a text in {expected}, got {came}; name the field with --text (text=...)",
            )
        try:
            text = _text(record[names.text], names.text)
            title = names.title and _scalar(record, names.title)
            id = (names.id and _scalar(record, names.id)) or f"{self.stem}:{self.line}"
            date = names.date and _scalar(record, names.date)
            source = names.source and _scalar(record, names.source)
            if isinstance(text, str):
                # A title that is null is none, and the text is not asked for one.
                if title is None and (names.title or not options.split_titles):
                    title = ""
                article = Article.from_text(text, id, title=title, date=date, source=source)
            else:
                unit = _unit(record, text)
                article = replace(unit, id=id, title=title, date=date, source=source)
        except InputError as error:
            return self.reject("wrong_type", str(error))
        if options.keep:
            return self.row(article, {name: record.get(name) for name in options.keep})
        return self.row(article)


def check_columns(columns: Sequence[str], options: ReadOptions) -> str | None:
    """Return what is wrong with the columns of a table, or None."""
    twice = sorted({c for c in columns if columns.count(c) > 1})
    if twice:
        return f"expected each column once, got {', '.join(twice)} more than once"
    missing = [n for n in (*options.fields.named(), *options.keep) if n not in columns]
    if not missing and not set(options.fields.text) & set(columns):
        missing = [" or ".join(options.fields.text)]
    if not missing:
        return None
    return (
        f"expected a column {', '.join(missing)}, got {', '.join(columns)[:200]}; "
        "name the columns with --text, --title, --id (text=...)"
    )


def _text(value: Any, name: str) -> str | list[str]:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise InputError(f"expected text in {name}, got {type(value).__name__} {value!r:.60}")


def _unit(record: Mapping[str, Any], paragraphs: list[str]) -> Article:
    """Return what ``newsclf pages`` wrote: a unit with its type, captions and flags."""
    try:
        return Article.from_dict({**record, "paragraphs": paragraphs})
    except (TypeError, ValueError) as error:
        raise InputError(f"expected a unit as written by newsclf pages: {error}") from None


def _scalar(record: Mapping[str, Any], name: str) -> str | None:
    """Return a field as a string: numbers keep their digits, null gives None."""
    value = record[name]
    if value is None or isinstance(value, str):
        return value
    if value != value:  # NaN, which is how data frames spell a missing value
        return None
    if isinstance(value, (list, dict, bool)):
        raise InputError(f"expected a string in {name}, got {type(value).__name__} {value!r:.60}")
    return str(value)
