"""Web pages: one file, one article."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from newsclf.errors import DecodingError
from newsclf.inputs.articles import ReadOptions
from newsclf.inputs.files import InputFile
from newsclf.inputs.rows import Place, Reject, Row
from newsclf.inputs.streams import read_whole
from newsclf.records.article import Article
from newsclf.text.decoding import decode

__all__ = ["read_html"]

# A megabyte of tags takes seconds, so the page of one article must not be larger.
_LARGEST = 2 << 20


def read_html(file: InputFile, stream: BinaryIO, options: ReadOptions) -> Iterator[Row | Reject]:
    """Yield the one row that a web page is: title, text and date, without the page around them."""
    limit = min(options.max_record, _LARGEST)
    data = read_whole(stream, limit)
    place = Place(file.source, file.stem, None, 0, data)
    if len(data) > limit:
        yield place.reject("too_large", f"a web page of more than {limit} bytes")
        return
    try:
        html = decode(data, options.encoding)
    except DecodingError as error:
        yield place.reject("encoding", str(error))
        return
    yield _row(html, place, options)


def _row(html: str, place: Place, options: ReadOptions) -> Row | Reject:
    from trafilatura import bare_extraction

    # As browsers do with NUL; the parser would end the page there.
    text = html.replace("\0", "\ufffd")
    try:
        found: Any = bare_extraction(text, fast=True, include_comments=False, with_metadata=True)
    except Exception as error:  # whatever a parser of foreign pages may run into
        return place.reject("unreadable", f"not a web page: {type(error).__name__}: {error!s:.200}")
    if found is None or not found.text:
        message = "expected the text of an article, found none on this web page"
        return place.reject("no_text", message)
    title = found.title or ""
    text = found.text
    if not options.split_titles:
        title, text = "", f"{title}\n\n{text}".lstrip()
    named = {"date": found.date, "source": found.sitename}
    return place.row(Article.from_text(text, place.stem, title=title, **named))
