"""A floor under what is recovered from generated pages; benchmarks/pages has the figures."""

import os
import random
from pathlib import Path

import pytest
from generator import LEVELS, load_sources, make_page
from paths import ROOT

from newsclf.pages import read_page


def recovered(sources, level, pages, seed=11):
    """Return the share of units recovered exactly."""
    rng = random.Random(f"{seed} {level}")
    exact = total = 0
    for _ in range(pages):
        made = make_page(sources, rng, level)
        found = [
            (a.type, a.title, a.authors, a.paragraphs, a.captions)
            for a in read_page(made.text).articles
        ]
        exact += sum(unit.facts() in found for unit in made.units)
        total += len(made.units)
    return exact / total


def test_written_articles_are_recovered():
    sources = load_sources(sorted((ROOT / "seeds" / "written").glob("*.jsonl")))
    assert recovered(sources, "mixed", pages=10) > 0.85


@pytest.mark.parametrize("level", [level for level in LEVELS if "interleaved" not in level])
def test_corpora_are_recovered(level):
    folder = os.environ.get("NEWSCLF_CORPORA")
    if not folder:
        pytest.skip("NEWSCLF_CORPORA is not set")
    sources = load_sources(sorted(Path(folder, "labelled").glob("*.jsonl")), report=False)
    assert recovered(sources, level, pages=12) > 0.85


def test_interleaved_pairs_are_flagged():
    folder = os.environ.get("NEWSCLF_CORPORA")
    if not folder:
        pytest.skip("NEWSCLF_CORPORA is not set")
    sources = load_sources(sorted(Path(folder, "labelled").glob("*.jsonl")), report=False)
    rng = random.Random("pairs")
    pairs = flagged = 0
    for _ in range(15):
        made = make_page(sources, rng, "interleaved")
        page = read_page(made.text)
        starts = {s.start: a for a in page.articles for s in a.spans}
        for unit in made.units:
            if unit.partner is not None and unit.type == "article":
                owners = [starts.get(s) for u in (unit, unit.partner) for s, _ in u.pieces]
                pairs += 1
                flagged += any(a is not None and "interleaved" in a.flags for a in owners)
    assert flagged / pairs > 0.6
