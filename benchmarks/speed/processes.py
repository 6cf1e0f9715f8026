"""Whole processes: to the tags of one article, and of streams of them; time and memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import joblib
from sklearn.pipeline import Pipeline

from benchmarks.shared import ROOT

ROUNDS = 9
AT_LEAST = 20_000  # articles for which a stream is timed

_NUMPY = "import numpy"
_NEWSCLF = (
    "import newsclf, sys; newsclf.load(sys.argv[1]).tag(open(sys.argv[2], encoding='utf-8').read())"
)
_BY_HAND = """
import joblib, sys
joblib.load(sys.argv[1]).predict([open(sys.argv[2], encoding='utf-8').read()])
"""
_MEASURE = """
import json, re, sys, time
exec(sys.argv.pop(1))
used = time.process_time()
# ru_maxrss would be that of the parent, which is copied when a process starts.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
print(json.dumps([used, peak]))
"""


_STREAM = """
import itertools, json, re, sys, time
import newsclf
tagger = newsclf.load(sys.argv[1])
texts = open(sys.argv[2], encoding="utf-8").read().split("\\0")
articles, times = map(int, sys.argv[3:])
for tagging in tagger.tag_many(texts):
    pass
stream = itertools.cycle(texts)
began = time.process_time()
for _ in range(times):
    for tagging in tagger.tag_many(itertools.islice(stream, articles)):
        pass
used = time.process_time() - began
peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
print(json.dumps([used / times / articles, peak]))
"""


def measure(model: str, by_hand: Pipeline, text: str) -> dict[str, dict[str, float]]:
    """Return milliseconds of CPU and megabytes at most, medians of interleaved rounds."""
    with tempfile.TemporaryDirectory() as folder:
        pickled, article = Path(folder) / "by_hand.joblib", Path(folder) / "article.txt"
        joblib.dump(by_hand, pickled)
        article.write_text(text, encoding="utf-8")
        runs = {
            "import numpy": (_NUMPY, [], {}),
            "newsclf": (_NEWSCLF, [model, str(article)], {"NEWSCLF_ENGINE": "compiled"}),
            "newsclf, reference": (
                _NEWSCLF, [model, str(article)], {"NEWSCLF_ENGINE": "reference"}
            ),
            "by hand": (_BY_HAND, [str(pickled), str(article)], {}),
        }  # fmt: skip
        found: dict[str, list[list[float]]] = {name: [] for name in runs}
        for round_ in range(ROUNDS + 1):
            for name, (code, arguments, environment) in runs.items():
                figures = _run([_MEASURE, code, *arguments], folder, environment)
                if round_:  # the first one compiles what an installation has compiled
                    found[name].append(figures)
    return {
        name: {
            "ms": 1000 * statistics.median(seconds for seconds, _ in values),
            "mb": statistics.median(mb for _, mb in values),
        }
        for name, values in found.items()
    }


def streams(model: str, texts: list[str], sizes: list[int]) -> list[dict[str, float]]:
    """Return cost and memory of streams of so many articles, each in a process of its own.

    All texts are tagged once before the clock runs; short streams run often, each with the texts
    that follow, so that a hundred articles are no easier to keep in a cache than a million.
    """
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.txt"
        path.write_text("\0".join(texts), encoding="utf-8")
        for size in sizes:
            times = str(max(1, AT_LEAST // size))
            used, peak = _run([_STREAM, model, str(path), str(size), times], folder, {})
            found.append({"articles": size, "us_per_article": 1e6 * used, "peak_mb": peak})
    return found


def _run(arguments: list[str], folder: str, environment: dict[str, str]) -> list[float]:
    """Run code in a fresh Python that keeps its compiled modules in `folder`."""
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    own = {
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled"),
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", *arguments],
        env={**inherited, **own, **environment}, capture_output=True, check=True, text=True,
    )  # fmt: skip
    figures: list[float] = json.loads(done.stdout.splitlines()[-1])
    return figures
