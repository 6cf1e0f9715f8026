"""Where a tagger goes wrong: the worst single articles, and which themes it confuses."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from newsclf.evaluation.figures import Outcome
from newsclf.records.article import LabelledArticle, heading

__all__ = ["Confusion", "Mistake", "Verdict", "confusions", "verdict", "worst_mistakes"]

_WORDS = 6


@dataclass(frozen=True, slots=True)
class Verdict:
    """A theme wrongly given or missed: its probability and the words that spoke most for it."""

    theme: str
    probability: float
    words: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """An article on which tagger and reader differ.

    Attributes
    ----------
    position : int
        Row of the article in what was evaluated.
    id, title : str
    labels, borderline, tagged : tuple of str
        Theme ids; `tagged` in falling probability.
    wrong, missed : tuple of Verdict
        Themes given but not labelled, and labelled but not given.
    loss : float
        Sum over these of the distance between probability and label, by which mistakes are ranked.
    """

    position: int
    id: str
    title: str
    labels: tuple[str, ...]
    borderline: tuple[str, ...]
    tagged: tuple[str, ...]
    wrong: tuple[Verdict, ...]
    missed: tuple[Verdict, ...]
    loss: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """In how many articles `missed` was the label and `given` the tag; None stands for nothing."""

    missed: str | None
    given: str | None
    articles: int


def worst_mistakes(
    labelled: Sequence[LabelledArticle],
    outcome: Outcome,
    tagger: Any,
    positions: Sequence[int],
    n: int,
) -> list[Mistake]:
    """Return the n worst mistakes, with evidence where the tagger has an `explain`.

    Parameters
    ----------
    labelled : sequence of n_articles LabelledArticle
    outcome : Outcome
        Of these articles.
    tagger : object
        The one that tagged them; ``tagger.explain(article, theme).top(n)`` gives the evidence.
    positions : sequence of int
        Row of each article in the whole evaluation.
    n : int
    """
    errors = outcome.errors
    loss = np.where(errors, np.abs(outcome.probabilities - outcome.labels), 0.0).sum(axis=1)
    order = np.argsort(-loss, kind="stable")[:n]
    found = []
    for i in order[errors[order].any(axis=1)].tolist():
        item, p = labelled[i], outcome.probabilities[i]
        ranked = [(outcome.themes[k], k) for k in np.argsort(-p, kind="stable").tolist()]
        verdicts = [verdict(tagger, item, theme, p[k]) for theme, k in ranked if errors[i, k]]
        found.append(
            Mistake(
                position=int(positions[i]),
                id=item.id,
                title=heading(item.article),
                labels=item.labels,
                borderline=item.borderline,
                tagged=tuple(theme for theme, k in ranked if outcome.tagged[i, k]),
                wrong=tuple(v for v in verdicts if v.theme not in item.labels),
                missed=tuple(v for v in verdicts if v.theme in item.labels),
                loss=float(loss[i]),
            )
        )
    return found


def confusions(outcome: Outcome) -> list[Confusion]:
    """Count which theme was missed and which was given in its place, most frequent first.

    An article with several of both counts once for each combination.
    """
    errors = outcome.errors
    counts: Counter[tuple[int, int]] = Counter()
    for i in np.flatnonzero(errors.any(axis=1)):
        missed = np.flatnonzero(errors[i] & outcome.labels[i]).tolist() or [-1]
        given = np.flatnonzero(errors[i] & outcome.tagged[i]).tolist() or [-1]
        counts.update(itertools.product(missed, given))
    names = (*outcome.themes, None)  # position -1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Confusion(names[missed], names[given], count) for (missed, given), count in ranked]


def verdict(tagger: Any, item: LabelledArticle, theme: str, probability: float) -> Verdict:
    """Return what a tagger says of one theme, with words where it has an `explain`."""
    explain = getattr(tagger, "explain", None)
    top = explain(item.article, theme).top(_WORDS) if explain else ()
    words = tuple((str(word), float(weight)) for word, weight in top)
    return Verdict(theme, float(probability), words)
