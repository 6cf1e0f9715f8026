"""Rows in portions: what is read, tagged and written as one, perhaps beside others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from newsclf.inputs import lines
from newsclf.inputs.records import Unread
from newsclf.inputs.rows import Reject, Row

__all__ = ["Portion", "in_portions", "skip_rows"]

_SIZE = 1 << 19  # bytes and characters from which on a portion is not added to


class Portion:
    """Some rows that stand one after the other.

    Attributes
    ----------
    weight : int
        About how many bytes they hold.
    """

    def __init__(self) -> None:
        self._items: list[Row | Reject | Unread[Row | Reject]] = []
        self._count = 0
        self.weight = 0

    @property
    def full(self) -> bool:
        """Whether nothing should be added any more."""
        return self._count >= lines.AT_A_TIME or self.weight >= _SIZE

    def add(self, item: Row | Reject | Unread[Row | Reject]) -> None:
        """Put something at the end."""
        self._items.append(item)
        self._count += item.lines if isinstance(item, Unread) else 1
        self.weight += _weight(item)

    def rows(self) -> list[Row | Reject]:
        """Return the rows, read by now."""
        rows: list[Row | Reject] = []
        for item in self._items:
            if isinstance(item, Unread):
                rows.extend(item.read())
            else:
                rows.append(item)
        return rows


def in_portions(items: Iterable[Row | Reject | Unread[Row | Reject]]) -> Iterator[Portion]:
    """Put what comes into portions, lazily; only the last one may be small."""
    portion = Portion()
    for item in items:
        portion.add(item)
        if portion.full:
            yield portion
            portion = Portion()
    if portion.weight:
        yield portion


def skip_rows(portions: Iterable[Portion], count: int) -> Iterator[Portion]:
    """Pass by the first rows and rejects."""
    for portion in portions:
        if not count:
            yield portion
            continue
        rows = portion.rows()
        yield from in_portions(rows[count:])
        count -= min(count, len(rows))


def _weight(item: Row | Reject | Unread[Row | Reject]) -> int:
    if isinstance(item, Unread):
        return item.size + 1
    size = len(item.raw) + 1
    return size + sum(map(len, item.article.paragraphs)) if isinstance(item, Row) else size
