"""What the rest of newsclf asks of a tagger, its own or another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from newsclf.records.article import Article
    from newsclf.records.codebook import Codebook
    from newsclf.records.tagging import Tagging

__all__ = ["AnyTagger", "as_tagger"]


class AnyTagger(Protocol):
    """A tagger: `newsclf.Tagger`, or any object that can tag files and be evaluated.

    An evaluation also uses, where they are there: ``name``; ``explain(article, theme)`` for the
    words behind a mistake; ``training_sketch`` (see `newsclf.training.duplicates.sketch`) to know
    near-duplicates of the training texts.
    """

    @property
    def codebook(self) -> Codebook:
        """The themes; each tagging has a probability for every one of them."""

    def tag_many(self, items: Iterable[Article], *, jobs: int = 1) -> Iterator[Tagging]:
        """Tag in order; called from several threads at once where there are several jobs."""


def as_tagger(model: str | Path | AnyTagger) -> AnyTagger:
    """Return a tagger as it is, or load the one of that name or in that folder."""
    if not isinstance(model, (str, Path)):
        return model
    from newsclf.tagger.tagger import load

    return load(model)
