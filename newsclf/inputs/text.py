"""Text files: one file, one article or one page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from newsclf.errors import DecodingError
from newsclf.inputs.articles import ReadOptions
from newsclf.inputs.files import InputFile
from newsclf.inputs.rows import Place, Reject, Row
from newsclf.inputs.streams import read_whole
from newsclf.records.article import Article
from newsclf.text.decoding import decode

__all__ = ["read_text_file"]


def read_text_file(
    file: InputFile, stream: BinaryIO, options: ReadOptions
) -> Iterator[Row | Reject]:
    """Yield the one row that a text file is."""
    data = read_whole(stream, options.max_record)
    place = Place(file.source, file.stem, None, 0, data)
    if len(data) > options.max_record:
        message = f"more than the {options.max_record} bytes allowed; raise --max-record"
        yield place.reject("too_large", message)
        return
    try:
        text = decode(data, options.encoding)
    except DecodingError as error:
        yield place.reject("encoding", str(error))
        return
    title = None if options.split_titles else ""
    yield place.row(Article.from_text(text, file.stem, title=title))
