"""fastText: a line an article, its labels first. It holds no id, title, date or borderline theme.

A line break in the text becomes a token of its own, the line separator U+2028, and back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsclf.errors import InputError, LabelError
from newsclf.labels.tools.records import Annotated, Annotation, Tool, Written, text_of

__all__ = ["FASTTEXT", "LABEL"]

LABEL = "__label__"
_LABELS = re.compile(rf"(?:{LABEL}\S+(?:[ \t]+|$))*")
_BREAK = " \u2028 "


def _read(line: str) -> Annotated:
    """Read a line without its end."""
    match = _LABELS.match(line)
    head = match.group() if match else ""
    names = tuple(dict.fromkeys(name.removeprefix(LABEL) for name in head.split()))
    return Annotated(text_of(line[len(head) :].replace(_BREAK, "\n"), {}, ()), [Annotation(names)])


def _write(item: Written, names: Sequence[str]) -> str:
    """Return an article as a line without its end."""
    labels = item.annotation.labels if item.annotation else ()
    spaced = [name for name in labels if not name or re.search(r"\s", name)]
    if spaced:
        raise LabelError(
            f"fastText's labels hold no spaces, got {spaced[0]!r}; write theme ids instead"
        )
    text = re.sub("\r\n?|\n", _BREAK, str(item.article))
    if text.lstrip().startswith(LABEL):
        raise InputError(f"article {item.article.id!r} begins with {LABEL!r}, a label to fastText")
    return " ".join([*(LABEL + name for name in labels), text])


FASTTEXT = Tool("fasttext", "fastText", "text", _read, _write, suffix=".txt")
