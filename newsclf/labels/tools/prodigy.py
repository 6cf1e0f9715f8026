"""Prodigy: tasks of the choice interface; only accepted ones count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from newsclf.errors import InputError
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

__all__ = ["PRODIGY"]

_SKIPPED = {"reject": "rejected by the reader", "ignore": "ignored by the reader"}


def _read(record: Mapping[str, Any]) -> Annotated:
    meta = record.get("meta", {})
    if not isinstance(meta, dict):
        raise InputError(f'expected "meta" as an object, got {meta!r:.80}')
    ids = (meta.get("doc_id"), record.get("id"), record.get("_input_hash"))
    article = text_of(record.get("text"), meta, ids)
    answer = record.get("answer")
    if answer in _SKIPPED:
        return Annotated(article, [], [_SKIPPED[answer]])
    if answer is None:
        return Annotated(article, [])
    if answer != "accept":
        raise InputError(f'expected the answer "accept", "reject" or "ignore", got {answer!r:.80}')
    labels = names_in(record.get("accept"), '"accept"')
    return Annotated(article, [Annotation(labels, names_in(meta.get(BORDERLINE), "the meta"))])


def _write(item: Written, names: Sequence[str]) -> dict[str, Any]:
    meta: dict[str, Any] = dict(metadata(item.article))
    record: dict[str, Any] = {
        "text": str(item.article),
        "options": [{"id": name, "text": name} for name in names],
        "_view_id": "choice",
        "config": {"choice_style": "multiple"},
        "meta": meta,
    }
    if item.annotation is not None:
        record |= {"accept": list(item.annotation.labels), "answer": "accept"}
        if item.annotation.borderline:
            meta[BORDERLINE] = list(item.annotation.borderline)
    return record


PRODIGY = Tool(
    "prodigy",
    "Prodigy",
    "lines",
    _read,
    _write,
    keys=(
        frozenset({"accept", "answer"}),
        frozenset({"_input_hash", "_task_hash"}),
        frozenset({"_view_id", "options"}),
    ),
)
