"""Parquet tables, in batches bounded by bytes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsclf.errors import DecodingError
from newsclf.inputs.records import Header, Record, RecordOptions
from newsclf.inputs.rows import Fault
from newsclf.text.decoding import decode

__all__ = ["read_parquet"]

_BATCH_BYTES = 8 << 20
_BATCH_ROWS = 1024


def read_parquet(path: Path, options: RecordOptions) -> Iterator[Header | Record]:
    """Yield the columns, then a record for each row.

    Only the columns in use are read. Text columns are read as dictionaries, so that a file that
    repeats one huge value a million times holds it once.
    """
    import pyarrow
    import pyarrow.parquet

    rows = 0
    try:
        with pyarrow.parquet.ParquetFile(path) as table:
            schema = table.schema_arrow
        yield Header(None, None, b"", schema.names)
        used = [n for n in schema.names if options.columns is None or n in options.columns]
        texts = [n for n in used if _is_text(schema.field(n).type, pyarrow.types)]
        with pyarrow.parquet.ParquetFile(path, read_dictionary=texts) as table:
            for batch in table.iter_batches(_batch_rows(table.metadata), columns=used):
                for values in _rows(batch, options.max_record):
                    rows += 1
                    yield _record(rows, values, options)
    except (pyarrow.ArrowException, OSError) as error:
        fault = Fault("unreadable", f"cannot be read after row {rows}: {error!s:.300}")
        yield Record(None, None, b"", {}, fault)


def _batch_rows(metadata: Any) -> int:
    """Return how many rows make about 8 MiB, by what the footer says."""
    groups = (metadata.row_group(i) for i in range(metadata.num_row_groups))
    row = max((g.total_byte_size / g.num_rows for g in groups if g.num_rows), default=1)
    return max(1, min(_BATCH_ROWS, int(_BATCH_BYTES / max(row, 1))))


@dataclass(frozen=True)
class _Huge:
    """Stands for a value that is not to be made a Python object."""

    size: int


def _rows(batch: Any, limit: int) -> Iterator[dict[str, Any]]:
    # One row at a time: a whole batch as Python objects could be as large as its bomb wishes.
    columns = {name: _reader(batch.column(i), limit) for i, name in enumerate(batch.schema.names)}
    for i in range(batch.num_rows):
        yield {name: value(i) for name, value in columns.items()}


def _reader(column: Any, limit: int) -> Callable[[int], Any]:
    """Return a function from row to value; a string over the limit is measured and not made."""
    import pyarrow as pa
    import pyarrow.compute

    if not pa.types.is_dictionary(column.type) or not _is_text(column.type.value_type, pa.types):
        return lambda i: column[i].as_py()
    words, indices = column.dictionary, column.indices
    sizes = pyarrow.compute.binary_length(words)

    @functools.lru_cache(maxsize=1)
    def word(k: int) -> Any:
        size = sizes[k].as_py()
        return _Huge(size) if size is not None and size > limit else words[k].as_py()

    def value(i: int) -> Any:
        k = indices[i].as_py()
        return None if k is None else word(k)

    return value


def _is_text(type: Any, types: Any) -> bool:
    tests = (types.is_string, types.is_large_string, types.is_binary, types.is_large_binary)
    return any(test(type) for test in tests)


def _record(number: int, values: dict[str, Any], options: RecordOptions) -> Record:
    """Make a record of the values of a row, those that are bytes decoded."""
    for name, value in values.items():
        if isinstance(value, _Huge):
            message = f"{name}: {value.size} bytes, more than the {options.max_record} allowed"
            fault = Fault("too_large", message, "raise --max-record")
            return Record(number, None, b"", {}, fault, "row")
        if isinstance(value, bytes):
            try:
                values[name] = decode(value, options.encoding)
            except DecodingError as error:
                fault = Fault("encoding", f"{name}: {error}")
                return Record(number, None, b"", {}, fault, "row")
        elif value is not None and not isinstance(value, (str, int, float, list, dict)):
            values[name] = str(value)  # dates, times, decimals
    return Record(number, None, b"", values, None, "row")
