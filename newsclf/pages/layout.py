"""What each block of a page is, found by the best path through all blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from newsclf.pages.bigrams import BigramWeights
from newsclf.pages.blocks import Block, Geometry
from newsclf.pages.cues import IMPOSSIBLE, Cues, weigh
from newsclf.pages.signals import pending_quotes, reads_as_continuation

__all__ = ["Label", "LabelledBlock", "label_blocks"]

_MANY = 2_000  # blocks; no newspaper page has more, and beyond it fewer paths must do
_HEAP = 20_000  # blocks, and
_CRUMB = 12  # characters on average, by which no text is a newspaper page
_SEAM = (-0.5, 2.0, 3.5)  # score of a seam that the page attests not at all, in part, in full


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
class LabelledBlock:
    """The label of one block, and whether a new unit begins with it."""

    label: Label
    begins: bool


@dataclass(frozen=True, slots=True)
class _Path:
    """One reading of the blocks so far.

    `signed` tells whether the unit has its byline, `last` is the last block of text, `quotes`
    the quotations open after it.
    """

    score: float
    phase: Phase
    signed: bool = False
    last: int = -1
    quotes: int = 0
    here: LabelledBlock | None = None
    before: _Path | None = None

    @property
    def key(self) -> tuple[Phase, bool, int]:
        """Paths with the same key have the same future."""
        return self.phase, self.signed, self.last

    def after(self, *labels: Label) -> bool:
        """Tell whether the last block has one of these labels."""
        return self.here is not None and self.here.label in labels


def label_blocks(blocks: list[Block], page: Geometry, words: BigramWeights) -> list[LabelledBlock]:
    """Label every block, so that the labels together are the likeliest.

    Viterbi over the phases of a unit; linear in the number of blocks. Where a dump is no page
    but a heap of crumbs, each one is a paragraph.
    """
    if len(blocks) > _HEAP and sum(len(b.text) for b in blocks) < _CRUMB * len(blocks):
        return [LabelledBlock(Label.BODY, begins=i == 0) for i in range(len(blocks))]
    reader = _Reader(blocks, page, words)
    width = 12 if len(blocks) <= _MANY else 2
    paths = [_Path(0.0, Phase.CLOSED)]
    for i in range(len(blocks)):
        best: dict[tuple[Phase, bool, int], _Path] = {}
        for path in paths:
            for step in reader.steps(path, i):
                known = best.get(step.key)
                if known is None or known.score < step.score:
                    best[step.key] = step
        paths = sorted(best.values(), key=lambda p: -p.score)[:width]
    last: _Path | None = max(paths, key=lambda p: p.score - (p.phase is Phase.OPEN))
    found: list[LabelledBlock] = []
    while last is not None and last.here is not None:
        found.append(last.here)
        last = last.before
    return found[::-1]


class _Reader:
    """Scores the ways to go on from a path."""

    def __init__(self, blocks: list[Block], page: Geometry, words: BigramWeights) -> None:
        self._blocks = blocks
        self._page = page
        self._words = words
        self._cues = weigh(blocks, page, words)

    def steps(self, path: _Path, i: int) -> Iterator[_Path]:
        """Yield every way to go on with block `i`."""
        block, cues = self._blocks[i], self._cues[i]
        if cues.byline:
            yield self._byline(path, block)
        if not block.text:
            return
        yield self._body(path, i)
        if path.last >= 0:
            yield self._more(path, i)
        if cues.headline > IMPOSSIBLE:
            yield self._title(path, i)
        if cues.caption > IMPOSSIBLE:
            yield self._caption(path, block, cues)

    def _title(self, path: _Path, i: int) -> _Path:
        """Go on with a headline, or with the second line of one."""
        block, cues = self._blocks[i], self._cues[i]
        score = path.score + cues.headline
        begins = True
        if path.phase is Phase.CLOSED:
            score += 2.0
        elif path.phase is Phase.TITLED:
            # One headline of two lines, or the first one lost its article: its words tell.
            near = path.after(Label.TITLE) and block.gap == 0
            tight = near and self._stands_apart(i)
            begins = not (tight or (near and cues.kicker > 0.25))
            score += 3.0 if tight else -1.0 - (6.0 * cues.kicker if begins else 0.0)
        elif path.phase is Phase.OPEN:
            score -= 4.0
        elif self._page.closers and not path.signed:
            score -= 3.0
        if cues.subheading:
            score -= 3.0
        if self._page.indents and block.indented:
            score -= 1.0
        here = LabelledBlock(Label.TITLE, begins)
        return _Path(score, Phase.TITLED, here=here, before=path)

    def _stands_apart(self, i: int) -> bool:
        """Tell whether a headline that ends about block `i` is set off from what follows."""
        following = self._blocks[i + 1 : i + 3]
        subtitle = self._blocks[i].text.startswith(("—", "--"))
        return subtitle or self._page.gap > 0 or any(block.gap == 1 for block in following)

    def _byline(self, path: _Path, block: Block) -> _Path:
        """Go on with the byline under a headline, or the one that closes an article."""
        score = path.score + 4.0
        if path.phase is Phase.TITLED:
            here = LabelledBlock(Label.BYLINE, begins=False)
            return _Path(score, Phase.TITLED, signed=True, here=here, before=path)
        stray = path.phase is Phase.CLOSED and not path.after(Label.BYLINE, Label.CAPTION)
        score -= 4.0 if stray or path.phase is Phase.OPEN else 0.0
        score -= 3.0 if path.signed and block.closing is None else 0.0
        here = LabelledBlock(Label.BYLINE, begins=stray)
        return _Path(score, Phase.CLOSED, signed=True, here=here, before=path)

    def _body(self, path: _Path, i: int) -> _Path:
        """Go on with a new paragraph."""
        block = self._blocks[i]
        score = path.score
        if path.phase is Phase.TITLED:
            score += 2.5
        elif path.phase is Phase.CLOSED:
            score -= 2.5
        elif path.phase is Phase.OPEN:
            score -= 4.0 if self._cues[path.last].open == 1 else 0.5
        else:
            score += 1.0
        if self._page.indents:
            score += 2.0 if block.indented else -2.0
        begins = path.phase is Phase.CLOSED
        return self._text(path, i, score, LabelledBlock(Label.BODY, begins), 0)

    def _more(self, path: _Path, i: int) -> _Path:
        """Go on with the paragraph that broke off."""
        block, before = self._blocks[i], self._blocks[path.last]
        if path.phase is Phase.OPEN:
            score = 1.0 + reads_as_continuation(before.text, block.text)
            score += _SEAM[self._words.joined(before.text, block.text)]
            score -= 1.0 if self._cues[path.last].open < 1 else 0.0
        elif path.quotes and self._cues[i].stray and block.text[0] not in "“「『":
            score = 2.5
        elif self._runs_full(before) and not block.indented and block.gap == 0:
            score = 1.5
        else:
            score = -5.0
        if block.gap >= self._page.gap + 2:
            score -= 2.0
        if self._page.indents:
            score += -6.0 if block.indented else 1.0
        here = LabelledBlock(Label.MORE, begins=False)
        return self._text(path, i, path.score + score, here, path.quotes)

    def _text(self, path: _Path, i: int, score: float, here: LabelledBlock, quotes: int) -> _Path:
        block = self._blocks[i]
        signed = path.signed and not here.begins
        if block.closing is not None:
            score -= 3.0 if signed else 0.0
            return _Path(score, Phase.CLOSED, True, -1, 0, here, path)
        complete = not self._cues[i].open or self._heads_section(path, i)
        phase = Phase.FULL if complete else Phase.OPEN
        quotes, _ = pending_quotes(block.text, quotes)
        return _Path(score, phase, signed, i, quotes, here, path)

    def _heads_section(self, path: _Path, i: int) -> bool:
        """Tell whether a block is a numbered heading inside an article."""
        cues = self._cues[i]
        return cues.subheading and cues.headline > IMPOSSIBLE and path.phase is Phase.FULL

    def _runs_full(self, block: Block) -> bool:
        """Tell whether a block is a printed line that runs to the edge of its column."""
        width = self._page.width
        return width is not None and block.end - block.start >= width - 1

    def _caption(self, path: _Path, block: Block, cues: Cues) -> _Path:
        score = path.score + cues.caption
        signed = path.phase is Phase.CLOSED or (path.phase is Phase.FULL and path.signed)
        if signed and block.closing is not None:
            score += 6.0  # one short text with a name of its own and no headline
        elif path.phase is Phase.TITLED:
            score -= 1.0
        here = LabelledBlock(Label.CAPTION, begins=path.phase is Phase.CLOSED)
        return _Path(score, path.phase, path.signed, path.last, path.quotes, here, path)
