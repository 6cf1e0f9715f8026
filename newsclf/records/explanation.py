"""Why: the words of an article that speak for a theme, and how much."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Evidence", "Explanation"]


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
        from newsclf.records import html

        marks = [html.Mark(e.start, e.end, e.weight) for e in self.evidence]

        def build(size: tuple[int, int]) -> str:
            count, around = size
            return html.box(
                html.strong(f"{self.name} {self.probability:.2f}"),
                html.small(self.theme),
                html.lines(html.marked(self.text, marks, count, around)),
            )

        # Of a long text the surroundings of the weightiest words are shown.
        sizes = ((30, 10**9), (24, 24), (16, 16), (10, 10), (6, 6), (3, 3), (0, 0))
        return html.fitting(build, sizes)
