"""Articles that stand inside one another, taken apart by their vocabulary.

A page layout may put the tail of one article between two columns of another. The reading order
then runs: beginning of the host, intruder, rest of the host. The two parts of the host share
words with each other and not with the intruder, whatever all three are about.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from newsclf.pages.bigrams import Bigrams, BigramWeights
from newsclf.pages.blocks import Block
from newsclf.pages.drafts import Draft
from newsclf.pages.layout import Label
from newsclf.pages.signals import ends_open, marked_as_picture

__all__ = ["separate"]

_MOST_BLOCKS = 48  # of one unit; longer ones are not newspaper articles
_SHORTEST = 40  # characters by which an intruder without a byline can be told from its host
_SIGNED = 6.0  # for an intruder that ends with a byline, while the host goes on after it
_SURE = 0.0  # score from which a stretch is taken for an intruder

Item = tuple[Block, Label]


@dataclass(frozen=True, slots=True)
class _Cut:
    """An intruder: the items from `start` to `end`, end excluded, and how sure it is."""

    start: int
    end: int
    score: float


def separate(drafts: list[Draft], words: BigramWeights) -> list[Draft]:
    """Take interleaved units apart, and mark the texts that have no beginning as fragments."""
    result: list[Draft] = []
    waiting = list(reversed(drafts))
    while waiting:
        draft = waiting.pop()
        follower = waiting[-1] if waiting and _may_go_on(draft, waiting[-1]) else None
        parts = _take_apart(draft, follower, words)
        if parts:
            if follower is not None:
                waiting.pop()
            result.extend(parts)
            continue
        if _headless(draft) and result:
            draft.flags.add("fragment")
        result.append(draft)
    return result


def _headless(draft: Draft) -> bool:
    text = draft.text
    return bool(text) and not draft.titled and text[0].opening is None


def _may_go_on(draft: Draft, follower: Draft) -> bool:
    """Tell whether a unit may be the rest of the one above, which a byline seemed to end."""
    if not draft.titled or not draft.closed:
        return False
    if _headless(follower):
        return True
    # One short signed text reads as a caption, but a picture would have left a gap above it.
    block, label = follower.items[0]
    wide_gap = block.gap > draft.items[-1][0].gap
    return label is Label.CAPTION and not wide_gap and not marked_as_picture(block)


def _take_apart(draft: Draft, follower: Draft | None, words: BigramWeights) -> list[Draft]:
    """Return the host and its intruder, or nothing."""
    items = draft.items + (follower.items if follower else [])
    if not draft.titled or len(items) > _MOST_BLOCKS:
        return []
    seam = len(draft.items) if follower else None
    cut = max(_cuts(items, seam, words), key=lambda c: c.score, default=None)
    if cut is None or cut.score < _SURE:
        return []
    inside = items[cut.start : cut.end]
    pictures = [item for item in inside if item[1] is Label.CAPTION]
    intruder = [item for item in inside if item[1] is not Label.CAPTION]
    before, after = items[: cut.start] + pictures, items[cut.end :]
    broken = _breaks_off(items[: cut.start])
    return [
        Draft(before + _begin(after, Label.MORE if broken else Label.BODY), {"interleaved"}),
        Draft(_begin(intruder, Label.BODY), {"interleaved", "fragment"}),
    ]


def _begin(items: list[Item], label: Label) -> list[Item]:
    """Return the items with another label on the first one."""
    return [(items[0][0], label), *items[1:]]


def _breaks_off(items: list[Item]) -> bool:
    text = [block for block, label in items if label in (Label.BODY, Label.MORE)]
    return bool(text) and ends_open(text[-1].text) == 1


def _cuts(items: list[Item], seam: int | None, words: BigramWeights) -> Iterator[_Cut]:
    """Yield every stretch that may be an intruder."""
    grams = [words.bigrams(block.text) for block, _ in items]
    text = [i for i, (_, label) in enumerate(items) if label in (Label.BODY, Label.MORE)]
    for start in text[1:]:
        for end in [seam] if seam else text:
            if not start < end < len(items):
                continue
            inside = [block.text for block, _ in items[start:end]]
            if seam or (not ends_open(inside[-1]) and sum(map(len, inside)) >= _SHORTEST):
                yield _Cut(start, end, _score(items, grams, start, end, seam, words))


def _score(
    items: list[Item],
    grams: list[Bigrams],
    start: int,
    end: int,
    seam: int | None,
    words: BigramWeights,
) -> float:
    """Score a stretch as an intruder.

    Above all it has few words in common with what stands around it; the factors come from a
    logistic regression on generated pages.
    """
    before, inside, after = (
        frozenset[str]().union(*part) for part in (grams[:start], grams[start:end], grams[end:])
    )
    within = words.likeness(before, after)
    strange = max(words.likeness(before, inside), words.likeness(inside, after))
    size = sum(len(block.text) for block, _ in items[start:end])
    rest = sum(len(block.text) for block, _ in items) - size
    score = -5.8 * math.log(strange + 0.01) + 0.5 * math.log(within + 0.01)
    score += 2.2 * math.log(size + 1) + 0.5 * math.log(rest + 1) - 38.0
    if seam and within > strange:
        score += _SIGNED
    if _breaks_off(items[:start]):
        last = items[start - 1][0].text
        score += 2.4
        score -= 1.9 * (words.joined(last, items[start][0].text) > 0)
        score += 4.0 * (words.joined(last, items[end][0].text) > 0)
    return score
