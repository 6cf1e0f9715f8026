"""How fast newsclf is, beside what else one could use.

    NEWSCLF_CORPORA=... python benchmarks/speed [--model governance] [--rounds 7] [--growth 100000]

Everything in one run, interleaved, medians of CPU time on one core. Absolute figures depend on the
machine; the ratios are what to look at. Prints tables, writes benchmarks/speed.json and draws
benchmarks/speed.png where matplotlib is installed. Peers that are not installed are left out:
python -m pip install rjieba fasttext-wheel matplotlib.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
os.environ.setdefault("OMP_NUM_THREADS", "1")

import peers as others  # noqa: E402
import processes  # noqa: E402

import newsclf  # noqa: E402
from newsclf import engine  # noqa: E402
from newsclf.evaluation.text import table  # noqa: E402
from newsclf.features import Terms  # noqa: E402
from newsclf.labelled import LabelledArticle, read_labelled  # noqa: E402
from newsclf.tagger import Tagger  # noqa: E402

SLOW = 150  # articles a round for what takes milliseconds for each
FAST = 3000
GOALS = [
    ("newsclf: tags", "by hand, the same features", 50.0),
    ("newsclf: tags", "by hand, words only", 30.0),
    ("newsclf, words only: tags", "by hand, words only", 55.0),
    ("newsclf, words only: tags", "rjieba.cut alone", 2.5),
    ("newsclf: tags", "fastText on jieba", 40.0),
    ("newsclf: tags", "fastText on rjieba", 3.0),
    ("newsclf: tags", "fastText, already segmented", 0.9),
]


def read_articles() -> list[LabelledArticle]:
    folder = os.environ.get("NEWSCLF_CORPORA")
    if not folder:
        sys.exit("set NEWSCLF_CORPORA to the folder of the corpora")
    found = []
    for name in ("xwlb.jsonl", "local.jsonl"):
        found += read_labelled(Path(folder) / "labelled" / name)
    # Like the news that is tagged: neither briefs nor reports of many pages.
    return [item for item in found if 300 <= len(str(item.article)) <= 2500]


def throughput(peers: dict[str, others.Peer], texts: list[str], rounds: int) -> dict[str, float]:
    """Return megabytes of UTF-8 a second of CPU, medians of interleaved rounds."""
    slow = ("by hand", "jieba", "fastText on jieba")
    loads = {n: texts[: SLOW if n.startswith(slow) else FAST] for n in peers}
    size = {name: sum(len(t.encode()) for t in load) for name, load in loads.items()}
    found: dict[str, list[float]] = {name: [] for name in peers}
    for name, peer in peers.items():
        peer(loads[name])
    for _ in range(rounds):
        for name, peer in peers.items():
            began = time.process_time()
            peer(loads[name])
            found[name].append(size[name] / 1e6 / (time.process_time() - began))
    return {name: statistics.median(values) for name, values in found.items()}


def one_call(tagger: Tagger, texts: list[str]) -> float:
    """Return the microseconds that one call takes on one article of 600 characters."""
    text = next(t for t in texts if len(t) >= 600)[:600]
    found = []
    for _ in range(2000):
        began = time.process_time_ns()
        tagger.tag(text)
        found.append(time.process_time_ns() - began)
    return statistics.median(found) / 1000


def threads(tagger: Tagger, texts: list[str], rounds: int) -> dict[str, float]:
    """Return how many times faster two threads are, by the clock."""
    ratios: dict[str, list[float]] = {"tags": [], "scores": []}
    kernel = tagger.model.kernel
    batches = [([""] * 256, texts[i : i + 256]) for i in range(0, len(texts) - 255, 256)]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(2) as two:
        for _ in range(rounds):
            clocks = []
            for pool in (one, two):
                began = time.perf_counter()
                list(pool.map(lambda batch: kernel.scores(*batch), batches))
                clocks.append(time.perf_counter() - began)
            ratios["scores"].append(clocks[0] / clocks[1])
            clocks = []
            for jobs in (1, 2):
                began = time.perf_counter()
                for _ in tagger.tag_many(texts, jobs=jobs):
                    pass
                clocks.append(time.perf_counter() - began)
            ratios["tags"].append(clocks[0] / clocks[1])
    return {name: statistics.median(values) for name, values in ratios.items()}


def growth(tagger: Tagger, texts: list[str], largest: int) -> list[dict[str, float]]:
    """Return cost and memory of streams of 100, 1,000, ... articles."""
    found = []
    for power in range(2, 12):
        n = 10**power
        if n > largest:
            break
        began = time.process_time()
        for _ in tagger.tag_many(itertools.islice(itertools.cycle(texts), n)):
            pass
        cost = (time.process_time() - began) / n * 1e6
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found.append({"articles": n, "us_per_article": cost, "peak_mb": peak})
    return found


def stages(tagger: Tagger, texts: list[str], rounds: int) -> dict[str, float]:
    """Return the nanoseconds a character that the kernel takes with ever more of its work."""
    model = tagger.model
    words, none, n = model.vocabulary.packed[0], Terms.pack([]), len(model.vocabulary.words)

    def kernel(features: int, *blocks: Any, **changes: Any) -> Any:
        spec = replace(model.spec, **changes)
        idf, weights = model.vocabulary.idf[:features], model.weights[:features]
        return engine.kernel(spec, *blocks, idf, weights, model.bias)

    kernels = {
        "characters copied and folded": kernel(
            0, none, none, word_ngrams=(0, 0), char_ngrams=(0, 0)
        ),
        "and cut into words": kernel(0, none, none, char_ngrams=(0, 0)),
        "and words looked up, counted, scored": kernel(n, words, none, char_ngrams=(0, 0)),
        "and n-grams of characters as well": model.kernel,
    }
    n_characters = sum(map(len, texts))
    found: dict[str, list[float]] = {name: [] for name in kernels}
    for _ in range(rounds):
        for name, made in kernels.items():
            began = time.process_time_ns()
            made.scores([None] * len(texts), texts)
            found[name].append((time.process_time_ns() - began) / n_characters)
    return {name: statistics.median(values) for name, values in found.items()}


def draw(figures: dict[str, float]) -> None:
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("agg")
    from matplotlib import pyplot

    names = sorted(figures, key=figures.__getitem__)
    _, axes = pyplot.subplots(figsize=(8, 0.36 * len(names) + 1))
    colours = ["#c1272d" if name.startswith("newsclf") else "#8a8a8a" for name in names]
    axes.barh(names, [figures[name] for name in names], color=colours)
    axes.set_xscale("log")
    axes.set_xlabel("MB of raw text a second and core (log scale)")
    axes.spines[["top", "right"]].set_visible(False)
    pyplot.tight_layout()
    pyplot.savefig(ROOT / "benchmarks" / "speed.png", dpi=150, metadata={"Software": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="governance")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--growth", type=int, default=100_000, help="longest stream of articles")
    options = parser.parse_args()
    if not engine.compiled():
        sys.exit("the compiled engine is not installed: nothing to measure")
    labelled = read_articles()
    texts = [str(item.article) for item in labelled]
    tagger = newsclf.load(options.model)
    figures = throughput(others.all_peers(tagger, labelled[:600]), texts, options.rounds)
    rows: list[dict[str, Any]] = []
    for ours, theirs, goal in GOALS:
        if theirs in figures:
            ratio = figures[ours] / figures[theirs]
            rows.append(
                {"what": f"{ours} / {theirs}", "measured": ratio, "goal": goal, "more": True}
            )
    whole = processes.measure(
        options.model, others.by_hand(labelled[:600], others.words_by_hand()), texts[0]
    )
    two = threads(tagger, texts[:FAST], options.rounds)
    rows += [
        {"what": "two threads / one, scores", "measured": two["scores"], "goal": 1.9, "more": True},
        {"what": "two threads / one, tags", "measured": two["tags"], "goal": 1.9, "more": True},
        {
            "what": "whole process above import numpy, ms",
            "measured": whole["newsclf"]["ms"] - whole["import numpy"]["ms"],
            "goal": 40.0,
            "more": False,
        },
        {
            "what": "whole process, by hand / newsclf",
            "measured": whole["by hand"]["ms"] / whole["newsclf"]["ms"],
            "goal": 15.0,
            "more": True,
        },
        {
            "what": "whole process, reference, ms",
            "measured": whole["newsclf, reference"]["ms"],
            "goal": 1000.0,
            "more": False,
        },
        {
            "what": "one call, 600 characters, µs",
            "measured": one_call(tagger, texts),
            "goal": 120.0,
            "more": False,
        },
        {
            "what": "resident memory, MB",
            "measured": whole["newsclf"]["mb"],
            "goal": 80.0,
            "more": False,
        },
    ]
    streams = growth(tagger, texts, options.growth)
    print(table([["peer", "MB/s"]] + [[n, f"{v:.2f}"] for n, v in figures.items()]))
    print()
    print(
        table(
            [["measure", "measured", "goal", ""]]
            + [
                [
                    row["what"],
                    f"{row['measured']:.2f}",
                    f"{'≥' if row['more'] else '≤'} {row['goal']:g}",
                    "reached" if (row["measured"] >= row["goal"]) == row["more"] else "missed",
                ]
                for row in rows
            ]
        )
    )
    print()
    print(
        table(
            [["articles", "µs an article", "peak MB"]]
            + [
                [str(s["articles"]), f"{s['us_per_article']:.1f}", f"{s['peak_mb']:.0f}"]
                for s in streams
            ]
        )
    )
    parts = stages(tagger, texts[:FAST], options.rounds)
    print()
    print(table([["kernel", "ns a character"]] + [[n, f"{v:.1f}"] for n, v in parts.items()]))
    record: dict[str, Any] = {
        "mb_per_second": figures,
        "measures": rows,
        "processes": whole,
        "growth": streams,
    }
    record["stages"] = parts
    path = ROOT / "benchmarks" / "speed.json"
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    draw(figures)


if __name__ == "__main__":
    main()
