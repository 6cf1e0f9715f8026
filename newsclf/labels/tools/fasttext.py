"""fastText: a line an article, its labels first. It holds no id, title, date or borderline theme.

A line break in the text becomes a token of its own, the line separator U+2028, and back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsclf.errors import InputError, LabelError
from newsclf.labels.tools.records import Annotated, Reading, text_of
from newsclf.records.article import Article

__all__ = ["LABEL", "read_line", "write_line"]

LABEL = "__label__"
_LABELS = re.compile(rf"(?:{LABEL}\S+(?:[ \t]+|$))*")
_BREAK = " \u2028 "


def read_line(line: str) -> Annotated:
    """Read a line without its end."""
    match = _LABELS.match(line)
    head = match.group() if match else ""
    names = tuple(dict.fromkeys(name.removeprefix(LABEL) for name in head.split()))
    return Annotated(text_of(line[len(head) :].replace(_BREAK, "\n"), {}, ()), [Reading(names)])


def write_line(article: Article, labels: Sequence[str]) -> str:
    """Return an article as a line without its end."""
    spaced = [name for name in labels if not name or re.search(r"\s", name)]
    if spaced:
        raise LabelError(
            f"fastText's labels hold no spaces, got {spaced[0]!r}; write theme ids instead"
        )
    text = re.sub("\r\n?|\n", _BREAK, str(article))
    if text.lstrip().startswith(LABEL):
        raise InputError(f"article {article.id!r} begins with {LABEL!r}, a label to fastText")
    return " ".join([*(LABEL + name for name in labels), text])
