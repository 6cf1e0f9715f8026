"""What a report holds: the plain data, which knows nothing of how it is shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from newsclf.evaluation.figures import Outcome
from newsclf.evaluation.intervals import Estimate
from newsclf.evaluation.mistakes import Confusion, Mistake

__all__ = ["Overlap", "Part", "ReliabilityPoint", "Results", "ThemeRow"]


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of some of the articles, such as those of one source.

    Attributes
    ----------
    articles, groups, positives, blank : int
        Articles; groups of them that were drawn together; (article, theme) pairs with a label;
        articles with neither label nor borderline theme, on which the false-tag rate stands.
    calibration_chance : float or None
        Calibration error that perfect probabilities would show on these articles.
    figures : dict of str to Estimate
        One entry for each name in `newsclf.evaluation.FIGURES`.
    """

    name: str
    articles: int
    groups: int
    positives: int
    blank: int
    calibration_chance: float | None
    figures: dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One theme: counts over pairs that are not borderline, and F1 with its interval.

    `precision`, `recall` and `f1` are None for fewer than 5 positives.
    """

    theme: str
    name: str
    positives: int
    tagged: int
    hits: int
    precision: float | None
    recall: float | None
    f1: Estimate


class ReliabilityPoint(NamedTuple):
    """A bin of the reliability diagram: mean probability, share that is true, number of pairs."""

    probability: float
    share: float
    pairs: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """A tested article that is a near-duplicate of one the tagger was trained on."""

    test: str
    train: str
    jaccard: float


@dataclass(frozen=True)
class Results:
    """What an evaluation found; `newsclf.Report` says what each field is."""

    title: str
    whole: Part
    parts: tuple[Part, ...]
    themes: tuple[ThemeRow, ...]
    diagram: tuple[ReliabilityPoint, ...]
    confusions: tuple[Confusion, ...]
    mistakes: tuple[Mistake, ...]
    overlaps: tuple[Overlap, ...] | None
    method: dict[str, Any]
    ids: tuple[str, ...] = field(repr=False)
    outcome: Outcome = field(repr=False)

    def __getitem__(self, figure: str) -> Estimate:
        return self.whole.figures[figure]

    def part(self, name: str) -> Part:
        """Return one part by its name."""
        return next(part for part in self.parts if part.name == name)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: everything but the single probabilities."""
        overlaps = None if self.overlaps is None else [asdict(o) for o in self.overlaps]
        return {
            "title": self.title,
            "method": self.method,
            "whole": asdict(self.whole),
            "parts": [asdict(part) for part in self.parts],
            "themes": [asdict(row) for row in self.themes],
            "reliability": [point._asdict() for point in self.diagram],
            "confusions": [asdict(c) for c in self.confusions],
            "mistakes": [asdict(m) for m in self.mistakes],
            "overlaps": overlaps,
        }
