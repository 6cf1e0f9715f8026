"""``train`` and ``from_codebook``: from labels, codebook and background text to a tagger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newsclf import modelfolder
from newsclf.articles import Article, LabelledArticle, texts_only
from newsclf.codebook import Codebook
from newsclf.decisions import Decision
from newsclf.errors import LabelError
from newsclf.features import Vocabulary
from newsclf.model import Model
from newsclf.tagger import Tagger
from newsclf.traditional import all_simplified
from newsclf.training.background import Background
from newsclf.training.calibration import cold_decision, fit_decision, share_of_nothing
from newsclf.training.counting import count_terms
from newsclf.training.duplicates import sketch
from newsclf.training.folds import grouped_folds, groups_of
from newsclf.training.heads import Columns, Heads, fit_heads
from newsclf.training.prior import codebook_terms, codebook_vectors
from newsclf.training.settings import Settings
from newsclf.training.targets import label_matrices
from newsclf.training.vocabulary import choose_vocabulary, labelled_features, vocabulary_of

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["background_or_shipped", "digest", "from_codebook", "train"]


def from_codebook(
    codebook: Codebook | str | Path = "governance",
    *,
    background: Background | Iterable[str | Article] | None = None,
    settings: Settings | None = None,
    name: str | None = None,
    version: str | None = None,
) -> Tagger:
    """Make a tagger of theme definitions and keywords alone.

    Parameters
    ----------
    codebook : Codebook, name or path
    background : Background or iterable of texts, optional
        Unlabelled text that tells common terms from rare ones; the shipped model's statistics
        unless given.
    settings : Settings, optional
    name, version : str, optional
        Of the model; those of the codebook unless given.
    """
    settings = settings or Settings()
    codebook = codebook if isinstance(codebook, Codebook) else Codebook.load(codebook)
    known = background_or_shipped(background, settings)
    spec = settings.features
    words, chars = codebook_terms(codebook, spec)
    vocabulary = vocabulary_of(words, chars, known)
    vectors = codebook_vectors(codebook, spec, vocabulary)
    return Tagger(
        Model(
            name or codebook.name,
            version or codebook.version,
            codebook,
            spec,
            vocabulary,
            vectors.T.astype(np.float16),
            np.zeros(len(codebook), np.float32),
            cold_decision(len(codebook)),
            sketch([]),
            {"summary": "from the codebook alone, no labels", "documents": known.n},
        )
    )


def train(
    labelled: Sequence[LabelledArticle],
    *,
    codebook: Codebook | str | Path = "governance",
    background: Background | Iterable[str | Article] | None = None,
    settings: Settings | None = None,
    name: str = "trained",
    version: str = "1.0.0",
    record: Mapping[str, Any] | None = None,
    jobs: int = 1,
) -> Tagger:
    """Train a tagger on labelled articles.

    Parameters
    ----------
    labelled : sequence of LabelledArticle
        From `read_labelled`, or made by hand.
    codebook : Codebook, name or path
        The themes that the labels name.
    background : Background or iterable of texts, optional
        Unlabelled text; the document frequencies of the shipped model unless given.
    settings : Settings, optional
    name, version : str
        Of the model.
    record : mapping, optional
        Goes into the manifest's training record, for the model card.
    jobs : int
        Processes to use; the result does not depend on it.

    Returns
    -------
    Tagger

    Raises
    ------
    LabelError
        There are no labelled articles, or a label is no theme of the codebook.
    """
    settings = settings or Settings()
    codebook = codebook if isinstance(codebook, Codebook) else Codebook.load(codebook)
    labelled = list(labelled)
    if not any(item.labels for item in labelled):
        raise LabelError(
            "expected labelled articles, got none with a label; "
            "newsclf.from_codebook makes a tagger without labels"
        )
    labels, borderline = label_matrices(labelled, codebook.ids)
    known = background_or_shipped(background, settings)
    spec, articles = settings.features, all_simplified(item.article for item in labelled)
    words = count_terms(articles, spec, "words", jobs)
    chars = count_terms(articles, spec, "chars", jobs)
    vocabulary, documents = choose_vocabulary(words, chars, known, codebook, settings)
    features = labelled_features(words, chars, vocabulary, spec)
    columns = _columns(codebook, known, vocabulary, settings)
    counted = np.array([item.weight for item in labelled], np.float64)
    if not (np.isfinite(counted).all() and (counted >= 0).all()):
        odd = labelled[int(np.argmin(np.isfinite(counted) & (counted >= 0)))]
        raise LabelError(f"article {odd.id!r}: expected a weight of 0 or more, got {odd.weight}")
    trainer = _Trainer(features, columns, labels, borderline, counted, settings, jobs)
    decision, share = trainer.calibrate(groups_of(labelled))
    heads = trainer.fit(np.arange(len(labelled))).against_nothing(len(codebook), share)
    weights = heads.weights + columns.fold(heads.coefficients)
    model = Model(
        name,
        version,
        codebook,
        spec,
        vocabulary,
        weights.astype(np.float16),
        heads.bias.astype(np.float32),
        decision,
        sketch(labelled),
        {
            **(record or {}),
            "documents": documents,
            "articles": len(labelled),
            "labels": {theme: int(n) for theme, n in zip(codebook.ids, labels.sum(0), strict=True)},
            "labelled_sha256": digest(labelled),
            "settings": {k: v for k, v in asdict(settings).items() if k != "features"},
        },
    )
    return Tagger(model)


class _Trainer:
    """Fits heads on subsets of the articles, with the codebook's own articles always among them."""

    def __init__(
        self,
        features: csr_array,
        columns: Columns,
        labels: NDArray[np.bool_],
        borderline: NDArray[np.bool_],
        articles: NDArray[np.float64],
        settings: Settings,
        jobs: int,
    ) -> None:
        from scipy.sparse import csr_array, vstack

        n_themes = labels.shape[1]
        # One article a theme that is the codebook's text on it: every head has a positive.
        self._features = vstack([features, csr_array(columns.codebook)]).tocsr()
        self._columns = columns.of(self._features)
        self._scale = np.ones(self._features.shape[1])
        self._scale[: columns.n_words] = settings.word_weight
        self._labels = np.vstack([labels, np.eye(n_themes, dtype=bool)])
        self._borderline = np.vstack([borderline, np.zeros((n_themes, n_themes), bool)])
        self._articles = np.concatenate([articles, np.ones(n_themes)])
        self._settings = settings
        self._jobs = jobs
        self._own_articles = np.arange(len(labels), len(labels) + n_themes)

    def fit(self, rows: NDArray[np.int64]) -> Heads:
        """Fit the heads on these articles: those of the themes, and the one of no theme."""
        from scipy.sparse import diags_array

        settings = self._settings
        positives = self._labels[rows].sum(axis=0)
        rows = np.concatenate([rows, self._own_articles])
        heads = fit_heads(
            (self._features[rows] @ diags_array(self._scale)).tocsr(),
            self._columns[rows],
            *_with_nothing(self._labels[rows], self._borderline[rows]),
            self._articles[rows],
            settings.own_weight / (1.0 + positives / _OWN_HALF),
            settings.C,
            self._jobs,
        )
        return replace(heads, weights=self._scale[:, None] * heads.weights)

    def calibrate(self, groups: NDArray[np.int64]) -> tuple[Decision, float]:
        """Fit the decision rule on out-of-fold scores; groups are never split.

        Returns the rule, and what the head of no theme is worth to it.
        """
        n, n_themes = len(groups), self._labels.shape[1]
        labels, borderline = self._labels[:n], self._borderline[:n]
        n_folds = min(self._settings.folds, len(np.unique(groups)))
        if n_folds < 2:
            return fit_decision(np.zeros((0, n_themes)), labels[:0], borderline[:0]), 0.0
        folds = grouped_folds(labels, groups, n_folds, self._settings.seed)
        scores = np.zeros((n, n_themes + 1))
        for fold in range(n_folds):
            heads = self.fit(np.flatnonzero(folds != fold))
            left_out = np.flatnonzero(folds == fold)
            found = heads.scores(self._features[left_out], self._columns[left_out])
            scores[left_out, : found.shape[1]] = found
        articles = self._articles[:n]
        share = share_of_nothing(scores, labels, borderline, articles)
        scores = scores[:, :n_themes] + share * scores[:, n_themes:]
        limit = self._settings.false_tags
        return fit_decision(scores, labels, borderline, articles, limit), share


def _with_nothing(
    labels: NDArray[np.bool_], borderline: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the labels with a column for no theme at all, where there are articles without."""
    bare = ~labels.any(axis=1, keepdims=True)
    doubtful = bare & borderline.any(axis=1, keepdims=True)
    if not (bare & ~doubtful).any():
        return labels, borderline
    return np.hstack([labels, bare]), np.hstack([borderline, doubtful])


_OWN_HALF = 5.0  # labels at which the similarity to the own theme has lost half its weight


def background_or_shipped(
    given: Background | Iterable[str | Article] | None, settings: Settings
) -> Background:
    """Return a background as it is, gathered from texts, or for None the shipped model's."""
    if isinstance(given, Background):
        return given
    if given is not None:
        return Background.of(texts_only(given), settings.features, seed=settings.seed)
    for shipped in modelfolder.installed():
        if shipped.name == "governance":
            return Background.of_model(Model.load(shipped))
    return Background()


def _columns(
    codebook: Codebook, known: Background, vocabulary: Vocabulary, settings: Settings
) -> Columns:
    place = {word: i for i, word in enumerate(known.direction_words)}
    source = np.array([place.get(word, -1) for word in vocabulary.words], np.int64)
    directions = np.zeros((len(known.directions), len(source)), np.float32)
    if len(known.directions):
        directions[:, source >= 0] = known.directions[:, source[source >= 0]]
    return Columns(
        codebook_vectors(codebook, settings.features, vocabulary),
        directions,
        len(vocabulary.words),
        settings.codebook_weight,
        settings.direction_weight,
    )


def digest(labelled: Sequence[LabelledArticle]) -> str:
    """Return one sha256 for all texts and labels, so that a rebuild can tell its data."""
    sha256 = hashlib.sha256()
    for item in labelled:
        line = [item.id, item.article.sha256, *item.labels, "|", *item.borderline]
        if item.weight != 1.0:
            line.append(repr(item.weight))
        sha256.update(("\t".join(line) + "\n").encode("utf-8", "surrogatepass"))
    return sha256.hexdigest()
