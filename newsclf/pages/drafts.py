"""Labelled blocks gathered into units, still as blocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from newsclf.pages.bigrams import BigramWeights
from newsclf.pages.blocks import Block
from newsclf.pages.layout import Label, LabelledBlock

__all__ = ["Draft", "gather"]

_CAPTION_OF_ARTICLE = 0.10  # likeness from which a picture under an article belongs to it


@dataclass(slots=True)
class Draft:
    """The blocks of one unit, in the order of the dump, each with its label."""

    items: list[tuple[Block, Label]] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)

    def labelled(self, *labels: Label) -> list[Block]:
        """Return the blocks with these labels."""
        return [block for block, label in self.items if label in labels]

    @property
    def text(self) -> list[Block]:
        """The blocks that hold the text."""
        return self.labelled(Label.BODY, Label.MORE)

    @property
    def titled(self) -> bool:
        """Whether it has a headline."""
        return any(label is Label.TITLE for _, label in self.items)

    @property
    def closed(self) -> bool:
        """Whether a byline ends it."""
        for block, label in reversed(self.items):
            if label is not Label.CAPTION:
                return label is Label.BYLINE or block.closing is not None
        return False


def gather(
    blocks: list[Block], layouts: Iterable[LabelledBlock], words: BigramWeights
) -> list[Draft]:
    """Gather labelled blocks into units."""
    drafts: list[Draft] = []
    for block, layout in zip(blocks, layouts, strict=True):
        if layout.begins or not drafts:
            drafts.append(Draft())
        drafts[-1].items.append((block, layout.label))
    return [part for draft in drafts for part in _split_captions(draft, words)]


def _split_captions(draft: Draft, words: BigramWeights) -> list[Draft]:
    """Split off the captions that stand under a unit and do not belong to it."""
    end = len(draft.items)
    while end > 1 and draft.items[end - 1][1] is Label.CAPTION:
        end -= 1
    if end == len(draft.items):
        return [draft]
    grams = words.bigrams("\n".join(b.text for b in draft.text))
    own = draft.items[:end]
    alone: list[Draft] = []
    for block, label in draft.items[end:]:
        if words.likeness(words.bigrams(block.text), grams) < _CAPTION_OF_ARTICLE:
            alone.append(Draft([(block, label)]))
        else:
            own.append((block, label))
    return [Draft(own, draft.flags), *alone]
