"""From JSON lines on disk to JSON lines on disk: newsclf tag, its engine alone, Python by hand.

    python -m benchmarks.batch --articles 1000000 --jobs 2

Articles are generated, about 540 characters each. "Engine" is tag_many on strings in memory with
the same jobs; "newsclf tag" is the command, start of the process and all; "by hand" is json +
jieba + scikit-learn in as many processes, on fewer articles.
Reading and writing is the CPU time of the same run with a tagger that does nothing; its stages
come last, each with those before it.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import newsclf
from benchmarks.shared import ROOT, records, write_figures
from newsclf.batch.rows import tag_portions
from newsclf.inputs import ReadOptions, find_files, read_portions, read_rows
from newsclf.inputs.lines import read_lines
from newsclf.records.article import Article
from newsclf.records.tagging import Tagging

SEEDS = ROOT / "seeds" / "written"
FIGURES_FILE = Path(__file__).with_name("batch.json")


def texts(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            record = json.loads(line)
            yield record["id"], record["text"]


def generate(path: Path, articles: int) -> int:
    count = 0
    with path.open("wb") as stream:
        for line in records():
            if 100 < len(line) < 10_000:  # one of the broken and the huge ones is not an article
                stream.write(line)
                count += 1
                if count == articles:
                    return path.stat().st_size
    raise AssertionError


class Idle:
    """A tagger that gives every article the same tagging."""

    def __init__(self, tagger: newsclf.Tagger) -> None:
        self.codebook = tagger.codebook
        self.tagging = tagger.tag("县医院新院区启用，门诊、急诊和住院部同日开诊。")

    def tag_many(self, items: Iterable[Article], *, jobs: int = 1) -> Iterator[Tagging]:
        for _ in items:
            yield self.tagging


def stages(source: Path, tagger: Idle, articles: int) -> dict[str, float]:
    """Return the CPU microseconds an article that reading and writing takes, stage by stage."""
    (file,), _ = find_files([source])
    options = ReadOptions()
    end = deque[object](maxlen=0).extend

    def lines() -> None:
        with source.open("rb") as stream:
            end(read_lines(stream, None, options.max_record))

    runs = {
        "lines, decoded": lines,
        "+ JSON and articles": lambda: end(read_rows([file])),
        "+ portions": lambda: end(tag_portions(read_portions([file]), tagger, id)),
        "+ writing": lambda: newsclf.tag_file(source, source.with_name("s.jsonl"), model=tagger),
    }
    return {name: round(measured(run)[1] / articles * 1e6, 2) for name, run in runs.items()}


def cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measured(run: Any) -> tuple[float, float]:
    """Return wall and CPU seconds, those of ended children with them."""
    wall, before = time.perf_counter(), cpu()
    run()
    return time.perf_counter() - wall, cpu() - before


def by_hand(source: Path, output: Path, jobs: int, limit: int) -> int:
    """Write themes the way one would without newsclf; return the bytes read."""
    size = count = 0
    chunk: list[str] = []
    with (
        multiprocessing.get_context("fork").Pool(jobs) as pool,
        output.open("w", encoding="utf-8") as out,
        source.open(encoding="utf-8") as stream,
    ):

        def chunks() -> Iterator[list[str]]:
            nonlocal size, count, chunk
            for line in stream:
                size += len(line.encode())
                count += 1
                chunk.append(line)
                if len(chunk) == 256 or count == limit:
                    yield chunk
                    chunk = []
                if count == limit:
                    return

        for lines in pool.imap(classify, chunks()):
            out.writelines(lines)
    return size


PIPELINE: Any = None


def classify(lines: list[str]) -> list[str]:
    found = [json.loads(line) for line in lines]
    table = PIPELINE.predict_proba([record["text"] for record in found])
    return [
        json.dumps({"id": record["id"], "themes": [t for t, p in enumerate(row) if p > 0.5]}) + "\n"
        for record, row in zip(found, table, strict=True)
    ]


def train_by_hand() -> Any:
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MultiLabelBinarizer

    labelled = [
        item for path in sorted(SEEDS.glob("*.jsonl")) for item in newsclf.read_labelled(path)
    ]
    targets = MultiLabelBinarizer().fit_transform([item.labels for item in labelled])
    vectors = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, ngram_range=(1, 2))
    pipeline = make_pipeline(vectors, OneVsRestClassifier(LogisticRegression()))
    return pipeline.fit([str(item.article) for item in labelled], targets)


def main() -> None:
    global PIPELINE
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--by-hand", type=int, default=5_000, help="articles for Python by hand")
    parser.add_argument("--engine", type=int, default=50_000, help="articles for the engine alone")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--model", default="governance")
    parser.add_argument("--json", type=Path, default=FIGURES_FILE)
    options = parser.parse_args()
    from newsclf.engine import choice

    tagger = newsclf.load(options.model)
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        size = generate(source, options.articles)
        some = [text for _, (_, text) in zip(range(options.engine), texts(source), strict=False)]
        share = sum(len(text.encode()) for text in some)

        command = [sys.executable, "-m", "newsclf", "tag", source, "-o", output, "--quiet"]
        command += ["--jobs", str(options.jobs), "--model", options.model]

        def tag(model: Any) -> None:
            newsclf.tag_file(source, output, model=model, jobs=options.jobs)

        list(
            tagger.tag_many(some[:512], jobs=options.jobs)
        )  # processes, dictionary, pages of files
        rows = {}

        def row(name: str, run: Any, megabytes: float) -> None:
            wall, used = measured(run)
            rows[name] = {
                "mb_per_s": round(megabytes / wall, 3),
                "seconds": round(wall, 2),
                "cpu_seconds": round(used, 2),
            }
            print(
                f"{name:22} {megabytes / wall:9.2f} MB/s {wall:9.1f} s {used:9.1f} CPU s",
                flush=True,
            )

        def engine_alone() -> None:
            deque(tagger.tag_many(some, jobs=options.jobs), maxlen=0)

        row("engine alone", engine_alone, share / 1e6)
        row("newsclf tag", lambda: subprocess.run(command, check=True), size / 1e6)
        row("newsclf.tag_file", lambda: tag(tagger), size / 1e6)
        gc.set_threshold(20_000)  # as newsclf tag does
        row("engine, same collector", engine_alone, share / 1e6)
        row("reading and writing", lambda: tag(Idle(tagger)), size / 1e6)
        parts = stages(source, Idle(tagger), options.articles)
        for name, microseconds in parts.items():
            print(f"  {name:22} {microseconds:6.2f} us an article", flush=True)
        PIPELINE = train_by_hand()
        hand = options.by_hand / options.articles * size / 1e6
        row("by hand", lambda: by_hand(source, output, options.jobs, options.by_hand), hand)
    speed = rows["newsclf tag"]["mb_per_s"] / rows["engine alone"]["mb_per_s"]
    idle = rows["reading and writing"]["cpu_seconds"] / rows["newsclf tag"]["cpu_seconds"]
    times = rows["newsclf tag"]["mb_per_s"] / rows["by hand"]["mb_per_s"]
    print(f"newsclf tag at {speed:.0%} of the engine's speed")
    print(f"reading and writing {idle:.0%} of its CPU time")
    print(f"{times:.1f} times as fast as by hand; engine: {choice.name()}")
    figures = {
        "articles": options.articles,
        "megabytes": round(size / 1e6, 1),
        "jobs": options.jobs,
        "engine": choice.name(),
        "python": sys.version.split()[0],
        "rows": rows,
        "stages_us": parts,
        "share_of_engine": round(speed, 3),
        "reading_and_writing": round(idle, 3),
    }
    write_figures(options.json, figures)


if __name__ == "__main__":
    main()
