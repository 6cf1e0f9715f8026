"""From the records of a tool to rows of the project's own form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from newsclf.errors import InputError
from newsclf.labels.tools.records import Annotated, Annotation, Tool, merge

__all__ = ["own_records"]

Records = Iterable[tuple[str, Any]]


def own_records(
    records: Records, tool: Tool, stem: str, skipped: Counter[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what the records of a tool say, in the project's own form.

    Several annotations of one article become one (see `merge`), also where the tool has a record
    for each reader.

    Parameters
    ----------
    records : iterable of (place, record)
    stem : str
        What ids begin with, where the tool has none.
    skipped : Counter
        Counts what was left out, by reason.
    """
    return _merged(
        ((place, _read(tool, place, record)) for place, record in records), stem, skipped
    )


def _read(tool: Tool, place: str, record: Any) -> Annotated:
    if tool.keys and not any(keys <= record.keys() for keys in tool.keys):
        raise InputError(
            f"{place}: expected a record of {tool.title} like the first one, with "
            f"{' and '.join(sorted(tool.keys[0]))}, found {sorted(record)}"
        )
    try:
        return tool.read(record)
    except InputError as error:
        raise InputError(f"{place}: {tool.title}: {error}") from error
    except (AttributeError, KeyError, TypeError) as error:
        raise InputError(
            f"{place}: not as {tool.title} exports it ({type(error).__name__}: {error}); "
            "export the project again"
        ) from error


def _merged(
    annotated: Iterable[tuple[str, Annotated]], stem: str, skipped: Counter[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found: dict[tuple[object, ...], tuple[str, Mapping[str, Any], list[Annotation]]] = {}
    for number, (place, item) in enumerate(annotated, 1):
        record = item.record
        skipped.update(item.skipped)
        key = (record.get("id"), record["title"], record["text"])
        if "id" not in record:
            record = {**record, "id": f"{stem}-{number}"}
        given = found.setdefault(key, (place, record, []))[2]
        given += item.annotations
        if not item.annotations and not item.skipped:
            skipped["without an annotation"] += 1
    for place, record, given in found.values():
        if given:
            labels, borderline = merge(given)
            if len(given) > 1 and set(borderline) - {n for a in given for n in a.borderline}:
                skipped["read differently by several readers: doubtful themes are borderline"] += 1
            yield place, {**record, "labels": list(labels), "borderline": list(borderline)}
