"""Argilla: records with fields, suggestions, and the responses of each user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from newsclf.errors import InputError
from newsclf.labels.tools.records import (
    BORDERLINE,
    THEMES,
    Annotated,
    Annotation,
    Tool,
    Written,
    metadata,
    names_in,
    text_of,
)

__all__ = ["ARGILLA"]


def _read(record: Mapping[str, Any]) -> Annotated:
    fields, carried = record["fields"], record.get("metadata") or {}
    responses = record.get("responses") or {}
    if not all(isinstance(x, dict) for x in (fields, carried, responses)):
        raise InputError('expected "fields", "metadata" and "responses" as objects')
    article = text_of(fields.get("text"), carried, (carried.get("doc_id"), record.get("id")))
    users: dict[object, dict[str, tuple[str, ...]]] = {}
    skipped = []
    for question, answers in responses.items():
        kind = BORDERLINE if question == BORDERLINE else THEMES
        for answer in answers:
            if answer.get("status", "submitted") != "submitted" or "value" not in answer:
                skipped.append(f"response {answer.get('status', 'without value')}")
                continue
            given = users.setdefault(answer.get("user_id"), {})
            given[kind] = (*given.get(kind, ()), *names_in(answer["value"], f'"{question}"'))
    annotations = [
        Annotation(given.get(THEMES, ()), given.get(BORDERLINE, ())) for given in users.values()
    ]
    if not annotations and not skipped and record.get("status") == "completed":
        # The question need not be answered, and none of the themes fits.
        annotations = [Annotation(())]
    return Annotated(article, annotations, skipped)


def _write(item: Written, names: Sequence[str]) -> dict[str, Any]:
    record: dict[str, Any] = {
        "id": item.article.id,
        "fields": {"text": str(item.article)},
        "metadata": metadata(item.article),
        "suggestions": {},
        "responses": {},
        "status": "pending",
    }
    if item.annotation is not None:
        responses = {THEMES: [{"value": list(item.annotation.labels), "user_id": None}]}
        if item.annotation.borderline:
            responses[BORDERLINE] = [{"value": list(item.annotation.borderline), "user_id": None}]
        record |= {"responses": responses, "status": "completed"}
    if item.suggestion:
        record["suggestions"][THEMES] = {
            "value": list(item.suggestion),
            "score": list(item.suggestion.values()),
            "agent": item.model,
        }
    return record


ARGILLA = Tool(
    "argilla",
    "Argilla",
    "array",
    _read,
    _write,
    keys=(frozenset({"fields", "responses"}), frozenset({"fields", "suggestions"})),
    suggests=True,
)
