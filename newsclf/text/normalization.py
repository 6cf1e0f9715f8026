"""Characters normalized, one for one: what the model reads has the offsets of what came."""

from __future__ import annotations

import unicodedata

__all__ = ["NORMALIZED", "normalize"]


def _table() -> dict[int, str]:
    """Map full-width letters and digits, capitals, and twin encodings of one Han character."""
    table = {0xFF10 + i: chr(0x30 + i) for i in range(10)}
    for i in range(26):
        for capital in (0x41 + i, 0xFF21 + i):
            table[capital] = chr(0x61 + i)
        table[0xFF41 + i] = chr(0x61 + i)
    for block in (range(0x2F00, 0x2FD6), range(0xF900, 0xFADA)):
        for code in block:
            twin = unicodedata.normalize("NFKC", chr(code))
            if len(twin) == 1 and twin != chr(code):
                table[code] = twin
    return table


NORMALIZED = _table()
"""What becomes of a character, as for ``str.translate``."""


def normalize(text: str) -> str:
    """Normalize width, case and compatibility characters, one character for one: offsets stay.

    >>> normalize("ＡＰＰ办⽣育　５Ｇ，")
    'app办生育　5g，'
    """
    return text.translate(NORMALIZED)
