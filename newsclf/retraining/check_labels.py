"""Labels that are likely wrong or missing, found by taggers that have not seen them.

The articles are split into folds and each fold is tagged by a tagger trained on the others. Where a
tagger is sure of the opposite of a label, one of the two errs (Northcutt, Jiang and Chuang,
"Confident learning", 2021): an article is as doubtful as its most doubtful label.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsclf.errors import InputError
from newsclf.evaluation.figures import Outcome
from newsclf.evaluation.mistakes import Verdict, verdict
from newsclf.evaluation.outcomes import outcome_of
from newsclf.evaluation.results import Overlap
from newsclf.records.article import LabelledArticle, heading
from newsclf.records.codebook import Codebook
from newsclf.tagger.tagger import Tagger
from newsclf.training.background import Background
from newsclf.training.duplicates import near_duplicates
from newsclf.training.fitting import background_or_shipped, train
from newsclf.training.folds import grouped_folds, groups_of
from newsclf.training.settings import Settings
from newsclf.training.targets import label_matrices

__all__ = ["Conflict", "LabelCheck", "Suspicion", "check_labels"]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """An article whose labels are likely wrong.

    Attributes
    ----------
    id, title : str
    labels : tuple of str
    score : float
        Log-odds, by the tagger, against the most doubtful of its labels.
    wrong, missing : tuple of Verdict
        Labels that the tagger does not believe, and themes it misses, with the tagger's
        probability and the words that speak most for the theme.
    """

    id: str
    title: str
    labels: tuple[str, ...]
    score: float
    wrong: tuple[Verdict, ...]
    missing: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two articles that are largely the same text, with different labels."""

    first: str
    second: str
    first_labels: tuple[str, ...]
    second_labels: tuple[str, ...]
    jaccard: float


@dataclass(frozen=True)
class LabelCheck:
    """What was found in a set of labels.

    ``str(check)`` is for a terminal, ``check.to_dict()`` JSON.

    Attributes
    ----------
    articles : int
    suspicions : tuple of Suspicion
        The most suspicious article first.
    conflicts : tuple of Conflict
    leaks : tuple of Overlap
        Test articles that are largely the same text as one for training.
    """

    articles: int
    suspicions: tuple[Suspicion, ...] = field(repr=False)
    conflicts: tuple[Conflict, ...] = field(repr=False)
    leaks: tuple[Overlap, ...] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)

    def __str__(self) -> str:
        """Return what was found, an article a line with its evidence below."""
        blocks = [
            f"{len(self.suspicions)} of {self.articles} articles have doubtful labels, "
            f"{len(self.conflicts)} pairs of near-duplicates have different ones, "
            f"{len(self.leaks)} pairs are in training and test"
        ]
        if self.suspicions:
            blocks.append("\n".join(_suspicion(s) for s in self.suspicions))
        if self.conflicts:
            blocks.append(
                "\n".join(
                    f"near-duplicates  {c.first} [{' '.join(c.first_labels)}]  "
                    f"{c.second} [{' '.join(c.second_labels)}]"
                    for c in self.conflicts
                )
            )
        if self.leaks:
            blocks.append(
                "\n".join(f"test {leak.test} = train {leak.train}" for leak in self.leaks)
            )
        return "\n\n".join(blocks)


def check_labels(
    labelled: Sequence[LabelledArticle],
    *,
    test: Sequence[LabelledArticle] = (),
    codebook: Codebook | str | Path = "governance",
    background: Background | None = None,
    n: int = 50,
    folds: int = 5,
    seed: int = 0,
) -> LabelCheck:
    """Find labels that are likely wrong or missing.

    Parameters
    ----------
    labelled : sequence of LabelledArticle
        From `read_labelled`.
    test : sequence of LabelledArticle, optional
        Held out for testing: is any of it in `labelled` as well?
    codebook : Codebook, name or path
    background : Background, optional
        As for `newsclf.train`.
    n : int
        How many suspicions to return at most.
    folds, seed : int

    Returns
    -------
    LabelCheck

    Raises
    ------
    InputError
        Fewer groups of articles than folds.
    LabelError
        A label that the codebook does not hold.
    """
    labelled = list(labelled)
    codebook = codebook if isinstance(codebook, Codebook) else Codebook.load(codebook)
    label_matrices([*labelled, *test], codebook.ids)
    groups = groups_of(labelled)
    if folds < 2 or len(np.unique(groups)) < folds:
        raise InputError(
            f"expected at least {max(folds, 2)} groups of articles (by page, day or likeness) to "
            f"check labels out of fold, got {len(np.unique(groups))}; add articles or lower folds"
        )

    known = background_or_shipped(background, Settings())

    def fit(items: list[LabelledArticle]) -> Tagger:
        return train(items, codebook=codebook, background=known)

    return LabelCheck(
        len(labelled),
        tuple(_suspicions(labelled, groups, fit, n, folds, seed)),
        tuple(_conflicts(labelled)),
        tuple(
            Overlap(test[d.first].id, labelled[d.second].id, d.jaccard)
            for d in near_duplicates(test, labelled)
        ),
    )


def doubts(outcome: Outcome) -> NDArray[np.float64]:
    """Return the log-odds against the most doubtful label of each article, shape (n,).

    A label is doubtful when its probability is low, a missing one when it is high; 0 where the
    tagger agrees with all.
    """
    p = np.clip(outcome.probabilities.astype(float), 1e-6, 1 - 1e-6)
    against = np.where(outcome.labels, 1.0, -1.0) * np.log((1 - p) / p)
    worst: NDArray[np.float64] = np.where(outcome.judged, against, 0.0).max(axis=1, initial=0.0)
    return worst


def _suspicions(
    labelled: Sequence[LabelledArticle],
    groups: NDArray[np.int64],
    fit: Callable[[list[LabelledArticle]], Tagger],
    n: int,
    folds: int,
    seed: int,
) -> list[Suspicion]:
    names = sorted({t for item in labelled for t in item.labels})
    strata = np.array([[t in item.labels for t in names] for item in labelled])
    fold_of = grouped_folds(strata.reshape(len(labelled), -1), groups, folds, seed)
    found: list[Suspicion] = []
    for fold in range(folds):
        tagger = fit([labelled[i] for i in np.flatnonzero(fold_of != fold).tolist()])
        items = [labelled[i] for i in np.flatnonzero(fold_of == fold).tolist()]
        outcome = outcome_of(tagger, items)
        scores = doubts(outcome)
        order = np.argsort(-scores, kind="stable")[:n]
        found += [
            _suspicion_of(items[i], outcome.rows(np.array([i])), tagger, float(scores[i]))
            for i in order[scores[order] > 0].tolist()
        ]
    return sorted(found, key=lambda s: -s.score)[:n]


def _suspicion_of(item: LabelledArticle, row: Outcome, tagger: Tagger, score: float) -> Suspicion:
    p = row.probabilities[0]
    odd = ((p > 0.5) != row.labels[0]) & row.judged[0]
    verdicts = [
        verdict(tagger, item, row.themes[k], p[k])
        for k in np.argsort(-p, kind="stable").tolist()
        if odd[k]
    ]
    return Suspicion(
        id=item.id,
        title=heading(item.article),
        labels=item.labels,
        score=score,
        wrong=tuple(v for v in verdicts if v.theme in item.labels),
        missing=tuple(v for v in verdicts if v.theme not in item.labels),
    )


def _conflicts(labelled: Sequence[LabelledArticle]) -> list[Conflict]:
    found = []
    for duplicate in near_duplicates(labelled):
        first, second = labelled[duplicate.first], labelled[duplicate.second]
        # A theme that one reader doubts is no conflict with a reader who is sure.
        doubted = {*first.borderline, *second.borderline}
        if (set(first.labels) ^ set(second.labels)) - doubted:
            found.append(
                Conflict(
                    first=first.id,
                    second=second.id,
                    first_labels=first.labels,
                    second_labels=second.labels,
                    jaccard=duplicate.jaccard,
                )
            )
    return found


def _suspicion(s: Suspicion) -> str:
    lines = [f"{s.score:.2f}  {s.id}  {s.title}  [{' '.join(s.labels) or 'no theme'}]"]
    for head, verdicts in (("wrong?", s.wrong), ("missing?", s.missing)):
        for v in verdicts:
            words = " ".join(word for word, weight in v.words if weight > 0)
            lines.append(f"    {head} {v.theme} {v.probability:.2f}  {words}")
    return "\n".join(lines)
