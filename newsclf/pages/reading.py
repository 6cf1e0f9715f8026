"""From a dump, a file or a string, to a Page."""

from __future__ import annotations

import os
import re
from pathlib import Path

from newsclf.errors import InputError
from newsclf.pages.bigrams import BigramWeights
from newsclf.pages.blocks import find_blocks, measure
from newsclf.pages.drafts import gather
from newsclf.pages.interleaving import separate
from newsclf.pages.layout import label_blocks
from newsclf.pages.units import make_article
from newsclf.records.page import Page
from newsclf.text.decoding import decode, read_text

__all__ = ["read_page"]

_NUMBER = re.compile(r"(\d+)_")
_LONGEST_PATH = 4096


def read_page(
    source: str | bytes | os.PathLike[str],
    *,
    name: str | None = None,
    encoding: str | None = None,
) -> Page:
    """Find the articles on a newspaper page.

    Paragraphs broken at column ends are joined, captions and bylines are told from text, and
    what looks wrong is flagged. No character is changed, and none is dropped: every one that is
    not white space lies in exactly one span of one unit. Time is linear in the length.

    Parameters
    ----------
    source : str, bytes or path
        A path-like object is a file. A string is the dump itself, unless it has no line break
        and names an existing file. Bytes are decoded.
    name : str, optional
        Name of the page, from which the ids of its units are made; the name of the file by
        default. A string that comes with a name is always the dump itself.
    encoding : str, optional
        Encoding of a file or of bytes; found out by default.

    Returns
    -------
    Page
        Its ``articles`` are in the order of the dump. Types: ``"article"``; ``"fragment"``, the
        tail of an article whose beginning is not there; ``"caption"``, a picture text that
        belongs to no article; ``"headline"``, one without a text. Flags: ``"fragment"``,
        ``"incomplete"`` (stops in mid-sentence), ``"interleaved"`` (text of another article
        stands inside, or this one stood inside another), ``"scrambled"`` (a sentence whose
        pieces are in the wrong order), ``"unbalanced_quotes"``.

    Raises
    ------
    InputError
        If `source` is neither text nor a readable file.
    DecodingError
        If the bytes are no text in any known encoding.

    Examples
    --------
    >>> page = read_page("老旧改造 小区焕新\\n\\n近年来,淳安县改造了老旧\\n\\n小区。(方晓琳)\\n")
    >>> page.articles[0].title, page.articles[0].paragraphs, page.articles[0].authors
    ('老旧改造 小区焕新', ('近年来,淳安县改造了老旧小区。',), ('方晓琳',))
    """
    found, text = ("", source) if name and isinstance(source, str) else _load(source, encoding)
    name = name or found
    blocks = find_blocks(text)
    words = BigramWeights(block.text for block in blocks)
    drafts = separate(gather(blocks, label_blocks(blocks, measure(blocks), words), words), words)
    stem = name.removesuffix(".txt") or "page"
    number = _NUMBER.match(stem)
    prefix = number.group(1) if number else stem
    articles = (
        make_article(draft, f"{prefix}-{i:02d}", name or None, text)
        for i, draft in enumerate(drafts, 1)
    )
    return Page(name, text, tuple(articles))


def _load(source: str | bytes | os.PathLike[str], encoding: str | None) -> tuple[str, str]:
    """Return the file name, or "" if there is none, and the text."""
    if isinstance(source, str):
        if not _names_a_file(source):
            return "", source
        source = Path(source)
    if not isinstance(source, (bytes, os.PathLike)):
        raise InputError(
            f"expected a page as text, bytes or a path, got {type(source).__name__}; "
            "read several pages one by one"
        )
    if isinstance(source, bytes):
        return "", decode(source, encoding)
    path = Path(source)
    return path.name, read_text(path, encoding)


def _names_a_file(text: str) -> bool:
    if not text or len(text) > _LONGEST_PATH or "\n" in text or "\0" in text:
        return False
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False
