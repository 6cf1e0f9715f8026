"""What a tagger says of labelled articles, as the arrays that figures are computed from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from newsclf.evaluation.figures import Outcome
from newsclf.records.article import Article, LabelledArticle
from newsclf.records.codebook import Codebook
from newsclf.training.targets import label_matrices

__all__ = ["Taggerlike", "outcome_of", "tags_over"]


class Taggerlike(Protocol):
    """What an evaluation needs of a tagger.

    Beyond this, ``explain(article, theme)`` gives evidence for mistakes, and ``training_sketch``
    (see `newsclf.training.duplicates.sketch`) tells near-duplicates of the training texts.
    """

    @property
    def codebook(self) -> Codebook:
        """The themes, in the order of the columns."""

    def probabilities(self, articles: Sequence[Article]) -> npt.NDArray[np.float32]:
        """Return calibrated probabilities, shape (n, K)."""

    def decide(self, probabilities: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
        """Return the themes given, shape (n, K)."""


def outcome_of(tagger: Taggerlike, labelled: Sequence[LabelledArticle]) -> Outcome:
    """Tag labelled articles.

    Raises
    ------
    LabelError
        A label that the tagger's codebook does not hold.
    """
    themes = tagger.codebook.ids
    labels, borderline = label_matrices(labelled, themes)
    probabilities = tagger.probabilities([item.article for item in labelled])
    return Outcome(themes, labels, borderline, probabilities, tagger.decide(probabilities))


def tags_over(
    tagger: Taggerlike, articles: Sequence[Article], themes: Sequence[str]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return probabilities and tags in columns of one's own, for taggers of several codebooks.

    Parameters
    ----------
    tagger : Tagger
    articles : sequence of n Article
    themes : sequence of K str
        All themes of the tagger, and perhaps others, which it never gives.

    Returns
    -------
    probabilities, tagged : arrays of shape (n, K)
    """
    given = tagger.probabilities(articles)
    columns = [themes.index(theme) for theme in tagger.codebook.ids]
    shape = len(articles), len(themes)
    probabilities, tagged = np.zeros(shape), np.zeros(shape, bool)
    probabilities[:, columns], tagged[:, columns] = given, tagger.decide(given)
    return probabilities, tagged
