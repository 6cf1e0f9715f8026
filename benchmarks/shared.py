"""What benchmarks share: where texts come from, and how figures are written."""

from __future__ import annotations

import itertools
import json
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newsclf.labels.labelled import read_labelled
from newsclf.records.article import LabelledArticle

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = (
    "近年来，县里改造老旧小区，加装电梯一百三十五台，居民上下楼方便多了。",
    "新院区设床位一百四十九张，门诊、急诊和住院部同日开诊，二十名医生到岗。",
    "新学期开学，全县中小学校迎来三万名学生，教师提前返校备课。",
    "村里修好了水渠，三千亩稻田用上了水，农户说今年的收成不用愁。",
    "企业开办一天办结，办事大厅把十二个窗口并成一个。",
)


def corpora() -> Path:
    """Return the folder of the corpora; end the process where it is not named."""
    folder = os.environ.get("NEWSCLF_CORPORA")
    if not folder:
        sys.exit("set NEWSCLF_CORPORA to the folder of the corpora (docs/data.md)")
    return Path(folder)


def labelled_news(*names: str) -> list[LabelledArticle]:
    """Return the labelled corpora: national news, then local news, or those named."""
    folder = corpora() / "labelled"
    return [
        item
        for name in names or ("xwlb", "local")
        for item in read_labelled(folder / f"{name}.jsonl")
    ]


def records() -> Iterator[bytes]:
    """Yield lines of JSON without end, about 400 characters each.

    One in a thousand is broken and one is three megabytes long.
    """
    rng = random.Random(5)
    for i in itertools.count():
        if i % 1000 == 500:
            yield b"{broken\n"
            continue
        # Digits without meaning, so that no two articles are the same.
        count = 25_000 if i % 1000 == 1 else 12
        text = "".join(f"{rng.choice(SENTENCES)}{rng.randrange(10**6)}" for _ in range(count))
        yield (json.dumps({"id": str(i), "text": text}, ensure_ascii=False) + "\n").encode()


def write_figures(path: Path, figures: object) -> None:
    """Write figures as JSON."""
    path.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_figures(path: Path) -> dict[str, Any]:
    """Return the figures that stand, to keep those that are not measured anew."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
