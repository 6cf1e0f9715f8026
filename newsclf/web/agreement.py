"""How far two readers agree, or a reader and the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from newsclf.errors import MissingExtra
from newsclf.records.article import LabelledArticle

__all__ = ["Agreement", "agreement", "alpha", "load_metric", "micro_f1"]

_NOTHING = "no theme"


@dataclass(frozen=True)
class Agreement:
    """Two readers on the articles that both have labelled.

    Attributes
    ----------
    articles, same, same_first : int
        Articles that both labelled; with the same set of labels; with the same first label.
    alpha : float or None
        Krippendorff's alpha; None where it is undefined.
    """

    articles: int
    same: int
    same_first: int
    alpha: float | None


def agreement(pairs: Sequence[tuple[LabelledArticle, LabelledArticle]]) -> Agreement:
    """Compare two readers; each pair is one article as each of them labelled it."""
    sets = [(frozenset(first.labels), frozenset(second.labels)) for first, second in pairs]
    return Agreement(
        articles=len(pairs),
        same=sum(first == second for first, second in sets),
        same_first=sum(first.primary == second.primary for first, second in pairs),
        alpha=alpha(sets),
    )


def alpha(pairs: Sequence[tuple[frozenset[str], frozenset[str]]]) -> float | None:
    """Return Krippendorff's alpha over sets of labels, with the MASI distance between sets.

    Parameters
    ----------
    pairs : sequence of pairs of frozenset
        The labels of two readers for each article; an empty set is a value of its own.

    Returns
    -------
    float or None
        1 for full agreement, 0 for what chance would bring. None without at least two articles
        and two different values, where alpha says nothing.

    Notes
    -----
    Alpha and distance are NLTK's: Krippendorff, Content Analysis (1980); Passonneau, Measuring
    Agreement on Set-Valued Items (2006).
    """
    values = [[labels or frozenset({_NOTHING}) for labels in pair] for pair in pairs]
    if len(values) < 2 or len({labels for pair in values for labels in pair}) < 2:
        return None
    AnnotationTask, masi_distance = load_metric()
    data = [
        (reader, str(i), labels)
        for i, pair in enumerate(values)
        for reader, labels in zip("ab", pair, strict=True)
    ]
    return float(AnnotationTask(data, distance=masi_distance).alpha())


def load_metric() -> tuple[Any, Any]:
    """Import NLTK's alpha and distance, which takes seconds.

    Raises
    ------
    MissingExtra
        NLTK is not installed.
    """
    try:
        from nltk.metrics import masi_distance
        from nltk.metrics.agreement import AnnotationTask
    except ImportError as error:
        raise MissingExtra("the agreement of two readers", "web") from error
    return AnnotationTask, masi_distance


def micro_f1(labelled: Sequence[LabelledArticle], given: Sequence[Sequence[str]]) -> float | None:
    """Return the micro F1 of the themes given; borderline themes count neither way."""
    hits = wrong = missed = 0
    for item, themes in zip(labelled, given, strict=True):
        tagged = set(themes) - set(item.borderline)
        hits += len(tagged & set(item.labels))
        wrong += len(tagged - set(item.labels))
        missed += len(set(item.labels) - tagged)
    pairs = 2 * hits + wrong + missed
    return 2 * hits / pairs if pairs else None
