"""Articles that stand inside one another, taken apart by their vocabulary.

A page layout may put the tail of one article between two columns of another. The reading order
then runs: beginning of the host, intruder, rest of the host. The two parts of the host share
words with each other and not with the intruder, whatever all three are about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from newsclf.pages.blocks import Block
from newsclf.pages.drafts import Draft
from newsclf.pages.layout import Label
from newsclf.pages.signals import ends_open
from newsclf.pages.vocabulary import Bigrams, Vocabulary

__all__ = ["separate"]

_MOST_BLOCKS = 48  # of one unit; longer ones are not newspaper articles
_SHORTEST = 40  # characters by which an intruder can be told from its host
_APART = 0.05  # how much more the parts of the host are like each other
_OPEN_BONUS = 0.04  # for an intruder that stands where a paragraph broke off

Item = tuple[Block, Label]


@dataclass(frozen=True, slots=True)
class _Cut:
    """An intruder: the items from `start` to `end`, end excluded, and how sure it is."""

    start: int
    end: int
    margin: float


def separate(drafts: list[Draft], words: Vocabulary) -> list[Draft]:
    """Take interleaved units apart, and mark the texts that have no beginning as fragments."""
    result: list[Draft] = []
    waiting = list(reversed(drafts))
    while waiting:
        draft = waiting.pop()
        follower = waiting[-1] if waiting and _headless(waiting[-1]) and draft.titled else None
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


def _take_apart(draft: Draft, follower: Draft | None, words: Vocabulary) -> list[Draft]:
    """Return the host and its intruder, or nothing."""
    items = draft.items + (follower.items if follower else [])
    if follower is None or len(items) > _MOST_BLOCKS:
        return []
    seam = len(draft.items) if follower else None
    cut = max(_cuts(items, seam, words), key=lambda c: c.margin, default=None)
    if cut is None or cut.margin < _APART:
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


def _cuts(items: list[Item], seam: int | None, words: Vocabulary) -> Iterator[_Cut]:
    """Yield every stretch that may be an intruder."""
    grams = [words.bigrams(block.text) for block, _ in items]
    text = [i for i, (_, label) in enumerate(items) if label in (Label.BODY, Label.MORE)]
    for start in text[1:]:
        broken = _breaks_off(items[:start])
        for end in [seam] if seam else text:
            if end <= start or end >= len(items) or items[end][1] is Label.BYLINE:
                continue
            size = sum(len(block.text) for block, _ in items[start:end])
            if size < _SHORTEST:
                continue
            margin = _margin(grams, start, end, words)
            yield _Cut(start, end, margin + (_OPEN_BONUS if broken else -_OPEN_BONUS))


def _margin(grams: list[Bigrams], start: int, end: int, words: Vocabulary) -> float:
    before = frozenset[str]().union(*grams[:start])
    inside = frozenset[str]().union(*grams[start:end])
    after = frozenset[str]().union(*grams[end:])
    within = words.likeness(before, after)
    return within - max(words.likeness(before, inside), words.likeness(inside, after))
