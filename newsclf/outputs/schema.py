"""What is written of a result, whatever the format."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

if TYPE_CHECKING:
    from newsclf.records.article import Article
    from newsclf.records.tagging import Tagging

__all__ = ["Format", "LineWriter", "Result", "Schema", "Writer", "plain", "utf8"]


@dataclass(frozen=True)
class Schema:
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


class LineWriter:
    """Writes lines as they come."""

    def __init__(self, stream: BinaryIO, header: bytes = b"") -> None:
        self._write = stream.write
        if header:
            self._write(header)

    def write(self, encoded: bytes) -> None:
        """Write lines."""
        self._write(encoded)

    def close(self) -> None:
        """Nothing is held back."""


def plain(value: Any) -> Any:
    """Return a value of an input column as a cell of a table holds it: no list, no mapping."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


def utf8(text: str) -> str:
    """Return the text with "?" for lone surrogates, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
