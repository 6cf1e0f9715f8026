"""Search for texts, words and damaged arrays that lead the compiled engine astray, under AddressSanitizer.

    tests/fuzz/run [SECONDS]

builds the extensions in a copy of the checkout with AddressSanitizer, UndefinedBehaviorSanitizer and
checked arrays, and runs this. A finding ends the process with the place in the source.
"""

from __future__ import annotations

import random
import sys
import time
from typing import Any

import numpy as np

from newsclf.engine import compiled
from newsclf.engine.features import BLOCKS, Terms
from newsclf.engine.kernel import dictionary
from newsclf.engine.kernel.arrays import CHECKED, CharacterSet
from newsclf.engine.kernel.counting import TermCounter
from newsclf.engine.kernel.cutting import Cutter
from newsclf.engine.kernel.descent import LinearDesign
from newsclf.engine.kernel.scoring import CompiledScorer
from newsclf.errors import ModelError

RUNS = ["han", "any"]
COMMON = "的一是了我不人在他有这个上们来到时大地为子中国政府工作发展"
SIGNS = "abcXYZ019.%+#-_& \r\n\t，。！Ａ９①é\x00\u3007\u3400\u9fd5\u9fd6\ud800\udfff\U00020000\U0010ffff"


def text_of(rng: random.Random) -> str:
    length = rng.choice([0, 1, 2, 3, rng.randrange(40), rng.randrange(400)])
    kind = rng.randrange(5)
    if kind == 0:
        return "".join(rng.choices(COMMON, k=length))
    if kind == 1:
        return "".join(rng.choices(COMMON + SIGNS, k=length))
    if kind == 2:
        return "".join(chr(rng.randrange(0x4E00, 0x9FD6)) for _ in range(length))
    if kind == 3:
        return rng.choice(COMMON + SIGNS) * rng.choice([length, 10_000])
    return "".join(chr(rng.randrange(0x110000)) for _ in range(length))


def ngrams_of(rng: random.Random) -> tuple[int, int]:
    shortest = rng.randrange(0, 5)
    return (shortest, shortest + rng.randrange(5)) if shortest else (0, 0)


def scorer_of(rng: random.Random, cutter: Cutter, texts: list[str]) -> CompiledScorer:
    """Make a model whose terms are pieces of the texts."""
    pieces = set()
    for text in texts * 4:
        for _ in range(20):
            start = rng.randrange(len(text) + 1)
            pieces.add(text[start : start + rng.randrange(1, 9)])
    terms = sorted(pieces - {""})
    shares = [terms[i :: len(BLOCKS)] for i in range(len(BLOCKS))]
    runs = rng.choice(RUNS)
    blocks = [
        (block.name, ngrams_of(rng), runs, Terms.pack(share))
        for block, share in zip(BLOCKS, shares, strict=True)
    ]
    themes = rng.choice([1, 3, 8, 24, 31])
    weights = np.random.default_rng(rng.randrange(2**31)).normal(size=(len(terms), themes))
    return CompiledScorer(
        cutter,
        compiled.characters(),
        blocks,
        np.ones(len(terms), np.float32),
        rng.choice([0, 0.3, 0.9]),
        weights.astype(rng.choice([np.float16, np.float32])),
        np.zeros(themes, np.float32),
    )


def round_of_texts(rng: random.Random) -> None:
    texts = [text_of(rng) for _ in range(rng.randrange(1, 6))]
    titles = [rng.choice([None, "", text_of(rng)[:40]]) for _ in texts]
    added = [(text_of(rng)[:30], rng.choice([0, 1, 1000, 10**9])) for _ in range(rng.randrange(6))]
    cutter = Cutter(dictionary.read(), added)
    for text in texts:
        for hmm in (True, False):
            assert "".join(cutter.cut(text, hmm)) == text
    made = scorer_of(rng, cutter, texts)
    made.scores(titles, texts)
    made.rows(titles, texts)
    made.occurrences(titles[0], texts[0])
    CharacterSet(COMMON).counts(titles, texts)
    longest = rng.randrange(1, 6)
    kind = rng.choice(BLOCKS).name
    counter = TermCounter(cutter, compiled.characters(), kind, (1, longest), rng.choice(RUNS))
    counter.add(titles, texts)
    counter.take()
    terms = counter.terms()
    assert len(set(terms)) == len(terms)
    some = np.array([i for i in range(len(terms)) if rng.random() < 0.5], np.int64)
    assert counter.terms(some) == [terms[i] for i in some]


def round_of_descent(rng: random.Random) -> None:
    """Solve a random problem; damaged arrays must be refused or harmless."""
    numbers = np.random.default_rng(rng.randrange(2**31))
    n, n_features, lanes = rng.randrange(1, 40), rng.randrange(0, 30), rng.choice([1, 8, 24])
    sizes = numbers.integers(0, n_features + 1, n)
    indices = [numbers.permutation(n_features)[:size] for size in sizes]
    arrays: dict[str, Any] = {
        "indptr": np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        "indices": np.concatenate(indices).astype(np.int32),
        "values": numbers.normal(size=sizes.sum()).astype(np.float32),
        "n_features": n_features,
        "dense": numbers.normal(size=(n, rng.randrange(4))).astype(np.float32),
        "sample_weight": numbers.uniform(0.1, 3, n).astype(np.float32),
    }
    signs = numbers.integers(-1, 2, (n, lanes)).astype(np.int8)
    task = [
        numbers.normal(size=(n, lanes)).astype(np.float32),
        signs,
        numbers.uniform(0, 1, (n, lanes)).astype(np.float32) * (signs != 0),
    ]
    LinearDesign(**arrays).solve(*task, 1e-4, 50)
    try:
        name = rng.choice(["indptr", "indices", "values", "dense", "sample_weight"])
        if arrays[name].size:
            arrays[name] = damaged(rng, arrays[name])
        which = rng.randrange(3)
        task[which] = damaged(rng, task[which])
        LinearDesign(**arrays).solve(*task, 1e-4, 50)
    except (ModelError, ValueError):
        pass


def damaged(rng: random.Random, array: np.ndarray) -> np.ndarray:
    array = array.copy()
    flat = array.reshape(-1).view(np.uint8)
    for _ in range(rng.choice([1, 10, 1000])):
        flat[rng.randrange(len(flat))] = rng.randrange(256)
    return array[: rng.randrange(len(array) + 1)] if rng.random() < 0.1 else array


def round_of_damage(rng: random.Random) -> bool:
    """Damage an array; what is not refused must still be walked over safely."""
    arrays: dict[str, Any] = dictionary.read()
    for name in rng.sample(sorted(arrays), rng.randrange(1, 3)):
        arrays[name] = damaged(rng, arrays[name])
    try:
        cutter = Cutter(arrays)
        for _ in range(5):
            cutter.cut(text_of(rng), rng.random() < 0.5)
        words = Terms.pack(sorted({text_of(rng)[:9] for _ in range(50)} - {""}))
        utf8, ends = (damaged(rng, a) if rng.random() < 0.7 else a for a in words)
        terms = [Terms(utf8, ends), *[Terms.pack(["的"])] * (len(BLOCKS) - 1)]
        rng.shuffle(terms)
        blocks = [
            (block.name, (1, rng.randrange(1, 9)), "han", some)
            for block, some in zip(BLOCKS, terms, strict=True)
        ]
        idf = np.ones(len(ends) + len(BLOCKS) - 1, np.float32)
        made = CompiledScorer(cutter, compiled.characters(), blocks, idf, 0.5)
        made.rows([None], [text_of(rng)])
    except (ModelError, ValueError, OverflowError):
        return False
    return True


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    until, rounds, survived = time.monotonic() + seconds, 0, 0
    print(f"checked arrays: {CHECKED}", flush=True)
    for char in ("的", "龘", "7", "a", "\ud800"):
        assert "".join(compiled.cut(char * 10_000_000)) == char * 10_000_000
    while time.monotonic() < until:
        rng = random.Random(f"{seed}-{rounds}")
        round_of_texts(rng)
        round_of_descent(rng)
        survived += round_of_damage(rng)
        rounds += 1
    print(f"{rounds} rounds without a finding; {survived} damaged dictionaries were harmless")


if __name__ == "__main__":
    main()
