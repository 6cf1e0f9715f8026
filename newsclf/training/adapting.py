"""Adapting a tagger to new labels, with its weights as the prior.

Each head becomes ``w_old + v``, where the log-odds of the old tagger enter as an offset:

    minimise over v:  |v|^2 / (2 * freedom) + sum_i logloss(y_i, odds_old(x_i) + v x_i)

This is adaptation by a prior centred on the old weights (Chelba and Acero, "Adaptation of maximum
entropy capitalizer", 2004): where the old tagger is right nothing moves, and v lies in the span of
the new articles, so what it knew of all other words stays. The fit is made in the articles' own
dimension and not the vocabulary's. The old curves are the prior of the new ones likewise, fitted
to log-odds of articles that were left out; thresholds stay, for they are probabilities.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from newsclf.engine.features import BLOCKS, Vocabulary
from newsclf.errors import LabelError
from newsclf.model.decision import Decision, rivals
from newsclf.model.model import Model
from newsclf.records.article import LabelledArticle
from newsclf.records.codebook import Codebook
from newsclf.tagger.tagger import Tagger
from newsclf.text.traditional import simplified
from newsclf.training.calibration import COLD
from newsclf.training.duplicates import sketch
from newsclf.training.fitting import digest
from newsclf.training.folds import grouped_folds, groups_of
from newsclf.training.prior import codebook_terms, codebook_vectors
from newsclf.training.targets import label_matrices

__all__ = ["adapt"]

_FREEDOM = 5.0  # variance of a change of log-odds, a feature of full weight
_BIAS = 0.1  # the same of the constant, as a part of it
_TOGETHER, _EACH = 100.0, 200.0  # pairs that the old curve is worth: of all themes, of each
_FOLDS = 5
_STEPS = 100

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def adapt(
    tagger: Tagger,
    labelled: Iterable[LabelledArticle],
    *,
    codebook: Codebook | str | Path | None = None,
    name: str | None = None,
    version: str | None = None,
) -> Tagger:
    """Adapt a tagger; see `newsclf.Tagger.adapt`."""
    labelled = list(labelled)
    if codebook is None:
        codebook = tagger.codebook
    elif not isinstance(codebook, Codebook):
        codebook = Codebook.load(codebook)
    if not labelled:
        raise LabelError("expected labelled articles to adapt to, got none")
    labels, borderline = label_matrices(labelled, codebook.ids)
    start = _start(tagger.model, codebook)
    features = _features(start, labelled)
    # A text without a feature of the model teaches nothing.
    borderline[np.diff(features.indptr) == 0] = True
    learner = _Learner(features, start, labels, borderline)
    weights, bias = learner.fit()
    decision = learner.recalibrate(groups_of(labelled))
    old = tagger.model
    return Tagger(
        replace(
            start,
            name=name or old.name,
            version=version or _next(old.version),
            weights=weights.astype(np.float16),
            bias=bias.astype(np.float32),
            decision=decision,
            sketch=np.vstack([old.sketch, sketch(labelled)]),
            record={
                "summary": f"adapted from {old.name} {old.version}",
                "parent": _parent(old),
                "documents": old.record.get("documents", 0),
                "articles": len(labelled),
                "labels": {k: int(n) for k, n in zip(codebook.ids, labels.sum(0), strict=True)},
                "labelled_sha256": digest(labelled),
            },
        )
    )


def _parent(model: Model) -> dict[str, Any]:
    parent = {"name": model.name, "version": model.version}
    kept = ("labelled_sha256", "parent")
    return parent | {key: model.record[key] for key in kept if key in model.record}


def _next(version: str) -> str:
    """Return the version of what is made from another.

    >>> _next("1.0.0"), _next("1.0.0+adapted.1"), _next("2024")
    ('1.0.0+adapted.1', '1.0.0+adapted.2', '2024+adapted.1')
    """
    base, _, number = version.partition("+adapted.")
    return f"{base}+adapted.{int(number) + 1 if number.isdecimal() else 1}"


def _start(model: Model, codebook: Codebook) -> Model:
    """Return the model with the themes of `codebook`: new ones as the codebook alone has them."""
    if codebook.ids == model.codebook.ids:
        return replace(model, codebook=codebook)
    old = {theme: k for k, theme in enumerate(model.codebook.ids)}
    fresh = [k for k, theme in enumerate(codebook.ids) if theme not in old]
    vocabulary, place = _grown(model, codebook, [codebook.ids[k] for k in fresh])
    vectors = codebook_vectors(codebook, model.spec, vocabulary)
    columns = np.array([old.get(theme, 0) for theme in codebook.ids])
    weights: NDArray[Any] = np.zeros((len(vocabulary), len(codebook)), np.float32)
    weights[place] = np.asarray(model.weights)[:, columns]
    rule = model.decision
    bias, slopes, offsets, thresholds = (
        np.array(array)[columns]
        for array in (model.bias, rule.slopes, rule.offsets, rule.thresholds)
    )
    # The curve of a cold start, on the scale of the other heads' scores, with which it competes.
    slope, offset = np.median(rule.slopes), np.median(rule.offsets)
    weights[:, fresh] = vectors[fresh].T * (COLD[0] / slope)
    bias[fresh] = (COLD[2] - offset) / slope
    slopes[fresh], offsets[fresh] = slope, offset
    thresholds[fresh] = np.median(rule.thresholds)
    return replace(
        model,
        codebook=codebook,
        vocabulary=vocabulary,
        weights=weights,
        bias=bias,
        decision=replace(rule, slopes=slopes, offsets=offsets, thresholds=thresholds),
    )


def _grown(
    model: Model, codebook: Codebook, fresh: list[str]
) -> tuple[Vocabulary, NDArray[np.int64]]:
    """Return the vocabulary with the terms of new themes, and where each old feature stands."""
    old = model.vocabulary
    themes = tuple(codebook[theme] for theme in fresh)
    new = codebook_terms(replace(codebook, themes=themes), model.spec) if themes else {}
    terms = {block: sorted({*old[block], *new.get(block, ())}) for block in BLOCKS}
    # A term that no text held: as rare as can be.
    rarest = np.log(1.0 + float(model.record.get("documents", 0))) + 1.0
    grown = Vocabulary(terms, np.full(sum(map(len, terms.values())), rarest))
    place = np.array([grown[block][term] for block in BLOCKS for term in old[block]])
    grown.idf[place] = old.idf
    return grown, place


def _features(model: Model, labelled: Sequence[LabelledArticle]) -> csr_array:
    rows = model.features(simplified(item.article) for item in labelled)
    shape = (len(labelled), len(model.vocabulary))
    return csr_array((rows.values.astype(np.float64), rows.indices, rows.indptr), shape=shape)


class _Learner:
    """Fits the changes of all heads, on all articles or on some of them."""

    def __init__(self, features: csr_array, start: Model, labels: Bools, borderline: Bools) -> None:
        self._features, self._start = features, start
        self._labels, self._judged = labels, ~borderline
        self._scores: Floats = features @ np.asarray(start.weights, np.float64) + start.bias
        rule = start.decision
        self._odds = self._scores * rule.slopes + rule.rival * rivals(self._scores) + rule.offsets
        # Coordinates of the articles in which distances are those of the features.
        kernel = (features @ features.T).toarray() + _BIAS
        kernel[np.diag_indices_from(kernel)] += 1e-6
        self._places = np.linalg.cholesky(kernel)

    def fit(self) -> tuple[Floats, Floats]:
        """Return weights and bias after learning from all articles."""
        changes = self._changes(np.arange(len(self._labels)))
        beta = np.linalg.solve(self._places.T, changes) / self._start.decision.slopes
        weights = self._start.weights + self._features.T @ beta
        return weights, self._start.bias + _BIAS * beta.sum(axis=0)

    def recalibrate(self, groups: NDArray[np.int64]) -> Decision:
        """Fit the decision rule to scores of articles not learnt from, the old rule its prior."""
        n_folds = min(_FOLDS, len(np.unique(groups)))
        rule = self._start.decision
        if n_folds < 2:
            return rule
        folds = grouped_folds(self._labels, groups, n_folds)
        scores = self._scores.copy()
        for fold in range(n_folds):
            rows, left_out = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            scores[left_out] += self._places[left_out] @ self._changes(rows) / rule.slopes
        return _recalibrated(rule, scores, self._labels, self._judged)

    def _changes(self, rows: NDArray[np.int64]) -> Floats:
        """Return what each head learns from these articles, in their coordinates."""
        from scipy.optimize import minimize

        places, labels = self._places[rows], self._labels[rows]
        odds, judged = self._odds[rows], self._judged[rows]
        shape = places.shape[1], labels.shape[1]

        def loss(flat: Floats) -> tuple[float, Floats]:
            changes = flat.reshape(shape)
            z = odds + places @ changes
            lost = np.where(judged, np.logaddexp(0.0, z) - labels * z, 0.0).sum()
            p = 1.0 / (1.0 + np.exp(-np.clip(z, -30.0, 30.0)))
            slope = places.T @ np.where(judged, p - labels, 0.0) + changes / _FREEDOM
            return float(lost + (flat @ flat) / (2.0 * _FREEDOM)), slope.ravel()

        start = np.zeros(shape[0] * shape[1])
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
        return np.asarray(found.x).reshape(shape)


def _recalibrated(rule: Decision, scores: Floats, labels: Bools, judged: Bools) -> Decision:
    """Correct the curves, all together and then each, by slopes and offsets near 1 and 0."""
    sloped, given = scores * rule.slopes, rule.rival * rivals(scores) + rule.offsets
    slope, shift = _correction(sloped[judged], given[judged], labels[judged], _TOGETHER)
    slopes, offsets = slope * rule.slopes, rule.offsets + shift
    for k, some in enumerate(judged.T):
        own, moved = _correction(
            slope * sloped[some, k], given[some, k] + shift, labels[some, k], _EACH
        )
        slopes[k] *= own
        offsets[k] += moved
    return replace(rule, slopes=slopes.astype(np.float32), offsets=offsets.astype(np.float32))


def _correction(
    sloped: Floats, given: Floats, labels: Bools, strength: float
) -> tuple[float, float]:
    """Return a and c of the likeliest curve ``a * sloped + given + c``, drawn towards 1 and 0.

    Platt's softened targets would raise every theme that a handful of labels does not hold; here
    the prior alone keeps few labels from saying too much.
    """
    kept = np.array([1.0, 0.0])
    design, curve = np.stack([sloped, np.ones(len(sloped))]), kept
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(curve @ design + given, -30.0, 30.0)))
        gradient = design @ (p - labels) + strength * (curve - kept)
        hessian = (design * (p * (1.0 - p))) @ design.T + strength * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        curve = curve - np.clip(step, -0.5, 0.5)
        if np.abs(step).max() < 1e-8:
            break
    # A curve that falls with its score was misled by these few articles.
    return (float(curve[0]), float(curve[1])) if curve[0] > 0.1 else (1.0, 0.0)
