"""Traditional Chinese: converted for scoring only, one character for one, so offsets stay."""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from newsclf.records.article import Article, Reading

__all__ = ["all_simplified", "count_characters", "simplified"]

_Text = TypeVar("_Text", Article, Reading)

Count = Callable[[frozenset[str], Sequence[str | None], Sequence[str]], Sequence[int]]
"""Counts characters of a set in titles and texts: `count_characters`, or what is as good."""

# Common characters that only traditional text has; a handful of them tells the two scripts apart
# without opencc, and one text in traditional script easily has dozens.
_ONLY_TRADITIONAL = frozenset(
    "這個們來時後國會學說對發經與為過還進動開關問題點業務產區縣鄉鎮員長實現應該當從門間東車電"
    "話機場見觀規視覺親職聯聲聽體農處辦條環節樣種書報導讀寫記論議證護貧資質費購買賣賽贏趕遠運"
    "連達選遺郵鐵錢銀錯鍵鎖閱隊際險難雲電靈靜順須領頭顧風飛飯館養馬驗髮齊齡億價優傳傷儀兒內兩"
    "則劃劉劍勞勢勝勵參雙變號嚴園圍團圖執塊壓壩壯夢奪奮婦媽孫寶將專尋屆層屬岡島師帶幫幹廠廣廳"
    "張強彈彙徑復徵"
)
_MINIMUM = 3
_SHARE = 0.02
_SURROGATES = "([\ud800-\udfff]+)"  # opencc takes UTF-8, which has none
# opencc takes time by the square of a run without punctuation. Texts go to it in pieces that end
# with some, where there is any within a thousand characters; no phrase of its goes across it.
_PIECES = r"(?s).{1,1000}(?<=[，。、；：！？\s])|.{1,1000}"


def looks_traditional(text: str) -> bool:
    """Tell whether a text is in traditional script."""
    (found,) = count_characters(_ONLY_TRADITIONAL, [None], [text])
    return found >= _MINIMUM and found >= _SHARE * len(text)


@functools.cache
def _converter() -> Any:
    try:
        import opencc
    except ImportError:
        return None
    return opencc.OpenCC("t2s")


def simplified(article: _Text) -> _Text:
    """Return `article` as it is scored: title and text in simplified characters, lengths kept.

    Title and text are judged as one, for a headline alone is often too short to tell. Without the
    ``hant`` extra the article comes back as it is, and the first such one brings one warning.
    """
    title, text = article.title or "", article.text
    if not looks_traditional(title + text):
        return article
    converter = _converter()
    if converter is None:
        _warn_once()
        return article
    return article.with_text(
        _convert(converter, title) if title else article.title, _convert(converter, text)
    )


def _convert(converter: Any, text: str) -> str:
    pieces = re.split(_SURROGATES, text)
    for i in range(0, len(pieces), 2):
        some = re.findall(_PIECES, pieces[i])
        pieces[i] = "".join([_convert_piece(converter, piece) for piece in some])
    return "".join(pieces)


def _convert_piece(converter: Any, text: str) -> str:
    converted: str = converter.convert(text)
    if len(converted) == len(text):
        return converted
    # A phrase changed its length; character by character none can.
    return "".join(c if len(s := converter.convert(c)) != 1 else s for c in text)


def count_characters(
    characters: frozenset[str], titles: Sequence[str | None], texts: Sequence[str]
) -> list[int]:
    """Return how many characters of each article, title and text, are among `characters`."""
    return [
        sum(map(characters.__contains__, f"{title or ''}{text}"))
        for title, text in zip(titles, texts, strict=True)
    ]


def all_simplified(articles: Iterable[_Text], count: Count = count_characters) -> list[_Text]:
    """Return what `simplified` gives for each article.

    Parameters
    ----------
    articles : iterable of Article or Reading
    count : callable
        What counts characters: engines do it for many articles at once, as `count_characters` does.
    """
    articles = list(articles)
    counts = count(_ONLY_TRADITIONAL, [a.title for a in articles], [a.text for a in articles])
    # Nearly every text has too few such characters to be looked at again.
    for i, found in enumerate(counts):
        if found >= _MINIMUM:
            articles[i] = simplified(articles[i])
    return articles


@functools.cache
def _warn_once() -> None:
    warnings.warn(
        "text in traditional Chinese: themes are found less surely without conversion; "
        'python -m pip install "newsclf[hant]"',
        UserWarning,
        stacklevel=2,
    )
