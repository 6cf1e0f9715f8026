"""What comes out: the themes of an article, and the words that speak for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Evidence", "Explanation", "Tag", "Tagging"]


@dataclass(frozen=True, slots=True)
class Tag:
    """One theme of an article with its calibrated probability."""

    theme: str
    name: str
    probability: float


@dataclass(frozen=True)
class Tagging:
    """The result for one article; no tag at all is a valid answer (abstention).

    Attributes
    ----------
    tags : tuple of Tag
        The themes the article is about, likeliest first.
    groups : tuple of str
        Ids of the groups of these themes, in the same order, each once.
    probabilities : mapping of str to float
        Calibrated probability of every theme of the codebook.
    model : str
        Name and version of the model.
    """

    id: str
    title: str | None
    tags: tuple[Tag, ...]
    groups: tuple[str, ...]
    probabilities: Mapping[str, float] = field(repr=False)
    model: str

    @classmethod
    def of_row(
        cls,
        id: str,
        title: str | None,
        tags: tuple[Tag, ...],
        groups: tuple[str, ...],
        row: NDArray[np.float32],
        ids: tuple[str, ...],
        model: str,
    ) -> Tagging:
        """Make a tagging of a row of probabilities, in the order of `ids`."""
        self = cls.__new__(cls)
        vars(self).update(
            id=id, title=title, tags=tags, groups=groups, model=model, _row=row, _ids=ids
        )
        return self

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            """Make the mapping of probabilities of the row when it is first asked for."""
            # Most who tag want the tags alone, and the mapping is half of what tagging costs here.
            if name != "probabilities":
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            made = dict(zip(self._ids, self._row.tolist(), strict=True))
            return vars(self).setdefault(name, made)

    @property
    def themes(self) -> tuple[str, ...]:
        """Theme ids, likeliest first."""
        return tuple(tag.theme for tag in self.tags)

    def to_dict(self, *, probabilities: bool = False) -> dict[str, Any]:
        """Return the JSON line that ``newsclf tag`` writes."""
        record: dict[str, Any] = {
            "id": self.id,
            "title": self.title or "",
            "themes": [
                {"id": t.theme, "name": t.name, "probability": round(t.probability, 4)}
                for t in self.tags
            ],
            "model": self.model,
        }
        if probabilities:
            record["probabilities"] = {k: round(p, 4) for k, p in self.probabilities.items()}
        return record

    def __str__(self) -> str:
        """Title and themes on one line."""
        tags = "  ".join(f"{t.name} {t.probability:.2f}" for t in self.tags) or "(no theme)"
        return "  ".join(filter(None, (self.id, self.title, tags)))

    def _repr_html_(self) -> str:
        from newsclf import display

        return display.tagging(self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A word of the article, where it stands, and how much it speaks for the theme.

    `start` and `end` are character offsets into `Explanation.text`; `weight` is the word's share
    of the score, negative when it speaks against the theme.
    """

    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True)
class Explanation:
    """Why a theme has its probability in one article.

    Attributes
    ----------
    text : str
        The text that was read: the string itself, or title + newline + text of an article.
    evidence : tuple of Evidence
        Words in the order of the text; with `rest` their weights add up to `score`.
    score, rest : float
        The linear score of the theme, and the part of it that belongs to no word.
    """

    theme: str
    name: str
    probability: float
    text: str = field(repr=False)
    evidence: tuple[Evidence, ...] = field(repr=False)
    score: float
    rest: float

    def top(self, n: int = 10) -> list[tuple[str, float]]:
        """Return the n words with the largest total weight, and that weight."""
        totals: dict[str, float] = {}
        for e in self.evidence:
            totals[e.text] = totals.get(e.text, 0.0) + e.weight
        return sorted(totals.items(), key=lambda item: -item[1])[:n]

    def __str__(self) -> str:
        """The top words with their weights, one a line."""
        head = f"{self.name} ({self.theme})  probability {self.probability:.2f}"
        return "\n".join([head, *(f"  {w:+.3f}  {text}" for text, w in self.top())])

    def _repr_html_(self) -> str:
        from newsclf import display

        return display.explanation(self)
