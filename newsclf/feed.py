"""Rows through the tagger: each comes out tagged or rejected, in the order they went in."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from newsclf.articles import Article
from newsclf.errors import MissingExtra, ModelError
from newsclf.inputs import Reject, Row
from newsclf.inputs.rows import Place

if TYPE_CHECKING:
    from newsclf.codebook import Codebook
    from newsclf.tagging import Tagging

__all__ = ["AnyTagger", "TaggedRow", "tag_rows", "units_of"]

# What may wait in memory, as characters and bytes, for each batch a tagger may have in hand.
_SHARE = 4 << 20


class AnyTagger(Protocol):
    """What a batch needs of a tagger."""

    @property
    def codebook(self) -> Codebook:
        """The themes."""

    def tag_many(self, items: Iterable[Article], *, jobs: int = 1) -> Iterator[Tagging]:
        """Tag lazily and in order."""


class TaggedRow(NamedTuple):
    """A row, the units it holds, and the tagging of each."""

    row: Row
    units: tuple[Article, ...]
    taggings: tuple[Tagging, ...]


def tag_rows(
    rows: Iterator[Row | Reject], tagger: AnyTagger, *, pages: bool = False, jobs: int = 1
) -> Iterator[TaggedRow | Reject]:
    """Tag rows lazily, in order and in bounded memory; rejects come along in their places.

    A row that makes the tagger raise becomes a reject; the rows around it are tagged.

    Parameters
    ----------
    rows : iterator of Row or Reject
        See `newsclf.inputs.read_rows`. What it raises ends the run.
    tagger : Tagger
    pages : bool
        Take each text for the dump of a newspaper page.
    jobs : int
        Handed to the tagger.

    Raises
    ------
    ModelError, MissingExtra
        The tagger cannot tag at all.
    """
    # A tagger that reads ahead without end is stopped there, and begins anew when all is out.
    queue = _Queue(rows, pages, _SHARE * (1 + 2 * jobs))
    while not queue.ended:
        for answer in _answers(tagger, queue, jobs):
            queue.answer(answer)
            while outcome := queue.done():
                yield outcome
        while outcome := queue.done():
            yield outcome


def _answers(tagger: AnyTagger, queue: _Queue, jobs: int) -> Iterator[Tagging | Exception]:
    """Tag what the queue hands out; where that fails, find out by which article."""
    articles = queue.articles()
    first = next(articles, None)
    if first is None:
        return
    try:
        yield from tagger.tag_many(chain([first], articles), jobs=jobs)
    except Exception:
        if queue.broken:
            raise
        _close(articles)
        for article in queue.unanswered():
            yield _tag_alone(tagger, article)
        return
    if lost := len(queue.unanswered()):
        raise RuntimeError(f"the tagger gave no result for {lost} articles")


def _close(articles: Generator[Article, None, None]) -> None:
    while True:
        try:
            return articles.close()
        except ValueError:  # a thread of the tagger is taking an article just now
            time.sleep(0.01)


def _tag_alone(tagger: AnyTagger, article: Article) -> Tagging | Exception:
    try:
        return next(iter(tagger.tag_many([article])))
    except (ModelError, MissingExtra):
        raise
    except Exception as error:
        return error


@dataclass(slots=True)
class _Waiting:
    """A row on its way through the tagger, and what came back for its units so far."""

    row: Row
    units: tuple[Article, ...]
    answers: list[Tagging | Exception]
    weight: int

    def outcome(self) -> TaggedRow | Reject:
        taggings: list[Tagging] = []
        for answer in self.answers:
            if isinstance(answer, Exception):
                return _failed(self.row, "tagger", answer)
            taggings.append(answer)
        return TaggedRow(self.row, self.units, tuple(taggings))


class _Queue:
    """Rows in their order, from the reader to the last word on them."""

    def __init__(self, rows: Iterator[Row | Reject], pages: bool, limit: int) -> None:
        self.rows = rows
        self.pages = pages
        self.limit = limit
        # Two counts, for a thread of the tagger may take while rows go out.
        self.taken = self.gone = 0
        self.ended = False
        self.broken = False
        self.waiting: deque[_Waiting | Reject] = deque()

    def articles(self) -> Generator[Article, None, None]:
        """Yield articles until the rows end, or until too much waits."""
        while self.taken - self.gone < self.limit:
            try:
                item = next(self.rows, None)
            except Exception:
                self.broken = True
                raise
            if item is None:
                self.ended = True
                return
            if isinstance(item, Row):
                weight = _weight(item)
                units = units_of(item, self.pages)
                if not isinstance(units, Reject):
                    self.taken += weight
                    self.waiting.append(_Waiting(item, units, [], weight))
                    yield from units
                    continue
                item = units
            self.taken += _weight(item)
            self.waiting.append(item)

    def answer(self, answer: Tagging | Exception) -> None:
        """Note what came back for the first unit that waits for it."""
        head = self.waiting[0]
        entry = head if isinstance(head, _Waiting) else next(self._open())
        entry.answers.append(answer)

    def unanswered(self) -> list[Article]:
        """Return the units that nothing came back for yet."""
        return [unit for entry in self._open() for unit in entry.units[len(entry.answers) :]]

    def done(self) -> TaggedRow | Reject | None:
        """Return the row at the head of the queue, if nothing is left to wait for."""
        head = self.waiting[0] if self.waiting else None
        if head is None or (isinstance(head, _Waiting) and len(head.answers) < len(head.units)):
            return None
        self.waiting.popleft()
        if isinstance(head, Reject):
            self.gone += _weight(head)
            return head
        self.gone += head.weight
        return head.outcome()

    def _open(self) -> Iterator[_Waiting]:
        entries = (entry for entry in self.waiting if isinstance(entry, _Waiting))
        return (entry for entry in entries if len(entry.answers) < len(entry.units))


def _weight(item: Row | Reject) -> int:
    size = 1000 + len(item.raw)
    return size + sum(map(len, item.article.paragraphs)) if isinstance(item, Row) else size


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
    name = Path(row.source).name.removesuffix(".gz").removesuffix(".zst")
    return "page" if name == "-" else name


def _failed(row: Row, who: str, error: Exception) -> Reject:
    return _reject(row, "failed", f"the {who} failed: {type(error).__name__}: {error!s:.300}")


def _reject(row: Row, code: str, message: str) -> Reject:
    place = Place(row.source, "", row.line, row.byte_offset, row.raw)
    return place.reject(code, message)
