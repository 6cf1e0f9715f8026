"""The lines of a dump as blocks with their geometry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from newsclf.pages.bylines import Byline, closing_byline, opening_byline

__all__ = ["Block", "Geometry", "find_blocks", "measure"]

_LINE = re.compile(r"[^\r\n]+")
_BREAK = re.compile(r"\r\n|\r|\n")
# Web text often keeps paragraphs apart by an indent alone, with no line break before it.
_INLINE_INDENT = re.compile(r"(?<=[。！？!?…”’）)])\u3000{2,}(?=\S)")
_INDENT = re.compile(r"^(?:\u3000{1,4}| {2,8}|\t)(?=\S)")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the dump between line breaks, without the white space around it.

    Attributes
    ----------
    start, end : int
        Characters of the dump, end excluded.
    text : str
        What is left when the bylines at its edges are taken off.
    body : tuple of int
        Start and end of `text` in the dump.
    opening, closing : Byline or None
        A byline at the beginning (``本报讯（记者 张三）``) and at the end (``（张三）``).
    gap : int
        Blank lines above it.
    indented : bool
        Whether its line began with the indent of a paragraph.
    """

    start: int
    end: int
    text: str
    body: tuple[int, int]
    opening: Byline | None
    closing: Byline | None
    gap: int
    indented: bool


@dataclass(frozen=True, slots=True)
class Geometry:
    """What holds for a page as a whole.

    Attributes
    ----------
    gap : int
        The usual number of blank lines between two blocks.
    indents : bool
        Whether paragraphs begin with an indent here.
    closers : bool
        Whether articles of this page end with a byline.
    width : int or None
        Characters in a printed line where every printed line is a line of the dump.
    """

    gap: int
    indents: bool
    closers: bool
    width: int | None


def find_blocks(text: str) -> list[Block]:
    """Cut a dump into blocks; every character that is not white space lies in one of them."""
    blocks: list[Block] = []
    previous = 0
    for line in _LINE.finditer(text):
        if line.group().isspace():
            continue
        for start, end, indented in _stretches(text, line.start(), line.end()):
            breaks = sum(1 for _ in _BREAK.finditer(text, previous, start))
            gap = max(breaks - 1, 0) if blocks else 0
            blocks.append(_block(text, start, end, gap, indented))
            previous = end
    return blocks


def _stretches(text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the edges of the paragraphs that share one line, and whether they are indented."""
    if "\u3000" not in text[start:end]:
        piece = text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        yield left, left + len(piece.strip()), _INDENT.match(piece) is not None
        return
    edges = [(m.start(), m.end()) for m in _INLINE_INDENT.finditer(text, start, end)]
    starts = [start, *(right for _, right in edges)]
    ends = [*(left for left, _ in edges), end]
    for i, (left, right) in enumerate(zip(starts, ends, strict=True)):
        piece = text[left:right]
        indented = i > 0 or _INDENT.match(piece) is not None
        left += len(piece) - len(piece.lstrip())
        yield left, left + len(piece.strip()), indented


def _block(text: str, start: int, end: int, gap: int, indented: bool) -> Block:
    piece = text[start:end]
    opening, closing = opening_byline(piece), closing_byline(piece)
    left = opening.end if opening else 0
    right = closing.start if closing else len(piece)
    if left >= right:  # one byline, seen from both sides
        opening, left = None, 0
    core = piece[left:right]
    left += len(core) - len(core.lstrip())
    core = core.strip()
    body = (start + left, start + left + len(core))
    return Block(start, end, core, body, opening, closing, gap, indented)


def measure(blocks: list[Block]) -> Geometry:
    """Estimate what holds for the page as a whole."""
    gaps = Counter(b.gap for b in blocks[1:])
    long = [b for b in blocks if len(b.text) > 30]
    indented = sum(b.indented for b in long)
    closers = sum(b.closing is not None for b in blocks)
    return Geometry(
        gap=gaps.most_common(1)[0][0] if gaps else 0,
        indents=indented >= 2 and indented * 4 >= len(long),
        closers=closers >= 2,
        width=_printed_width(blocks),
    )


def _printed_width(blocks: list[Block]) -> int | None:
    """Return the width of printed lines if the dump kept them, else None."""
    lengths = sorted(b.end - b.start for b in blocks)
    if len(lengths) < 8 or lengths[-1] > 60:
        return None
    width = lengths[len(lengths) * 3 // 4]
    full = sum(abs(n - width) <= 2 for n in lengths)
    return width if width >= 8 and full * 2 >= len(lengths) else None
