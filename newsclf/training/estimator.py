"""``ThemeClassifier``: training as a scikit-learn estimator."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from newsclf.engine.features import FeatureSpec
from newsclf.errors import LabelError
from newsclf.records.article import Article, LabelledArticle, list_articles
from newsclf.records.codebook import Codebook, Theme
from newsclf.training.background import Background
from newsclf.training.fitting import train
from newsclf.training.settings import Settings

__all__ = ["ThemeClassifier"]

_ID = re.compile("[a-z][a-z0-9_]*")


class ThemeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A scikit-learn classifier over raw Chinese texts; clones, pickles, works in GridSearchCV.

    Parameters
    ----------
    codebook : Codebook, name, path or None
        The themes. None makes one of the labels in `y`, without definitions.
    background : Background or None
        Statistics of unlabelled text. None is those of the shipped model where there is a
        codebook, and the training texts alone where there is none: the words of other texts than
        news are common or rare in their own way.
    C, word_weight, codebook_weight, direction_weight, own_weight : float
        See `Settings`.
    word_ngrams, char_ngrams : (int, int)
        See `FeatureSpec`.
    char_runs : "han" or "any"
        See `FeatureSpec`.
    title_share : float
        See `FeatureSpec`.
    min_words, min_chars, min_labelled : int
        See `Settings`. All terms are kept here: titles and messages are short, and texts few.
    false_tags : float or None
        See `Settings`.
    random_state : int
        Seed of the inner folds.

    Attributes
    ----------
    tagger_ : Tagger
    classes_ : array of shape (n_themes,)
        Theme ids; with one label a text, the labels themselves.
    """

    def __init__(
        self,
        codebook: Codebook | str | None = None,
        background: Background | None = None,
        *,
        C: float = 1.0,
        word_weight: float = 0.7,
        codebook_weight: float = 3.0,
        direction_weight: float = 2.0,
        own_weight: float = 7.0,
        word_ngrams: tuple[int, int] = (1, 1),
        char_ngrams: tuple[int, int] = (1, 3),
        char_runs: Literal["han", "any"] = "any",
        title_share: float = 1 / 3,
        min_words: int = 1,
        min_chars: int = 1,
        min_labelled: int = 1,
        false_tags: float | None = 0.1,
        random_state: int = 0,
    ) -> None:
        self.codebook = codebook
        self.background = background
        self.C = C
        self.word_weight = word_weight
        self.codebook_weight = codebook_weight
        self.direction_weight = direction_weight
        self.own_weight = own_weight
        self.word_ngrams = word_ngrams
        self.char_ngrams = char_ngrams
        self.char_runs = char_runs
        self.title_share = title_share
        self.min_words = min_words
        self.min_chars = min_chars
        self.min_labelled = min_labelled
        self.false_tags = false_tags
        self.random_state = random_state

    def fit(self, X: Iterable[str | Article], y: Any, sample_weight: Any = None) -> ThemeClassifier:
        """Train on texts.

        Parameters
        ----------
        X : iterable of n str or Article
        y : one label a text, or a list of labels a text, or an indicator of shape (n, n_themes)
            An indicator's columns are the codebook's themes, in order.
        sample_weight : array-like of shape (n,), optional
            All 1 unless given.

        Raises
        ------
        LabelError
            `y` does not fit `X` or the codebook.
        """
        articles = list_articles(X)
        given = None if self.codebook is None else _as_codebook(self.codebook)
        y = y.to_numpy() if hasattr(y, "to_numpy") else y  # pandas counts by index, not by place
        self.single_label_ = len(y) > 0 and np.ndim(y[0]) == 0
        rows, self.classes_ = _read_targets(y, given)
        if len(rows) != len(articles):
            raise LabelError(f"expected one row of y a text, got {len(rows)} for {len(articles)}")
        codebook = given or _codebook_of(self.classes_)
        ids = dict(zip(map(str, self.classes_), codebook.ids, strict=True))
        if sample_weight is None:
            sample_weight = np.ones(len(articles))
        sample_weight = np.asarray(sample_weight)
        if sample_weight.shape != (len(articles),):
            raise LabelError(
                f"sample_weight: expected {len(articles)} numbers, got {sample_weight.shape}"
            )
        labelled = [
            LabelledArticle(
                article, tuple(ids.get(label, label) for label in labels), weight=float(weight)
            )
            for article, labels, weight in zip(articles, rows, sample_weight, strict=True)
        ]
        known = self.background
        if known is None and given is None:
            known = Background()
        self.tagger_ = train(
            labelled,
            codebook=codebook,
            background=known,
            settings=Settings(
                features=FeatureSpec(
                    self.word_ngrams,
                    self.char_ngrams,
                    self.title_share,
                    char_runs=self.char_runs,
                ),
                min_words=self.min_words,
                min_chars=self.min_chars,
                min_labelled=self.min_labelled,
                word_weight=self.word_weight,
                codebook_weight=self.codebook_weight,
                direction_weight=self.direction_weight,
                own_weight=self.own_weight,
                C=self.C,
                false_tags=self.false_tags,
                seed=self.random_state,
            ),
        )
        return self

    def predict_proba(self, X: Iterable[str | Article]) -> NDArray[np.float32]:
        """Return calibrated probabilities, shape (n_texts, n_themes)."""
        check_is_fitted(self)
        return self.tagger_.probabilities(X)

    def decision_function(self, X: Iterable[str | Article]) -> NDArray[np.float32]:
        """Return linear scores, shape (n_texts, n_themes)."""
        check_is_fitted(self)
        return self.tagger_.scores(X)

    def predict(self, X: Iterable[str | Article]) -> NDArray[Any]:
        """Return the likeliest label a text when trained so, else an indicator of themes."""
        probabilities = self.predict_proba(X)
        if self.single_label_:
            return np.asarray(self.classes_[probabilities.argmax(axis=1)])
        return np.asarray(self.tagger_.decide(probabilities), np.int64)


def _as_codebook(codebook: Codebook | str) -> Codebook:
    return codebook if isinstance(codebook, Codebook) else Codebook.load(codebook)


def _codebook_of(classes: NDArray[Any]) -> Codebook:
    """Make a codebook of bare labels: a label is a theme's id where it can be, else its name."""
    themes = (
        Theme(id=str(c) if _ID.fullmatch(str(c)) else f"label_{i}", name_zh=str(c))
        for i, c in enumerate(classes)
    )
    return Codebook(name="labels", version="1", themes=tuple(themes))


def _read_targets(y: Any, codebook: Codebook | None) -> tuple[list[tuple[str, ...]], NDArray[Any]]:
    """Return the labels of each text as strings, and the classes they stand for."""
    if len(y) and np.ndim(y[0]) == 0:
        y = np.asarray(y)
        rows: list[tuple[str, ...]] = [(str(label),) for label in y.tolist()]
        found = np.unique(y)
    elif isinstance(y, np.ndarray) and y.ndim == 2:
        found = np.arange(y.shape[1])
        names = codebook.ids if codebook else [str(c) for c in found]
        if len(names) != y.shape[1]:
            raise LabelError(
                f"expected an indicator with a column for each of the {len(names)} themes "
                f"of the codebook, got {y.shape[1]} columns"
            )
        rows = [tuple(names[k] for k in np.flatnonzero(row)) for row in y]
    else:
        rows = [tuple(str(label) for label in labels) for labels in y]
        found = np.array(sorted({label for row in rows for label in row}))
    return rows, np.array(codebook.ids) if codebook else found
