"""The files that labels are kept in, row by row: JSON lines, CSV, a seeds folder, other tools'."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from newsclf.errors import InputError, LabelError
from newsclf.inputs.articles import COLUMNS, ReadOptions, article_of, field_of
from newsclf.inputs.formats import InputFormat, format_of, format_of_suffix, help_names, split_name
from newsclf.inputs.records import read_records, read_text_lines
from newsclf.labels.printed import is_page, printed_articles
from newsclf.labels.tools import CSV, FASTTEXT, own_records, tool_of
from newsclf.labels.tools.fasttext import LABEL
from newsclf.outputs import unguarded
from newsclf.records.article import Article

__all__ = [
    "EXPECTED",
    "LabelRecord",
    "file_rows",
    "folder_rows",
    "has_labels",
    "row_id",
    "row_string",
    "text_articles",
]

EXPECTED = (
    'one JSON object a line with "id", "title", "text" and "labels" (a list, primary theme first), '
    'or "sha256" in place of title and text; or CSV with the columns id,title,text,labels; or an '
    "export of Label Studio, doccano, Prodigy or Argilla; or fastText's lines (.txt)"
)
# A text of its own, not a first line that looks like one, is the title: labels go by its hash.
_OPTIONS = ReadOptions(split_titles=False)
_NAMES = tuple(name for names in COLUMNS.values() for name in names)


class LabelRecord(NamedTuple):
    """A record of labels, where it stands, and its article unless the labels stand off."""

    place: str
    record: Mapping[str, Any]
    article: Article | None


def row_id(place: str, record: Mapping[str, Any]) -> str:
    """Return the id of a row, as a string."""
    found = row_string(place, record, "id")
    if found is None:
        raise InputError(
            f'{place}: "id" should be a string or a number, got {record.get("id")!r:.80}'
        )
    return found


def row_string(place: str, record: Mapping[str, Any], role: str) -> str | None:
    """Return the field of a row that is its id, title, date or source; None where there is none."""
    try:
        return field_of(_own(record), role, _OPTIONS)
    except InputError as error:
        raise InputError(f"{place}: {error}") from error


def _own(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that make an article; whatever else labels come with is not looked at."""
    return {name: record[name] for name in _NAMES if record.get(name) not in (None, "")}


def _article(place: str, record: Mapping[str, Any]) -> Article:
    """Make the article of a row that holds its text."""
    row_id(place, record)  # there must be one
    own = _own(record)
    if not any(name in own for name in COLUMNS["text"]):
        own["text"] = ""
    try:
        return article_of(own, _OPTIONS)
    except InputError as error:
        raise InputError(f"{place}: {error}") from error


def file_rows(path: Path, skipped: Counter[str]) -> Iterator[LabelRecord]:
    """Yield the rows of a labelled file, each with its text or with the hash of it.

    What the readers of an annotation tool left out is counted in `skipped`, by reason.
    """
    for place, record in _records(path, skipped):
        if _holds_text(record):
            article = _article(place, record)
            if record.get("sha256", article.sha256) != article.sha256:
                raise LabelError(
                    f"{place}: the text of {article.id!r} is not the one that was labelled: "
                    f"its sha256 is {article.sha256}; restore the text or label it anew"
                )
            yield LabelRecord(place, record, article)
        elif isinstance(record.get("sha256"), str):
            yield LabelRecord(place, record, None)
        else:
            raise InputError(f"{place}: no text (found {sorted(record)}); expected {EXPECTED}")


def _holds_text(record: Mapping[str, Any]) -> bool:
    return any(name in record for name in COLUMNS["text"])


def has_labels(path: Path) -> bool:
    """Tell labelled articles from a pool without labels, by the columns or the first record."""
    if path.is_dir():
        return (path / "labels.jsonl").is_file()
    format = _format(path)
    if format is None or format.kind != "rows":
        return False
    columns: list[str] = []
    try:
        first = next(read_records(path, format=format.name, on_header=columns.extend), None)
    except InputError:
        if not columns:
            raise
    if columns or first is None:
        return "labels" in columns
    return "labels" in first[1] or tool_of(first[1]) is not None


def _format(path: Path) -> InputFormat | None:
    """Return the format of a labelled file by its name; JSON is one array, or a record a line."""
    suffix = split_name(path.name)[1]
    return format_of_suffix(".jsonl" if suffix.lower() == ".json" else suffix)


def _records(path: Path, skipped: Counter[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    format = _format(path)
    # What ids begin with, where a tool has none.
    stem = path.name.split(".")[0]
    if format is not None and FASTTEXT.suffix in format.suffixes:
        return own_records(_lines_of_fasttext(path), FASTTEXT, stem, skipped)
    if format is None or format.kind != "rows":
        raise InputError(
            f"{path}: expected a folder, or a file named {help_names('rows')}, or .json or .txt; "
            f"save the labels as {EXPECTED}"
        )
    columns: list[str] = []
    records = read_records(path, format=format.name, on_header=columns.extend, expected=EXPECTED)
    first = next(records, None)
    if columns:
        _check_columns(path, columns)
    if first is None:
        return iter(())
    records = itertools.chain([first], records)
    if columns:
        return ((place, _of_table(cells)) for place, cells in records)
    tool = tool_of(first[1])
    return records if tool is None else own_records(records, tool, stem, skipped)


def _lines_of_fasttext(path: Path) -> Iterator[tuple[str, str]]:
    lines = list(read_text_lines(path))
    if lines and not any(line.startswith(LABEL) for _, line in lines):
        raise InputError(f"{path}: no line begins with {LABEL}; expected {EXPECTED}")
    return ((place, line) for place, line in lines if line.strip())


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    roles = _OPTIONS.fields.among(columns)
    known = {"id": roles.id, "text": roles.text, "labels": "labels" in columns or None}
    if missing := [name for name, found in known.items() if found is None]:
        raise InputError(
            f"{path}: no column {', '.join(missing)} (found {', '.join(columns)}); the first line "
            "should be id,title,text,labels and optionally borderline,date,source"
        )


def _of_table(cells: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a row of a table in the form of the JSON lines: a cell may hold themes as a string."""
    record = {
        k: unguarded(c) if isinstance(c, str) else c for k, c in cells.items() if c is not None
    }
    if not isinstance(record.get("labels"), str):
        return record
    ((labels, borderline),) = CSV.read(record).annotations
    return {**record, "labels": list(labels), "borderline": list(borderline)}


def folder_rows(path: Path, level: str) -> Iterator[LabelRecord]:
    """Yield the judged units of a seeds folder, or their paragraphs as articles of their own."""
    if level not in ("article", "paragraph"):
        raise InputError(f'level should be "article" or "paragraph", got {level!r}')
    if not (path / "articles.jsonl").is_file():
        raise InputError(
            f"{path}: a folder of labels holds articles.jsonl and labels.jsonl, and this one does "
            "not; otherwise name one file"
        )
    units: dict[str, Article] = {}
    for place, record in _objects(path / "articles.jsonl"):
        try:
            units[row_id(place, record)] = Article.from_dict(record)
        except InputError as error:
            raise InputError(f"{place}: {error}") from error
    judged = set()
    for place, record in _objects(path / "labels.jsonl"):
        if record.get("level", "article") != level:
            continue
        unit_id = str(record.get("article_id", record.get("id")))
        if unit_id not in units:
            raise LabelError(f"{place}: no article {unit_id!r} in {path / 'articles.jsonl'}")
        judged.add(unit_id)
        unit = units[unit_id]
        yield LabelRecord(
            place, record, unit if level == "article" else _paragraph(place, record, unit)
        )
    left = [i for i, unit in units.items() if unit.type != "headline" and i not in judged]
    if left:
        raise LabelError(
            f"{path / 'labels.jsonl'}: no labels at level {level} for {len(left)} of {len(units)} "
            f"units, among them {left[0]}; label them, or remove them from articles.jsonl"
        )


def _paragraph(place: str, record: Mapping[str, Any], unit: Article) -> Article:
    number = record.get("paragraph")
    if not isinstance(number, int) or not 1 <= number <= len(unit.paragraphs):
        raise LabelError(
            f'{place}: "paragraph" should be 1 to {len(unit.paragraphs)}, got {number!r:.80}'
        )
    return Article(
        id=row_id(place, record),
        paragraphs=(unit.paragraphs[number - 1],),
        type=unit.type,
        page=unit.page,
        date=unit.date,
        source=unit.source,
    )


def text_articles(path: Path) -> Iterator[Article]:
    """Yield the articles of a JSON-lines file, or of every such file in a folder.

    A folder of texts holds other files too: rows without id and text are passed over. A row that
    is a printed page gives the articles on it (`printed_articles`).
    """
    files = [path]
    if path.is_dir():
        names = format_of("jsonl").suffixes
        files = sorted(p for p in path.rglob("*") if split_name(p.name)[1].lower() in names)
        if not files:
            raise InputError(f"{path}: no file named {' or '.join(names)} in it")
    for file in files:
        for place, record in _objects(file):
            if "id" in record and _holds_text(record):
                yield _article(place, record)
            elif is_page(record):
                yield from printed_articles(record)


def _objects(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return read_records(path, format="jsonl", expected=EXPECTED)
