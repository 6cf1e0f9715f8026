"""Parquet tables, in batches bounded by bytes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
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

    Only the columns in use are read. Text, in lists and structs too, is read as dictionaries, so
    that a file that repeats one huge value a million times holds it once.
    """
    import pyarrow
    import pyarrow.parquet

    rows = 0
    try:
        with pyarrow.parquet.ParquetFile(path) as table:
            names, leaves = table.schema_arrow.names, _text_leaves(table.schema)
        yield Header(None, None, b"", names)
        used = [n for n in names if options.columns is None or n in options.columns]
        texts = [leaf for leaf in leaves if leaf.partition(".")[0] in used or leaf in used]
        with pyarrow.parquet.ParquetFile(path, read_dictionary=texts) as table:
            for batch in table.iter_batches(_batch_rows(table.metadata), columns=used):
                for values in _rows(batch, options.max_record):
                    rows += 1
                    yield _record(rows, values, options)
    except (pyarrow.ArrowException, OSError) as error:
        fault = Fault("unreadable", f"cannot be read after row {rows}: {error!s:.300}")
        yield Record(None, None, b"", {}, fault)


def _text_leaves(schema: Any) -> list[str]:
    """Return the paths of all columns of text, those inside lists and structs among them."""
    leaves = [schema.column(i) for i in range(len(schema))]
    return [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]


def _batch_rows(metadata: Any) -> int:
    """Return how many rows make about 8 MiB, by what the footer says."""
    groups = (metadata.row_group(i) for i in range(metadata.num_row_groups))
    row = max((g.total_byte_size / g.num_rows for g in groups if g.num_rows), default=1)
    return max(1, min(_BATCH_ROWS, int(_BATCH_BYTES / max(row, 1))))


def _rows(batch: Any, limit: int) -> Iterator[dict[str, Any]]:
    # One row at a time: a whole batch as Python objects could be as large as its bomb wishes.
    columns = {name: _reader(batch.column(i), limit) for i, name in enumerate(batch.schema.names)}
    for i in range(batch.num_rows):
        yield {name: value(i) for name, value in columns.items()}


def _reader(column: Any, limit: int) -> Callable[[int], Any]:
    """Return a function from row to value, or to the fault for which there is none.

    What is over the limit is measured and not made a Python object.
    """
    import pyarrow as pa
    import pyarrow.compute

    if not pa.types.is_dictionary(column.type) or not _is_text(column.type.value_type, pa.types):
        return lambda i: _value(column, i, limit)
    words, indices = column.dictionary, column.indices
    sizes = pyarrow.compute.binary_length(words)

    @functools.lru_cache(maxsize=1)
    def word(k: int) -> Any:
        size = sizes[k].as_py()
        if size is not None and size > limit:
            return _too_large(size, limit)
        scalar = words[k]
        try:
            return scalar.as_py()
        except UnicodeDecodeError:
            return scalar.as_buffer().to_pybytes()

    def value(i: int) -> Any:
        k = indices[i].as_py()
        return None if k is None else word(k)

    return value


def _value(column: Any, i: int, limit: int) -> Any:
    import pyarrow as pa

    size = _text_bytes(column.slice(i, 1)) if pa.types.is_nested(column.type) else 0
    if size > limit:
        return _too_large(size, limit)
    try:
        return column[i].as_py()
    except UnicodeDecodeError as error:
        return Fault("encoding", str(error))
    except (
        pa.ArrowException,
        LookupError,
        ValueError,
        OverflowError,
        NotImplementedError,
    ) as error:
        # A time zone that this machine does not know, a duration beyond what Python holds.
        message = f"a value of type {column.type!s:.60} cannot be read: {error!s:.200}"
        return Fault("wrong_type", message)


def _text_bytes(array: Any) -> int:
    """Return how many bytes the texts in an array have, repeated ones each time."""
    import pyarrow as pa
    import pyarrow.compute

    kind = array.type
    if pa.types.is_dictionary(kind) and _is_text(kind.value_type, pa.types):
        sizes = pyarrow.compute.binary_length(array.dictionary).take(array.indices)
        return pyarrow.compute.sum(sizes).as_py() or 0
    if _is_text(kind, pa.types):
        return pyarrow.compute.sum(pyarrow.compute.binary_length(array)).as_py() or 0
    if pa.types.is_struct(kind):
        return sum(map(_text_bytes, array.flatten()))
    if pa.types.is_map(kind):
        entries = array.cast(
            pa.list_(pa.struct([("key", kind.key_type), ("item", kind.item_type)]))
        )
        return _text_bytes(entries)
    if pa.types.is_nested(kind):
        return _text_bytes(array.flatten())
    return int(array.nbytes)


def _too_large(size: int, limit: int) -> Fault:
    message = f"{size} bytes, more than the {limit} allowed"
    return Fault("too_large", message, "raise --max-record")


def _is_text(type: Any, types: Any) -> bool:
    tests = (types.is_string, types.is_large_string, types.is_binary, types.is_large_binary)
    return any(test(type) for test in tests)


def _record(number: int, values: dict[str, Any], options: RecordOptions) -> Record:
    """Make a record of the values of a row, those that are bytes decoded."""
    for name, value in values.items():
        try:
            values[name] = _plain(value, options.encoding)
        except DecodingError as error:
            value = Fault("encoding", str(error))
        if isinstance(value, Fault):
            fault = value._replace(message=f"{name}: {value.message}")
            return Record(number, None, b"", {}, fault, "row")
    return Record(number, None, b"", values, None, "row")


def _plain(value: Any, encoding: str | None) -> Any:
    """Return a value as JSON has it: text, numbers, lists and mappings of such."""
    if isinstance(value, bytes):
        return decode(value, encoding)
    if isinstance(value, Fault) or value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(item, encoding) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, encoding) for item in value]
    return str(value)  # dates, times, decimals
