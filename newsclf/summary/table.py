"""The table: articles of each theme, by month and by place."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from newsclf.batch.files import read_articles
from newsclf.errors import InputError
from newsclf.outputs.delimited import csv_rows
from newsclf.records.article import Article
from newsclf.summary.dates import find_month
from newsclf.summary.places import LEVELS, find_places
from newsclf.summary.plot import Cell, draw
from newsclf.summary.tagged import TaggedArticle, read_tagged

__all__ = ["Summary", "summarise"]

_CHUNK = 1000
_NO_THEME = ("", "（无主题 no theme）")


@dataclass(frozen=True)
class Summary:
    """How often themes come, by month and by place.

    An article counts for each of its themes; one without a theme counts for the theme "".

    Attributes
    ----------
    articles : int
    names : mapping of str to str
        Theme ids and names.
    months, places : mapping of (str, str) to int
        Articles by month ("1998-05") or place, and theme id; "" where month or place is not
        known.
    """

    articles: int = 0
    names: dict[str, str] = field(default_factory=dict)
    months: Counter[Cell] = field(default_factory=Counter)
    places: Counter[Cell] = field(default_factory=Counter)

    def to_csv(self) -> str:
        """Return one line a month and theme, then one a place and theme."""
        rows = [
            (kind, value, theme, self.names[theme], count)
            for kind, counts in (("month", self.months), ("place", self.places))
            for (value, theme), count in sorted(counts.items())
        ]
        return csv_rows([("by", "value", "theme", "name", "articles"), *rows], end="\n")

    def plot(self, path: str | Path, *, font: str | Path | None = None) -> None:
        """Draw both tables into a file (.png, .svg, .pdf); see `newsclf.summary.plot.draw`."""
        draw(Path(path), months=self.months, places=self.places, names=self.names, font=font)


def summarise(
    tagged: str | Path,
    *,
    articles: str | Path | Sequence[str | Path] | None = None,
    level: str = "city",
) -> Summary:
    """Count the themes of tagged articles by month and by place.

    The month comes from the date field, else the id, else the first full date of the text; the
    place is the first one that title and text name. Both need the texts: either their columns
    were kept (``keep=("date", "text")``), or `articles` names the files that were tagged. With
    neither there are ids and titles to go by.

    Parameters
    ----------
    tagged : path
        What `newsclf.tag_file` wrote.
    articles : path or sequence of paths, optional
        What it read.
    level : {"province", "city", "county"}
        How far down places are told apart.

    Raises
    ------
    InputError
        `tagged` is not what was written there, or `articles` are not what it was made of.
    MissingExtra
        The gazetteer (extra ``summary``) is not installed.
    """
    if level not in LEVELS:
        raise InputError(f"expected a level among {', '.join(LEVELS)}, got {level!r}")
    rows = read_tagged(Path(tagged))
    if articles is not None:
        rows = _with_texts(rows, articles)
    summary = Summary()
    while chunk := list(itertools.islice(rows, _CHUNK)):
        summary = _add(summary, chunk, level)
    return summary


def _add(summary: Summary, rows: Sequence[TaggedArticle], level: str) -> Summary:
    months = [find_month(row.date) or find_month(row.id) or find_month(row.text) for row in rows]
    years = [int(month[:4]) if month else None for month in months]
    places = find_places([f"{row.title}\n{row.text}" for row in rows], years, level)
    for row, month, place in zip(rows, months, places, strict=True):
        for theme, name in row.themes or (_NO_THEME,):
            summary.names[theme] = name
            summary.months[month, theme] += 1
            summary.places[place, theme] += 1
    return replace(summary, articles=summary.articles + len(rows))


def _with_texts(
    rows: Iterable[TaggedArticle], articles: str | Path | Sequence[str | Path]
) -> Iterator[TaggedArticle]:
    """Give each row the text and date of its article; both are in the same order."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    source: Iterator[Article] = read_articles(
        articles, pages=first.is_unit, on_reject=lambda reject: None
    )
    for row in itertools.chain([first], rows):
        # Articles that are not among the rows were rejected by the tagger.
        found = next((article for article in source if article.id == row.id), None)
        if found is None:
            raise InputError(
                f"expected the articles that were tagged, in the same order; found no {row.id!r}"
            )
        yield replace(row, date=row.date or found.date or "", text=row.text or found.text)
