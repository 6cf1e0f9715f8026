"""What each block of a page is, found by the best path through all blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from newsclf.pages.blocks import Block, Geometry
from newsclf.pages.bylines import line_byline
from newsclf.pages.signals import (
    ends_open,
    pending_quotes,
    reads_as_caption,
    reads_as_continuation,
    reads_as_headline,
    subheading,
)

__all__ = ["Label", "Layout", "lay_out"]

_ALL_PATHS = 2_000  # blocks; no newspaper page has more, and beyond it one path must do
_IMPOSSIBLE = -9.0


class Label(Enum):
    """What a block is to the unit it belongs to."""

    TITLE = "title"
    BYLINE = "byline"
    BODY = "body"  # begins a paragraph
    MORE = "more"  # goes on with the paragraph that broke off
    CAPTION = "caption"


class Phase(Enum):
    """Where the reading of a unit stands."""

    CLOSED = "closed"  # between units
    TITLED = "titled"  # a headline, no text yet
    OPEN = "open"  # the last paragraph broke off
    FULL = "full"  # the last paragraph is complete


@dataclass(frozen=True, slots=True)
class Layout:
    """The label of one block, and whether a new unit begins with it."""

    label: Label
    begins: bool


@dataclass(frozen=True, slots=True)
class _Path:
    """One reading of the blocks so far."""

    score: float
    phase: Phase
    titled: bool
    signed: bool
    last: int
    quotes: int
    here: Layout | None
    before: _Path | None

    def key(self) -> tuple[Phase, bool, bool, int]:
        return self.phase, self.titled, self.signed, self.last


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a block looks like by itself, computed once."""

    headline: float
    caption: float
    byline: bool
    open: float
    subheading: bool


def lay_out(blocks: list[Block], page: Geometry) -> list[Layout]:
    """Label every block, so that the labels together are the likeliest.

    Viterbi over the phases of a unit; linear in the number of blocks.
    """
    width = 12 if len(blocks) <= _ALL_PATHS else 1
    paths = [_Path(0.0, Phase.CLOSED, False, False, -1, 0, None, None)]
    for i, block in enumerate(blocks):
        reading = _read(block, page)
        best: dict[tuple[Phase, bool, bool, int], _Path] = {}
        for path in paths:
            for step in _steps(path, i, blocks, reading, page):
                key = step.key()
                if key not in best or best[key].score < step.score:
                    best[key] = step
        paths = sorted(best.values(), key=lambda p: -p.score)[:width]
    last: _Path | None = max(paths, key=_final)
    found: list[Layout] = []
    while last is not None and last.here is not None:
        found.append(last.here)
        last = last.before
    return found[::-1]


def _final(path: _Path) -> float:
    return path.score - (1.0 if path.phase is Phase.OPEN else 0.0)


def _read(block: Block, page: Geometry) -> _Reading:
    return _Reading(
        headline=reads_as_headline(block.text) if block.closing is None else _IMPOSSIBLE,
        caption=reads_as_caption(block, page),
        byline=line_byline(block.text) is not None or not block.text,
        open=ends_open(block.text),
        subheading=subheading(block.text),
    )


def _steps(
    path: _Path, i: int, blocks: list[Block], reading: _Reading, page: Geometry
) -> Iterator[_Path]:
    """Yield every way to go on with block `i`."""
    block = blocks[i]
    if reading.byline:
        yield from _byline(path, i, block)
    if block.text:
        yield _body(path, i, blocks, reading, page)
        if path.phase in (Phase.OPEN, Phase.FULL):
            yield _more(path, i, blocks, reading, page)
        if reading.headline > _IMPOSSIBLE:
            yield _title(path, i, block, reading, page)
        if reading.caption > _IMPOSSIBLE:
            yield _caption(path, i, block, reading)


def _title(path: _Path, i: int, block: Block, reading: _Reading, page: Geometry) -> _Path:
    score = reading.headline
    begins = True
    match path.phase:
        case Phase.CLOSED:
            score += 1.5
        case Phase.TITLED:
            stacked = path.before is not None and _is(path, Label.TITLE) and block.gap == 0
            begins = not stacked
            score += 0.5 if stacked else -1.5
        case Phase.OPEN:
            score -= 5.0
        case Phase.FULL:
            if page.closers and not path.signed:
                score -= 2.0
            if reading.subheading:
                score -= 3.0
    if page.indents and block.indented:
        score -= 0.5
    here = Layout(Label.TITLE, begins)
    return _Path(path.score + score, Phase.TITLED, True, False, -1, 0, here, path)


def _byline(path: _Path, i: int, block: Block) -> Iterator[_Path]:
    """Yield the byline under a headline, or the one that closes an article."""
    score = 4.0
    bracketed = block.closing is not None
    if path.phase is Phase.TITLED:
        yield _Path(
            path.score + score, path.phase, True, True, -1, 0, Layout(Label.BYLINE, False), path
        )
        return
    begins = path.phase is Phase.CLOSED and not (
        _is(path, Label.BYLINE) or _is(path, Label.CAPTION)
    )
    if path.phase is Phase.OPEN:
        score -= 4.0
    if begins:
        score -= 4.0
    if not bracketed and path.signed:
        score -= 3.0
    yield _Path(
        path.score + score,
        Phase.CLOSED,
        path.titled,
        True,
        -1,
        0,
        Layout(Label.BYLINE, begins),
        path,
    )


def _body(path: _Path, i: int, blocks: list[Block], reading: _Reading, page: Geometry) -> _Path:
    block = blocks[i]
    score = 0.0
    phase = _after(block, reading)
    if reading.headline > 0 and phase is Phase.OPEN:
        # A short line with no full stop inside an article is a heading of its own.
        phase = Phase.FULL if path.phase is Phase.FULL and reading.subheading else phase
    match path.phase:
        case Phase.TITLED:
            score += 2.5
        case Phase.CLOSED:
            score -= 2.5
        case Phase.OPEN:
            score -= 1.0 if ends_open(blocks[path.last].text) < 1 else 4.0
        case Phase.FULL:
            score += 1.0
    if page.indents:
        score += 1.5 if block.indented else -1.5
    begins = path.phase is Phase.CLOSED
    quotes, _ = pending_quotes(block.text)
    here = Layout(Label.BODY, begins)
    titled = path.titled and not begins
    signed = path.signed and not begins
    return _Path(path.score + score, phase, titled, signed, i, quotes, here, path)


def _more(path: _Path, i: int, blocks: list[Block], reading: _Reading, page: Geometry) -> _Path:
    block = blocks[i]
    before = blocks[path.last].text
    quotes, _ = pending_quotes(block.text, path.quotes)
    if path.phase is Phase.OPEN:
        score = 2.0 + reads_as_continuation(before, block.text)
    else:
        closes = path.quotes > 0 and pending_quotes(block.text)[1] > 0
        score = 2.5 if closes and block.text[0] not in "“「『" else -5.0
        if page.width is not None and not block.indented and block.gap == 0:
            full = blocks[path.last].end - blocks[path.last].start >= page.width - 1
            score = max(score, 1.5) if full else score
    if block.gap >= page.gap + 2:
        score -= 2.0
    if page.indents and block.indented:
        score -= 6.0
    here = Layout(Label.MORE, False)
    phase = _after(block, reading)
    return _Path(path.score + score, phase, path.titled, path.signed, i, quotes, here, path)


def _caption(path: _Path, i: int, block: Block, reading: _Reading) -> _Path:
    score = reading.caption
    begins = path.phase is Phase.CLOSED
    if path.phase is Phase.TITLED:
        score -= 1.0
    phase = path.phase
    here = Layout(Label.CAPTION, begins)
    return _Path(
        path.score + score, phase, path.titled, path.signed, path.last, path.quotes, here, path
    )


def _after(block: Block, reading: _Reading) -> Phase:
    if block.closing is not None:
        return Phase.CLOSED
    return Phase.OPEN if reading.open else Phase.FULL


def _is(path: _Path, label: Label) -> bool:
    return path.here is not None and path.here.label is label
