"""Parquet tables, in batches bounded by bytes."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from newsclf.errors import DecodingError
from newsclf.inputs.files import InputFile, open_binary, read_errors
from newsclf.inputs.rows import Place, ReadOptions, Reject, Row, check_columns
from newsclf.text.decoding import decode

__all__ = ["read_parquet"]

_BATCH_BYTES = 8 << 20
_BATCH_ROWS = 1024
# Parquet is compressed within: what shrinks a hundred times more is made to fill a disk.
_MOST_TIMES = 100
_LEAST_UNPACKED = 16 << 20


def read_parquet(file: InputFile, options: ReadOptions) -> Iterator[Row | Reject]:
    """Yield a row for each row of a Parquet file; `line` counts rows from 1 on.

    Only the columns in use are read. Text columns are read as dictionaries, so that a file that
    repeats one huge value a million times holds it once. A file that is compressed as a whole is
    unpacked on the disk first, for its footer comes last.
    """
    place = Place(file.source, file.stem)
    if file.path is None:
        yield place.reject("unreadable", "expected a file on disk, for its footer is read first")
    elif not file.compression:
        yield from _rows(file, file.path, options)
    else:
        with tempfile.NamedTemporaryFile(prefix="newsclf-", suffix=".parquet") as unpacked:
            fault = _unpack(file, file.path, cast(BinaryIO, unpacked))
            if fault:
                yield place.reject(*fault)
            else:
                yield from _rows(file, Path(unpacked.name), options)


def _unpack(file: InputFile, path: Path, target: BinaryIO) -> tuple[str, str] | None:
    """Decompress a file; return code and message of what keeps it from being done."""
    try:
        allowed = _LEAST_UNPACKED + _MOST_TIMES * path.stat().st_size
        with open_binary(file) as stream:
            while part := stream.read(1 << 20):
                target.write(part)
                if target.tell() > allowed:
                    return "too_large", f"more than {_MOST_TIMES} times its size when unpacked"
    except read_errors() as error:
        reason = getattr(error, "strerror", None) or error
        return "unreadable", f"cannot be unpacked: {reason}"
    target.flush()
    return None


def _rows(file: InputFile, path: Path, options: ReadOptions) -> Iterator[Row | Reject]:
    import pyarrow
    import pyarrow.parquet

    place = Place(file.source, file.stem)
    rows = 0
    try:
        with pyarrow.parquet.ParquetFile(path) as table:
            columns = table.schema_arrow.names
            fault = check_columns(columns, options)
            if fault:
                yield place.reject("header", fault)
                return
        used = _used(columns, options)
        with pyarrow.parquet.ParquetFile(path, read_dictionary=used) as table:
            for batch in table.iter_batches(_batch_rows(table.metadata), columns=used):
                for values in _records(batch, options.max_record):
                    rows += 1
                    yield _row(values, Place(file.source, file.stem, rows), options)
    except (pyarrow.ArrowException, OSError) as error:
        yield place.reject("unreadable", f"cannot be read after row {rows}: {error!s:.300}")


def _used(columns: list[str], options: ReadOptions) -> list[str]:
    names = options.fields
    wanted = {*names.id, *names.title, *names.text, *names.date, *names.source, *options.keep}
    return [c for c in columns if c in wanted]


def _batch_rows(metadata: Any) -> int:
    """Return how many rows make about 8 MiB, by what the footer says."""
    groups = (metadata.row_group(i) for i in range(metadata.num_row_groups))
    row = max((g.total_byte_size / g.num_rows for g in groups if g.num_rows), default=1)
    return max(1, min(_BATCH_ROWS, int(_BATCH_BYTES / max(row, 1))))


@dataclass(frozen=True)
class _Huge:
    """Stands for a value that is not to be made a Python object."""

    size: int


def _records(batch: Any, limit: int) -> Iterator[dict[str, Any]]:
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


def _row(values: dict[str, Any], place: Place, options: ReadOptions) -> Row | Reject:
    record = dict(values)
    for name, value in values.items():
        if isinstance(value, _Huge):
            allowed = f"the {options.max_record} allowed; raise --max-record"
            return place.reject("too_large", f"{name}: {value.size} bytes, more than {allowed}")
        if isinstance(value, bytes):
            try:
                record[name] = decode(value, options.encoding)
            except DecodingError as error:
                return place.reject("encoding", f"{name}: {error}")
        elif value is not None and not isinstance(value, (str, int, float, list, dict)):
            record[name] = str(value)  # dates, times, decimals
    return place.record(record, options)
