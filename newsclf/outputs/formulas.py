"""Cells of CSV files that a spreadsheet would run as a formula."""

from __future__ import annotations

__all__ = ["FORMULA", "guarded", "unguarded"]

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
"""What the cells begin with that are run."""


def guarded(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would run, or that looks guarded.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("'90s")
    ("'=1+1", "''=1+1", "'90s")
    """
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA) else cell


def unguarded(cell: str) -> str:
    """Undo `guarded`, exactly.

    >>> unguarded("'=1+1"), unguarded("''=1+1"), unguarded("'90s")
    ('=1+1', "'=1+1", "'90s")
    """
    guard = cell.startswith("'") and cell.lstrip("'").startswith(FORMULA)
    return cell[1:] if guard else cell
