"""The tagger as a scikit-learn Pipeline, built of scikit-learn's own vectorisers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline

from newsclf import tokens
from newsclf.engine.features import BLOCKS, FeatureBlock, FeatureSpec, share_of_title
from newsclf.model.decision import Decision
from newsclf.model.model import Model
from newsclf.records.article import Article, LabelledArticle, as_article
from newsclf.text.traditional import simplified

__all__ = ["BlockVectorizer", "ThemeHeads", "to_pipeline"]


class BlockVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """One block of features: a vectoriser on titles, on texts, and the two added.

    Parameters
    ----------
    vectorizer : TfidfVectorizer
    spec : FeatureSpec
    """

    def __init__(self, vectorizer: TfidfVectorizer, spec: FeatureSpec) -> None:
        self.vectorizer = vectorizer
        self.spec = spec

    def fit(self, X: Any, y: Any = None) -> BlockVectorizer:
        """Do nothing: the terms are those of the model."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def transform(self, X: Iterable[str | Article | LabelledArticle]) -> csr_array:
        """Return the block of texts or articles, sparse, shape (n_texts, n_terms)."""
        parts = [self.spec.parts(simplified(as_article(item))) for item in X]
        titles, texts = (
            csr_array(self.vectorizer.transform(side))
            for side in ([title for title, _ in parts], [text for _, text in parts])
        )
        shares = share_of_title(
            np.diff(titles.indptr), np.diff(texts.indptr), self.spec.title_share
        )
        return csr_array(diags_array(shares) @ titles + diags_array(1.0 - shares) @ texts)


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
    # scikit-learn refuses a vectoriser without a term, which a block that is left out would be.
    terms = FeatureUnion(
        [
            (block.name, BlockVectorizer(_vectorizer(model, block), model.spec))
            for block in BLOCKS
            if model.vocabulary[block]
        ]
    )
    heads = ThemeHeads(
        np.array(model.weights), np.array(model.bias), model.decision, model.codebook.ids
    )
    return Pipeline([("terms", terms), ("heads", heads)])


def _vectorizer(model: Model, block: FeatureBlock) -> TfidfVectorizer:
    vocabulary = model.vocabulary
    vectorizer = TfidfVectorizer(
        analyzer=partial(tokens.terms, spec=model.spec, block=block),
        vocabulary={term: i for i, term in enumerate(vocabulary[block])},
        sublinear_tf=True,
    )
    vectorizer.idf_ = vocabulary.idf[vocabulary.columns[block]].astype(np.float64)
    return vectorizer
