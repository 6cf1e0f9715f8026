"""The files that labels are kept in, row by row: JSON lines, CSV, a seeds folder, other tools'."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from newsclf.errors import DecodingError, InputError, LabelError
from newsclf.labels.tools import fasttext_records, own_records, tool_of, unguarded
from newsclf.records.article import Article
from newsclf.text.decoding import detect

__all__ = [
    "EXPECTED",
    "Row",
    "file_rows",
    "folder_rows",
    "has_labels",
    "row_id",
    "row_string",
    "text_articles",
]

_JSONL = (".jsonl", ".jsonl.gz", ".json", ".json.gz", ".ndjson")
_CSV = (".csv", ".csv.gz")
_FASTTEXT = (".txt", ".txt.gz")
EXPECTED = (
    'one JSON object a line with "id", "title", "text" and "labels" (a list, primary theme first), '
    'or "sha256" in place of title and text; or CSV with the columns id,title,text,labels; or an '
    "export of Label Studio, doccano, Prodigy or Argilla; or fastText's lines (.txt)"
)
_SAMPLE = 1 << 16


class Row(NamedTuple):
    """A record, where it stands, and its article unless the labels stand off."""

    place: str
    record: Mapping[str, Any]
    article: Article | None


def row_id(place: str, record: Mapping[str, Any]) -> str:
    """Return the id of a row, as a string."""
    value = record.get("id")
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise InputError(f'{place}: "id" should be a string or a number, got {value!r:.80}')
    return str(value)


def row_string(place: str, record: Mapping[str, Any], key: str) -> str | None:
    """Return a string of a row, None where it is absent or empty."""
    value = record.get(key)
    if value is not None and not isinstance(value, str):
        raise InputError(f'{place}: "{key}" should be a string, got {value!r:.80}')
    return value or None


def _article(place: str, record: Mapping[str, Any]) -> Article:
    """Make the article of a row that holds its text."""
    paragraphs = record.get("paragraphs")
    if paragraphs is None:
        text = row_string(place, record, "text")
        paragraphs = text.split("\n") if text else []
    if not isinstance(paragraphs, list) or not all(isinstance(p, str) for p in paragraphs):
        raise InputError(f'{place}: "paragraphs" should be strings, got {paragraphs!r:.80}')
    return Article(
        id=row_id(place, record),
        title=row_string(place, record, "title"),
        paragraphs=tuple(paragraphs),
        date=row_string(place, record, "date"),
        source=row_string(place, record, "source"),
    )


def file_rows(path: Path, skipped: Counter[str]) -> Iterator[Row]:
    """Yield the rows of a labelled file, each with its text or with the hash of it.

    What the readers of an annotation tool left out is counted in `skipped`, by reason.
    """
    for place, record in _records(path, skipped):
        if "text" in record or "paragraphs" in record:
            article = _article(place, record)
            if record.get("sha256", article.sha256) != article.sha256:
                raise LabelError(
                    f"{place}: the text of {article.id!r} is not the one that was labelled: "
                    f"its sha256 is {article.sha256}; restore the text or label it anew"
                )
            yield Row(place, record, article)
        elif isinstance(record.get("sha256"), str):
            yield Row(place, record, None)
        else:
            raise InputError(f"{place}: no text (found {sorted(record)}); expected {EXPECTED}")


def has_labels(path: Path) -> bool:
    """Tell labelled articles from a pool without labels, by the first record."""
    if path.is_dir():
        return (path / "labels.jsonl").is_file()
    if path.name.endswith(_CSV):
        header = next(csv.reader(_lines(path)), [])
        return "labels" in header
    if not path.name.endswith(_JSONL):
        return False
    first = next(_json_records(path), ("", {}))[1]
    return "labels" in first or tool_of(first) is not None


def _records(path: Path, skipped: Counter[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    stem = path.name.split(".")[0]
    if path.name.endswith(_CSV):
        return _csv_records(path)
    if path.name.endswith(_FASTTEXT):
        return fasttext_records(_fasttext_lines(path), stem, skipped)
    if not path.name.endswith(_JSONL):
        raise InputError(
            f"{path}: expected a folder, .jsonl, .json, .csv or .txt, the files also .gz; "
            f"save the labels as {EXPECTED}"
        )
    records = _json_records(path)
    first = next(records, None)
    if first is None:
        return iter(())
    records = itertools.chain([first], records)
    tool = tool_of(first[1])
    return records if tool is None else own_records(records, tool, stem, skipped)


def _fasttext_lines(path: Path) -> Iterator[tuple[str, str]]:
    lines = [line.removesuffix("\n").removesuffix("\r") for line in _lines(path)]
    if lines and not any(line.startswith("__label__") for line in lines):
        raise InputError(f"{path}: no line begins with __label__; expected {EXPECTED}")
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield f"{path}, line {number}", line


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text file in any encoding, ends kept, one at a time."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with (
            opened(path, "rb") as raw,
            io.BufferedReader(cast(io.RawIOBase, raw), _SAMPLE) as stream,
        ):
            encoding = detect(stream.peek(_SAMPLE))
            with io.TextIOWrapper(stream, encoding, newline="\n") as lines:
                for number, line in enumerate(lines):
                    yield line if number else line.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise DecodingError(
            f"{path}: not {error.encoding} text: {error.reason}; convert the file to UTF-8"
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {reason}") from error


def _json_records(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the objects of JSON lines, or of one JSON array."""
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        if line.lstrip().startswith("["):
            yield from _json_array(path, f"{path}, line {number}")
            return
        yield f"{path}, line {number}", _json_object(line, f"{path}, line {number}")


def _json_array(path: Path, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        items = json.loads("".join(_lines(path)))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: no valid JSON ({error}); expected {EXPECTED}") from error
    for number, item in enumerate(items, 1):
        yield f"{path}, item {number}", _checked_object(item, f"{path}, item {number}")


def _json_object(line: str, place: str) -> Mapping[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: no valid JSON ({error}); expected {EXPECTED}") from error
    return _checked_object(record, place)


def _checked_object(record: object, place: str) -> Mapping[str, Any]:
    if not isinstance(record, dict):
        raise InputError(f"{place}: got {record!r:.60}; expected {EXPECTED}")
    return record


def _csv_records(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    rows = csv.DictReader(_lines(path), strict=True)
    try:
        missing = {"id", "title", "text", "labels"} - set(rows.fieldnames or ())
        if missing and rows.fieldnames:
            raise InputError(
                f"{path}: no column {', '.join(sorted(missing))} (found "
                f"{', '.join(map(str, rows.fieldnames))}); the first line should be "
                "id,title,text,labels and optionally borderline,date,source"
            )
        for row in rows:
            place = f"{path}, line {rows.line_num}"
            if None in row or None in row.values():
                raise InputError(
                    f"{place}: not as many cells as columns; put texts that hold commas, quotes "
                    "or line breaks in double quotes"
                )
            themes = {
                key: [
                    t.strip()
                    for t in unguarded(row.get(key, "")).replace("|", ";").split(";")
                    if t.strip()
                ]
                for key in ("labels", "borderline")
            }
            cells = {key: unguarded(cell) for key, cell in row.items()}
            yield place, {**cells, **themes}
    except csv.Error as error:
        raise InputError(f"{path}, line {rows.line_num}: broken CSV: {error}") from error


def folder_rows(path: Path, level: str) -> Iterator[Row]:
    """Yield the judged units of a seeds folder, or their paragraphs as articles of their own."""
    if level not in ("article", "paragraph"):
        raise InputError(f'level should be "article" or "paragraph", got {level!r}')
    if not (path / "articles.jsonl").is_file():
        raise InputError(
            f"{path}: a folder of labels holds articles.jsonl and labels.jsonl, and this one does "
            "not; otherwise name one file"
        )
    units: dict[str, Article] = {}
    for place, record in _json_records(path / "articles.jsonl"):
        try:
            units[row_id(place, record)] = Article.from_dict(record)
        except InputError as error:
            raise InputError(f"{place}: {error}") from error
    judged = set()
    for place, record in _json_records(path / "labels.jsonl"):
        if record.get("level", "article") != level:
            continue
        unit_id = str(record.get("article_id", record.get("id")))
        if unit_id not in units:
            raise LabelError(f"{place}: no article {unit_id!r} in {path / 'articles.jsonl'}")
        judged.add(unit_id)
        unit = units[unit_id]
        yield Row(place, record, unit if level == "article" else _paragraph(place, record, unit))
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

    A folder of texts holds other files too: rows without id and text are passed over.
    """
    files = [path]
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.name.endswith((".jsonl", ".jsonl.gz")))
        if not files:
            raise InputError(f"{path}: no .jsonl or .jsonl.gz file in it")
    for file in files:
        for place, record in _json_records(file):
            if "id" in record and ("text" in record or "paragraphs" in record):
                yield _article(place, record)
