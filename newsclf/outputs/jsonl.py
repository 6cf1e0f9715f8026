"""JSON lines."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring as _quoted
from typing import TYPE_CHECKING, Any, BinaryIO

from newsclf.outputs.schema import LineWriter, Result, Schema, Writer

if TYPE_CHECKING:
    from newsclf.records.tagging import Tagging

__all__ = ["JsonlFormat", "json_line"]

_ENCODER = json.JSONEncoder(ensure_ascii=False)


def json_line(record: Mapping[str, Any]) -> bytes:
    r"""Return a record as one line of JSON in UTF-8, Chinese as Chinese.

    Lone surrogates, which UTF-8 cannot hold, make their whole line pure ASCII.

    >>> json_line({"title": "托育", "file": "\udce4"})
    b'{"title": "\\u6258\\u80b2", "file": "\\udce4"}\n'
    """
    try:
        return (_ENCODER.encode(record) + "\n").encode("utf-8")
    except UnicodeEncodeError:
        return (json.dumps(record) + "\n").encode("ascii")


class JsonlFormat:
    """One object a line."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._plain = not (schema.pages or schema.keep or schema.probabilities)
        self._theme = functools.lru_cache(maxsize=1024)(_theme)
        self._model = functools.lru_cache(maxsize=1)(_quoted)

    def encode(self, results: Iterable[Result]) -> bytes:
        """Return one line a result."""
        if not self._plain:
            return b"".join(json_line(self.schema.record(*result)) for result in results)
        taggings = [tagging for tagging, _, _ in results]
        try:
            return "".join(map(self._line, taggings)).encode()
        except UnicodeEncodeError:  # a lone surrogate in one of them
            return b"".join(json_line(tagging.to_dict()) for tagging in taggings)

    def writer(self, stream: BinaryIO, *, header: bool = True) -> Writer:
        """Return a writer of lines."""
        return LineWriter(stream)

    def _line(self, tagging: Tagging) -> str:
        """Return what `json_line` makes of the tagging, but sooner."""
        theme = self._theme
        themes = [f"{theme(t.theme, t.name)}{_rounded(t.probability)}}}" for t in tagging.tags]
        return (
            f'{{"id": {_quoted(tagging.id)}, "title": {_quoted(tagging.title or "")}, '
            f'"themes": [{", ".join(themes)}], "model": {self._model(tagging.model)}}}\n'
        )


def _theme(id: str, name: str) -> str:
    """Return the JSON of a theme up to its probability."""
    return f'{{"id": {_quoted(id)}, "name": {_quoted(name)}, "probability": '


def _rounded(probability: float) -> str:
    """Return the JSON of a probability; round and repr take longer."""
    text = f"{probability:.4f}"
    return text[:3] + text[3:].rstrip("0") if text[-1] == "0" else text
