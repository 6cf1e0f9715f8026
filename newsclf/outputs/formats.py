"""The formats that results are written in: one file and one row of the table each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from newsclf.errors import InputError
from newsclf.outputs.delimited import CsvFormat
from newsclf.outputs.jsonl import JsonlFormat
from newsclf.outputs.parquet import ParquetFormat
from newsclf.outputs.schema import Format, Schema

__all__ = ["FORMATS", "FileFormat", "WriteOptions", "format_named", "format_of"]


@dataclass(frozen=True)
class FileFormat:
    """A kind of file that results are written to.

    Attributes
    ----------
    name : str
    suffixes : tuple of str
        The first is the usual one.
    make : callable
        Returns the `Format` that writes by a `Schema`.
    resumable : bool
        The file grows line by line, so that a run that was cut off can go on with it.
    """

    name: str
    suffixes: tuple[str, ...]
    make: Callable[[Schema], Format]
    resumable: bool = False


FORMATS = (
    FileFormat("jsonl", (".jsonl", ".ndjson"), JsonlFormat, resumable=True),
    FileFormat("csv", (".csv",), CsvFormat, resumable=True),
    FileFormat("parquet", (".parquet",), ParquetFormat),
)


@dataclass(frozen=True)
class WriteOptions:
    """What is written of each article, and how.

    Attributes
    ----------
    probabilities : bool
        Write the probability of every theme.
    per_file : {"jsonl", "csv", "parquet"} or None
        Write a file of this format for each input; the output is the folder for them.
    formulas : bool
        Leave cells of a CSV file that a spreadsheet would take for a formula as they are.
    """

    probabilities: bool = False
    per_file: str | None = None
    formulas: bool = False


def format_of(path: Path | None) -> FileFormat:
    """Return the format that the suffix of `path` asks for; without one it is JSON lines.

    Raises
    ------
    InputError
        No format has this suffix.
    """
    suffix = path.suffix.lower() if path else ""
    if not suffix:
        return FORMATS[0]
    for format in FORMATS:
        if suffix in format.suffixes:
            return format
    raise InputError(
        f"{path}: expected an output named {_one_of([f.suffixes[0] for f in FORMATS])}"
    )


def format_named(name: str) -> FileFormat:
    """Return the format of this name.

    Raises
    ------
    InputError
        There is none.
    """
    for format in FORMATS:
        if name == format.name:
            return format
    raise InputError(
        f"per file: expected {_one_of([format.name for format in FORMATS])}, got {name!r}"
    )


def _one_of(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
