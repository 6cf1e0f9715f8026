"""What ``newsclf tag`` wrote, read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsclf.errors import InputError
from newsclf.inputs.articles import COLUMNS
from newsclf.inputs.records import read_records
from newsclf.outputs import unguarded

__all__ = ["TaggedArticle", "read_tagged"]


@dataclass(frozen=True, slots=True)
class TaggedArticle:
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


def read_tagged(path: Path) -> Iterator[TaggedArticle]:
    """Yield the lines of a file that `newsclf.tag_file` wrote: JSON lines, CSV or Parquet.

    Raises
    ------
    InputError
        The file cannot be read, or a line is not what was written there.
    """
    for place, record in read_records(path, expected="what newsclf tag writes"):
        try:
            yield _tagged(_nested(record))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise InputError(
                f"{place}: expected what newsclf tag writes, with id, title and themes: "
                f"{type(error).__name__} {error}"
            ) from error


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row in the form of the JSON lines: in CSV themes are one string."""
    if not isinstance(row["themes"], str):
        return row
    row = {k: unguarded(cell) if isinstance(cell, str) else cell for k, cell in row.items()}
    pairs = zip(row["themes"].split(";"), row["names"].split(";"), strict=True)
    kept = {name[6:]: value for name, value in row.items() if name.startswith("input.")}
    themes = [{"id": id, "name": name} for id, name in pairs if id]
    return {**row, "themes": themes, "input": kept}


def _tagged(record: Mapping[str, Any]) -> TaggedArticle:
    kept = record.get("input") or {}
    return TaggedArticle(
        id=str(record["id"]),
        title=str(record["title"] or ""),
        themes=tuple((theme["id"], theme["name"]) for theme in record["themes"]),
        date=_first(kept, COLUMNS["date"]),
        text=_first(kept, COLUMNS["text"]),
        is_unit="page" in record,
    )


def _first(kept: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(kept[name]) for name in names if kept.get(name)), "")
