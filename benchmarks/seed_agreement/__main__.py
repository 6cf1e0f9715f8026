"""How far the readings of the labelled set agree: ``python -m benchmarks.seed_agreement``.

Compares the two readings kept in seeds/drafts and the adjudicated labels: of the seed pages by unit
and by paragraph, of the written articles by article. Micro-F1 is over (text, theme) pairs, as
everywhere in newsclf: pairs that either reading calls borderline are left out. "strict" counts
borderline as no label instead. Prints a table and writes
benchmarks/seed_agreement/seed_agreement.json.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.shared import ROOT, write_figures

FIGURES_FILE = Path(__file__).with_name("seed_agreement.json")
SEEDS = ROOT / "seeds"
PAGES = {
    "first": SEEDS / "drafts" / "first.jsonl",
    "second": SEEDS / "drafts" / "second.jsonl",
    "adjudicated": SEEDS / "labels.jsonl",
}
WRITTEN = {
    f"written/{part}": {
        "first": SEEDS / "drafts" / f"written-{part}.first.jsonl",
        "second": SEEDS / "drafts" / f"written-{part}.second.jsonl",
        "adjudicated": SEEDS / "written" / f"{part}.jsonl",
    }
    for part in ("a", "b")
}
Reading = dict[str, dict[str, Any]]


def read(path: Path) -> Reading:
    with path.open(encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, lines)}


def agreement(a: Reading, b: Reading, ids: list[str]) -> dict[str, float]:
    """Return micro-F1 without borderline pairs, strict micro-F1, same set and same first theme."""
    both = either = strict_both = strict_either = same_set = same_first = 0
    for i in ids:
        left, right = set(a[i]["labels"]), set(b[i]["labels"])
        doubtful = set(a[i]["borderline"]) | set(b[i]["borderline"])
        strict_both += len(left & right)
        strict_either += len(left) + len(right)
        both += len((left & right) - doubtful)
        either += len(left - doubtful) + len(right - doubtful)
        same_set += left == right
        same_first += a[i]["labels"][:1] == b[i]["labels"][:1]
    return {
        "texts": len(ids),
        "micro_f1": round(2 * both / either, 3),
        "strict_f1": round(2 * strict_both / strict_either, 3),
        "same_set": round(same_set / len(ids), 3),
        "same_first": round(same_first / len(ids), 3),
    }


def compare(level: str, readings: dict[str, Reading], ids: list[str]) -> list[dict[str, Any]]:
    """Return a row for each pair of readings, and one for each reading with its label count."""
    rows: list[dict[str, Any]] = []
    for a, b in combinations(readings, 2):
        figures = agreement(readings[a], readings[b], ids)
        rows.append({"level": level, "pair": f"{a} / {b}", **figures})
    for name, reading in readings.items():
        count = sum(len(reading[i]["labels"]) for i in ids) / len(ids)
        rows.append({"level": level, "pair": name, "labels_per_text": round(count, 2)})
    return rows


def main() -> None:
    pages = {name: read(path) for name, path in PAGES.items()}
    levels = {i: row["level"] for i, row in pages["adjudicated"].items()}
    rows: list[dict[str, Any]] = []
    for level in ("article", "paragraph"):
        rows += compare(level, pages, [i for i, found in levels.items() if found == level])
    for part, paths in WRITTEN.items():
        readings = {name: read(path) for name, path in paths.items()}
        rows += compare(part, readings, list(readings["adjudicated"]))
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))
    write_figures(FIGURES_FILE, rows)


if __name__ == "__main__":
    main()
