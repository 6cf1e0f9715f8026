"""Label Studio: tasks with annotations and predictions, and the flat export JSON_MIN.

The project's labelling configuration::

    <View>
      <Text name="text" value="$text"/>
      <Choices name="themes" toName="text" choice="multiple"><Choice value="..."/></Choices>
      <Choices name="borderline" toName="text" choice="multiple"><Choice value="..."/></Choices>
    </View>
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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

__all__ = ["FLAT", "LABEL_STUDIO"]


def _read(record: Mapping[str, Any]) -> Annotated:
    data, annotations = record["data"], record["annotations"]
    if not isinstance(data, dict) or not isinstance(annotations, list):
        raise InputError('expected "data" as an object and "annotations" as a list')
    article = text_of(data.get("text"), data, (data.get("doc_id"), record.get("id")))
    given, skipped = [], []
    for annotation in annotations:
        if not isinstance(annotation, dict) or not isinstance(annotation.get("result"), list):
            raise InputError(f'expected annotations with a "result" list, got {annotation!r:.80}')
        if annotation.get("was_cancelled"):
            skipped.append("cancelled by the reader")
            continue
        choices = [r for r in annotation["result"] if r.get("type") == "choices"]
        if annotation["result"] and not choices:
            skipped.append("annotated with something else than choices")
            continue
        given.append(
            Annotation(
                _chosen(r for r in choices if r.get("from_name") != BORDERLINE),
                _chosen(r for r in choices if r.get("from_name") == BORDERLINE),
            )
        )
    return Annotated(article, given, skipped)


def _chosen(results: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    names: list[str] = []
    for result in results:
        value = result.get("value")
        found = value.get("choices") if isinstance(value, dict) else value
        names += names_in(found, 'the "choices" of a result')
    return tuple(dict.fromkeys(names))


def _read_flat(record: Mapping[str, Any]) -> Annotated:
    # A control with two choices or more is an object; with one it is that choice; without any
    # its key is missing.
    article = text_of(record.get("text"), record, (record.get("doc_id"), record.get("id")))
    controls = {k for k, v in record.items() if isinstance(v, dict) and "choices" in v} | {THEMES}
    read: dict[str, tuple[str, ...]] = {}
    for key in (*sorted(controls - {BORDERLINE}), BORDERLINE):
        value = record.get(key)
        names = names_in(value.get("choices") if isinstance(value, dict) else value, f'"{key}"')
        kind = BORDERLINE if key == BORDERLINE else THEMES
        read[kind] = tuple(dict.fromkeys((*read.get(kind, ()), *names)))
    return Annotated(article, [Annotation(read[THEMES], read[BORDERLINE])])


def _write(item: Written, names: Sequence[str]) -> dict[str, Any]:
    task: dict[str, Any] = {
        "data": {"text": str(item.article), **metadata(item.article)},
        "annotations": [],
    }
    if item.annotation is not None:
        labels, borderline = item.annotation
        controls = ((THEMES, labels), (BORDERLINE, borderline))
        results = [_result(control, chosen) for control, chosen in controls if chosen]
        task["annotations"] = [{"was_cancelled": False, "result": results}]
    if item.suggestion is not None:
        sure = min(item.suggestion.values(), default=0.0)
        result = [_result(THEMES, tuple(item.suggestion))] if item.suggestion else []
        task["predictions"] = [{"model_version": item.model, "score": sure, "result": result}]
    return task


def _result(control: str, chosen: Sequence[str]) -> dict[str, Any]:
    return {
        "id": control,
        "from_name": control,
        "to_name": "text",
        "type": "choices",
        "value": {"choices": list(chosen)},
    }


LABEL_STUDIO = Tool(
    "label-studio",
    "Label Studio",
    "array",
    _read,
    _write,
    keys=(frozenset({"data", "annotations"}),),
    suggests=True,
)
FLAT = Tool(
    "label-studio-min",
    "Label Studio (JSON_MIN)",
    "array",
    _read_flat,
    _write,
    keys=(frozenset({"annotation_id", "lead_time"}),),
    exported=False,
)
