"""Rows of input: an article that was read, or the reason why there is none."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from newsclf.records.article import Article

__all__ = ["NO_COLUMNS", "RAW_LIMIT", "Fault", "Place", "Reject", "Row"]

RAW_LIMIT = 64 * 1024
NO_COLUMNS: Mapping[str, Any] = MappingProxyType({})


class Fault(NamedTuple):
    """Why something cannot be used: a code, what was expected and what came, what to do next."""

    code: str
    message: str
    remedy: str = ""


class Row(NamedTuple):
    """An article and where it stood: file, line (or row, or page) from 1 on, byte offset.

    With `is_page` its text is the dump of a newspaper page, whatever the run takes texts for.
    """

    article: Article
    source: str
    line: int | None = None
    byte_offset: int | None = None
    columns: Mapping[str, Any] = NO_COLUMNS
    raw: bytes = b""
    is_page: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be used: where it stood, why, and its first 64 KiB."""

    source: str
    line: int | None
    byte_offset: int | None
    code: str
    message: str
    raw: bytes = b""

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, one line of the rejects file."""
        return {
            "source": self.source,
            "line": self.line,
            "byte_offset": self.byte_offset,
            "code": self.code,
            "message": self.message,
            "raw_b64": base64.b64encode(self.raw[:RAW_LIMIT]).decode("ascii"),
        }

    def __str__(self) -> str:
        """One line: place, code, message."""
        where = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{where}: {self.code}: {self.message}"


class Place(NamedTuple):
    """Where something stands in a file; makes the Row or the Reject of it."""

    source: str
    stem: str
    line: int | None = None
    byte_offset: int | None = None
    raw: bytes = b""

    def reject(self, code: str, message: str) -> Reject:
        """Turn it down."""
        raw = self.raw[:RAW_LIMIT]
        return Reject(self.source, self.line, self.byte_offset, code, message, raw)

    def row(self, article: Article, columns: Mapping[str, Any] | None = None) -> Row:
        """Accept it."""
        raw = self.raw[:RAW_LIMIT]
        kept = NO_COLUMNS if columns is None else columns
        return Row(article, self.source, self.line, self.byte_offset, kept, raw)
