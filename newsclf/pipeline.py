"""The tagger as a scikit-learn Pipeline, built of scikit-learn's own vectorisers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline

from newsclf.articles import Article, LabelledArticle, as_article
from newsclf.decisions import Decision
from newsclf.features import FeatureSpec
from newsclf.model import Model
from newsclf.traditional import simplified

__all__ = ["Terms", "ThemeHeads", "to_pipeline"]


class Terms:
    """The analyser of one block: a text or an article in, its terms out."""

    def __init__(self, spec: FeatureSpec, block: Literal["words", "chars"]) -> None:
        self.spec = spec
        self.block = block

    def __call__(self, item: str | Article | LabelledArticle) -> Iterator[str]:
        """Yield the terms of a text or an article."""
        article = simplified(as_article(item))
        if self.block == "words":
            return self.spec.word_terms(article)
        return self.spec.char_terms(article)


class ThemeHeads(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A model's linear heads and decision rule as the last step of a Pipeline.

    Parameters
    ----------
    coef : array of shape (n_features, n_themes)
    intercept : array of shape (n_themes,)
    decision : Decision
    classes : tuple of str
        Theme ids, in the order of the columns.
    """

    def __init__(
        self,
        coef: NDArray[Any],
        intercept: NDArray[Any],
        decision: Decision,
        classes: tuple[str, ...],
    ) -> None:
        self.coef = coef
        self.intercept = intercept
        self.decision = decision
        self.classes = classes

    def fit(self, X: Any, y: Any = None) -> ThemeHeads:
        """Do nothing: the heads are those of the model."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    @property
    def classes_(self) -> NDArray[Any]:
        """Theme ids."""
        return np.array(self.classes)

    def decision_function(self, X: Any) -> NDArray[np.float32]:
        """Return scores of shape (n_texts, n_themes), -inf for a text without features."""
        scores: NDArray[np.float32] = (X @ self.coef.astype(np.float32)).astype(np.float32)
        scores += self.intercept
        scores[np.diff(X.indptr) == 0] = -np.inf
        return scores

    def predict_proba(self, X: Any) -> NDArray[np.float32]:
        """Return calibrated probabilities of shape (n_texts, n_themes)."""
        return self.decision.probabilities(self.decision_function(X))

    def predict(self, X: Any) -> NDArray[np.int64]:
        """Return the themes given, as an indicator matrix of shape (n_texts, n_themes)."""
        return np.asarray(self.decision.decide(self.predict_proba(X)), np.int64)


def to_pipeline(model: Model) -> Pipeline:
    """Return a fitted Pipeline over texts or articles that equals the model."""
    split = len(model.vocabulary.words)
    words = _vectorizer(model, "words", list(model.vocabulary.words), slice(0, split))
    chars = _vectorizer(model, "chars", list(model.vocabulary.chars), slice(split, None))
    blocks = [("words", words), ("chars", chars)]
    # scikit-learn refuses a vectoriser without a term, which a block that is left out would be.
    terms = FeatureUnion([(name, block) for name, block in blocks if block.vocabulary])
    heads = ThemeHeads(
        np.array(model.weights), np.array(model.bias), model.decision, model.codebook.ids
    )
    return Pipeline([("terms", terms), ("heads", heads)])


def _vectorizer(
    model: Model, block: Literal["words", "chars"], terms: Iterable[str], part: slice
) -> TfidfVectorizer:
    vectorizer = TfidfVectorizer(
        analyzer=Terms(model.spec, block),
        vocabulary={term: i for i, term in enumerate(terms)},
        sublinear_tf=True,
    )
    if vectorizer.vocabulary:
        vectorizer.idf_ = model.vocabulary.idf[part].astype(np.float64)
    return vectorizer
