"""Where the time goes: the kernel with ever more of its work, then what Python adds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from newsclf.engine import choice
from newsclf.engine.features import Terms
from newsclf.records.article import each_reading
from newsclf.tagger.tagger import Tagger

BATCH = 256


def measure(tagger: Tagger, texts: list[str], rounds: int) -> dict[str, float]:
    """Return the nanoseconds a character of each stage, those before it included."""
    model = tagger.model
    words, none, n = model.vocabulary.packed[0], Terms.pack([]), len(model.vocabulary.words)

    def kernel(features: int, *blocks: Any, **changes: Any) -> Any:
        spec = replace(model.spec, **changes)
        idf, weights = model.vocabulary.idf[:features], model.weights[:features]
        return choice.kernel(spec, *blocks, idf, weights, model.bias)

    _, titles, bodies = zip(*each_reading(texts), strict=True)

    def scores(made: Any) -> Callable[[], Any]:
        def work() -> None:
            for i in range(0, len(texts), BATCH):
                made.scores(titles[i : i + BATCH], bodies[i : i + BATCH])

        return work

    works = {
        "characters copied and folded": scores(
            kernel(0, none, none, word_ngrams=(0, 0), char_ngrams=(0, 0))
        ),
        "and cut into words": scores(kernel(0, none, none, char_ngrams=(0, 0))),
        "and words looked up, counted, scored": scores(kernel(n, words, none, char_ngrams=(0, 0))),
        "and n-grams of characters as well": scores(model.kernel),
        "and titles found, probabilities": lambda: tagger.probabilities(texts),
        "and tags": lambda: list(tagger.tag_many(texts)),
    }
    n_characters = sum(map(len, texts))
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            began = time.process_time_ns()
            work()
            found[name].append((time.process_time_ns() - began) / n_characters)
    return {name: statistics.median(values) for name, values in found.items()}
