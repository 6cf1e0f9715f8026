"""How many planted errors are among the labels that check_labels holds likeliest wrong.

    NEWSCLF_CORPORA=... python -m benchmarks.check_labels [SEEDS]

In 5 % of the labelled articles one label is exchanged, removed or added at random; precision at 50
is the share of these among the first 50 suspicions. The other suspicions may be errors too, that
nobody planted. Prints a line a seed and writes benchmarks/check_labels/check_labels.json.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

import newsclf
from benchmarks.shared import labelled_news, write_figures
from newsclf.training import Background

FIGURES_FILE = Path(__file__).with_name("check_labels.json")
SHARE, FIRST = 0.05, 50
KINDS = ("exchanged", "added", "removed")


def planted(labelled, themes, rng):
    """Return the articles with errors, and what was done to which."""
    items, done = list(labelled), {}
    for i in rng.permutation(len(items))[: round(SHARE * len(items))]:
        item = items[i]
        labels = list(item.labels)
        kind = KINDS[rng.integers(3)] if labels else "added"
        new = rng.choice([t for t in themes if t not in (*labels, *item.borderline)])
        if kind == "added":
            labels.append(str(new))
        elif kind == "removed":
            labels.pop(rng.integers(len(labels)))
        else:
            labels[rng.integers(len(labels))] = str(new)
        items[i] = replace(item, labels=tuple(labels))
        done[item.id] = kind
    return items, done


def main() -> None:
    labelled = labelled_news()
    themes = newsclf.Codebook.load().ids
    background = Background.of_model(newsclf.load().model)
    rows = []
    for seed in range(*map(int, sys.argv[1:3] or ("1",))):
        items, done = planted(labelled, themes, np.random.default_rng(seed))
        found = newsclf.check_labels(items, background=background, n=FIRST).suspicions
        hits = [done[s.id] for s in found if s.id in done]
        row = {"seed": seed, "planted": len(done), "precision": len(hits) / FIRST}
        row |= {kind: hits.count(kind) for kind in KINDS}
        rows.append(row)
        print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    mean = float(np.mean([row["precision"] for row in rows]))
    print(f"precision at {FIRST}: {mean:.2f} (chance {SHARE:.2f})")
    out = {"share": SHARE, "first": FIRST, "precision": mean, "seeds": rows}
    write_figures(FIGURES_FILE, out)


if __name__ == "__main__":
    main()
