"""Retraining on 50,000 articles and 20 themes: newsclf.train against pipelines by hand.

Two models are trained both ways: the shipped one (words and n-grams of characters, probabilities
calibrated on five folds), and one of words alone without folds. The articles are those of the
corpora's pools, long ones in halves because there are too few; their labels are what the shipped
model says of them, for who labels does not change how long it takes.
"""

from __future__ import annotations

import gzip
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.svm import LinearSVC

import newsclf
from benchmarks.speed import peers
from newsclf import Article, LabelledArticle, Tagger
from newsclf.engine.features import FeatureSpec
from newsclf.training import Settings

OURS, OUR_WORDS = "newsclf", "newsclf, words only, no folds"
BY_HAND, WORDS_BY_HAND = "the same by hand", "words by hand"
COMPARED = [(OURS, BY_HAND), (OUR_WORDS, WORDS_BY_HAND), (OURS, WORDS_BY_HAND)]

ARTICLES = 50_000
THEMES = 20
_HALVED = 600  # characters from which an article is taken in halves


def read_texts(corpora: Path) -> Iterator[str]:
    """Yield the texts of the pools, long ones in two halves."""
    for path in sorted(corpora.glob("pools/*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                text = json.loads(line).get("text") or ""
                middle = len(text) // 2 if len(text) >= _HALVED else 0
                yield from filter(None, (text[:middle], text[middle:]))


def label(tagger: Tagger, corpora: Path) -> tuple[newsclf.Codebook, list[LabelledArticle]]:
    """Return the codebook of the most frequent themes, and articles labelled with these."""
    texts = list(itertools.islice(read_texts(corpora), ARTICLES))
    found = [tagging.themes for tagging in tagger.tag_many(texts)]
    counts = Counter(itertools.chain.from_iterable(found))
    kept = {theme for theme, _ in counts.most_common(THEMES)}
    themes = tuple(theme for theme in tagger.codebook if theme.id in kept)
    labelled = [
        LabelledArticle(Article.from_text(text, str(i)), tuple(t for t in ids if t in kept))
        for i, (text, ids) in enumerate(zip(texts, found, strict=True))
    ]
    return replace(tagger.codebook, themes=themes), labelled


def shipped_by_hand(labelled: list[LabelledArticle]) -> Pipeline:
    """Fit what `newsclf.train` fits, of scikit-learn: the same kinds of terms, C, folds, curves."""
    settings = Settings()
    shares = {"sublinear_tf": True, "dtype": np.float32}
    words = TfidfVectorizer(
        tokenizer=peers.cut_words, token_pattern=None, min_df=settings.min_words, **shares
    )
    chars = TfidfVectorizer(
        analyzer="char",
        ngram_range=settings.features.char_ngrams,
        min_df=settings.min_chars,
        **shares,
    )
    head = CalibratedClassifierCV(LinearSVC(C=settings.C), cv=settings.folds, ensemble=False)
    return peers.by_hand(labelled, FeatureUnion([("words", words), ("chars", chars)]), head)


def measure(tagger: Tagger, corpora: Path) -> dict[str, float]:
    """Return seconds of CPU of each way, measured once."""
    codebook, labelled = label(tagger, corpora)
    words_alone = Settings(features=FeatureSpec(char_ngrams=(0, 0)), folds=1)
    ways: dict[str, Callable[[], Any]] = {
        OURS: lambda: newsclf.train(labelled, codebook=codebook),
        OUR_WORDS: lambda: newsclf.train(labelled, codebook=codebook, settings=words_alone),
        WORDS_BY_HAND: lambda: peers.by_hand(labelled, peers.words_by_hand()),
        BY_HAND: lambda: shipped_by_hand(labelled),
    }
    found = {}
    for name, train in ways.items():
        began = time.process_time()
        train()
        found[name] = time.process_time() - began
    return found
