"""Which terms a model knows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from newsclf.engine.features import Vocabulary
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
    words, chars = codebook_terms(codebook, spec)
    word_df = count_documents(articles, spec, "words", jobs)
    for word, df in known.word_df.items():
        word_df[word] = word_df.get(word, 0) + df
    words |= {w for w, df in word_df.items() if df >= max(1.0, settings.min_words * scale)}
    least = max(min(2.0, settings.min_labelled), settings.min_labelled * scale)
    char_df = count_documents(articles, spec, "chars", jobs, least=least, always=chars)
    common = {char for char, n in char_df.items() if n >= least}
    for char in char_df.keys() | chars:
        char_df[char] = char_df.get(char, 0) + known.char_df.get(char, 0)
    chars |= {c for c in common if char_df[c] >= max(1.0, settings.min_chars * scale)}
    return vocabulary_of(words, chars, Background(documents, word_df, char_df)), documents


def vocabulary_of(words: set[str], chars: set[str], known: Background) -> Vocabulary:
    """Return a vocabulary with common terms first, which lie close together in memory then."""
    ordered: list[list[str]] = []
    df: list[NDArray[np.int64]] = []
    for terms, counts in ((words, known.word_df), (chars, known.char_df)):
        by_name = sorted(terms)
        frequency = np.array([counts.get(term, 0) for term in by_name], np.int64)
        order = np.argsort(-frequency, kind="stable")
        ordered.append([by_name[i] for i in order.tolist()])
        df.append(frequency[order])
    return Vocabulary(ordered[0], ordered[1], idf_of(np.concatenate(df), known.n))
