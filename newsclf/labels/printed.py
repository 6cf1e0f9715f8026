"""Articles of printed pages, as the corpora hold them: pages of raw text, an article each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from newsclf.records.article import Article

__all__ = ["is_page", "printed_articles"]

_INDENT = "\u3000\u3000"  # two ideographic spaces begin a paragraph


def is_page(record: Mapping[str, Any]) -> bool:
    """Tell a page with the raw texts of its articles from an article."""
    texts = record.get("articles")
    return isinstance(record.get("page"), str) and _all_strings(texts)


def _all_strings(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def printed_articles(record: Mapping[str, Any]) -> Iterator[Article]:
    r"""Yield the articles of a page.

    The lines before the first indented one are the headline (kicker, title, subtitle), joined by
    spaces; those from it on are the paragraphs. Where no line is before it, the first is
    the headline. Empty lines are dropped, and white space at both ends of every line.

    Parameters
    ----------
    record : mapping
        ``{"page": "20190215-12", "articles": [raw text, ...]}``, in page order.

    Yields
    ------
    Article
        With the id ``print_<page>_<nn>``, where nn counts the page's articles from 00. Articles
        without a paragraph are counted and not given.

    Examples
    --------
    >>> page = {"page": "20190215-12", "articles": ["眉题\n标题\n\n\u3000\u3000正文。"]}
    >>> [(a.id, a.title, a.text) for a in printed_articles(page)]
    [('print_20190215-12_00', '眉题 标题', '正文。')]
    """
    for number, raw in enumerate(record["articles"]):
        lines = raw.split("\n")
        first = next((i for i, line in enumerate(lines) if line.startswith(_INDENT)), len(lines))
        head = [line.strip() for line in lines[:first] if line.strip()]
        body = [line.strip() for line in lines[first:] if line.strip()]
        if not head:
            head, body = body[:1], body[1:]
        if body:
            yield Article(
                id=f"print_{record['page']}_{number:02d}",
                title=" ".join(head),
                paragraphs=tuple(body),
                date=record["page"][:8],
            )
