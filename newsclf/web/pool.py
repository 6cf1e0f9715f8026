"""The articles to label: read once, each text and each id standing for one article."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsclf.batch.files import read_articles
from newsclf.errors import InputError
from newsclf.inputs import ReadOptions, Reject
from newsclf.records.article import Article

__all__ = ["Pool", "read_pool"]

_EXPECTED = "expected articles in files such as pool.jsonl, pool.csv or a folder of .txt"


@dataclass(frozen=True)
class Pool:
    """Articles to label.

    Attributes
    ----------
    articles : tuple of Article
        No id twice, no text twice, none without text.
    copies, empty : int
        Articles that were left out: exact copies of an earlier one, and those without a text.
    """

    articles: tuple[Article, ...]
    copies: int = 0
    empty: int = 0


def read_pool(
    inputs: Sequence[str | Path],
    *,
    pages: bool = False,
    reading: ReadOptions | None = None,
    on_reject: Callable[[Reject], None] | None = None,
) -> Pool:
    """Read the articles to label.

    Parameters
    ----------
    inputs : sequence of paths
        As for `newsclf.batch.files.read_articles`.
    pages : bool
        The texts are dumps of newspaper pages: their articles, fragments and captions are labelled.
    reading, on_reject
        As for `newsclf.batch.files.read_articles`.

    Raises
    ------
    InputError
        There is nothing to label, or an id names two different texts.
    """
    found = read_articles(inputs, pages=pages, reading=reading, on_reject=on_reject)
    # A lone headline is not judged: the labelling guide says so.
    pool = _distinct(article for article in found if article.type != "headline")
    if not pool.articles:
        names = ", ".join(map(str, inputs))
        raise InputError(f"{names}: no article to label ({pool.empty} without text); {_EXPECTED}")
    return pool


def _distinct(articles: Iterable[Article]) -> Pool:
    kept: dict[str, Article] = {}
    ids: dict[str, Article] = {}
    copies = empty = 0
    for article in articles:
        if not str(article).strip():
            empty += 1
        elif article.sha256 in kept:
            copies += 1
        elif article.id in ids:
            raise InputError(
                f"the id {article.id!r} names two different articles of the pool; give each an id "
                "of its own, or label the files one at a time"
            )
        else:
            kept[article.sha256] = ids[article.id] = article
    return Pool(tuple(ids.values()), copies, empty)
