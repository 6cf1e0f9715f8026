"""From the records of a tool to rows of the project's own form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from newsclf.errors import InputError
from newsclf.labels.tools import fasttext
from newsclf.labels.tools.argilla import ARGILLA
from newsclf.labels.tools.doccano import DOCCANO
from newsclf.labels.tools.label_studio import FLAT, LABEL_STUDIO
from newsclf.labels.tools.prodigy import PRODIGY
from newsclf.labels.tools.records import Annotated, Reading, Tool, settle

__all__ = ["TOOLS", "fasttext_records", "own_records", "tool_of"]

TOOLS: tuple[Tool, ...] = (LABEL_STUDIO, FLAT, PRODIGY, ARGILLA, DOCCANO)

Records = Iterable[tuple[str, Mapping[str, Any]]]


def tool_of(record: Mapping[str, Any]) -> Tool | None:
    """Tell by its keys which tool a record is from; None for the project's own form."""
    if "labels" in record:
        return None
    return next((t for t in TOOLS if any(keys <= record.keys() for keys in t.keys)), None)


def own_records(
    records: Records, tool: Tool, stem: str, skipped: Counter[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what the records of a tool say, in the project's own form.

    Several readings of one article become one (see `settle`), also where the tool has a record for
    each reader.

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


def fasttext_records(
    lines: Iterable[tuple[str, str]], stem: str, skipped: Counter[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what the lines of a fastText file say, in the project's own form."""
    read = ((place, fasttext.read_line(line)) for place, line in lines)
    return _merged(read, stem, skipped)


def _read(tool: Tool, place: str, record: Mapping[str, Any]) -> Annotated:
    if not any(keys <= record.keys() for keys in tool.keys):
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
    found: dict[tuple[object, ...], tuple[str, Mapping[str, Any], list[Reading]]] = {}
    for number, (place, item) in enumerate(annotated, 1):
        record = item.record
        skipped.update(item.skipped)
        key = (record.get("id"), record["title"], record["text"])
        if "id" not in record:
            record = {**record, "id": f"{stem}-{number}"}
        readings = found.setdefault(key, (place, record, []))[2]
        readings += item.readings
        if not item.readings and not item.skipped:
            skipped["without an annotation"] += 1
    for place, record, readings in found.values():
        if readings:
            labels, borderline = settle(readings)
            if len(readings) > 1 and set(borderline) - {n for r in readings for n in r.borderline}:
                skipped["read differently by several readers: doubtful themes are borderline"] += 1
            yield place, {**record, "labels": list(labels), "borderline": list(borderline)}
