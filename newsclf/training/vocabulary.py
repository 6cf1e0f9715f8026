"""Which terms a model knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from newsclf.engine.features import BLOCKS, CHARS, WORDS, FeatureBlock, Vocabulary
from newsclf.records.article import Article
from newsclf.records.codebook import Codebook
from newsclf.training.background import Background, idf_of
from newsclf.training.counting import count_documents
from newsclf.training.prior import codebook_terms
from newsclf.training.settings import Settings

__all__ = ["choose_vocabulary", "vocabulary_of"]


def choose_vocabulary(
    articles: Sequence[Article],
    known: Background,
    codebook: Codebook,
    settings: Settings,
    jobs: int = 1,
) -> tuple[Vocabulary, int]:
    """Choose the vocabulary from labelled articles, background and codebook.

    Returns the vocabulary and the number of documents its idf rests on.
    """
    spec, documents = settings.features, known.n + len(articles)
    scale = min(1.0, documents / 10_000)
    chosen, df = codebook_terms(codebook, spec), dict[FeatureBlock, dict[str, int]]()
    for block in BLOCKS:
        in_all, in_labelled = _least(block, settings)
        least = 1.0 if in_labelled is None else max(min(2.0, in_labelled), in_labelled * scale)
        counts = count_documents(articles, spec, block, jobs, least=least, always=chosen[block])
        elsewhere = known.df[block]
        candidates = {term for term, n in counts.items() if n >= least}
        if in_labelled is None:
            candidates |= elsewhere.keys()
        for term in candidates | chosen[block]:
            counts[term] = counts.get(term, 0) + elsewhere.get(term, 0)
        enough = max(1.0, in_all * scale)
        chosen[block] |= {term for term in candidates if counts[term] >= enough}
        df[block] = counts
    return vocabulary_of(chosen, Background(documents, df)), documents


def _least(block: FeatureBlock, settings: Settings) -> tuple[int, int | None]:
    """In how many texts a term must stand, and in how many of the labelled ones, if in any."""
    least: dict[FeatureBlock, tuple[int, int | None]] = {
        WORDS: (settings.min_words, None),
        CHARS: (settings.min_chars, settings.min_labelled),
    }
    return least[block]


def vocabulary_of(terms: Mapping[FeatureBlock, set[str]], known: Background) -> Vocabulary:
    """Return a vocabulary with common terms first, which lie close together in memory then."""
    ordered: dict[FeatureBlock, list[str]] = {}
    df: list[NDArray[np.int64]] = []
    for block in BLOCKS:
        by_name = sorted(terms[block])
        frequency = np.array([known.df[block].get(term, 0) for term in by_name], np.int64)
        order = np.argsort(-frequency, kind="stable")
        ordered[block] = [by_name[i] for i in order.tolist()]
        df.append(frequency[order])
    return Vocabulary(ordered, idf_of(np.concatenate(df), known.n))
