"""How fast a tagger learns, by how the articles to label are chosen: a simulation.

    NEWSCLF_CORPORA=... python -m benchmarks.suggest [SEEDS] [ROUNDS]

A pool and a test set are drawn from the labelled corpora, articles of one day or page on one side.
A tagger made of the codebook alone begins; each round 50 articles are chosen, their labels revealed
and a tagger trained on all that is revealed. Prints the learning curves, mean and 95 % interval
over the seeds (Student's t), and the paired difference to choosing at random; writes
benchmarks/suggest/suggest.json.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import newsclf
from benchmarks.shared import labelled_news, write_figures
from newsclf.evaluation.figures import Outcome, measure
from newsclf.evaluation.terminal import table
from newsclf.retraining.suggest import suggest
from newsclf.training import Background, from_codebook, train
from newsclf.training.folds import groups_of
from newsclf.training.targets import label_matrices

FIGURES_FILE = Path(__file__).with_name("suggest.json")
BATCH, POOL, TEST = 50, 900, 600
FIGURES = ("micro_f1", "macro_f1", "right_first")


def at_random(tagger, pool, labelled, rng):
    return [pool[i] for i in rng.permutation(len(pool))[:BATCH]]


def by_uncertainty(tagger, pool, labelled, rng):
    p = tagger.probabilities(pool)
    return [pool[i] for i in np.argsort(-(p * (1 - p)).sum(axis=1), kind="stable")[:BATCH]]


def by_mix(tagger, pool, labelled, rng):
    ids = {article.id for article in suggest(tagger, pool, BATCH, labelled=labelled)}
    return [item for item in pool if item.id in ids]


STRATEGIES = {"random": at_random, "uncertainty": by_uncertainty, "suggest": by_mix}


def figures(tagger, test):
    p = tagger.probabilities(test)
    ids = tagger.codebook.ids
    found = measure(Outcome(ids, *label_matrices(test, ids), p, tagger.decide(p))).figures
    return [float(found[name][0]) for name in FIGURES]


def curve(strategy, pool, test, background, rounds, seed):
    rng = np.random.default_rng(seed)
    tagger, labelled = from_codebook(background=background), []
    points = [figures(tagger, test)]
    for _ in range(rounds):
        chosen = strategy(tagger, pool, labelled, rng)
        labelled += chosen
        ids = {item.id for item in chosen}
        pool = [item for item in pool if item.id not in ids]
        tagger = train(labelled, background=background)
        points.append(figures(tagger, test))
    return points


def split(labelled, groups, seed):
    """Draw pool and test by whole groups."""
    order = np.random.default_rng(seed).permutation(groups.max() + 1)
    rank = np.argsort(order)[groups]
    by_group = [labelled[i] for i in np.argsort(rank, kind="stable")]
    return by_group[:POOL], by_group[-TEST:]


def interval(values):
    from scipy.stats import t

    mean = values.mean(axis=0)
    half = t.ppf(0.975, len(values) - 1) * values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return mean, half


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    seeds, rounds = (*given, *(3, 6)[len(given) :])
    labelled = labelled_news()
    groups = groups_of(labelled)
    background = Background.of_model(newsclf.load().model)
    curves = {name: [] for name in STRATEGIES}
    for seed in range(seeds):
        pool, test = split(labelled, groups, seed)
        for name, strategy in STRATEGIES.items():
            curves[name].append(curve(strategy, pool, test, background, rounds, seed))
            print(f"seed {seed}, {name} done", file=sys.stderr, flush=True)
    out = {"batch": BATCH, "pool": POOL, "test": TEST, "seeds": seeds, "figures": FIGURES}
    out["curves"] = curves
    for f, figure in enumerate(FIGURES):
        rows = [[figure, *(str(BATCH * r) for r in range(rounds + 1))]]
        base = np.array(curves["random"])[:, :, f]
        for name, runs in curves.items():
            values = np.array(runs)[:, :, f]
            mean, half = interval(values)
            cells = zip(mean, half, strict=True)
            rows.append([name, *(f"{m:.3f} ±{h:.3f}" for m, h in cells)])
            if name != "random":
                gain, half = interval(values - base)
                cells = zip(gain, half, strict=True)
                rows.append(["  over random", *(f"{m:+.3f} ±{h:.3f}" for m, h in cells)])
        print(table(rows), end="\n\n")
    write_figures(FIGURES_FILE, out)


if __name__ == "__main__":
    main()
