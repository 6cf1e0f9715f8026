"""Whole processes: from the start of Python to the tags of one article, and the memory for it."""

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

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 9

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
        for _ in range(ROUNDS):
            for name, (code, arguments, environment) in runs.items():
                paths = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
                done = subprocess.run(
                    [sys.executable, "-c", _MEASURE, code, *arguments],
                    env={**os.environ, **environment, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
                    capture_output=True, check=True, text=True,
                )  # fmt: skip
                found[name].append(json.loads(done.stdout.splitlines()[-1]))
    return {
        name: {
            "ms": 1000 * statistics.median(seconds for seconds, _ in values),
            "mb": statistics.median(mb for _, mb in values),
        }
        for name, values in found.items()
    }
