"""Which terms a model knows, and the labelled articles in these terms."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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
    word_df = words.document_frequencies()
    for word, df in known.word_df.items():
        word_df[word] = word_df.get(word, 0) + df
    kept_words = {w for w, df in word_df.items() if df >= max(1.0, settings.min_words * scale)}
    least = max(min(2.0, settings.min_labelled), settings.min_labelled * scale)
    # Most character n-grams stand in one article only, so what is rare is never looked up.
    often, of_codebook = chars.frequencies >= least, in_codebook[1]
    char_df = {
        char: n + known.char_df.get(char, 0)
        for char, n, enough in zip(
            chars.terms, chars.frequencies.tolist(), often.tolist(), strict=True
        )
        if enough or char in of_codebook
    }
    common = set(itertools.compress(chars.terms, often.tolist()))
    kept_chars = {c for c in common if char_df[c] >= max(1.0, settings.min_chars * scale)}
    for char in of_codebook - char_df.keys():
        char_df[char] = known.char_df.get(char, 0)
    background = Background(documents, word_df, char_df)
    chosen = (kept_words | in_codebook[0], kept_chars | of_codebook)
    return vocabulary_of(*chosen, background), documents


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
