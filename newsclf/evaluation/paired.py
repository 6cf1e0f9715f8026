"""Two taggers on the same labelled articles: each figure, its change, and whether that will do."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from newsclf.errors import InputError, LabelError
from newsclf.evaluation.figures import FIGURES, Outcome, defined, measure
from newsclf.evaluation.intervals import DRAWS, Estimate, bootstrap
from newsclf.evaluation.outcomes import tags_over
from newsclf.records.article import LabelledArticle
from newsclf.tagger.protocol import AnyTagger
from newsclf.training.folds import groups_of
from newsclf.training.targets import label_matrices

__all__ = ["Change", "Requirement", "changes"]

_OPERATORS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
_NUMBER = r"\d+(?:\.\d+)?|\.\d+"
_REQUIREMENT = re.compile(
    rf"\s*(?P<figure>\w+)\s*(?P<operator>>=|<=|>|<)\s*(?P<base>old|{_NUMBER})\s*"
    rf"(?:(?P<sign>[+-])\s*(?P<margin>{_NUMBER})\s*)?"
)


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of the old tagger and of the new, and the difference with its 95 % interval.

    All None where the figure is undefined.
    """

    old: float | None
    new: float | None
    difference: Estimate


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a new tagger must reach, such as ``micro_f1>=old-0.005`` or ``false_tag<=0.1``.

    Attributes
    ----------
    figure : str
        A name from `newsclf.evaluation.FIGURES`.
    operator : {">=", "<=", ">", "<"}
    base : float or None
        A number, or None for the figure of the old tagger.
    margin : float
        Added to it.
    """

    figure: str
    operator: str
    base: float | None
    margin: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Requirement:
        """Read ``FIGURE OP old|NUMBER [+|- NUMBER]``.

        >>> Requirement.parse("micro_f1 >= old - 0.005")
        Requirement(figure='micro_f1', operator='>=', base=None, margin=-0.005)

        Raises
        ------
        InputError
            It has another form, or names no figure.
        """
        match = _REQUIREMENT.fullmatch(text)
        if not match:
            raise InputError(
                f"cannot read the requirement {text!r}: expected FIGURE, one of >= <= > <, then "
                'old or a number, then + or - a number if need be, such as "micro_f1>=old-0.005"'
            )
        if match["figure"] not in FIGURES:
            raise InputError(
                f"requirement {text!r}: no figure {match['figure']!r}; "
                f"the figures are {', '.join(FIGURES)}"
            )
        margin = float(match["margin"] or 0)
        return cls(
            match["figure"],
            match["operator"],
            None if match["base"] == "old" else float(match["base"]),
            -margin if match["sign"] == "-" else margin,
        )

    def bound(self, changes: Mapping[str, Change]) -> float | None:
        """Return the number that the new tagger's figure is held against."""
        base = changes[self.figure].old if self.base is None else self.base
        return None if base is None else base + self.margin

    def holds(self, changes: Mapping[str, Change]) -> bool:
        """Tell whether the new tagger reaches it; what is undefined is not reached."""
        new, bound = changes[self.figure].new, self.bound(changes)
        # Rounded, or sums such as 0.7 + 0.1 would decide by their sixteenth digit.
        return (
            new is not None
            and bound is not None
            and bool(_OPERATORS[self.operator](round(new, 12), round(bound, 12)))
        )

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        base = "old" if self.base is None else f"{self.base:g}"
        return f"{self.figure}{self.operator}{base}" + (f"{self.margin:+g}" if self.margin else "")


def changes(
    old: AnyTagger, new: AnyTagger, labelled: Sequence[LabelledArticle], *, draws: int = DRAWS
) -> dict[str, Change]:
    """Measure two taggers on the same articles.

    The interval of a difference is a paired bootstrap: both taggers are measured on the same
    draws of whole groups of articles (see `newsclf.evaluation.intervals`). A theme that a tagger
    does not know it never gives.

    Parameters
    ----------
    old, new : Tagger
    labelled : sequence of LabelledArticle
        Their labels are themes of one of the codebooks or both.

    Returns
    -------
    dict of str to Change
        One entry for each name in `newsclf.evaluation.FIGURES`.

    Raises
    ------
    InputError
        There are no labelled articles.
    LabelError
        A label that neither tagger knows.
    """
    if not labelled:
        raise InputError("expected labelled articles to compare on, got none")
    themes = tuple(dict.fromkeys((*old.codebook.ids, *new.codebook.ids)))
    outcomes = [_outcome(tagger, labelled, themes) for tagger in (old, new)]
    points = [measure(outcome).figures for outcome in outcomes]
    groups = groups_of(labelled)
    drawn = None
    if len(np.unique(groups)) > 1:
        drawn = [bootstrap(outcome, groups, draws=draws).figures for outcome in outcomes]
    result = {}
    for name in FIGURES:
        before, after = (float(point[name][0]) for point in points)
        difference = Estimate(defined(after - before))
        if drawn and difference.value is not None:
            low, high = np.nanquantile(drawn[1][name] - drawn[0][name], [0.025, 0.975])
            difference = Estimate(after - before, float(low), float(high))
        result[name] = Change(defined(before), defined(after), difference)
    return result


def _outcome(
    tagger: AnyTagger, labelled: Sequence[LabelledArticle], themes: tuple[str, ...]
) -> Outcome:
    try:
        labels, borderline = label_matrices(labelled, themes)
    except LabelError as error:
        raise LabelError(f"neither tagger knows all themes: {error}") from error
    articles = [item.article for item in labelled]
    return Outcome(themes, labels, borderline, *tags_over(tagger, articles, themes))
