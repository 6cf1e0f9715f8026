"""The pipelines that newsclf is measured against, each a function from texts to answers."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from newsclf.engine.features import Vocabulary
from newsclf.labels.labelled import LabelledArticle
from newsclf.tagger.tagger import Tagger

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from benchmarks.speed.handwritten import cut_words

Peer = Callable[[list[str]], Any]


def word_only(tagger: Tagger) -> Tagger:
    """Return the tagger without its character n-grams."""
    model = tagger.model
    n = len(model.vocabulary.words)
    return Tagger(
        replace(
            model,
            spec=replace(model.spec, char_ngrams=(0, 0)),
            vocabulary=Vocabulary(model.vocabulary.words, [], model.vocabulary.idf[:n]),
            weights=np.ascontiguousarray(model.weights[:n]),
        )
    )


def by_hand(labelled: list[LabelledArticle], block: Any, head: Any = None) -> Pipeline:
    """Fit the pipeline that most people would write, or one with another head for each theme."""
    texts = [str(item.article) for item in labelled]
    ids = sorted({theme for item in labelled for theme in item.labels})
    labels = np.array([[theme in item.labels for theme in ids] for item in labelled])
    pipeline = make_pipeline(block, OneVsRestClassifier(head or LinearSVC()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a theme without a label in a small sample
        return pipeline.fit(texts, labels)


def words_by_hand() -> TfidfVectorizer:
    return TfidfVectorizer(tokenizer=cut_words, token_pattern=None)


def features_by_hand(tagger: Tagger) -> FeatureUnion:
    """The shipped model's features, with scikit-learn's own n-grams of characters."""
    spec, vocabulary = tagger.model.spec, tagger.model.vocabulary
    words = TfidfVectorizer(
        tokenizer=cut_words,
        token_pattern=None,
        ngram_range=spec.word_ngrams,
        sublinear_tf=True,
        vocabulary=list(vocabulary.words),
    )
    chars = TfidfVectorizer(
        analyzer="char",
        ngram_range=spec.char_ngrams,
        sublinear_tf=True,
        vocabulary=list(vocabulary.chars),
    )
    return FeatureUnion([("words", words), ("chars", chars)])


def segmented(texts: Iterable[str], cut: Callable[[str], list[str]]) -> list[str]:
    return [" ".join(cut(text)).replace("\n", " ") for text in texts]


def fasttext_model(labelled: list[LabelledArticle]) -> Any:
    """Train fastText on texts that jieba has cut; None when it is not installed."""
    try:
        import fasttext
    except ImportError:
        return None
    lines = [
        " ".join(f"__label__{theme}" for theme in item.labels) + f" {text}\n"
        for item, text in zip(
            labelled, segmented((str(i.article) for i in labelled), cut_words), strict=True
        )
        if item.labels
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        path.write_text("".join(lines), encoding="utf-8")
        return fasttext.train_supervised(
            str(path), dim=100, wordNgrams=2, epoch=3, thread=1, verbose=0
        )


def rjieba_cut() -> Callable[[str], list[str]] | None:
    try:
        import rjieba
    except ImportError:
        return None
    cut: Callable[[str], list[str]] = rjieba.cut
    return cut


def all_peers(tagger: Tagger, labelled: list[LabelledArticle]) -> dict[str, Peer]:
    """Return every peer that can be made here, by name."""
    words = word_only(tagger)
    full_hand = by_hand(labelled, features_by_hand(tagger))
    word_hand = by_hand(labelled, words_by_hand())
    peers: dict[str, Peer] = {
        "newsclf: tags": lambda texts: list(tagger.tag_many(texts)),
        "newsclf: probabilities": tagger.probabilities,
        "newsclf, words only: tags": lambda texts: list(words.tag_many(texts)),
        "newsclf, words only: probabilities": words.probabilities,
        "by hand, the same features": full_hand.predict,
        "by hand, words only": word_hand.predict,
        "jieba.lcut alone": lambda texts: [cut_words(text) for text in texts],
    }
    rjieba = rjieba_cut()
    if rjieba:
        peers["rjieba.cut alone"] = lambda texts: [rjieba(text) for text in texts]
    fast = fasttext_model(labelled)
    if fast:
        # The binding's own predict fails under NumPy 2; what it calls does not.
        def predict(lines: list[str]) -> list[Any]:
            return [fast.f.predict(line + "\n", 1, 0.0, "strict") for line in lines]

        ready: dict[str, list[str]] = {}

        def on_ready(texts: list[str]) -> list[Any]:
            if texts[-1] not in ready:  # once, before the clock runs
                ready[texts[-1]] = segmented(texts, cut_words)
            return predict(ready[texts[-1]])

        peers["fastText on jieba"] = lambda texts: predict(segmented(texts, cut_words))
        if rjieba:
            peers["fastText on rjieba"] = lambda texts: predict(segmented(texts, rjieba))
        peers["fastText, already segmented"] = on_ready
    return peers
