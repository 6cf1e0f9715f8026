"""Where a tagger goes wrong: the worst single articles, and which themes it confuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from newsclf.evaluation.figures import Outcome
from newsclf.records.article import LabelledArticle

__all__ = ["Confusion", "Mistake", "Verdict", "confusions", "worst_mistakes"]

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
    differs = (outcome.tagged != outcome.labels) & outcome.counted
    loss = np.where(differs, np.abs(outcome.probabilities - outcome.labels), 0.0).sum(axis=1)
    order = np.argsort(-loss, kind="stable")[:n]
    explain = getattr(tagger, "explain", None)
    found = []
    for i in order[differs[order].any(axis=1)].tolist():
        item, p = labelled[i], outcome.probabilities[i]
        ranked = [(outcome.themes[k], k) for k in np.argsort(-p, kind="stable").tolist()]
        verdicts = {
            theme: Verdict(theme, float(p[k]), _words(explain, item, theme))
            for theme, k in ranked
            if differs[i, k]
        }
        found.append(
            Mistake(
                position=int(positions[i]),
                id=item.id,
                title=item.article.title or item.article.text[:40],
                labels=item.labels,
                borderline=item.borderline,
                tagged=tuple(theme for theme, k in ranked if outcome.tagged[i, k]),
                wrong=tuple(v for t, v in verdicts.items() if t not in item.labels),
                missed=tuple(v for t, v in verdicts.items() if t in item.labels),
                loss=float(loss[i]),
            )
        )
    return found


def confusions(outcome: Outcome) -> list[Confusion]:
    """Count which theme was missed and which was given in its place, most frequent first.

    An article with several of both counts once for each combination.
    """
    differs = (outcome.tagged != outcome.labels) & outcome.counted
    counts: Counter[tuple[int, int]] = Counter()
    for i in np.flatnonzero(differs.any(axis=1)):
        missed = np.flatnonzero(differs[i] & outcome.labels[i]).tolist() or [-1]
        given = np.flatnonzero(differs[i] & outcome.tagged[i]).tolist() or [-1]
        counts.update((m, g) for m in missed for g in given)
    names = (*outcome.themes, None)  # position -1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Confusion(names[m], names[g], count) for (m, g), count in ranked]


def _words(explain: Any, item: LabelledArticle, theme: str) -> tuple[tuple[str, float], ...]:
    if explain is None:
        return ()
    top = explain(item.article, theme).top(_WORDS)
    return tuple((str(word), float(weight)) for word, weight in top)
