"""How many units of generated newspaper pages are recovered, by difficulty.

    NEWSCLF_CORPORA=... python -m benchmarks.pages [--pages 60] [--seed 1] [--split report]

Pages are made of the labelled corpora by tests/pages/generator.py. Articles are split in two by
a hash of their text: the splitter was developed on `dev`, and `report` is what is published.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.shared import ROOT, corpora, write_figures
from newsclf.pages import read_page
from newsclf.records.article import Article
from newsclf.records.page import Page

sys.path.append(str(ROOT / "tests" / "pages"))

from generator import LEVELS, GeneratedPage, Source, Unit, load_sources, make_page

FIGURES_FILE = Path(__file__).with_name("pages.json")


def facts(article: Article) -> tuple[object, ...]:
    return article.type, article.title, article.authors, article.paragraphs, article.captions


def owners(units: list[tuple[int, list[tuple[int, int]]]]) -> list[tuple[int, int]]:
    """Return where each run of text of one unit begins, with its unit."""
    pieces = sorted((start, unit) for unit, spans in units for start, _ in spans)
    return [p for i, p in enumerate(pieces) if i == 0 or pieces[i - 1][1] != p[1]]


def boundaries(made: GeneratedPage, page: Page) -> tuple[set[int], set[int]]:
    """Return the offsets at which one unit gives way to another: true and found."""
    true = owners([(i, u.pieces) for i, u in enumerate(made.units)])
    found = owners([(i, [(s.start, s.end) for s in a.spans]) for i, a in enumerate(page.articles)])
    return {start for start, _ in true}, {start for start, _ in found}


def pairs(made: GeneratedPage, page: Page, exact: set[int]) -> Iterator[tuple[bool, bool]]:
    """Yield for each interleaved pair: separated exactly, and separated or flagged."""
    for unit in made.units:
        if unit.type != "article" or unit.partner is None:
            continue
        separated = id(unit) in exact and id(unit.partner) in exact
        flagged = any(
            "interleaved" in a.flags for a in page.articles if overlaps(a, unit, unit.partner)
        )
        yield separated, separated or flagged


def overlaps(article: Article, *units: Unit) -> bool:
    starts = {start for unit in units for start, _ in unit.pieces}
    return any(span.start in starts for span in article.spans)


def match(made: GeneratedPage, page: Page) -> list[bool]:
    """Return for each unit whether the reader found just that."""
    found = Counter(facts(article) for article in page.articles)
    exact = []
    for unit in made.units:
        exact.append(found[unit.facts()] > 0)
        found[unit.facts()] -= exact[-1]
    return exact


def score(level: str, pages: int, seed: int, sources: list[Source], show: int) -> dict[str, Any]:
    """Return the figures of one difficulty."""
    rng = random.Random(f"{seed} {level}")
    count: Counter[str] = Counter()
    for _ in range(pages):
        made = make_page(sources, rng, level)
        page = read_page(made.text)
        exact = match(made, page)
        true, mine = boundaries(made, page)
        count.update(units=len(exact), exact=sum(exact))
        count.update(hits=len(true & mine), boundaries=len(true) + len(mine))
        done = {id(unit) for unit, ok in zip(made.units, exact, strict=True) if ok}
        for separated, flagged in pairs(made, page, done):
            count.update(pairs=1, separated=separated, flagged=flagged)
        paired = [unit for unit in made.units if unit.partner is not None]
        for article in page.articles:
            if not overlaps(article, *paired):
                false = {"interleaved", "scrambled"} & set(article.flags)
                count.update(sound=1, false=bool(false))
        for unit in [u for u in made.units if id(u) not in done][: max(show, 0)]:
            display(unit, page)
            show -= 1
    result = {
        "level": level,
        "units": count["units"],
        "exact": round(count["exact"] / count["units"], 4),
        "boundary_f1": round(2 * count["hits"] / count["boundaries"], 4),
        "false_flags": round(count["false"] / max(count["sound"], 1), 4),
    }
    if count["pairs"]:
        result["pairs"] = count["pairs"]
        result["separated"] = round(count["separated"] / count["pairs"], 4)
        result["separated_or_flagged"] = round(count["flagged"] / count["pairs"], 4)
    return result


def display(unit: Unit, page: Page) -> None:
    print("--- missed", unit.type, unit.title, unit.authors, unit.captions)
    print("    ", [p[:22] + "…" + p[-12:] for p in unit.paragraphs])
    for article in page.articles:
        if overlaps(article, unit):
            print("  >", article.type, article.title, article.authors, article.captions)
            print("    ", [p[:22] + "…" + p[-12:] for p in article.paragraphs], article.flags)


def table(rows: list[dict[str, Any]]) -> None:
    print(f"{'level':<22}{'units':>6}{'exact':>8}{'bound.F1':>10}{'false flags':>13}", end="")
    print(f"{'pairs':>7}{'separated':>11}{'or flagged':>12}")
    for row in rows:
        print(f"{row['level']:<22}{row['units']:>6}{row['exact']:>8.3f}", end="")
        print(f"{row['boundary_f1']:>10.3f}{row['false_flags']:>13.3f}", end="")
        if "pairs" in row:
            print(f"{row['pairs']:>7}{row['separated']:>11.3f}", end="")
            print(f"{row['separated_or_flagged']:>12.3f}", end="")
        print()
    whole = [row for row in rows if "pairs" not in row]
    if whole:
        units = sum(row["units"] for row in whole)
        exact = sum(row["units"] * row["exact"] for row in whole) / units
        print(f"{'no interleaving':<22}{units:>6}{exact:>8.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=60, help="pages per difficulty")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split", choices=("dev", "report"), default="report")
    parser.add_argument("--level", choices=tuple(LEVELS), action="append")
    parser.add_argument("--show", type=int, default=0, help="print so many missed units a level")
    parser.add_argument("--json", type=Path, default=FIGURES_FILE)
    options = parser.parse_args()
    files = sorted((corpora() / "labelled").glob("*.jsonl"))
    sources = load_sources(files, report=options.split == "report")
    rows = [
        score(level, options.pages, options.seed, sources, options.show)
        for level in options.level or LEVELS
    ]
    print(f"{len(sources)} articles ({options.split}), seed {options.seed}")
    table(rows)
    record = {
        "split": options.split,
        "seed": options.seed,
        "pages_per_level": options.pages,
        "articles": len(sources),
        "levels": rows,
    }
    write_figures(options.json, record)


if __name__ == "__main__":
    main()
