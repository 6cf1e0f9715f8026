"""From the fields of a record to an article: which names a field may have, and what it may hold."""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import repeat
from typing import Any, NamedTuple

from newsclf.errors import InputError
from newsclf.inputs.files import InputFile
from newsclf.inputs.records import MIB, Item, Record, RecordOptions, Unread, repeated
from newsclf.inputs.rows import NO_COLUMNS, RAW_LIMIT, Fault, Place, Reject, Row
from newsclf.records.article import Article

__all__ = [
    "COLUMNS",
    "Fields",
    "ReadOptions",
    "article_of",
    "check_columns",
    "field_of",
    "row_of",
    "rows_of",
]

# The table of columns: the names under which each is found, the first one present is used.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "正文", "paragraphs"),
    "title": ("title", "标题"),
    "id": ("id", "编号"),
    "date": ("date", "日期"),
    "source": ("source", "来源"),
}
# How many keys of how many characters are remembered, of records that have the same.
_KNOWN_KEYS, _MOST_KEYS, _LONGEST_KEYS = 64, 64, 4096


@dataclass(frozen=True)
class Fields:
    """Names of the fields or columns that make an article; the first one present is used.

    A field named by the caller stands alone: ``Fields(text=("内容",))``.
    """

    id: tuple[str, ...] = COLUMNS["id"]
    title: tuple[str, ...] = COLUMNS["title"]
    text: tuple[str, ...] = COLUMNS["text"]
    date: tuple[str, ...] = COLUMNS["date"]
    source: tuple[str, ...] = COLUMNS["source"]

    def named(self) -> tuple[str, ...]:
        """Return the names chosen by the caller: a table must have them."""
        chosen = (getattr(self, role) for role in _Roles._fields if self._chosen(role))
        return tuple(name for names in chosen for name in names)

    def _chosen(self, role: str) -> bool:
        return bool(getattr(self, role) != COLUMNS[role])

    def among(self, present: Container[str]) -> _Roles:
        """Return which of the names present has which role."""
        wanted = (getattr(self, role) for role in _Roles._fields)
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
    format : str or None
        Read every file as this one of `newsclf.inputs.formats.FORMATS`; None goes by the file name.
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
    def roles(self) -> Mapping[tuple[str, ...], _Roles]:
        """Which field has which role, by the names of all fields."""
        return _Remembered(self.fields)

    def records(self) -> RecordOptions:
        """Return how the records are to be read."""
        names = (getattr(self.fields, role) for role in _Roles._fields)
        columns = frozenset(name for some in (*names, self.keep) for name in some)
        return RecordOptions(self.encoding, self.max_record, columns)


class _Remembered(dict[tuple[str, ...], _Roles]):
    """The roles of the fields of a record; those of a file mostly have the same names."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def __missing__(self, names: tuple[str, ...]) -> _Roles:
        found = self.fields.among(frozenset(names))
        # What is remembered is of the user's making: it must stay small, whatever comes.
        if len(names) <= _MOST_KEYS and sum(map(len, names)) <= _LONGEST_KEYS:
            if len(self) >= _KNOWN_KEYS:
                self.clear()
            self[names] = found
        return found


def rows_of(
    items: Iterable[Item], file: InputFile, options: ReadOptions
) -> Iterator[Row | Reject | Unread[Row | Reject]]:
    """Make rows of the records of a file; a header without the columns asked for rejects it all."""
    for item in items:
        if isinstance(item, Unread):
            read = functools.partial(_rows, item.read, file.source, file.stem, options)
            yield Unread(read, item.lines, item.size, item.line)
        elif isinstance(item, Record):
            yield row_of(item, file.source, file.stem, options)
        elif message := check_columns(item.columns, options):
            place = Place(file.source, file.stem, item.number, item.offset, item.raw)
            yield place.reject("header", message)
            return


def _rows(
    read: Callable[[], Iterator[Record]], source: str, stem: str, options: ReadOptions
) -> Iterator[Row | Reject]:
    return map(row_of, read(), repeat(source), repeat(stem), repeat(options))


def row_of(record: Record, source: str, stem: str, options: ReadOptions) -> Row | Reject:
    """Make a row of a record, or turn it down."""
    number, offset, raw, values, fault, _ = record
    if fault is not None:
        return _rejected(record, source, fault)
    try:
        article = article_of(values, options, stem, number)
    except InputError as error:
        code = "no_text" if isinstance(error, _NoTextError) else "wrong_type"
        return _rejected(record, source, Fault(code, str(error)))
    keep = options.keep
    kept = {name: values.get(name) for name in keep} if keep else NO_COLUMNS
    return Row(article, source, number, offset, kept, raw[:RAW_LIMIT])


def _rejected(record: Record, source: str, fault: Fault) -> Reject:
    message = f"{fault.message}; {fault.remedy}" if fault.remedy else fault.message
    raw = record.raw[:RAW_LIMIT]
    return Reject(source, record.number, record.offset, fault.code, message, raw)


def article_of(
    values: Mapping[str, Any], options: ReadOptions, stem: str = "", number: int | None = None
) -> Article:
    """Make an article of the fields of a record.

    An empty text is a text; a field that is absent, null, or not text is none.

    Parameters
    ----------
    values : mapping
    options : ReadOptions
    stem, number : str, int
        What its id is made of, if none of the fields is.

    Raises
    ------
    InputError
        There is no text, or a field holds something else than its kind.
    """
    id_in, title_in, text_in, date_in, source_in = options.roles[tuple(values)]
    if text_in is None or values[text_in] is None:
        came = "null" if text_in else "the fields " + ", ".join(map(str, values))[:200]
        expected = text_in or " or ".join(options.fields.text)
        raise _NoTextError(
            f"expected a text in {expected}, got {came}; name the field with --text (text=...)"
        )
    text = _text(values[text_in], text_in)
    title = title_in and _scalar(values, title_in)
    id = (id_in and _scalar(values, id_in)) or f"{stem}:{number}"
    date = date_in and _scalar(values, date_in)
    source = source_in and _scalar(values, source_in)
    if isinstance(text, str):
        # A title that is null is none, and the text is not asked for one.
        if title is None and (title_in or not options.split_titles):
            title = ""
        return Article.from_text(text, id, title=title, date=date, source=source)
    return replace(_unit(values, text), id=id, title=title, date=date, source=source)


def field_of(values: Mapping[str, Any], role: str, options: ReadOptions) -> str | None:
    """Return the field of a record that has a role, as a string; None where there is none.

    Raises
    ------
    InputError
        It holds something else.
    """
    name = getattr(options.roles[tuple(values)], role)
    return None if name is None else _scalar(values, name)


def check_columns(columns: Sequence[str], options: ReadOptions) -> str | None:
    """Return what is wrong with the columns of a table, or None."""
    if twice := repeated(columns):
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


class _NoTextError(InputError):
    """A record has no text."""


def _text(value: Any, name: str) -> str | list[str]:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise InputError(f"expected text in {name}, got {type(value).__name__} {value!r:.60}")


def _unit(values: Mapping[str, Any], paragraphs: list[str]) -> Article:
    """Return what ``newsclf pages`` wrote: a unit with its type, captions and flags."""
    try:
        return Article.from_dict({**values, "paragraphs": paragraphs})
    except (TypeError, ValueError) as error:
        raise InputError(f"expected a unit as written by newsclf pages: {error}") from None


def _scalar(values: Mapping[str, Any], name: str) -> str | None:
    """Return a field as a string: numbers keep their digits, null gives None."""
    value = values[name]
    if value is None or isinstance(value, str):
        return value
    if value != value:  # NaN, which is how data frames spell a missing value
        return None
    if isinstance(value, (list, dict, bool)):
        raise InputError(f"expected a string in {name}, got {type(value).__name__} {value!r:.60}")
    return str(value)
