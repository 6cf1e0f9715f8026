"""How large the groups are that folds keep whole, and how evenly folds share out themes.

    NEWSCLF_CORPORA=... python -m benchmarks.folds

Prints two tables and writes benchmarks/folds/folds.json. "floor" is what no folds can go below, as
articles cannot be cut in two.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.shared import labelled_news, write_figures
from newsclf.evaluation.terminal import table
from newsclf.training.duplicates import near_duplicates
from newsclf.training.folds import grouped_folds, groups_of, source_of
from newsclf.training.targets import label_matrices

FIGURES_FILE = Path(__file__).with_name("folds.json")
FOLDS = 5


def unevenness(counts: np.ndarray) -> float:
    """Mean relative distance of the labels in a fold from an even share."""
    even = counts.mean(axis=0)
    return float((np.abs(counts - even) / even).mean())


def main() -> None:
    labelled = labelled_news()
    groups = groups_of(labelled)
    sources = np.array([source_of(item) for item in labelled])
    rows = []
    for source in sorted(set(sources)):
        sizes = np.unique(groups[sources == source], return_counts=True)[1]
        rows.append([source, len(sizes), int(sizes.sum()), int(np.median(sizes)), int(sizes.max())])
    rows.append(["all", len(set(groups)), len(groups), "", int(np.bincount(groups).max())])
    print(
        table(
            [["source", "groups", "articles", "median", "largest"]] + [[*map(str, r)] for r in rows]
        )
    )
    print(f"\nnear-duplicates among them: {len(near_duplicates(labelled))} pairs\n")

    labels, _ = label_matrices(labelled, sorted({t for item in labelled for t in item.labels}))
    total = labels.sum(axis=0)
    parts = np.array([(total + f) // FOLDS for f in range(FOLDS)])
    balance = {"floor": unevenness(parts)}
    for name, of in (("grouped", groups), ("every article alone", np.arange(len(groups)))):
        folds = grouped_folds(labels, of, FOLDS)
        balance[name] = unevenness(np.array([labels[folds == f].sum(axis=0) for f in range(FOLDS)]))
    random = np.random.default_rng(0).integers(0, FOLDS, len(groups))
    balance["at random"] = unevenness(
        np.array([labels[random == f].sum(axis=0) for f in range(FOLDS)])
    )
    print(table([["folds", "unevenness"]] + [[k, f"{v:.4f}"] for k, v in balance.items()]))
    out = {"groups": rows, "unevenness": balance}
    write_figures(FIGURES_FILE, out)


if __name__ == "__main__":
    main()
