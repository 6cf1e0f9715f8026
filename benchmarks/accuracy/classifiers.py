"""The classifiers that peers.py compares newsclf with: trained here, scores returned."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsclf import tokens
from newsclf.records.article import Article
from newsclf.training.folds import grouped_folds

__all__ = ["PEERS", "Bools", "Docs", "Floats", "Peer", "a_fifth", "best_threshold", "installed"]

FASTTEXT_GRID = {"epoch": (15, 50), "lr": (0.5, 1.0), "wordNgrams": (1, 2)}
FASTTEXT_LONG = {**FASTTEXT_GRID, "epoch": (25,)}  # for half a million words or more

Bools = NDArray[np.bool_]
Floats = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Docs:
    """Articles, with their text as one string and cut into words by jieba."""

    articles: list[Article]
    groups: NDArray[np.int64]

    @cached_property
    def texts(self) -> list[str]:
        return [f"{a.title}\n{a.text}" if a.title else a.text for a in self.articles]

    @cached_property
    def words(self) -> list[list[str]]:
        return [[word for word in tokens.cut(text) if word.strip()] for text in self.texts]

    def take(self, rows: NDArray[np.int64]) -> Docs:
        part = Docs([self.articles[i] for i in rows], self.groups[rows])
        part.__dict__["texts"] = [self.texts[i] for i in rows]
        part.__dict__["words"] = [self.words[i] for i in rows]
        return part


Peer = Callable[[Docs, Bools, Docs, dict[str, Any]], Floats]
"""Trains on documents and labels, returns scores of other documents; keeps notes in the dict."""


def hand(kind: str, blocks: Sequence[str]) -> Peer:
    """Return what one would write by hand with scikit-learn."""

    def scores(train: Docs, labels: Bools, test: Docs, notes: dict[str, Any]) -> Floats:
        from scipy.sparse import csr_matrix, hstack
        from sklearn.feature_extraction.text import TfidfVectorizer

        columns = []
        for block in blocks:
            if block == "words":
                vectorizer = TfidfVectorizer(analyzer=_as_is, sublinear_tf=True)
                columns.append(
                    (vectorizer.fit_transform(train.words), vectorizer.transform(test.words))
                )
            else:
                vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
                columns.append(
                    (vectorizer.fit_transform(train.texts), vectorizer.transform(test.texts))
                )
        known, new = (csr_matrix(hstack(x)) for x in zip(*columns, strict=True))
        out = np.empty((new.shape[0], labels.shape[1]))
        for k, column in enumerate(labels.T):
            out[:, k] = _head(kind, known, column, new)
        return out

    return scores


def _as_is(words: list[str]) -> list[str]:
    return words


def _head(kind: str, known: Any, column: Bools, new: Any) -> Floats:
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    if column.all() or not column.any():
        return np.full(new.shape[0], np.inf if column.any() else -np.inf)
    model = (
        LinearSVC(random_state=0)
        if kind == "svm"
        else LogisticRegression(C=10.0, solver="liblinear", random_state=0)
    )
    return np.asarray(model.fit(known, column).decision_function(new))


def fasttext(train: Docs, labels: Bools, test: Docs, notes: dict[str, Any]) -> Floats:
    """Train fastText; its settings come from a grid, tried once a set on its training part."""
    several = bool((labels.sum(axis=1) != 1).any())
    if "setting" not in notes:
        inner, held = a_fifth(labels, train.groups)
        size = sum(map(len, train.words))
        choices = FASTTEXT_GRID if size < 500_000 else FASTTEXT_LONG
        grid = [
            dict(zip(choices, values, strict=True))
            for values in itertools.product(*choices.values())
        ]
        worth = []
        for setting in grid:
            found = _fasttext(train.take(inner), labels[inner], train.take(held), setting, several)
            worth.append(_worth(found, labels[held], several))
        notes["setting"] = grid[int(np.argmax(worth))]
    return _fasttext(train, labels, test, notes["setting"], several)


def _fasttext(
    train: Docs, labels: Bools, test: Docs, setting: dict[str, Any], several: bool
) -> Floats:
    import fasttext as library

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        for words, row in zip(train.words, labels, strict=True):
            if row.any():
                marks = [f"__label__{k}" for k in np.flatnonzero(row)]
                file.write(" ".join([*marks, *words]) + "\n")
        file.flush()
        loss = "ova" if several else "softmax"
        model = library.train_supervised(
            file.name, loss=loss, dim=100, bucket=200_000, thread=1, verbose=0, **setting
        )
    out = np.full((len(test.words), labels.shape[1]), -1.0)
    for i, words in enumerate(test.words):
        # The wrapper's own predict does not work with NumPy 2.
        for p, mark in model.f.predict(" ".join(words) + "\n", labels.shape[1], 0.0, "strict"):
            out[i, int(mark.removeprefix("__label__"))] = p
    return out


def pytextclassifier(train: Docs, labels: Bools, test: Docs, notes: dict[str, Any]) -> Floats:
    """Train its logistic regression, which knows one label a text: the first; "" is none."""
    from loguru import logger

    logger.remove()
    import pytextclassifier as library

    first = [str(int(row.argmax())) if row.any() else "" for row in labels]
    with tempfile.TemporaryDirectory() as folder:
        model = library.ClassicClassifier(output_dir=folder, model_name_or_model="lr")
        model.train(list(zip(first, train.texts, strict=True)), test_size=1)
    known = model.model.classes_
    found = model.model.predict_proba(model.feature.transform(model.tokenize_sentences(test.texts)))
    out = np.full((len(test.texts), labels.shape[1]), -1.0)
    for column, label in zip(found.T, known, strict=True):
        if label:
            out[:, int(label)] = column
    return out


def libmultilabel(train: Docs, labels: Bools, test: Docs, notes: dict[str, Any]) -> Floats:
    """Train its linear method, one against the rest, on words."""
    import libmultilabel.linear as library

    preprocessor = library.Preprocessor(tfidf_params={"analyzer": str.split})
    lines = [[" ".join(words) for words in docs.words] for docs in (train, test)]
    rows = [[str(k) for k in np.flatnonzero(row)] for row in labels]
    dataset = {
        "data_format": "dataframe",
        "train": {"x": lines[0], "y": rows},
        "test": {"x": lines[1], "y": [[] for _ in lines[1]]},
    }
    found = preprocessor.fit_transform(dataset)
    model = library.train_1vsrest(found["train"]["y"], found["train"]["x"], verbose=False)
    values = np.asarray(library.predict_values(model, found["test"]["x"]))
    out = np.full((len(lines[1]), labels.shape[1]), -np.inf)
    out[:, [int(label) for label in preprocessor.label_mapping]] = values
    return out


PEERS: dict[str, tuple[str, Peer]] = {
    "words, LinearSVC": ("sklearn", hand("svm", ["words"])),
    "words + characters, LinearSVC": ("sklearn", hand("svm", ["words", "characters"])),
    "words, logistic regression": ("sklearn", hand("logistic", ["words"])),
    "fastText": ("fasttext", fasttext),
    "pytextclassifier": ("pytextclassifier", pytextclassifier),
    "LibMultiLabel, linear": ("libmultilabel.linear", libmultilabel),
}


def installed(names: Sequence[str]) -> dict[str, Peer]:
    """Return the peers that can be imported; say which cannot."""
    found = {}
    for name in names:
        module, peer = PEERS[name]
        try:
            __import__(module)
        except ImportError as error:
            print(f"skipped: {name}: {error}", flush=True)
        else:
            found[name] = peer
    return found


def a_fifth(
    labels: Bools, groups: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    folds = grouped_folds(labels, groups, 5, 1)
    return np.flatnonzero(folds > 0), np.flatnonzero(folds == 0)


def best_threshold(scores: Floats, labels: Bools) -> float:
    """Return the score from which on tagging is best by micro-F1."""
    order = np.argsort(-scores, axis=None, kind="stable")
    hits = np.cumsum(labels.ravel()[order])
    f1 = 2.0 * hits / (np.arange(1, len(order) + 1) + labels.sum())
    return float(scores.ravel()[order[f1.argmax()]])


def _worth(scores: Floats, labels: Bools, several: bool) -> float:
    if not several:
        return float(labels[np.arange(len(labels)), scores.argmax(axis=1)].mean())
    given = scores >= best_threshold(scores, labels)
    return float(2.0 * (given & labels).sum() / (given.sum() + labels.sum()))
