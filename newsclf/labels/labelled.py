"""Labelled articles on disk: read with every rule checked, and written whole or not at all."""

from __future__ import annotations

import contextlib
import difflib
import gzip
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from newsclf.errors import InputError, LabelError
from newsclf.labels.files import (
    EXPECTED,
    LabelRecord,
    file_rows,
    folder_rows,
    row_id,
    row_string,
    text_articles,
)
from newsclf.outputs import json_line, open_output
from newsclf.records.article import Article, LabelledArticle, as_article
from newsclf.records.codebook import Codebook

__all__ = ["labelled_lines", "read_labelled", "write_labelled"]

_NAMED = 5


def read_labelled(
    path: str | Path,
    *,
    codebook: Codebook | None = None,
    texts: Iterable[Article | LabelledArticle] | str | Path | None = None,
    level: Literal["article", "paragraph"] = "article",
) -> list[LabelledArticle]:
    """Read labelled articles.

    Parameters
    ----------
    path : str or Path
        ``.jsonl``: one object a line with id, title, text (or paragraphs), labels (primary first)
        and optionally borderline, date, source; other keys are ignored. The fields of the article
        may have any name that `newsclf tag` knows. A line with ``sha256`` and no text holds
        stand-off labels, and needs `texts`.
        ``.csv`` or ``.tsv``: columns of these names; themes are separated by ``;`` or ``|``.
        ``.json`` or ``.jsonl`` from Label Studio (also JSON_MIN), doccano, Prodigy or Argilla, and
        ``.txt`` for fastText, with ids made up where the tool has none. Where several readers
        differ on a theme, it is borderline. A warning counts what was left out: annotations that
        were cancelled or rejected, articles without one.
        Each of these also compressed, ``.gz`` or ``.zst``.
        A folder with articles.jsonl and labels.jsonl, such as seeds/: every unit that was
        judged, captions and fragments too (``.article.type`` tells them apart), lone headlines not.
    codebook : Codebook, optional
        Resolves labels given by Chinese or English name to ids, and refuses unknown ones. Without
        it labels are taken as they stand.
    texts : iterable of Article, str or Path, optional
        Where stand-off labels find their texts: articles, a JSON-lines file, or a folder of such
        files. A text belongs to a label when its `Article.sha256` is the same; the id alone is
        not enough.
    level : {"article", "paragraph"}
        For a folder: the labels of whole units, or of each paragraph as an article of its own.

    Returns
    -------
    list of LabelledArticle
        In the order of the file.

    Raises
    ------
    LabelError
        Unknown labels, an id twice, a theme both label and borderline, the same text with
        different labels, labels whose text has changed or is missing.
    InputError
        A file that cannot be read, is empty, or has another form. Messages name file and line.
    """
    path = Path(path)
    skipped: Counter[str] = Counter()
    if path.is_dir():
        rows = list(folder_rows(path, level))
    elif level != "article":
        raise InputError(f"{path}: level={level!r} needs a folder with articles.jsonl, not a file")
    else:
        rows = list(file_rows(path, skipped))
    left_out = "; ".join(f"{n} {reason}" for reason, n in skipped.items())
    if not rows:
        also = f" ({left_out})" if left_out else ""
        raise InputError(f"{path}: holds no labelled article{also}; expected {EXPECTED}")
    if left_out:
        warnings.warn(f"{path}: {left_out}", UserWarning, stacklevel=2)
    found = _find_texts(path, [row for row in rows if row.article is None], texts)
    check = _Check(codebook)
    result = []
    for place, record, article in rows:
        if article is None:
            article = found[record["sha256"]]
            article = replace(
                article,
                id=row_id(place, record),
                date=row_string(place, record, "date") or article.date,
                source=row_string(place, record, "source") or article.source,
            )
        labels, borderline = (check.themes(place, record, k) for k in ("labels", "borderline"))
        item = LabelledArticle(article, labels, borderline)
        check.item(place, item)
        result.append(item)
    return result


def write_labelled(
    labelled: Iterable[LabelledArticle], path: str | Path, *, text: bool = True
) -> None:
    """Write labelled articles as JSON lines, readable by `read_labelled`.

    The file appears whole or not at all: it is written beside `path` and then moved there.

    Parameters
    ----------
    labelled : iterable of LabelledArticle
    path : str or Path
        Ends in ``.jsonl`` or ``.jsonl.gz``; the same articles give the same bytes.
    text : bool
        Whether to write title and text; otherwise labels stand off, with the text's sha256.
        Captions, authors and spans are not written: `Article.to_dict` keeps those.

    Raises
    ------
    LabelError, InputError
        As for `read_labelled`: what could not be read back is not written.
    OSError
        Writing failed, the disk being full for instance.
    """
    path = Path(path)
    if not path.name.endswith((".jsonl", ".jsonl.gz")):
        raise InputError(f"{path}: expected a name that ends in .jsonl or .jsonl.gz")
    # No file name and no time in the gzip header: equal labels are equal files.
    with (
        open_output(path) as stream,
        gzip.GzipFile("", "wb", mtime=0, fileobj=stream)
        if path.suffix == ".gz"
        else contextlib.nullcontext(stream) as out,
    ):
        out.writelines(labelled_lines(labelled, str(path), text=text))


def labelled_lines(
    labelled: Iterable[LabelledArticle], name: str, *, text: bool = True
) -> Iterator[bytes]:
    """Yield the lines that `write_labelled` writes; `name` is what errors say of the file."""
    check = _Check(None)
    for number, item in enumerate(labelled, 1):
        place = f"{name}: item {number}"
        if not isinstance(item, LabelledArticle):
            raise InputError(f"{place}: expected LabelledArticle, got {item!r:.80}")
        check.item(place, item)
        yield json_line(item.to_dict(text=text))


class _Check:
    """The rules that labels keep, and what has been seen so far."""

    def __init__(self, codebook: Codebook | None) -> None:
        self.codebook = codebook
        self.ids: dict[str, str] = {}
        self.texts: dict[str, tuple[str, frozenset[str]]] = {}

    def themes(self, place: str, record: Mapping[str, Any], key: str) -> tuple[str, ...]:
        names = record.get(key, [] if key == "borderline" else None)
        if not isinstance(names, list) or not all(isinstance(n, str) and n for n in names):
            raise LabelError(
                f'{place}: "{key}" should be a list of theme names such as ["education"], '
                f"got {names!r:.80}; write [] for an article without a theme"
            )
        return tuple(self.theme(place, name) for name in names)

    def theme(self, place: str, name: str) -> str:
        if self.codebook is None:
            return name
        if name.strip() in self.codebook:
            return self.codebook.resolve(name.strip())
        known = [n for t in self.codebook for n in (t.id, t.name_zh, t.name_en) if n]
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        hint = f"nearest: {', '.join(near)}" if near else f"known: {', '.join(self.codebook.ids)}"
        raise LabelError(
            f"{place}: no theme {name!r} in codebook {self.codebook.name} "
            f"{self.codebook.version}; {hint}"
        )

    def item(self, place: str, item: LabelledArticle) -> None:
        article, labels = item.article, (*item.labels, *item.borderline)
        if not item.id:
            raise LabelError(f"{place}: has no id; every labelled article needs its own")
        if item.id in self.ids:
            raise LabelError(
                f"{place}: id {item.id!r} is already taken by {self.ids[item.id]}; "
                "remove one of the two or give it another id"
            )
        self.ids[item.id] = place
        for theme in labels:
            if labels.count(theme) > 1:
                raise LabelError(
                    f"{place}: {theme!r} stands twice among labels and borderline; keep one"
                )
        if not (article.title or article.text):
            raise InputError(f"{place}: neither title nor text; remove the row or add its text")
        first, before = self.texts.setdefault(article.sha256, (place, frozenset(item.labels)))
        if before != frozenset(item.labels):
            raise LabelError(
                f"{place}: the same title and text as {first}, but labels "
                f"{sorted(item.labels)} instead of {sorted(before)}; settle them and keep one"
            )


def _find_texts(
    path: Path,
    rows: list[LabelRecord],
    texts: Iterable[Article | LabelledArticle] | str | Path | None,
) -> dict[str, Article]:
    """Find the texts of stand-off labels, by sha256."""
    if not rows:
        return {}
    if texts is None:
        raise InputError(
            f"{path}: {len(rows)} labels without their text; pass texts= (articles, a JSON-lines "
            "file or a folder of such files)"
        )
    wanted = {row.record["sha256"] for row in rows}
    ids = {row_id(row.place, row.record) for row in rows}
    found: dict[str, Article] = {}
    other: dict[str, str] = {}
    if isinstance(texts, (str, Path)):
        texts = text_articles(Path(texts))
    for article in map(as_article, texts):
        sha256 = article.sha256
        if sha256 in wanted:
            found.setdefault(sha256, article)
        elif article.id in ids:
            other[article.id] = sha256
    lost = [row for row in rows if row.record["sha256"] not in found]
    for place, record, _ in lost:
        if (name := str(record["id"])) in other:
            raise LabelError(
                f"{place}: the text of {name!r} has changed since it was labelled: expected sha256 "
                f"{record['sha256']}, found {other[name]}; restore the text or label it anew"
            )
    if lost:
        names = ", ".join(str(row.record["id"]) for row in lost[:_NAMED])
        raise LabelError(f"{path}: {len(lost)} of {len(rows)} texts not found in texts: {names}")
    return found
