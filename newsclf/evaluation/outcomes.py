"""What a tagger says of labelled articles, as the arrays that figures are computed from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from newsclf.evaluation.figures import Outcome
from newsclf.records.article import Article, LabelledArticle
from newsclf.tagger.protocol import AnyTagger
from newsclf.training.targets import label_matrices

__all__ = ["outcome_of", "tags_over"]


def outcome_of(tagger: AnyTagger, labelled: Sequence[LabelledArticle]) -> Outcome:
    """Tag labelled articles.

    Raises
    ------
    LabelError
        A label that the tagger's codebook does not hold.
    """
    themes = tagger.codebook.ids
    labels, borderline = label_matrices(labelled, themes)
    tagged = tags_over(tagger, [item.article for item in labelled], themes)
    return Outcome(themes, labels, borderline, *tagged)


def tags_over(
    tagger: AnyTagger, articles: Sequence[Article], themes: Sequence[str]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Return probabilities and tags, each theme in the column of its place among `themes`.

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
    columns = {theme: themes.index(theme) for theme in tagger.codebook.ids}
    shape = len(articles), len(themes)
    probabilities, tagged = np.zeros(shape, np.float32), np.zeros(shape, bool)
    for i, tagging in enumerate(tagger.tag_many(articles)):
        for theme, probability in tagging.probabilities.items():
            probabilities[i, columns[theme]] = probability
        tagged[i, [columns[theme] for theme in tagging.themes]] = True
    return probabilities, tagged
