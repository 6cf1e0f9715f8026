"""Formats: each turns results into the bytes of one kind of file."""

from __future__ import annotations

import csv
import functools
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as _quoted
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from newsclf.errors import InputError, MissingExtra

if TYPE_CHECKING:
    import pyarrow

    from newsclf.records.article import Article
    from newsclf.records.tagging import Tagging

__all__ = [
    "CsvFormat",
    "Format",
    "JsonlFormat",
    "Layout",
    "ParquetFormat",
    "Writer",
    "format_for",
    "json_line",
]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
_BATCH = 4096
_ENCODER = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True)
class Layout:
    """What a result record holds besides id, title, themes and model.

    Attributes
    ----------
    pages : bool
        The page, type and flags of a unit.
    keep : tuple of str
        Columns of the input, handed on under ``input``.
    probabilities : tuple of str
        Themes whose probability is written whether they are tagged or not.
    formulas : bool
        Leave cells of a CSV file that a spreadsheet would take for a formula as they are.
    """

    pages: bool = False
    keep: tuple[str, ...] = ()
    probabilities: tuple[str, ...] = ()
    formulas: bool = False

    def record(self, tagging: Tagging, unit: Article, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record of a unit: what ``Tagging.to_dict`` gives, and what is asked for."""
        record = tagging.to_dict(probabilities=bool(self.probabilities))
        if self.pages:
            page = {"id": unit.id, "page": unit.page, "type": unit.type, "flags": list(unit.flags)}
            record = {**page, **record}
        if self.keep:
            record["input"] = dict(columns)
        return record


# The tagging of a unit, the unit, and the columns of its row that are handed on.
Result = tuple["Tagging", "Article", Mapping[str, Any]]


class Format(Protocol):
    """Turns results into what is to be written of them; threads may share it."""

    def encode(self, results: Iterable[Result]) -> Any:
        """Return what the `Writer` of this format takes."""

    def writer(self, stream: BinaryIO, *, header: bool = True) -> Writer:
        """Return a writer; `header` is false where the stream goes on with a table begun before."""


class Writer(Protocol):
    """Puts what its format has encoded into a stream."""

    def write(self, encoded: Any) -> None:
        """Add results."""

    def close(self) -> None:
        """Write what is still held back; the stream stays open."""


def format_for(path: Path | None, layout: Layout) -> Format:
    """Return the format that the suffix of `path` asks for; without one it is JSON lines.

    Raises
    ------
    InputError
        The suffix is none of .jsonl, .csv and .parquet.
    MissingExtra
        The suffix is .parquet and pyarrow is not installed.
    """
    suffix = path.suffix.lower() if path else ""
    if suffix in ("", ".jsonl", ".ndjson"):
        return JsonlFormat(layout)
    if suffix == ".csv":
        return CsvFormat(layout)
    if suffix == ".parquet":
        return ParquetFormat(layout)
    raise InputError(f"{path}: expected an output named .jsonl, .csv or .parquet")


class _Stream:
    """Writes bytes as they come."""

    def __init__(self, stream: BinaryIO, header: bytes = b"") -> None:
        self._write = stream.write
        if header:
            self._write(header)

    def write(self, encoded: bytes) -> None:
        """Write lines."""
        self._write(encoded)

    def close(self) -> None:
        """Nothing is held back."""


def json_line(record: Mapping[str, Any]) -> bytes:
    r"""Return a record as one line of JSON in UTF-8, Chinese as Chinese.

    Lone surrogates, which UTF-8 cannot hold, make their whole line pure ASCII.

    >>> json_line({"title": "托育", "file": "\udce4"})
    b'{"title": "\\u6258\\u80b2", "file": "\\udce4"}\n'
    """
    try:
        return (_ENCODER.encode(record) + "\n").encode("utf-8")
    except UnicodeEncodeError:
        return (json.dumps(record) + "\n").encode("ascii")


class JsonlFormat:
    """JSON lines."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._plain = not (layout.pages or layout.keep or layout.probabilities)
        self._theme = functools.lru_cache(maxsize=1024)(_theme)
        self._model = functools.lru_cache(maxsize=1)(_quoted)

    def encode(self, results: Iterable[Result]) -> bytes:
        """Return one line a result."""
        if not self._plain:
            return b"".join(json_line(self.layout.record(*result)) for result in results)
        taggings = [tagging for tagging, _, _ in results]
        try:
            return "".join(map(self._line, taggings)).encode()
        except UnicodeEncodeError:  # a lone surrogate in one of them
            return b"".join(json_line(tagging.to_dict()) for tagging in taggings)

    def writer(self, stream: BinaryIO, *, header: bool = True) -> Writer:
        """Return a writer of lines."""
        return _Stream(stream)

    def _line(self, tagging: Tagging) -> str:
        """Return what `json_line` makes of the tagging, but sooner."""
        theme = self._theme
        themes = [f"{theme(t.theme, t.name)}{_rounded(t.probability)}}}" for t in tagging.tags]
        return (
            f'{{"id": {_quoted(tagging.id)}, "title": {_quoted(tagging.title or "")}, '
            f'"themes": [{", ".join(themes)}], "model": {self._model(tagging.model)}}}\n'
        )


class CsvFormat:
    """A table with one row a record, in UTF-8 with a byte order mark, as spreadsheets want it.

    Themes fill three columns (ids, names, probabilities), each joined by ``;`` in the same
    order. A cell that begins like a formula gets a ``'`` in front, for a spreadsheet would run
    it.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def encode(self, results: Iterable[Result]) -> bytes:
        """Return one row a result."""
        return b"".join(self._line(self._cells(*result)) for result in results)

    def writer(self, stream: BinaryIO, *, header: bool = True) -> Writer:
        """Return a writer of rows."""
        layout = self.layout
        names = ["id", *(["page", "type", "flags"] if layout.pages else []), "title", "themes"]
        names += ["names", "probabilities", *layout.probabilities]
        names += [*(f"input.{name}" for name in layout.keep), "model"]
        return _Stream(stream, "\ufeff".encode() + self._line(names) if header else b"")

    def _cells(self, tagging: Tagging, unit: Article, columns: Mapping[str, Any]) -> list[Any]:
        record = self.layout.record(tagging, unit, columns)
        cells = [record["id"]]
        if self.layout.pages:
            cells += [record["page"], record["type"], ";".join(record["flags"])]
        themes = record["themes"]
        cells += [record["title"], *(_join(themes, key) for key in ("id", "name", "probability"))]
        cells += [record["probabilities"][theme] for theme in self.layout.probabilities]
        cells += [record["input"][name] for name in self.layout.keep]
        return [*cells, record["model"]]

    def _line(self, cells: Sequence[Any]) -> bytes:
        line = io.StringIO()
        csv.writer(line).writerow([self._cell(cell) for cell in cells])
        return line.getvalue().encode("utf-8", "replace")

    def _cell(self, value: Any) -> str:
        text = _plain(value) or ""
        if isinstance(value, str) and text.startswith(_FORMULA) and not self.layout.formulas:
            return "'" + text
        return text


class ParquetFormat:
    """A table with the nesting of the JSON lines: ``themes`` is a list of structs."""

    def __init__(self, layout: Layout) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet
        except ImportError:
            raise MissingExtra("writing .parquet files", "parquet") from None
        theme = pa.struct({"id": pa.string(), "name": pa.string(), "probability": pa.float64()})
        columns = {"id": pa.string()}
        if layout.pages:
            columns |= {"page": pa.string(), "type": pa.string(), "flags": pa.list_(pa.string())}
        columns |= {"title": pa.string(), "themes": pa.list_(theme)}
        if layout.probabilities:
            columns["probabilities"] = pa.struct(dict.fromkeys(layout.probabilities, pa.float64()))
        if layout.keep:
            columns["input"] = pa.struct(dict.fromkeys(layout.keep, pa.string()))
        self.layout = layout
        self._schema = pa.schema({**columns, "model": pa.string()})

    def encode(self, results: Iterable[Result]) -> list[dict[str, Any]]:
        """Return one row a result."""
        return [self._row(*result) for result in results]

    def writer(self, stream: BinaryIO, *, header: bool = True) -> Writer:
        """Return a writer of row groups."""
        return _ParquetWriter(stream, self._schema)

    def _row(self, tagging: Tagging, unit: Article, columns: Mapping[str, Any]) -> dict[str, Any]:
        record = self.layout.record(tagging, unit, columns)
        row: dict[str, Any] = {k: _scrub(v) if isinstance(v, str) else v for k, v in record.items()}
        if "input" in row:
            row["input"] = {k: _plain(v) for k, v in row["input"].items()}
        return row


class _ParquetWriter:
    """Keeps rows back until there are enough for a row group."""

    def __init__(self, stream: BinaryIO, schema: pyarrow.Schema) -> None:
        import pyarrow.parquet

        self._schema = schema
        self._batch = pyarrow.RecordBatch.from_pylist
        self._file = pyarrow.parquet.ParquetWriter(stream, schema)
        self._rows: list[dict[str, Any]] = []

    def write(self, encoded: list[dict[str, Any]]) -> None:
        """Add rows."""
        self._rows += encoded
        while len(self._rows) >= _BATCH:
            self._flush()

    def close(self) -> None:
        """Write the last rows and the footer."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        if some := self._rows[:_BATCH]:
            self._file.write_batch(self._batch(some, schema=self._schema))
            self._rows = self._rows[_BATCH:]


def _theme(id: str, name: str) -> str:
    """Return the JSON of a theme up to its probability."""
    return f'{{"id": {_quoted(id)}, "name": {_quoted(name)}, "probability": '


def _rounded(probability: float) -> str:
    """Return the JSON of a probability; round and repr take longer."""
    text = f"{probability:.4f}"
    return text[:3] + text[3:].rstrip("0") if text[-1] == "0" else text


def _join(themes: Sequence[Mapping[str, Any]], key: str) -> str:
    return ";".join(str(theme[key]) for theme in themes)


def _plain(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, (list, dict)):
        return _scrub(json.dumps(value, ensure_ascii=False))
    return _scrub(str(value))


def _scrub(text: str) -> str:
    """Return the text with "?" for lone surrogates, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
