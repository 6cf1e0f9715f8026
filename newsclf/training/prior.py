"""The codebook as a prior: one vector of term weights a theme, in the model's own features."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from newsclf.engine.features import FeatureSpec, Vocabulary
from newsclf.records.codebook import Codebook, Theme

__all__ = ["codebook_terms", "codebook_vectors"]

_NAME_WEIGHT = 2.0


def codebook_terms(codebook: Codebook, spec: FeatureSpec) -> tuple[set[str], set[str]]:
    """Return the word terms and character terms that the codebook is made of."""
    texts = [text for theme in codebook for text, _ in _phrases(theme)]
    words = {term for text in texts for term in spec.word_terms(text)}
    return words, {term for text in texts for term in spec.char_terms(text)}


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
    split = len(vocabulary.words)
    for vector, theme in zip(vectors, codebook, strict=True):
        for block, terms, part in (
            (vocabulary.words, spec.word_terms, slice(0, split)),
            (vocabulary.chars, spec.char_terms, slice(split, None)),
        ):
            for term, weight in _weights(theme, block, terms).items():
                damped = np.sign(weight) * np.log1p(abs(weight))
                vector[block[term]] = damped * vocabulary.idf[block[term]]
            norm = np.linalg.norm(vector[part])
            if norm:
                vector[part] /= norm
    return vectors


def _phrases(theme: Theme) -> Iterator[tuple[str, float]]:
    yield theme.name_zh, _NAME_WEIGHT
    yield theme.scope_zh, 1.0
    for text in theme.includes:
        yield text, 1.0
    for keyword in theme.keywords:
        yield keyword.text, keyword.weight


def _weights(
    theme: Theme, block: Mapping[str, int], terms: Callable[[str], Iterator[str]]
) -> dict[str, float]:
    weights: dict[str, float] = defaultdict(float)
    for text, weight in _phrases(theme):
        for term in terms(text):
            if term in block:
                weights[term] += weight
    return weights
