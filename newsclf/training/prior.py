"""The codebook as a prior: one vector of term weights a theme, in the model's own features."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from newsclf import tokens
from newsclf.engine.features import BLOCKS, FeatureBlock, FeatureSpec, Vocabulary
from newsclf.records.codebook import Codebook, Theme

__all__ = ["codebook_terms", "codebook_vectors"]

_NAME_WEIGHT = 2.0


def codebook_terms(codebook: Codebook, spec: FeatureSpec) -> dict[FeatureBlock, set[str]]:
    """Return the terms that the codebook is made of, block by block."""
    texts = [text for theme in codebook for text, _ in _phrases(theme)]
    return {
        block: {term for text in texts for term in tokens.terms(text, spec, block)}
        for block in BLOCKS
    }


def codebook_vectors(
    codebook: Codebook, spec: FeatureSpec, vocabulary: Vocabulary
) -> NDArray[np.float32]:
    """Return a vector a theme, each block of unit length.

    A term's weight is the damped sum of the weights of the phrases it stands in, times its idf;
    the product with an article's features is the cosine of article and theme, block by block.

    Returns
    -------
    array of shape (n_themes, n_features), float32
    """
    vectors = np.zeros((len(codebook), len(vocabulary)), np.float32)
    for vector, theme in zip(vectors, codebook, strict=True):
        for block, columns in vocabulary.columns.items():
            for feature, weight in _weights(theme, spec, block, vocabulary).items():
                damped = np.sign(weight) * np.log1p(abs(weight))
                vector[feature] = damped * vocabulary.idf[feature]
            norm = np.linalg.norm(vector[columns])
            if norm:
                vector[columns] /= norm
    return vectors


def _phrases(theme: Theme) -> Iterator[tuple[str, float]]:
    yield theme.name_zh, _NAME_WEIGHT
    yield theme.scope_zh, 1.0
    for text in theme.includes:
        yield text, 1.0
    for keyword in theme.keywords:
        yield keyword.text, keyword.weight


def _weights(
    theme: Theme, spec: FeatureSpec, block: FeatureBlock, vocabulary: Vocabulary
) -> dict[int, float]:
    """Return the weight of each feature of a block that stands in a theme's phrases."""
    ids = vocabulary[block]
    weights: dict[int, float] = defaultdict(float)
    for text, weight in _phrases(theme):
        for term in tokens.terms(text, spec, block):
            if term in ids:
                weights[ids[term]] += weight
    return weights
