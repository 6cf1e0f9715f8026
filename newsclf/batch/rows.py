"""Rows through the tagger: each comes out tagged or rejected, in the order they went in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from newsclf.engine import choice
from newsclf.errors import MissingExtra, ModelError
from newsclf.inputs import Portion, Reject, Row
from newsclf.inputs.formats import split_name
from newsclf.inputs.rows import Place
from newsclf.parallel import in_order
from newsclf.records.article import Article
from newsclf.tagger.protocol import AnyTagger
from newsclf.tagger.tagger import Tagger

if TYPE_CHECKING:
    from newsclf.records.tagging import Tagging

__all__ = ["TaggedRows", "tag_portions", "units_of"]

_Result = TypeVar("_Result")

# What may be in hand, as characters and bytes, for each portion that may.
_SHARE = 4 << 20


@dataclass
class TaggedRows:
    """What came of the rows of a portion.

    Attributes
    ----------
    rows : list of Row
        Those that were tagged.
    lengths : list of int
        How many units each of them has.
    units, taggings : lists of Article, Tagging
        The units of all rows, and what the tagger says of each.
    rejects : list of Reject
        The other rows, in their order.
    """

    rows: list[Row] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    units: list[Article] = field(default_factory=list)
    taggings: list[Tagging] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def tag_portions(
    portions: Iterable[Portion],
    tagger: AnyTagger,
    finish: Callable[[TaggedRows], _Result],
    *,
    pages: bool = False,
    jobs: int = 1,
) -> Iterator[_Result]:
    """Tag rows lazily, in order and in bounded memory; rejects come along.

    A row that makes the tagger raise becomes a reject; the rows around it are tagged.

    Parameters
    ----------
    portions : iterable of Portion
        See `newsclf.inputs.read_portions`. What it raises ends the run.
    tagger : Tagger
    finish : callable
        Called with what came of the rows of a portion, in the thread that tagged them; what it
        returns is the result.
    pages : bool
        Take each text for the dump of a newspaper page.
    jobs : int
        Threads that read, tag and finish.

    Raises
    ------
    ModelError, MissingExtra
        The tagger cannot tag at all.
    """
    with _in_threads(tagger, jobs) as shared:
        work = partial(_tag_portion, tagger=shared, finish=finish, pages=pages)
        limit = _SHARE * (1 + 2 * jobs)
        yield from in_order(work, portions, jobs, weigh=lambda p: p.weight, limit=limit)


def _in_threads(tagger: AnyTagger, jobs: int) -> contextlib.AbstractContextManager[AnyTagger]:
    """Return the tagger as threads are to have it: the compiled engine lets them work at once."""
    if jobs == 1 or not isinstance(tagger, Tagger) or choice.compiled():
        return contextlib.nullcontext(tagger)
    return tagger.in_processes(jobs)


def _tag_portion(
    portion: Portion,
    *,
    tagger: AnyTagger,
    finish: Callable[[TaggedRows], _Result],
    pages: bool,
) -> _Result:
    return finish(_tag_rows(portion.rows(), tagger, pages))


def _tag_rows(rows: Sequence[Row | Reject], tagger: AnyTagger, pages: bool) -> TaggedRows:
    """Tag the units of rows; where that fails, find out by which row."""
    tagged = TaggedRows()
    for row in rows:
        if isinstance(row, Reject):
            tagged.rejects.append(row)
            continue
        units = units_of(row, pages)
        if isinstance(units, Reject):
            tagged.rejects.append(units)
            continue
        tagged.rows.append(row)
        tagged.lengths.append(len(units))
        tagged.units += units
    if not tagged.units:
        return tagged
    try:
        tagged.taggings += tagger.tag_many(tagged.units)
    except Exception as error:
        if len(tagged.rows) > 1:
            return _joined([_tag_rows([row], tagger, pages) for row in rows])
        if isinstance(error, (ModelError, MissingExtra)):
            raise
        return TaggedRows(rejects=[*tagged.rejects, _failed(tagged.rows[0], "tagger", error)])
    if lost := len(tagged.units) - len(tagged.taggings):
        raise RuntimeError(f"the tagger gave no result for {lost} articles")
    return tagged


def _joined(parts: Iterable[TaggedRows]) -> TaggedRows:
    whole = TaggedRows()
    for part in parts:
        whole.rows += part.rows
        whole.lengths += part.lengths
        whole.units += part.units
        whole.taggings += part.taggings
        whole.rejects += part.rejects
    return whole


def units_of(row: Row, pages: bool = False) -> tuple[Article, ...] | Reject:
    """Return the article of a row, or the units found on it if it is the dump of a page."""
    if not (pages or row.is_page):
        return (row.article,)
    from newsclf.pages import read_page

    try:
        units = read_page(row.article.text, name=_page_name(row)).articles
    except Exception as error:
        return _failed(row, "reader of pages", error)
    if not units:
        return _reject(row, "no_units", "expected the text of a newspaper page, got none")
    if row.is_page:
        # The pages of one file: their numbers belong into the ids.
        units = tuple(
            replace(unit, id=f"{row.article.id}-{i:02d}") for i, unit in enumerate(units, 1)
        )
    return units


def _page_name(row: Row) -> str:
    if row.line is not None:
        return row.article.id
    stem, suffix, _ = split_name(Path(row.source).name)
    return "page" if stem == "-" else stem + suffix


def _failed(row: Row, who: str, error: Exception) -> Reject:
    return _reject(row, "failed", f"the {who} failed: {type(error).__name__}: {error!s:.300}")


def _reject(row: Row, code: str, message: str) -> Reject:
    place = Place(row.source, "", row.line, row.byte_offset, row.raw)
    return place.reject(code, message)
