"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from newsclf.errors import MissingExtra
from newsclf.outputs.schema import Result, Schema, Writer, plain, utf8

if TYPE_CHECKING:
    import pyarrow

    from newsclf.records.article import Article
    from newsclf.records.tagging import Tagging

__all__ = ["ParquetFormat"]

_BATCH = 4096


class ParquetFormat:
    """A table with the nesting of the JSON lines: ``themes`` is a list of structs.

    Raises
    ------
    MissingExtra
        pyarrow is not installed.
    """

    def __init__(self, schema: Schema) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet
        except ImportError:
            raise MissingExtra("writing .parquet files", "parquet") from None
        theme = pa.struct({"id": pa.string(), "name": pa.string(), "probability": pa.float64()})
        columns = {"id": pa.string()}
        if schema.pages:
            columns |= {"page": pa.string(), "type": pa.string(), "flags": pa.list_(pa.string())}
        columns |= {"title": pa.string(), "themes": pa.list_(theme)}
        if schema.probabilities:
            columns["probabilities"] = pa.struct(dict.fromkeys(schema.probabilities, pa.float64()))
        if schema.keep:
            columns["input"] = pa.struct(dict.fromkeys(schema.keep, pa.string()))
        self.schema = schema
        self._table = pa.schema({**columns, "model": pa.string()})

    def encode(self, results: Iterable[Result]) -> list[dict[str, Any]]:
        """Return one row a result."""
        return [self._row(*result) for result in results]

    def writer(self, stream: BinaryIO, *, header: bool = True) -> Writer:
        """Return a writer of row groups."""
        return _ParquetWriter(stream, self._table)

    def _row(self, tagging: Tagging, unit: Article, columns: Mapping[str, Any]) -> dict[str, Any]:
        record = self.schema.record(tagging, unit, columns)
        row: dict[str, Any] = {k: utf8(v) if isinstance(v, str) else v for k, v in record.items()}
        if "input" in row:
            row["input"] = {k: _string(v) for k, v in row["input"].items()}
        return row


class _ParquetWriter:
    """Keeps rows back until there are enough for a row group."""

    def __init__(self, stream: BinaryIO, table: pyarrow.Schema) -> None:
        import pyarrow.parquet

        self._table = table
        self._batch = pyarrow.RecordBatch.from_pylist
        self._file = pyarrow.parquet.ParquetWriter(stream, table)
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
            self._file.write_batch(self._batch(some, schema=self._table))
            self._rows = self._rows[_BATCH:]


def _string(value: Any) -> str | None:
    return None if value is None else utf8(str(plain(value)))
