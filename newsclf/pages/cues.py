"""What speaks for each reading of a block, from the block and from what stands around it."""

from __future__ import annotations

from dataclasses import dataclass

from newsclf.pages.bigrams import Bigrams, BigramWeights
from newsclf.pages.blocks import Block, Geometry
from newsclf.pages.bylines import line_byline
from newsclf.pages.signals import (
    ends_open,
    pending_quotes,
    reads_as_caption,
    reads_as_headline,
    subheading,
)

__all__ = ["IMPOSSIBLE", "Cues", "weigh"]

IMPOSSIBLE = -9.0
_NEIGHBOURS = 3  # blocks on either side that tell whether the subject changes


@dataclass(frozen=True, slots=True)
class Cues:
    """Scores of one block, in the manner of log-odds, and plain facts about it.

    Attributes
    ----------
    headline : float
        For a headline: how it reads, and whether the subject changes here.
    kicker : float
        Share of the words of the block above that the text below takes up.
    caption : float
        For a picture caption.
    byline : bool
        Whether it is nothing but a byline.
    open : float
        How far it breaks off: 1 in mid-sentence, 0.5 after a colon, else 0.
    quotes, stray : int
        Quotations it leaves open, and closing marks that close nothing in it.
    subheading : bool
        Whether it is numbered or marked as a heading inside an article.
    """

    headline: float
    kicker: float
    caption: float
    byline: bool
    open: float
    quotes: int
    stray: int
    subheading: bool


def weigh(blocks: list[Block], page: Geometry, words: BigramWeights) -> list[Cues]:
    """Weigh every block by itself and against its neighbours."""
    return [_weigh(i, blocks, page, words) for i in range(len(blocks))]


def _weigh(i: int, blocks: list[Block], page: Geometry, words: BigramWeights) -> Cues:
    block = blocks[i]
    quotes, stray = pending_quotes(block.text)
    headline = reads_as_headline(block.text) if block.closing is None else IMPOSSIBLE
    kicker = 0.0
    if headline > IMPOSSIBLE / 2:
        headline += _turn(i, blocks, words)
        kicker = words.covered(_near(blocks, i - 1, i, words), _near(blocks, i + 1, i + 3, words))
    return Cues(
        headline=headline,
        kicker=kicker,
        caption=reads_as_caption(block, page),
        byline=not block.text or line_byline(block.text) is not None,
        open=ends_open(block.text),
        quotes=quotes,
        stray=stray,
        subheading=subheading(block.text),
    )


def _turn(i: int, blocks: list[Block], words: BigramWeights) -> float:
    """Score block `i` as the place where a new subject begins.

    A headline says what the text below is about and not what the text above was; the first line
    of a paragraph does neither more than the other. The factors come from a logistic regression
    on generated pages.
    """
    own = words.bigrams(blocks[i].text)
    above = _near(blocks, i - _NEIGHBOURS, i, words)
    below = _near(blocks, i + 1, i + 1 + _NEIGHBOURS, words)
    told_below = words.covered(own, below)
    told_above = words.covered(own, _near(blocks, i - 2 * _NEIGHBOURS, i, words))
    same_subject = words.likeness(above, below)
    score = 6.0 * told_below - 11.0 * told_above - 16.0 * same_subject - 0.5
    return max(-5.0, min(4.0, score))


def _near(blocks: list[Block], start: int, end: int, words: BigramWeights) -> Bigrams:
    return words.bigrams("\n".join(b.text for b in blocks[max(0, start) : max(0, end)]))
