"""Where the time goes: the kernel with ever more of its work, then what Python adds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from newsclf.engine import compiled
from newsclf.engine.features import WORDS, FeatureBlock, FeatureSpec, Terms, Vocabulary
from newsclf.engine.protocol import Scorer
from newsclf.records.article import each_reading
from newsclf.tagger.tagger import Tagger

BATCH = 256


def measure(tagger: Tagger, texts: list[str], rounds: int) -> dict[str, float]:
    """Return the nanoseconds a character of each stage, those before it included."""
    model = tagger.model
    words = model.vocabulary.packed[WORDS]

    def scorer(spec: FeatureSpec, terms: dict[FeatureBlock, Terms]) -> Scorer:
        n = sum(len(packed.ends) for packed in terms.values())
        vocabulary = Vocabulary(terms, model.vocabulary.idf[:n])
        return compiled.scorer(spec, vocabulary, model.weights[:n], model.bias)

    _, titles, bodies = zip(*each_reading(texts), strict=True)

    def scores(made: Scorer) -> Callable[[], Any]:
        def work() -> None:
            for i in range(0, len(texts), BATCH):
                made.scores(titles[i : i + BATCH], bodies[i : i + BATCH])

        return work

    works = {
        "characters copied and normalized": scores(
            scorer(replace(model.spec, word_ngrams=(0, 0), char_ngrams=(0, 0)), {})
        ),
        "and cut into words": scores(scorer(model.spec.only(WORDS), {})),
        "and words looked up, counted, scored": scores(
            scorer(model.spec.only(WORDS), {WORDS: words})
        ),
        "and n-grams of characters as well": scores(model.scorer),
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
