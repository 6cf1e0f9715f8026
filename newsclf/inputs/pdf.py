"""PDF: one page of the file, one page of a newspaper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from newsclf.inputs import budget
from newsclf.inputs.articles import ReadOptions
from newsclf.inputs.files import InputFile
from newsclf.inputs.rows import Place, Reject, Row
from newsclf.inputs.streams import read_whole
from newsclf.records.article import Article

__all__ = ["page_texts", "read_pdf"]


def read_pdf(file: InputFile, stream: BinaryIO, options: ReadOptions) -> Iterator[Row | Reject]:
    """Yield a row for each page, its text as the file gives it; `line` counts pages from 1 on.

    Pages without text, as scans are, are rejected: reading pictures is another program's work.
    """
    data = read_whole(stream, options.max_record)
    whole = Place(file.source, file.stem)
    if len(data) > options.max_record:
        message = f"more than the {options.max_record} bytes allowed; raise --max-record"
        yield whole.reject("too_large", message)
        return
    number = 0
    call = f"{__name__}:page_texts", data, options.max_record
    try:
        for page in budget.run(*call, needs=("pypdf",), seconds=options.max_seconds):
            number += 1
            yield _row(page, Place(file.source, file.stem, number))
    except budget.ParserError as error:
        code, message = error.fault.code, error.fault.message
        if code == "failed":
            code = "unreadable"
            message = f"not a PDF that can be read (to its end): {message}"
        yield whole._replace(line=number + 1 if number else None).reject(code, message)


def _row(page: list[str], place: Place) -> Row | Reject:
    """Make a row of a text, or a reject of a code and a message."""
    if len(page) > 1:
        return place.reject(*page)
    article = Article.from_text(page[0], f"{place.stem}:{place.line}", title="")
    return place.row(article)._replace(is_page=True)


def page_texts(data: bytes, limit: int) -> Iterator[list[str]]:
    """Yield the text of each page, or code and message of its reject; called under a budget."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("expected one that opens without a password")
    for page in reader.pages:
        yield _text(page, limit)


def _text(page: Any, limit: int) -> list[str]:
    try:
        text = page.extract_text()
    except MemoryError:
        raise
    except Exception as error:  # whatever a parser of foreign files may run into
        reason = f"{type(error).__name__}: {error!s:.200}"
        return ["failed", f"the page cannot be read: {reason}"]
    if not text.strip():
        return ["no_text", "expected a page with text, got a picture or nothing"]
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > limit:
        return ["too_large", f"{size} bytes of text, more than the {limit} allowed"]
    return [text]
