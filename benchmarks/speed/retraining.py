"""Retraining on 50,000 articles and 20 themes: newsclf.train against the pipeline by hand.

The articles are those of the corpora's pools, long ones in halves because there are too few; their
labels are what the shipped model says of them, for who labels does not change how long it takes.
"""

from __future__ import annotations

import gzip
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import peers

import newsclf
from newsclf import Article, LabelledArticle, Tagger

ARTICLES = 50_000
THEMES = 20
_HALVED = 600  # characters from which an article is taken in halves


def read_texts(corpora: Path) -> Iterator[str]:
    """Yield the texts of the pools, long ones in two halves."""
    for path in sorted(corpora.glob("pools/*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                text = json.loads(line).get("text") or ""
                middle = len(text) // 2 if len(text) >= _HALVED else 0
                yield from filter(None, (text[:middle], text[middle:]))


def label(tagger: Tagger, corpora: Path) -> tuple[newsclf.Codebook, list[LabelledArticle]]:
    """Return the codebook of the most frequent themes, and articles labelled with these."""
    texts = list(itertools.islice(read_texts(corpora), ARTICLES))
    found = [tagging.themes for tagging in tagger.tag_many(texts)]
    counts = Counter(itertools.chain.from_iterable(found))
    kept = {theme for theme, _ in counts.most_common(THEMES)}
    themes = tuple(theme for theme in tagger.codebook if theme.id in kept)
    labelled = [
        LabelledArticle(Article.from_text(text, str(i)), tuple(t for t in ids if t in kept))
        for i, (text, ids) in enumerate(zip(texts, found, strict=True))
    ]
    return replace(tagger.codebook, themes=themes), labelled


def measure(tagger: Tagger, corpora: Path) -> dict[str, float]:
    """Return seconds of CPU by either way, measured once."""
    codebook, labelled = label(tagger, corpora)
    began = time.process_time()
    newsclf.train(labelled, codebook=codebook)
    ours = time.process_time() - began
    began = time.process_time()
    peers.by_hand(labelled, peers.words_by_hand())
    by_hand = time.process_time() - began
    return {"articles": len(labelled), "newsclf": ours, "by hand": by_hand}
