"""CSV for spreadsheets: the project's own form, a row an article, themes separated by ``;``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from newsclf.errors import LabelError
from newsclf.labels.tools.records import Annotated, Annotation, Tool, Written

__all__ = ["COLUMNS", "CSV"]

COLUMNS = ("id", "title", "text", "labels", "borderline", "date", "source")


def _read(cells: Mapping[str, str]) -> Annotated:
    labels, borderline = (_split(cells.get(key, "")) for key in ("labels", "borderline"))
    return Annotated(cells, [Annotation(labels, borderline)])


def _split(cell: str) -> tuple[str, ...]:
    names = (name.strip() for name in cell.replace("|", ";").split(";"))
    return tuple(name for name in names if name)


def _write(item: Written, names: Sequence[str]) -> tuple[str, ...]:
    article, annotation = item.article, item.annotation or Annotation(())
    for name in (*annotation.labels, *annotation.borderline):
        if ";" in name or "|" in name or name != name.strip():
            raise LabelError(f"article {article.id!r}: {name!r} holds ; or |, or outer spaces")
    labels, borderline = (";".join(themes) for themes in annotation)
    text = (article.id, article.title or "", article.text)
    return (*text, labels, borderline, article.date or "", article.source or "")


CSV = Tool("csv", "CSV", "table", _read, _write, suffix=".csv")
