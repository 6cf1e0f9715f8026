"""How many labels a theme needs, with a codebook and without one.

    NEWSCLF_CORPORA=... python -m benchmarks.accuracy.learning_curve [--draws 2] [--jobs 2]

From four fifths of the labelled corpora (grouped folds) articles are drawn at random: one is kept
while one of its themes has fewer labels than wanted, and articles without a theme in their share.
Everything is learnt from those alone, decision rule included; the background (unlabelled) is the
shipped model's. Tested on the remaining fifth: national news drawn at random, and local news.
Prints a table, writes benchmarks/accuracy/learning_curve.json.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.shared import ROOT, corpora, labelled_news, write_figures
from newsclf.evaluation import evaluate
from newsclf.records.article import LabelledArticle
from newsclf.records.codebook import Codebook, Theme
from newsclf.training import Background, Settings, from_codebook, train
from newsclf.training.folds import grouped_folds, groups_of
from newsclf.training.recipe import Recipe
from newsclf.training.targets import label_matrices

FIGURES_FILE = Path(__file__).with_name("learning_curve.json")
SIZES = (0, 1, 2, 5, 10, 20, 50, 100)


def tested_news() -> tuple[list[LabelledArticle], NDArray[np.bool_]]:
    """Return the labelled corpora, and which of them are tested on."""
    folder = corpora() / "labelled"
    items, tested = [], []
    for name in ("xwlb", "local"):
        items += labelled_news(name)
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            tested.append(name == "local" or json.loads(line)["sample"] == "random")
    return items, np.array(tested)


def drawn(
    labels: NDArray[np.bool_], pool: NDArray[np.int64], size: int, seed: int
) -> NDArray[np.int64]:
    """Return articles of the pool that give each theme `size` labels where there are as many."""
    order = np.random.default_rng(seed).permutation(pool)
    held = np.zeros(labels.shape[1], int)
    kept = []
    for i in order:
        if (labels[i] & (held < size)).any():
            kept.append(i)
            held += labels[i]
    empty = [i for i in order if not labels[i].any()]
    share = len(kept) / max(1, len(pool) - len(empty))
    return np.array([*kept, *empty[: round(share * len(empty))]], np.int64)


def bare(codebook: Codebook) -> Codebook:
    """Return the themes without a word on what they mean."""
    themes = tuple(Theme(id=theme.id, name_zh=theme.id) for theme in codebook)
    return Codebook(name="bare", version="1", themes=themes)


def point(
    items: list[LabelledArticle],
    rows: NDArray[np.int64],
    test: list[LabelledArticle],
    codebook: Codebook,
    background: Background,
    settings: Settings,
    jobs: int,
) -> dict[str, float]:
    """Train on some articles, and return micro-F1 and right first theme on others."""
    if len(rows):
        tagger = train(
            [items[i] for i in rows],
            codebook=codebook,
            background=background,
            settings=settings,
            jobs=jobs,
        )
    else:
        tagger = from_codebook(codebook, background=background, settings=settings)
    report = evaluate(tagger, test, mistakes=0, draws=1)
    return {
        "articles": float(len(rows)),
        "micro_f1": float(report["micro_f1"].value or 0.0),
        "right_first": float(report["right_first"].value or 0.0),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options = parser.parse_args()
    recipe = Recipe(ROOT / "models/governance/recipe.json")
    background = recipe.background(options.jobs)
    items, tested = tested_news()
    labels, _ = label_matrices(items, recipe.codebook.ids)
    fold = grouped_folds(labels, groups_of(items), 5, 0)
    books = {"with codebook": recipe.codebook, "without": bare(recipe.codebook)}
    results: dict[str, dict[str, Any]] = {}
    print("labels a theme: micro-F1 / right first theme, articles", flush=True)
    for size in options.sizes:
        told = []
        for name, codebook in books.items():
            if not size and name == "without":
                continue
            points = []
            for draw in range(options.draws):
                pool, held = np.flatnonzero(fold != draw), (fold == draw) & tested
                test = [items[i] for i in np.flatnonzero(held)]
                rows = drawn(labels, pool, size, draw) if size else np.zeros(0, np.int64)
                setting = (codebook, background, recipe.settings, options.jobs)
                points.append(point(items, rows, test, *setting))
            mean = {key: float(np.mean([p[key] for p in points])) for key in points[0]}
            results.setdefault(str(size), {})[name] = mean
            told.append(f"{name} {mean['micro_f1']:.3f} / {mean['right_first']:.3f}")
        print(f"{size:4} {'   '.join(told)}   {mean['articles']:.0f}", flush=True)
        write_figures(FIGURES_FILE, results)


if __name__ == "__main__":
    main()
