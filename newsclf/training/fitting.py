"""``train`` and ``from_codebook``: from labels, codebook and background text to a tagger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from newsclf.engine.features import Vocabulary
from newsclf.errors import LabelError
from newsclf.model import storage
from newsclf.model.decision import Decision
from newsclf.model.model import Model
from newsclf.records.article import Article, LabelledArticle, list_articles
from newsclf.records.codebook import Codebook
from newsclf.tagger.tagger import Tagger
from newsclf.text.traditional import all_simplified
from newsclf.training.background import Background
from newsclf.training.calibration import cold_decision, fit_decision, share_of_nothing
from newsclf.training.counting import sparse_features
from newsclf.training.duplicates import sketch
from newsclf.training.folds import grouped_folds, groups_of
from newsclf.training.heads import Columns, Examples, Heads, fit_heads
from newsclf.training.prior import codebook_terms, codebook_vectors
from newsclf.training.settings import Settings
from newsclf.training.targets import label_matrices
from newsclf.training.vocabulary import choose_vocabulary, vocabulary_of

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
            name=name or codebook.name,
            version=version or codebook.version,
            codebook=codebook,
            spec=spec,
            vocabulary=vocabulary,
            weights=vectors.T.astype(np.float16),
            bias=np.zeros(len(codebook), np.float32),
            decision=cold_decision(len(codebook)),
            sketch=sketch([]),
            record={"summary": "from the codebook alone, no labels", "documents": known.n},
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
    sample_weight = _sample_weight(labelled)
    known = background_or_shipped(background, settings)
    spec, articles = settings.features, all_simplified(item.article for item in labelled)
    vocabulary, documents = choose_vocabulary(articles, known, codebook, settings, jobs)
    features = sparse_features(articles, spec, vocabulary, jobs)
    columns = _columns(codebook, known, vocabulary, settings)
    trainer = _Trainer(
        features,
        columns,
        labels=labels,
        borderline=borderline,
        sample_weight=sample_weight,
        settings=settings,
        jobs=jobs,
    )
    groups = groups_of(labelled) if settings.folds > 1 else np.zeros(len(labelled), np.int64)
    heads, decision = trainer.fit_with_rule(groups)
    weights = heads.weights + columns.merge(heads.coefficients)
    model = Model(
        name=name,
        version=version,
        codebook=codebook,
        spec=spec,
        vocabulary=vocabulary,
        weights=weights.astype(np.float16),
        bias=heads.bias.astype(np.float32),
        decision=decision,
        sketch=sketch(labelled),
        record={
            **(record or {}),
            "documents": documents,
            "articles": len(labelled),
            "labels": {theme: int(n) for theme, n in zip(codebook.ids, labels.sum(0), strict=True)},
            "labelled_sha256": digest(labelled),
            "settings": {k: v for k, v in asdict(settings).items() if k != "features"},
        },
    )
    return Tagger(model)


def _sample_weight(labelled: Sequence[LabelledArticle]) -> NDArray[np.float64]:
    sample_weight = np.array([item.weight for item in labelled], np.float64)
    fine = np.isfinite(sample_weight) & (sample_weight >= 0)
    if not fine.all():
        odd = labelled[int(np.argmin(fine))]
        raise LabelError(f"article {odd.id!r}: expected a weight of 0 or more, got {odd.weight}")
    return sample_weight


class _Trainer:
    """Fits heads on subsets of the articles, with the codebook's own articles always among them."""

    def __init__(
        self,
        features: csr_array,
        columns: Columns,
        *,
        labels: NDArray[np.bool_],
        borderline: NDArray[np.bool_],
        sample_weight: NDArray[np.float64],
        settings: Settings,
        jobs: int,
    ) -> None:
        from scipy.sparse import csr_array, vstack

        n, n_themes = labels.shape
        # One article a theme that is the codebook's text on it: every head has a positive.
        features = vstack([features, csr_array(columns.codebook)]).tocsr()
        added = columns.of(features)
        self._scale = np.ones(features.shape[1])
        self._scale[: columns.n_words] = settings.word_weight
        features.data *= self._scale[features.indices]
        labels = np.vstack([labels, np.eye(n_themes, dtype=bool)])
        borderline = np.vstack([borderline, np.zeros((n_themes, n_themes), bool)])
        sample_weight = np.concatenate([sample_weight, np.ones(n_themes)])
        with_nothing = _with_nothing(labels, borderline)
        self._examples = Examples(features, added, *with_nothing, sample_weight)
        self._n, self._n_themes = n, n_themes
        self._settings = settings
        self._jobs = jobs

    def fit(self, *subsets: NDArray[np.bool_]) -> tuple[Heads, NDArray[np.float64]]:
        """Fit the heads on subsets of the articles: those of the themes, and that of no theme.

        Returns the heads of the first subset, and the scores of each article by those of the last
        subset that leaves it out.
        """
        given = np.stack(subsets)
        positives = given.astype(np.int64) @ self._examples.labels[: self._n, : self._n_themes]
        heads, scores = fit_heads(
            self._examples,
            np.hstack([given, np.ones((len(given), self._n_themes), bool)]),
            self._settings.own_weight / (1.0 + positives / _OWN_HALF),
            self._settings.C,
            self._jobs,
        )
        return replace(heads, weights=self._scale[:, None] * heads.weights), scores[: self._n]

    def fit_with_rule(self, groups: NDArray[np.int64]) -> tuple[Heads, Decision]:
        """Fit the heads, and the decision rule on out-of-fold scores; groups are never split."""
        n, n_themes, settings = self._n, self._n_themes, self._settings
        labels = self._examples.labels[:n, :n_themes]
        borderline = self._examples.borderline[:n, :n_themes]
        everything = np.ones(n, bool)
        n_folds = min(settings.folds, len(np.unique(groups)))
        if n_folds < 2:
            heads, _ = self.fit(everything)
            rule = fit_decision(np.zeros((0, n_themes)), labels[:0], borderline[:0])
            return heads.against_nothing(n_themes, 0.0), rule
        folds = grouped_folds(labels, groups, n_folds, settings.seed)
        heads, found = self.fit(everything, *(folds != fold for fold in range(n_folds)))
        scores = np.zeros((n, n_themes + 1))
        scores[:, : found.shape[1]] = found
        sample_weight = self._examples.sample_weight[:n]
        share = share_of_nothing(scores, labels, borderline, sample_weight)
        scores = scores[:, :n_themes] + share * scores[:, n_themes:]
        rule = fit_decision(scores, labels, borderline, sample_weight, settings.false_tags)
        return heads.against_nothing(n_themes, share), rule


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
        return Background.of(list_articles(given), settings.features, seed=settings.seed)
    for shipped in storage.installed():
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
