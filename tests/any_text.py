"""Texts at random and texts of the corpora, to compare the engines on."""

import gzip
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

COMMON = "人大中国的是了在有和不这我们政府发展工作服务建设"
ODD = "abcXYZ019.%+#-_& \r\n\t，。！Ａ９①é\x00\u3007\u3400\u9fd5\u9fd6\ud800\U00020000\U0010ffff"


def random_texts(n: int, seed: int, words: list[str]) -> Iterator[str]:
    """Yield texts that meet every rule: words and stumps of words, rare Han, signs, any character."""
    rng = random.Random(seed)
    for _ in range(n):
        kind = rng.randrange(4)
        length = rng.randrange(30)
        if kind == 0:
            yield "".join(rng.choice(COMMON + ODD) for _ in range(length))
        elif kind == 1:
            yield "".join(
                rng.choice(COMMON) if rng.random() < 0.5 else chr(rng.randrange(0x4E00, 0x9FD6))
                for _ in range(length)
            )
        elif kind == 2:
            yield "".join(rng.choice(words)[: rng.randrange(1, 6)] for _ in range(length // 3))
        else:
            yield "".join(chr(rng.randrange(0x110000)) for _ in range(length // 2))


def corpus_texts() -> list[str]:
    """Return texts of every corpus: 40 of each, or as many as NEWSCLF_CORPUS_TEXTS says."""
    folder = os.environ.get("NEWSCLF_CORPORA")
    if not folder:
        pytest.skip("NEWSCLF_CORPORA is not set: no corpora to compare on")
    limit = int(os.environ.get("NEWSCLF_CORPUS_TEXTS", "40"))
    found = []
    for path in sorted([*Path(folder).glob("*/*.jsonl"), *Path(folder).glob("*/*.jsonl.gz")]):
        whole = path.read_bytes()
        lines = (gzip.decompress(whole) if path.suffix == ".gz" else whole).splitlines()
        texts = [text for text in (json.loads(line).get("text") for line in lines) if text]
        found += random.Random(path.name).sample(texts, min(limit, len(texts)))
    return found
