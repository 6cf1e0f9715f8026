"""What adapting gains on a new source and loses on the old ones, against training from scratch.

    NEWSCLF_CORPORA=... python -m benchmarks.adapt [SEEDS]

A tagger is trained without one source. Then 5, 20, 100, 500 labels of that source are given to
`Tagger.adapt`, to `train` alone, and to `train` together with the old articles. Each is measured on
other days of the new source and of the old ones: micro-F1 and right first theme, mean over draws of
labels. Prints a table and writes benchmarks/adapt/adapt.json.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

import newsclf
from benchmarks.shared import labelled_news, write_figures
from newsclf.evaluation.figures import Outcome, measure
from newsclf.evaluation.terminal import table
from newsclf.training import Background, train
from newsclf.training.folds import groups_of, source_of
from newsclf.training.targets import label_matrices

FIGURES_FILE = Path(__file__).with_name("adapt.json")
SOURCES = {"inews": ("inews",), "sohu + cns": ("sohu", "cns"), "xwlb": ("xwlb",)}
LABELS = (5, 20, 100, 500)
OLD, TEST = 1000, 400  # articles to train the first tagger on, articles of a test at most


def halves(rows, groups, share, rng):
    """Split by whole groups: about `share` of the rows, and the rest."""
    order = rng.permutation(np.unique(groups[rows]))
    rank = np.argsort(np.argsort(order))[np.searchsorted(np.sort(order), groups[rows])]
    cut = np.cumsum(np.bincount(rank))
    first = cut[rank] <= share * len(rows)
    return rows[first], rows[~first]


def figures(tagger, items):
    p = tagger.probabilities(items)
    ids = tagger.codebook.ids
    found = measure(Outcome(ids, *label_matrices(items, ids), p, tagger.decide(p))).figures
    return float(found["micro_f1"][0]), float(found["right_first"][0])


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    labelled = labelled_news()
    groups, background = groups_of(labelled), Background.of_model(newsclf.load().model)
    source = np.array([source_of(item) for item in labelled])
    pick = lambda rows: [labelled[i] for i in rows]  # noqa: E731
    out = []
    for name, prefixes in SOURCES.items():
        rng = np.random.default_rng(0)
        mine = np.isin(source, prefixes)
        test, pool = halves(np.flatnonzero(mine), groups, 0.4, rng)
        old_test, old = halves(np.flatnonzero(~mine), groups, 0.4, rng)
        tests = [pick(rng.permutation(t)[:TEST]) for t in (test, old_test)]
        old = pick(rng.permutation(old)[:OLD])
        base = train(old, background=background)

        def note(labels, how, tagger, seconds=0.0, name=name, tests=tests):
            new, kept = (figures(tagger, items) for items in tests)
            out.append(
                {"source": name, "labels": labels, "how": how, "seconds": seconds}
                | {"new": new, "old": kept}
            )
            print(name, labels, how, file=sys.stderr, flush=True)

        note(0, "as it was", base)
        for n in (n for n in LABELS if n <= len(pool)):
            for seed in range(seeds):
                items = pick(np.random.default_rng(seed).permutation(pool)[:n])
                start = time.perf_counter()
                adapted = base.adapt(items)
                note(n, "adapt", adapted, time.perf_counter() - start)
                if any(item.labels for item in items):
                    note(n, "train, new alone", train(items, background=background))
                if seed == 0:
                    note(n, "train, old and new", train([*old, *items], background=background))
        report(out, name)
    write_figures(FIGURES_FILE, out)


def report(out, name):
    rows = [["source", "labels", "how", "new: F1", "first", "old: F1", "first", "seconds"]]
    keys = dict.fromkeys((r["labels"], r["how"]) for r in out if r["source"] == name)
    for labels, how in keys:
        some = [r for r in out if (r["source"], r["labels"], r["how"]) == (name, labels, how)]
        means = np.mean([(*r["new"], *r["old"]) for r in some], axis=0)
        seconds = f"{np.mean([r['seconds'] for r in some]):.1f}" if how == "adapt" else ""
        rows.append([name, str(labels), how, *(f"{m:.3f}" for m in means), seconds])
    print(table(rows), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
