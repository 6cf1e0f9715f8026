"""CSV files, and the one place that writes rows of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from newsclf.outputs.formulas import guarded
from newsclf.outputs.schema import LineWriter, Result, Schema, Writer, plain

if TYPE_CHECKING:
    from newsclf.records.article import Article
    from newsclf.records.tagging import Tagging

__all__ = ["BYTE_ORDER_MARK", "CsvFormat", "csv_rows"]

BYTE_ORDER_MARK = "\ufeff".encode()
"""What a CSV file begins with, or Excel takes UTF-8 for something else."""


def csv_rows(
    rows: Iterable[Iterable[Any]],
    *,
    end: str = "\r\n",
    quote_all: bool = False,
    formulas: bool = False,
) -> str:
    r"""Return rows of a CSV file.

    Parameters
    ----------
    rows : iterable of iterables
        Cells: strings; numbers and None, which are no formulas, are written as they stand.
    end : str
    quote_all : bool
        Quote the cells that do not need it, too.
    formulas : bool
        Leave cells that a spreadsheet would run as they are; see `newsclf.outputs.formulas`.

    >>> csv_rows([["=1+1", -2, None, "一,二"]])
    '\'=1+1,-2,,"一,二"\r\n'
    """
    lines = io.StringIO(newline="")
    table = csv.writer(
        lines, lineterminator=end, quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    )
    for cells in rows:
        table.writerow(cells if formulas else [_guarded(cell) for cell in cells])
    return lines.getvalue()


class CsvFormat:
    """A table with one row a record, in UTF-8 with a byte order mark, as spreadsheets want it.

    Themes fill three columns (ids, names, probabilities), each joined by ``;`` in the same
    order. A cell that begins like a formula gets a ``'`` in front, for a spreadsheet would run
    it.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def encode(self, results: Iterable[Result]) -> bytes:
        """Return one row a result."""
        return self._rows(self._cells(*result) for result in results)

    def writer(self, stream: BinaryIO, *, header: bool = True) -> Writer:
        """Return a writer of rows."""
        schema = self.schema
        names = ["id", *(["page", "type", "flags"] if schema.pages else []), "title", "themes"]
        names += ["names", "probabilities", *schema.probabilities]
        names += [*(f"input.{name}" for name in schema.keep), "model"]
        return LineWriter(stream, BYTE_ORDER_MARK + self._rows([names]) if header else b"")

    def _cells(self, tagging: Tagging, unit: Article, columns: Mapping[str, Any]) -> list[Any]:
        record = self.schema.record(tagging, unit, columns)
        cells = [record["id"]]
        if self.schema.pages:
            cells += [record["page"], record["type"], ";".join(record["flags"])]
        themes = record["themes"]
        cells += [record["title"], *(_join(themes, key) for key in ("id", "name", "probability"))]
        cells += [record["probabilities"][theme] for theme in self.schema.probabilities]
        cells += [plain(record["input"][name]) for name in self.schema.keep]
        return [*cells, record["model"]]

    def _rows(self, rows: Iterable[Iterable[Any]]) -> bytes:
        return csv_rows(rows, formulas=self.schema.formulas).encode("utf-8", "replace")


def _guarded(cell: Any) -> Any:
    return guarded(cell) if isinstance(cell, str) else cell


def _join(themes: Sequence[Mapping[str, Any]], key: str) -> str:
    return ";".join(str(theme[key]) for theme in themes)
