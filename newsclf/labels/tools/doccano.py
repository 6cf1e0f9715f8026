"""doccano: a text a line with its labels; other keys are metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from newsclf.labels.tools.records import (
    BORDERLINE,
    Annotated,
    Annotation,
    Tool,
    Written,
    metadata,
    names_in,
    text_of,
)

__all__ = ["DOCCANO"]

# doccano shows no difference between "no theme" and "not yet read", so what went out unread is
# marked, and read as labelled only once it has a label.
_UNREAD = "unread"


def _read(record: Mapping[str, Any]) -> Annotated:
    ids = (record.get("doc_id"), record.get("id"))
    article = text_of(record.get("text"), record, ids)
    labels = names_in(record["label"], '"label"')
    if not labels and record.get(_UNREAD):
        return Annotated(article, [])
    borderline = names_in(record.get(BORDERLINE), f'"{BORDERLINE}"')
    return Annotated(article, [Annotation(labels, borderline)])


def _write(item: Written, names: Sequence[str]) -> dict[str, Any]:
    record: dict[str, Any] = {"text": str(item.article), "label": [], **metadata(item.article)}
    if item.annotation is None:
        return record | {_UNREAD: True}
    record["label"] = list(item.annotation.labels)
    if item.annotation.borderline:
        record[BORDERLINE] = list(item.annotation.borderline)
    return record


DOCCANO = Tool("doccano", "doccano", "lines", _read, _write, keys=(frozenset({"text", "label"}),))
