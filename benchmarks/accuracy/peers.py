"""newsclf beside other classifiers, on labelled news and on public benchmark sets, in one run.

    NEWSCLF_CORPORA=... python -m benchmarks.accuracy.peers [--sets NAME ...] [--peers NAME ...]

Labelled news is cross-validated (grouped folds, the same for all); public sets have a test part.
Where a text can have several labels, all peers get the same decision rule: one threshold, the best
by micro-F1 on a fifth of the training part that the peer was not trained on. newsclf decides by
itself. Peers that are not run keep their figures in the JSON; the lead is over those that are.
Peers that are not installed are named and passed over:

    pip install fasttext-wheel libmultilabel liblinear-multicore
    pip install pytextclassifier torch tensorboard "transformers<4.40"

Prints a table, writes benchmarks/accuracy/peers.json.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.classifiers import (
    PEERS,
    Bools,
    Docs,
    Floats,
    Peer,
    a_fifth,
    best_threshold,
    installed,
)
from benchmarks.shared import ROOT, corpora, labelled_news, read_figures, write_figures
from newsclf import ThemeClassifier
from newsclf.evaluation.figures import Outcome, measure
from newsclf.records.article import as_article
from newsclf.training.folds import grouped_folds, groups_of
from newsclf.training.recipe import Recipe
from newsclf.training.targets import label_matrices

FIGURES_FILE = Path(__file__).with_name("peers.json")
PUBLIC = {
    "teddy_c_seg": ("train", "test"),
    "zj_liuyanban": ("train", "test"),
    "nlpcc2017_headlines": ("own_train27k", "own_test9k"),
    "thucnews_titles": ("dev", "test"),
    "tnews_fewclue": ("train", "test"),
    "duee_event_multilabel": ("train", "test"),
}
DRAWS = 1000


@dataclass(frozen=True, eq=False)
class Task:
    """A set: what is trained on, what is tested, and where one text can have several labels."""

    name: str
    docs: Docs
    themes: tuple[str, ...]
    labels: Bools
    borderline: Bools
    several: bool
    splits: list[tuple[NDArray[np.int64], NDArray[np.int64]]]
    parts: dict[str, Bools]


def run_peer(peer: Peer, task: Task) -> tuple[Floats, Bools]:
    """Return scores and decisions for the tested rows of a task."""
    scores = np.zeros(task.labels.shape)
    given = np.zeros_like(task.labels)
    notes: dict[str, Any] = {}
    for train, test in task.splits:
        known, labels = task.docs.take(train), task.labels[train]
        scores[test] = peer(known, labels, task.docs.take(test), notes)
        if task.several:
            inner, held = a_fifth(labels, known.groups)
            found = peer(known.take(inner), labels[inner], known.take(held), notes)
            given[test] = scores[test] >= best_threshold(found, labels[held])
        else:
            given[test, scores[test].argmax(axis=1)] = True
    return scores, given


def run_newsclf(estimator: ThemeClassifier, task: Task) -> tuple[Floats, Bools]:
    """Return scores and decisions of newsclf, as a user would get them."""
    scores = np.zeros(task.labels.shape)
    given = np.zeros_like(task.labels)
    names = np.array(task.themes)
    for train, test in task.splits:
        rows = [tuple(names[row]) for row in task.labels[train]]
        y = rows if task.several else [row[0] for row in rows]
        estimator.fit([task.docs.articles[i] for i in train], y)
        articles = [task.docs.articles[i] for i in test]
        column = {name: k for k, name in enumerate(task.themes)}
        places = np.array([column[str(name)] for name in estimator.classes_])
        scores[np.ix_(test, places)] = estimator.predict_proba(articles)
        found = estimator.predict(articles)
        if task.several:
            given[np.ix_(test, places)] = found.astype(bool)
        else:
            given[test, [column[str(name)] for name in found]] = True
    return scores, given


def public_task(name: str) -> Task:
    """Read a public set."""
    rows, ends = [], []
    for part in PUBLIC[name]:
        path = corpora() / "public" / f"{name}.{part}.jsonl.gz"
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows += [json.loads(line) for line in file]
        ends.append(len(rows))
    themes = tuple(sorted({label for row in rows for label in row["labels"]}))
    labels = np.array([[theme in row["labels"] for theme in themes] for row in rows])
    docs = Docs([as_article(row["text"]) for row in rows], np.arange(len(rows)))
    split = np.arange(ends[0]), np.arange(ends[0], ends[1])
    several = bool((labels.sum(axis=1) != 1).any())
    tested = {name: np.arange(len(rows)) >= ends[0]}
    return Task(name, docs, themes, labels, np.zeros_like(labels), several, [split], tested)


def labelled_task() -> Task:
    """Read the labelled news: national and local, five grouped folds."""
    from newsclf.records.codebook import Codebook

    folder = corpora() / "labelled"
    items, part = [], []
    for name in ("xwlb", "local"):
        items += labelled_news(name)
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            part.append("national" if json.loads(line).get("sample") == "random" else name)
    themes = Codebook.load().ids
    labels, borderline = label_matrices(items, themes)
    groups = groups_of(items)
    folds = grouped_folds(labels, groups, 5, 0)
    splits = [(np.flatnonzero(folds != f), np.flatnonzero(folds == f)) for f in range(5)]
    docs = Docs([item.article for item in items], groups)
    where = np.array(part)
    parts = {"national news, random": where == "national", "local news": where == "local"}
    return Task("labelled", docs, themes, labels, borderline, True, splits, parts)


def newsclf_settings(task: Task) -> dict[str, ThemeClassifier]:
    """Return newsclf with its general settings, and for news with codebook and background too."""
    found = {"newsclf": ThemeClassifier()}
    if task.name == "labelled":
        background = Recipe(ROOT / "models/governance/recipe.json").background()
        found["newsclf, codebook + background"] = ThemeClassifier("governance", background)
    return found


def figures(task: Task, scores: Floats, given: Bools) -> dict[str, dict[str, float]]:
    """Return the figures of each part: accuracy where there is one label, else F1 and first."""
    out = {}
    for name, rows in task.parts.items():
        if not task.several:
            out[name] = {"accuracy": float((given & task.labels)[rows].any(axis=1).mean())}
            continue
        # Ranks stand for probabilities: only order and decisions count here.
        rank = scores[rows].argsort(axis=1).argsort(axis=1) / scores.shape[1]
        outcome = Outcome(task.themes, task.labels[rows], task.borderline[rows], rank, given[rows])
        measured = measure(outcome).figures
        out[name] = {key: float(measured[key][0]) for key in ("micro_f1", "right_first")}
    return out


def lead(task: Task, rows: Bools, ours: Bools, theirs: Bools) -> tuple[float, float]:
    """Return the 95 % interval of our lead in accuracy or micro-F1, texts drawn again."""
    counted, truth = ~task.borderline[rows], task.labels[rows] & ~task.borderline[rows]
    sums = []
    for given in (ours[rows] & counted, theirs[rows] & counted):
        sums.append(((2 * (given & truth)).sum(1), given.sum(1) + truth.sum(1)))
    draws = np.random.default_rng(0).multinomial(
        rows.sum(), np.full(rows.sum(), 1 / rows.sum()), DRAWS
    )
    values = [(draws @ top) / (draws @ bottom) for top, bottom in sums]
    low, high = np.quantile(values[0] - values[1], [0.025, 0.975])
    return float(low), float(high)


def run(task: Task, peers: dict[str, Peer]) -> dict[str, Any]:
    """Print and return the figures of all classifiers on one set."""
    results: dict[str, Any] = {}
    decided: dict[str, Bools] = {}
    jobs: list[tuple[str, Callable[[], tuple[Floats, Bools]]]] = [
        (name, partial(run_peer, peer, task)) for name, peer in peers.items()
    ]
    jobs += [
        (name, partial(run_newsclf, estimator, task))
        for name, estimator in newsclf_settings(task).items()
    ]
    for name, job in jobs:
        started = time.perf_counter()
        scores, decided[name] = job()
        results[name] = figures(task, scores, decided[name])
        seconds = time.perf_counter() - started
        for part, values in results[name].items():
            told = "  ".join(f"{key} {value:.3f}" for key, value in values.items())
            print(f"{part:24} {name:32} {told}  ({seconds:.0f} s)", flush=True)
    measure_of = "micro_f1" if task.several else "accuracy"
    for part, rows in task.parts.items() if peers else ():
        best = max(peers, key=lambda name: results[name][part][measure_of])
        ours = [name for name in results if name.startswith("newsclf")]
        for name in ours:
            ahead = results[name][part][measure_of] - results[best][part][measure_of]
            low, high = lead(task, rows, decided[name], decided[best])
            results[name][part] |= {"lead": ahead, "lead_low": low, "lead_high": high}
            results[name][part]["best_peer"] = best
            print(f"{part}: {name} before {best}: {ahead:+.3f} ({low:+.3f} to {high:+.3f})")
    return results


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", nargs="+", default=[*PUBLIC, "labelled"])
    parser.add_argument("--peers", nargs="*", default=list(PEERS))
    options = parser.parse_args()
    peers = installed(options.peers)
    results = read_figures(FIGURES_FILE)
    for name in options.sets:
        task = labelled_task() if name == "labelled" else public_task(name)
        results[name] = results.get(name, {}) | run(task, peers)
        write_figures(FIGURES_FILE, results)


if __name__ == "__main__":
    main()
