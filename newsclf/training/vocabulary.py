"""Which terms a model knows, and the labelled articles in these terms."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from newsclf.codebook import Codebook
from newsclf.features import FeatureSpec, Vocabulary
from newsclf.training.background import Background, idf_of, tfidf
from newsclf.training.counting import TermCounts
from newsclf.training.prior import codebook_terms
from newsclf.training.settings import Settings

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["choose_vocabulary", "labelled_features", "vocabulary_of"]


def choose_vocabulary(
    words: TermCounts,
    chars: TermCounts,
    known: Background,
    codebook: Codebook,
    settings: Settings,
) -> tuple[Vocabulary, int]:
    """Choose the vocabulary from labelled articles, background and codebook.

    Returns the vocabulary and the number of documents its idf rests on.
    """
    documents = known.n + words.articles
    scale = min(1.0, documents / 10_000)
    in_codebook = codebook_terms(codebook, settings.features)
    labelled_words, labelled_chars = words.document_frequencies(), chars.document_frequencies()
    word_df = Counter(known.word_df) + Counter(labelled_words)
    char_df = Counter(known.char_df) + Counter(labelled_chars)
    kept_words = {w for w, df in word_df.items() if df >= max(1.0, settings.min_words * scale)}
    least = max(min(2.0, settings.min_labelled), settings.min_labelled * scale)
    kept_chars = {
        c
        for c, df in labelled_chars.items()
        if df >= least and char_df[c] >= max(1.0, settings.min_chars * scale)
    }
    background = Background(documents, word_df, char_df)
    chosen = (kept_words | in_codebook[0], kept_chars | in_codebook[1])
    return vocabulary_of(*chosen, background), documents


def vocabulary_of(words: set[str], chars: set[str], known: Background) -> Vocabulary:
    """Return a vocabulary with common terms first, which lie close together in memory then."""
    ordered: list[list[str]] = []
    df: list[int] = []
    for terms, counts in ((words, known.word_df), (chars, known.char_df)):
        ranked = sorted((-counts.get(term, 0), term) for term in terms)
        ordered.append([term for _, term in ranked])
        df += [-negative for negative, _ in ranked]
    return Vocabulary(ordered[0], ordered[1], idf_of(np.array(df, np.int64), known.n))


def labelled_features(
    words: TermCounts, chars: TermCounts, vocabulary: Vocabulary, spec: FeatureSpec
) -> csr_array:
    """Return the features of the counted articles, shape (n_articles, n_features)."""
    from scipy.sparse import hstack

    split = len(vocabulary.words)
    return hstack(
        [
            tfidf(words.columns(list(vocabulary.words)), vocabulary.idf[:split], spec.title_share),
            tfidf(chars.columns(list(vocabulary.chars)), vocabulary.idf[split:], spec.title_share),
        ],
        format="csr",
    )
