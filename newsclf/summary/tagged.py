"""What ``newsclf tag`` wrote, read back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsclf.errors import InputError
from newsclf.inputs import Fields, InputFile, check_extras, find_files
from newsclf.inputs.files import open_binary, read_errors
from newsclf.outputs import unguarded

__all__ = ["Tagged", "read_tagged"]

_FIELDS = Fields()


@dataclass(frozen=True, slots=True)
class Tagged:
    """One line of a tagged file.

    Attributes
    ----------
    id, title : str
    themes : tuple of (id, name)
    date, text : str
        From the columns that were kept; empty without them.
    is_unit : bool
        A unit of a page.
    """

    id: str
    title: str
    themes: tuple[tuple[str, str], ...]
    date: str
    text: str
    is_unit: bool


def read_tagged(path: Path) -> Iterator[Tagged]:
    """Yield the lines of a file that `newsclf.tag_file` wrote: JSON lines, CSV or Parquet.

    Raises
    ------
    InputError
        The file cannot be read, or a line is not what was written there.
    """
    (file,), _ = find_files([path])
    check_extras([file])
    try:
        for number, record in enumerate(_records(file), 1):
            try:
                yield _tagged(record)
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                raise InputError(
                    f"{path}, row {number}: expected what newsclf tag writes, with id, title and "
                    f"themes: {type(error).__name__} {error}"
                ) from error
    except InputError:
        raise
    except (csv.Error, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    except read_errors() as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def _records(file: InputFile) -> Iterator[Mapping[str, Any]]:
    if file.format == "parquet":
        import pyarrow.parquet

        with pyarrow.parquet.ParquetFile(file.path) as table:
            for batch in table.iter_batches(1024):
                yield from batch.to_pylist()
        return
    with open_binary(file) as stream:
        if file.format == "csv":
            with io.TextIOWrapper(stream, "utf-8-sig", newline="") as text:
                yield from map(_nested, csv.DictReader(text))
        elif file.format == "jsonl":
            yield from map(json.loads, stream)
        else:
            raise InputError(f"{file.source}: expected a .jsonl, .csv or .parquet file")


def _nested(row: Mapping[str, str]) -> dict[str, Any]:
    """Return a CSV row in the form of the JSON lines."""
    row = {k: unguarded(cell) if isinstance(cell, str) else cell for k, cell in row.items()}
    pairs = zip(row["themes"].split(";"), row["names"].split(";"), strict=True)
    kept = {name[6:]: value for name, value in row.items() if name.startswith("input.")}
    themes = [{"id": id, "name": name} for id, name in pairs if id]
    return {**row, "themes": themes, "input": kept}


def _tagged(record: Mapping[str, Any]) -> Tagged:
    kept = record.get("input") or {}
    return Tagged(
        id=str(record["id"]),
        title=str(record["title"] or ""),
        themes=tuple((theme["id"], theme["name"]) for theme in record["themes"]),
        date=_first(kept, _FIELDS.date),
        text=_first(kept, _FIELDS.text),
        is_unit="page" in record,
    )


def _first(kept: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(kept[name]) for name in names if kept.get(name)), "")
