"""Units as articles: text joined, spans counted, oddities flagged."""

from __future__ import annotations

import re

from newsclf.pages.blocks import Block
from newsclf.pages.bylines import line_byline
from newsclf.pages.drafts import Draft
from newsclf.pages.layout import Label
from newsclf.pages.quantities import scrambled
from newsclf.pages.signals import ends_open
from newsclf.records.article import Article, Role, Span, UnitType

__all__ = ["make_article"]

_QUOTES = tuple((pair[0], re.compile(f"[{pair}]")) for pair in ("“”", "「」", "『』", "《》"))


def make_article(draft: Draft, id: str, page: str | None, dump: str) -> Article:
    """Return one unit of a page as an Article."""
    kind = _kind(draft)
    builder = _Builder(dump, kind)
    for block, label in draft.items:
        builder.add(block, label)
    paragraphs = builder.paragraphs()
    flags = draft.flags | _flags(kind, paragraphs)
    return Article(
        id=id,
        title=" ".join(builder.titles) or None,
        paragraphs=paragraphs,
        authors=tuple(dict.fromkeys(builder.authors)),
        captions=tuple(builder.captions),
        flags=tuple(sorted(flags)),
        spans=builder.ordered_spans(),
        type=kind,
        page=page,
    )


def _kind(draft: Draft) -> UnitType:
    if draft.text:
        return "fragment" if "fragment" in draft.flags else "article"
    if draft.titled:
        return "headline"
    return "caption" if draft.labelled(Label.CAPTION) else "fragment"


class _Builder:
    """Collects the pieces of one unit."""

    def __init__(self, dump: str, kind: UnitType) -> None:
        self._dump = dump
        self._kind = kind
        self._pieces: list[list[str]] = []
        self._spans: list[Span] = []
        self._caption_spans: list[Span] = []
        self.titles: list[str] = []
        self.authors: list[str] = []
        self.captions: list[str] = []

    def add(self, block: Block, label: Label) -> None:
        """Add one block."""
        if label is Label.BYLINE:
            self._byline(block.start, block.end)
        elif label is Label.TITLE:
            self._title(block)
        elif label is Label.CAPTION and self._kind != "caption":
            self.captions.append(self._dump[block.start : block.end])
            self._caption_spans.append(Span(block.start, block.end, "caption"))
        else:
            self._text(block, begins=label is not Label.MORE)

    def _byline(self, start: int, end: int) -> None:
        found = line_byline(self._dump[start:end])
        self.authors.extend(found.authors if found else ())
        self._spans.append(Span(start, end, "byline"))

    def _title(self, block: Block) -> None:
        self.titles.append(self._dump[block.start : block.end])
        if self._kind == "headline":
            span = Span(block.start, block.end, "headline", len(self.titles))
        else:
            span = Span(block.start, block.end, "title")
        self._spans.append(span)

    def _text(self, block: Block, *, begins: bool) -> None:
        if begins or not self._pieces:
            self._pieces.append([])
        self._pieces[-1].append(block.text)
        role: Role = "caption" if self._kind == "caption" else "body"
        if block.opening:
            self.authors.extend(block.opening.authors)
            self._spans.append(Span(block.start, block.start + block.opening.end, "byline"))
        self._spans.append(Span(*block.body, role, len(self._pieces)))
        if block.closing:
            self.authors.extend(block.closing.authors)
            start = block.start + block.closing.start
            self._spans.append(Span(start, block.end, "byline"))

    def paragraphs(self) -> tuple[str, ...]:
        """Return the paragraphs, mended."""
        return tuple("".join(pieces) for pieces in self._pieces)

    def ordered_spans(self) -> tuple[Span, ...]:
        """Return the spans in the order of the dump, pictures inside an article last."""
        return (*self._spans, *self._caption_spans)


def _flags(kind: UnitType, paragraphs: tuple[str, ...]) -> set[str]:
    flags = set()
    if kind == "fragment":
        flags.add("fragment")
    if kind in ("article", "fragment") and (not paragraphs or ends_open(paragraphs[-1]) == 1):
        flags.add("incomplete")
    if any(_unbalanced(p, following) for p, following in _with_next(paragraphs)):
        flags.add("unbalanced_quotes")
    if any(scrambled(p) for p in paragraphs):
        flags.add("scrambled")
    return flags


def _with_next(paragraphs: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(zip(paragraphs, (*paragraphs[1:], ""), strict=False))


def _unbalanced(paragraph: str, following: str) -> bool:
    """Tell whether quotation marks do not pair; a quotation may run over several paragraphs."""
    for left, marks in _QUOTES:
        open_ = 0
        for mark in marks.findall(paragraph):
            open_ += 1 if mark == left else -1
            if open_ < 0:
                return True
        if open_ > 1 or (open_ == 1 and not following.startswith(left)):
            return True
    return False
