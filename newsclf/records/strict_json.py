"""JSON as records are written in it: no key twice, nothing too deep, no number that is none."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["loads"]


def loads(text: str) -> Any:
    """Read a JSON text; NaN and Infinity become None.

    Raises
    ------
    ValueError
        It is no JSON, holds a key twice, or is nested thousands of levels deep.

    Examples
    --------
    >>> loads('{"id": 1, "text": NaN}')
    {'id': 1, 'text': None}
    >>> loads('{"id": 1, "id": 2}')
    Traceback (most recent call last):
        ...
    ValueError: the key 'id' comes twice
    """
    try:
        # A flat object is read sooner: with as many colons as keys none came twice. Where one ends
        # within the last characters, as in tags and units of pages, it is not tried.
        if text[:1] == "{" and "}" not in text[-_END:-1]:
            record, end = _LENIENT.raw_decode(text)
            if end == len(text) and text.count(":") == len(record):
                return record
        return _STRICT.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise ValueError(f"the key {name!r} comes twice")
            seen.add(name)
    return record


_END = 64
# NaN and Infinity are not JSON, but pandas and Python write them where a value is missing.
_LENIENT = json.JSONDecoder(parse_constant=lambda _: None)
_STRICT = json.JSONDecoder(parse_constant=lambda _: None, object_pairs_hook=_object)
