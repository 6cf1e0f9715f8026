"""How fast newsclf is, beside what else one could use.

    NEWSCLF_CORPORA=... python -m benchmarks.speed [--rounds 5] [--only PART ...]

Parts: throughput, calls, processes, growth, retraining, stages. Interleaved, medians, CPU time of
one core (threads: by the clock). Absolute figures depend on the machine; the ratios are what to
look at. Prints tables; a run of all parts writes benchmarks/speed/speed.json and draws
benchmarks/speed/speed.png. Peers that are not installed are left out: python -m pip install
rjieba fasttext-wheel matplotlib.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import newsclf
from benchmarks.shared import corpora, labelled_news, write_figures
from benchmarks.speed import peers as others
from benchmarks.speed import plot, processes, retraining, stages
from newsclf.engine import choice
from newsclf.evaluation.terminal import table
from newsclf.labels.labelled import LabelledArticle
from newsclf.tagger.tagger import Tagger

SLOW = 150  # articles a round for what takes milliseconds for each
FAST = 3000
LONG = 40 * 1024  # articles for two threads: some forty batches each, so that none waits for long
RATIOS = [
    ("newsclf: tags", "by hand, the same features", 50.0),
    ("newsclf: tags", "by hand, words only", 30.0),
    ("newsclf, words only: tags", "by hand, words only", 55.0),
    ("newsclf, words only: tags", "rjieba.cut alone", 2.5),
    # fastText sees words alone; beside it both models, the one with the same input first.
    ("newsclf, words only: tags", "fastText on jieba", 40.0),
    ("newsclf, words only: tags", "fastText on rjieba", 3.0),
    ("newsclf, words only: tags", "fastText, already segmented", 0.9),
    ("newsclf: tags", "fastText on jieba", 40.0),
    ("newsclf: tags", "fastText on rjieba", 3.0),
    ("newsclf: tags", "fastText, already segmented", 0.9),
]


class Bench:
    """What the parts share, and the measures they found so far."""

    def __init__(self, model: str, rounds: int) -> None:
        self.model, self.rounds, self.corpora = model, rounds, corpora()
        self.tagger: Tagger = newsclf.load(model)
        self.labelled = read_articles()
        self.texts = [str(item.article) for item in self.labelled]
        self.measures: list[dict[str, Any]] = []

    def note(self, what: str, measured: float, goal: float, more: bool) -> None:
        """Keep a figure that should be at least (`more`) or at most its goal."""
        self.measures.append({"what": what, "measured": measured, "goal": goal, "more": more})


def read_articles() -> list[LabelledArticle]:
    # Like the news that is tagged: neither briefs nor reports of many pages.
    return [item for item in labelled_news() if 300 <= len(str(item.article)) <= 2500]


def throughput(bench: Bench) -> dict[str, float]:
    """Measure megabytes of UTF-8 a second of CPU, and what they say beside each other."""
    peers = others.all_peers(bench.tagger, bench.labelled[:600])
    slow = ("by hand", "jieba", "fastText on jieba")
    loads = {n: bench.texts[: SLOW if n.startswith(slow) else FAST] for n in peers}
    size = {name: sum(len(t.encode()) for t in load) for name, load in loads.items()}
    found: dict[str, list[float]] = {name: [] for name in peers}
    for name, peer in peers.items():
        peer(loads[name])
    for _ in range(bench.rounds):
        for name, peer in peers.items():
            began = time.process_time()
            peer(loads[name])
            found[name].append(size[name] / 1e6 / (time.process_time() - began))
    figures = {name: statistics.median(values) for name, values in found.items()}
    for ours, theirs, goal in RATIOS:
        if theirs in figures:
            bench.note(f"{ours} / {theirs}", figures[ours] / figures[theirs], goal, True)
    print(table([["peer", "MB/s"], *([n, f"{v:.2f}"] for n, v in figures.items())]), "\n")
    return figures


def calls(bench: Bench) -> dict[str, float]:
    """Measure two threads beside one, by the clock, and one call on one article."""
    texts = list(itertools.islice(itertools.cycle(bench.texts), LONG))
    kernel = bench.tagger.model.kernel
    batches = [([""] * 256, texts[i : i + 256]) for i in range(0, LONG, 256)]
    ratios: dict[str, list[float]] = {"scores": [], "tags": []}

    def clock(work: Callable[[], Any]) -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(2) as two:
        for _ in range(bench.rounds):
            alone, both = (
                clock(lambda pool=pool: list(pool.map(lambda b: kernel.scores(*b), batches)))  # type: ignore[misc]
                for pool in (one, two)
            )
            ratios["scores"].append(alone / both)
            alone, both = (
                clock(lambda jobs=jobs: list(bench.tagger.tag_many(texts, jobs=jobs)))  # type: ignore[misc]
                for jobs in (1, 2)
            )
            ratios["tags"].append(alone / both)
    text = next(t for t in texts if len(t) >= 600)[:600]
    found = []
    for _ in range(2000):
        began = time.process_time_ns()
        bench.tagger.tag(text)
        found.append((time.process_time_ns() - began) / 1000)
    figures = {f"two threads / one, {n}": statistics.median(v) for n, v in ratios.items()}
    for name, ratio in figures.items():
        bench.note(name, ratio, 1.9, True)
    call = statistics.median(found)
    bench.note("one call, 600 characters, µs", call, 120.0, False)
    return {**figures, "one call, µs": call}


def whole_processes(bench: Bench) -> dict[str, dict[str, float]]:
    """Measure processes from start to end."""
    by_hand = others.by_hand(bench.labelled[:600], others.words_by_hand())
    whole = processes.measure(bench.model, by_hand, bench.texts[0])
    ours, numpy = whole["newsclf"], whole["import numpy"]
    bench.note("whole process above import numpy, ms", ours["ms"] - numpy["ms"], 40.0, False)
    bench.note("whole process, by hand / newsclf", whole["by hand"]["ms"] / ours["ms"], 15.0, True)
    bench.note("whole process, reference, ms", whole["newsclf, reference"]["ms"], 1000.0, False)
    bench.note("resident memory, MB", ours["mb"], 80.0, False)
    rows = [[name, f"{f['ms']:.1f}", f"{f['mb']:.1f}"] for name, f in whole.items()]
    print(table([["process", "ms", "MB"], *rows]), "\n")
    return whole


def growth(bench: Bench) -> list[dict[str, float]]:
    """Measure streams of 100 to 1,000,000 articles."""
    streams = processes.streams(bench.model, bench.texts, [10**power for power in range(2, 7)])
    few, many = streams[0], streams[-1]
    ratio = many["us_per_article"] / few["us_per_article"]
    bench.note("cost an article, 1,000,000 / 100 articles", ratio, 1.1, False)
    more = many["peak_mb"] - few["peak_mb"]
    bench.note("memory, 1,000,000 above 100 articles, MB", more, 10.0, False)
    rows = [
        [f"{s['articles']:,}", f"{s['us_per_article']:.1f}", f"{s['peak_mb']:.1f}"] for s in streams
    ]
    print(table([["articles", "µs an article", "peak MB"], *rows]), "\n")
    return streams


def retrained(bench: Bench) -> dict[str, float]:
    """Measure training on many articles."""
    found = retraining.measure(bench.tagger, bench.corpora)
    for ours, theirs in retraining.COMPARED:
        ratio = found[theirs] / found[ours]
        bench.note(f"retraining, 50,000 articles, {theirs} / {ours}", ratio, 15.0, True)
    rows = [[name, f"{seconds:.1f}"] for name, seconds in found.items()]
    print(table([["retraining", "s"], *rows]), "\n")
    return found


def kernel_stages(bench: Bench) -> dict[str, float]:
    """Measure what the kernel takes with ever more of its work."""
    parts = stages.measure(bench.tagger, bench.texts[:FAST], bench.rounds)
    print(table([["of tagging", "ns a character"], *([n, f"{v:.1f}"] for n, v in parts.items())]))
    print()
    return parts


PARTS: dict[str, tuple[str, Callable[[Bench], Any]]] = {
    "throughput": ("mb_per_second", throughput),
    "calls": ("calls", calls),
    "processes": ("processes", whole_processes),
    "growth": ("growth", growth),
    "stages": ("stages", kernel_stages),
    "retraining": ("retraining_seconds", retrained),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="governance")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts, without a record")
    options = parser.parse_args()
    if not choice.compiled():
        sys.exit("the compiled engine is not installed: nothing to measure")
    bench = Bench(options.model, options.rounds)
    record = {PARTS[part][0]: PARTS[part][1](bench) for part in options.only or PARTS}
    rows = [
        [
            row["what"],
            f"{row['measured']:.2f}",
            f"{'≥' if row['more'] else '≤'} {row['goal']:g}",
            "reached" if (row["measured"] >= row["goal"]) == row["more"] else "missed",
        ]
        for row in bench.measures
    ]
    print(table([["measure", "measured", "goal", ""], *rows]))
    if not options.only:
        record = {"measures": bench.measures, **record}
        write_figures(Path(__file__).with_name("speed.json"), record)
        plot.draw(record["mb_per_second"], Path(__file__).with_name("speed.png"))


if __name__ == "__main__":
    main()
