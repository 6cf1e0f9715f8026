"""PDF: one page of the file, one page of a newspaper."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any, BinaryIO

from newsclf.inputs.articles import ReadOptions
from newsclf.inputs.files import InputFile
from newsclf.inputs.rows import Place, Reject, Row
from newsclf.inputs.streams import read_whole
from newsclf.records.article import Article

__all__ = ["read_pdf"]


def read_pdf(file: InputFile, stream: BinaryIO, options: ReadOptions) -> Iterator[Row | Reject]:
    """Yield a row for each page, its text as the file gives it; `line` counts pages from 1 on.

    Pages without text, as scans are, are rejected: reading pictures is another program's work.
    """
    from pypdf import PdfReader

    # Its remarks on faulty files would go to standard error.
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    data = read_whole(stream, options.max_record)
    whole = Place(file.source, file.stem)
    if len(data) > options.max_record:
        message = f"more than the {options.max_record} bytes allowed; raise --max-record"
        yield whole.reject("too_large", message)
        return
    number = 0
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            yield whole.reject("unreadable", "expected a PDF that opens without a password")
            return
        for number, page in enumerate(reader.pages, 1):
            yield _row(page, Place(file.source, file.stem, number), options)
    except Exception as error:  # whatever a parser of foreign files may run into
        rest = whole._replace(line=number + 1 if number else None)
        reason = f"{type(error).__name__}: {error!s:.200}"
        yield rest.reject("unreadable", f"not a PDF that can be read (to its end): {reason}")


def _row(page: Any, place: Place, options: ReadOptions) -> Row | Reject:
    try:
        text = page.extract_text()
    except Exception as error:
        reason = f"{type(error).__name__}: {error!s:.200}"
        return place.reject("failed", f"the page cannot be read: {reason}")
    if not text.strip():
        return place.reject("no_text", "expected a page with text, got a picture or nothing")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > options.max_record:
        message = f"{size} bytes of text, more than the {options.max_record} allowed"
        return place.reject("too_large", message)
    article = Article.from_text(text, f"{place.stem}:{place.line}", title="")
    return place.row(article)._replace(is_page=True)
