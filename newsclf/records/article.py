"""What newsclf reads: articles, with labels or without, and what a model reads of them."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, NoReturn, TypeVar, get_args

from newsclf.errors import InputError

__all__ = ["Article", "LabelledArticle", "Span", "split_title"]

_Item = TypeVar("_Item")
UnitType = Literal["article", "fragment", "caption", "headline"]
Role = Literal["title", "byline", "body", "caption", "headline"]

_TITLE_LENGTH = 40


def split_title(text: str) -> tuple[str | None, str]:
    """Split a plain string into title and body.

    A first line of at most 40 characters with no sentence-final punctuation is the title, as
    long as some text follows it.

    >>> split_title("老旧改造 小区焕新\\n近年来，淳安县改造老旧小区。")
    ('老旧改造 小区焕新', '近年来，淳安县改造老旧小区。')
    >>> split_title("近年来，淳安县改造老旧小区。")
    (None, '近年来，淳安县改造老旧小区。')
    """
    first, _, rest = text.lstrip().partition("\n")
    title = first.strip()
    short = 0 < len(title) <= _TITLE_LENGTH
    if short and rest.strip() and not _sentence_end().search(title):
        return title, rest
    return None, text


@functools.cache
def _sentence_end() -> re.Pattern[str]:
    return re.compile("[。！？!?…]")  # where it is needed: it takes a third of a millisecond


class Span(NamedTuple):
    """A stretch of a page dump, in characters, end excluded."""

    start: int
    end: int
    role: Role
    paragraph: int | None = None


@dataclass(frozen=True)
class Article:
    """One article, or another unit of a page: a fragment, a caption, a lone headline.

    Attributes
    ----------
    id : str
        Name of the article, unique within what it came from.
    title : str or None
        The headline; lines of a headline are joined by a space.
    paragraphs : tuple of str
        The text, one entry a paragraph, column breaks mended and nothing else changed.
    authors, captions, flags : tuple of str
        Bylines, picture captions, and what looked suspicious (``"interleaved"`` ...).
    spans : tuple of Span
        Where each piece stands in the page dump; empty for an article that came from elsewhere.
    type : {"article", "fragment", "caption", "headline"}
    page, date, source : str or None
    """

    id: str
    title: str | None = None
    paragraphs: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    type: UnitType = "article"
    page: str | None = None
    date: str | None = None
    source: str | None = None

    @property
    def text(self) -> str:
        """The paragraphs, joined by newlines."""
        return "\n".join(self.paragraphs)

    @property
    def sha256(self) -> str:
        """Hex digest of title + newline + text in UTF-8: what stand-off labels refer to."""
        import hashlib

        joined = f"{self.title or ''}\n{self.text}"
        return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()

    @classmethod
    def from_text(
        cls,
        text: str,
        id: str = "",
        *,
        title: str | None = None,
        date: str | None = None,
        source: str | None = None,
    ) -> Article:
        """Make an article of a plain string; without `title` the first line may be it."""
        if not isinstance(text, str):
            _fail_text(text)
        if title is None:
            title, text = split_title(text)
        paragraphs = tuple(text.split("\n")) if text else ()
        # What __init__ does, in half its time (0.49 : 1), without a call for each of eleven fields
        # that are frozen: that would take as long as parsing the text out of JSON (1.06 : 1).
        # Defaults are attributes of the class.
        article = cls.__new__(cls)
        vars(article).update(
            id=id, title=title or None, paragraphs=paragraphs, date=date, source=source
        )
        return article

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Article:
        """Read the JSON form; unknown keys are ignored, `text` stands in for `paragraphs`.

        Raises
        ------
        InputError
            A field is not what `to_dict` writes; the message names it.
        """
        values: dict[str, Any] = {"id": _scalar(record, "id") or ""}
        for name in ("title", "page", "date", "source"):
            values[name] = _scalar(record, name)
        for name in ("paragraphs", "authors", "captions", "flags"):
            values[name] = _strings(record, name)
        if record.get("paragraphs") is None:
            text = _scalar(record, "text")
            values["paragraphs"] = tuple(text.split("\n")) if text else ()
        values["type"] = _scalar(record, "type") or "article"
        if values["type"] not in get_args(UnitType):
            _fail("type", f"one of {', '.join(get_args(UnitType))}", values["type"])
        try:
            values["spans"] = tuple(Span(**span) for span in record.get("spans") or ())
        except TypeError:
            _fail("spans", "objects with start, end, role and paragraph", record["spans"])
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form written by ``newsclf pages``."""
        record: dict[str, Any] = {
            "id": self.id,
            "page": self.page,
            "type": self.type,
            "title": self.title,
            "authors": list(self.authors),
            "paragraphs": list(self.paragraphs),
            "captions": list(self.captions),
            "flags": list(self.flags),
            "spans": [
                {
                    k: v
                    for k, v in (
                        ("start", span.start),
                        ("end", span.end),
                        ("role", span.role),
                        ("paragraph", span.paragraph),
                    )
                    if v is not None
                }
                for span in self.spans
            ],
        }
        record.update({k: v for k, v in (("date", self.date), ("source", self.source)) if v})
        return record

    def with_text(self, title: str | None, text: str) -> Article:
        """Return the article with another title and text."""
        return replace(self, title=title, paragraphs=tuple(text.split("\n")))

    def __str__(self) -> str:
        """Title and text, as plain text."""
        return f"{self.title}\n{self.text}" if self.title else self.text

    def _repr_html_(self) -> str:
        from newsclf.records import html

        facts = (self.type, *self.authors, self.date, self.source, *self.flags)

        def build(length: int) -> str:
            return html.box(
                html.strong(self.title or self.id),
                html.small(" · ".join(filter(None, facts))),
                html.lines(html.cut(self.text, length)),
                *(html.small(caption, 60) for caption in self.captions[:2]),
            )

        return html.fitting(build, (1200, 600, 300))


def _fail_text(item: object) -> NoReturn:
    raise InputError(
        f"expected the text of an article as str, got {type(item).__name__}: {item!r:.60}; "
        "decode bytes first, and pass several articles to tag_many"
    )


def _fail(name: str, expected: str, got: object) -> NoReturn:
    raise InputError(f'article, "{name}": expected {expected}, got {got!r:.80}')


def _scalar(record: Mapping[str, Any], name: str) -> str | None:
    """Return a field as a string; numbers keep their digits, absent and empty give None."""
    value = record.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        _fail(name, "a string", value)
    return str(value)


def _strings(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = record.get(name) or ()
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        _fail(name, "a list of strings", value)
    return tuple(value)


@dataclass(frozen=True)
class LabelledArticle:
    """An article with the themes a reader gave it.

    Attributes
    ----------
    article : Article
    labels : tuple of str
        Theme ids, the primary theme first; empty when no theme of the codebook is the subject.
    borderline : tuple of str
        Themes on which careful readers may differ: scored neither right nor wrong.
    weight : float
        Its sample weight in training: below 1 for articles that were chosen because they are hard,
        so that they teach without passing for the usual.
    """

    article: Article
    labels: tuple[str, ...] = ()
    borderline: tuple[str, ...] = ()
    weight: float = 1.0

    @property
    def id(self) -> str:
        """Id of the article."""
        return self.article.id

    @property
    def primary(self) -> str | None:
        """The first label, or None."""
        return self.labels[0] if self.labels else None

    def to_dict(self, *, text: bool = True) -> dict[str, Any]:
        """Return the JSON form: with the text, or stand-off with its sha256."""
        article = self.article
        record: dict[str, Any] = {"id": article.id}
        if text:
            record |= {"title": article.title or "", "text": article.text}
        else:
            record["sha256"] = article.sha256
        record |= {"labels": list(self.labels), "borderline": list(self.borderline)}
        record.update({k: v for k, v in (("date", article.date), ("source", article.source)) if v})
        return record


def heading(article: Article) -> str:
    """Return the title, or how the text begins where there is none: for lists of articles."""
    return article.title or article.text[:40]


def as_article(item: str | Article | LabelledArticle, id: str = "") -> Article:
    """Return `item` as an Article; a plain string may begin with its title."""
    if isinstance(item, Article):
        return item
    if isinstance(item, LabelledArticle):
        return item.article
    return Article.from_text(item, id)


class Reading(NamedTuple):
    """What a model reads of an article: title and text, each in one piece."""

    id: str
    title: str | None
    text: str

    def with_text(self, title: str | None, text: str) -> Reading:
        """Return the reading with another title and text."""
        return Reading(self.id, title, text)


def as_reading(item: str | Article | LabelledArticle, id: str = "") -> Reading:
    """Return what a model reads of `item`; a plain string may begin with its title.

    The same as of ``as_article(item, id)``, without cutting a string into paragraphs.
    """
    if isinstance(item, Article):
        return Reading(item.id, item.title, "\n".join(item.paragraphs))
    if isinstance(item, LabelledArticle):
        return as_reading(item.article)
    if not isinstance(item, str):
        _fail_text(item)
    return Reading(id, *split_title(item))


def each_reading(items: Iterable[str | Article | LabelledArticle]) -> Iterator[Reading]:
    """Return an iterator of readings, lazily; what is refused is what `each_article` refuses."""
    return map(as_reading, *_numbered(items))


def each_article(items: Iterable[str | Article | LabelledArticle]) -> Iterator[Article]:
    """Return an iterator of Articles, lazily.

    A bare string is refused, for it would be read as characters, and so is what is no iterable.
    """
    return map(as_article, *_numbered(items))


def _numbered(items: Iterable[_Item]) -> tuple[Iterable[_Item], Iterator[str]]:
    if isinstance(items, (str, bytes)) or not isinstance(items, Iterable):
        raise InputError(
            f"expected an iterable of texts or articles, got one {type(items).__name__}; "
            "wrap it in a list"
        )
    return items, map(str, itertools.count())


def list_articles(items: Iterable[str | Article | LabelledArticle]) -> list[Article]:
    """Return a list of Articles; see `each_article`."""
    return list(each_article(items))
