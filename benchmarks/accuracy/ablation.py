"""What each step of the model gives: one row a step, on articles not trained on.

    NEWSCLF_CORPORA=... python benchmarks/accuracy/ablation.py [--jobs 2] [--only WORD ...]

Five grouped folds over the labelled corpora; "unseen" trains without a source and tests on it, the
average over the sources of `newsclf.evaluation.SOURCES`. Heads never see what they are tested on.
To save time the decision rule is fitted once a row, on out-of-fold scores of the other folds (of
the other sources), where `cross_validate` would fit it inside each training part; and terms are
chosen once, on all articles, without a look at labels. Figures of the shipped model come from
shipped.py. Prints a table, writes benchmarks/accuracy/ablation.json.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from newsclf.articles import LabelledArticle
from newsclf.codebook import Codebook, Theme
from newsclf.decisions import Decision
from newsclf.evaluation import SOURCES
from newsclf.evaluation.figures import Outcome, measure
from newsclf.features import FeatureSpec
from newsclf.training import Background, Settings, calibration
from newsclf.training.counting import TermCounts, count_terms
from newsclf.training.fitting import _columns, _Trainer
from newsclf.training.folds import grouped_folds, groups_of, source_of
from newsclf.training.recipe import Recipe
from newsclf.training.targets import label_matrices
from newsclf.training.vocabulary import choose_vocabulary, labelled_features

HERE = Path(__file__).resolve().parent
FOLDS = 5
PARTS = ("national news, random", "local news")
TESTED = (*PARTS, "national news, chosen")
SHOWN = ("micro_f1", "macro_f1", "right_first", "false_tag", "calibration_error")


@dataclass(frozen=True)
class Row:
    """One row of the table: what the model is made of."""

    name: str
    spec: FeatureSpec = field(default_factory=FeatureSpec)
    settings: Settings = field(default_factory=Settings)
    codebook: bool = True
    known: str = "directions"  # of the background: "none", "frequencies" or "directions"
    trained_on: tuple[str, ...] = ()  # beside what is tested
    rivals: bool = True


def rows(settings: Settings) -> Iterator[Row]:
    """Yield the rows, each with one thing more than the one before, then what was compared."""
    pool, written = ("pool",), ("pool", "written")
    no_own = replace(settings, own_weight=0.0)
    words = FeatureSpec(char_ngrams=(0, 0))
    bare = {"codebook": False, "known": "none", "settings": no_own, "rivals": False}
    yield Row("words", spec=words, **bare)  # type: ignore[arg-type]
    yield Row("+ characters", **bare)  # type: ignore[arg-type]
    yield Row("+ background frequencies", **{**bare, "known": "frequencies"})  # type: ignore[arg-type]
    yield Row("+ directions", **{**bare, "known": "directions"})  # type: ignore[arg-type]
    yield Row("+ codebook", settings=no_own, rivals=False)
    yield Row("+ own-theme prior", settings=settings, rivals=False)
    yield Row("+ pool labels", settings=settings, trained_on=pool, rivals=False)
    yield Row("+ written texts", settings=settings, trained_on=written, rivals=False)
    yield Row("+ rivals in calibration", settings=settings, trained_on=written)
    whole = {"settings": settings, "trained_on": written}
    yield Row("all, no prior", **{**whole, "codebook": False, "known": "frequencies"})  # type: ignore[arg-type]
    yield Row("all, similarities alone", known="frequencies", **whole)  # type: ignore[arg-type]
    yield Row("all, directions alone", **{**whole, "codebook": False})  # type: ignore[arg-type]
    yield Row("all, C 0.3", trained_on=written, settings=replace(settings, C=0.3))
    yield Row("all, C 3", trained_on=written, settings=replace(settings, C=3.0))
    for least in (6, 12):
        pruned = replace(settings, min_labelled=least)
        yield Row(f"all, characters in {least} articles", settings=pruned, trained_on=written)
    for weight in (1, 3):
        spec = FeatureSpec(title_weight=weight)
        yield Row(f"all, title x {weight}", spec=spec, **whole)  # type: ignore[arg-type]
    ranges: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = (
        ((1, 2), (2, 3)),
        ((1, 1), (1, 2)),
        ((1, 1), (1, 3)),
        ((1, 1), (2, 4)),
    )
    for word, char in ranges:
        spec = FeatureSpec(word_ngrams=word, char_ngrams=char)
        name = f"no background: words {word[0]}-{word[1]}, characters {char[0]}-{char[1]}"
        yield Row(name, spec=spec, **bare)  # type: ignore[arg-type]


class Corpus:
    """The labelled articles, with everything that rows share."""

    def __init__(self, jobs: int) -> None:
        self.recipe = Recipe(HERE.parents[1] / "models/governance/recipe.json")
        self.jobs = jobs
        self.background = self.recipe.background(jobs)
        self.items, parts = _items(self.recipe)
        self.part = np.array(parts)
        themes = self.recipe.codebook.ids
        self.labels, self.borderline = label_matrices(self.items, themes)
        self.groups = groups_of(self.items)
        self.fold = grouped_folds(self.labels, self.groups, FOLDS, 0)
        self.tested = np.isin(self.part, TESTED)
        source = np.array([source_of(item) for item in self.items])
        self.sources = {
            name: np.isin(source, prefixes) & (self.part != "written")
            for name, prefixes in SOURCES.items()
        }

    @cache  # noqa: B019 - one corpus lives as long as the run
    def counts(self, spec: FeatureSpec) -> tuple[TermCounts, TermCounts]:
        """Count the terms of all articles."""
        articles = [item.article for item in self.items]
        return (
            count_terms(articles, spec, "words", self.jobs),
            count_terms(articles, spec, "chars", self.jobs),
        )

    def used(self, row: Row) -> NDArray[np.bool_]:
        """Return the articles a row may train on."""
        return np.asarray(self.tested | np.isin(self.part, row.trained_on))

    def others(self, row: Row, name: str) -> NDArray[np.bool_]:
        """Return those of them that have nothing to do with a source left out."""
        source = self.sources[name]
        tied = np.isin(self.groups, self.groups[source & self.tested])
        return np.asarray(self.used(row) & ~source & ~tied)

    def known(self, kind: str) -> Background:
        """Return as much of the background as a row may use."""
        none = np.zeros((0, 0), np.float32)
        if kind == "none":
            return Background()
        if kind == "frequencies":
            return replace(self.background, direction_words=(), directions=none)
        return self.background


def _items(recipe: Recipe) -> tuple[list[LabelledArticle], list[str]]:
    folder = Path(os.environ["NEWSCLF_CORPORA"]) / "labelled"
    part_of = {}
    for name in ("xwlb", "local"):
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            drawn = record.get("sample") == "random"
            national = "national news, random" if drawn else "national news, chosen"
            part_of[record["id"]] = national if name == "xwlb" else "local news"
    items = [item for source in recipe.labelled() for item in source]
    pool = {item.id for item in recipe.labelled()[-1]} - set(part_of)
    rest = {item.id: "pool" if item.id in pool else "written" for item in items}
    return items, [(rest | part_of)[item.id] for item in items]


def _bare(codebook: Codebook) -> Codebook:
    """Return the themes without a word on what they mean."""
    themes = tuple(Theme(id=theme.id, name_zh=theme.id) for theme in codebook)
    return Codebook(name="bare", version="1", themes=themes)


def scored(corpus: Corpus, row: Row) -> tuple[int, NDArray[Any], dict[str, NDArray[Any]]]:
    """Return the number of terms, scores out of fold, and scores of each source left out."""
    settings = replace(row.settings, features=row.spec)
    codebook = corpus.recipe.codebook if row.codebook else _bare(corpus.recipe.codebook)
    known = corpus.known(row.known)
    words, chars = corpus.counts(row.spec)
    vocabulary, _ = choose_vocabulary(words, chars, known, codebook, settings)
    features = labelled_features(words, chars, vocabulary)
    columns = _columns(codebook, known, vocabulary, settings)
    trainer = _Trainer(features, columns, corpus.labels, corpus.borderline, settings, corpus.jobs)
    added = columns.of(features)
    used = corpus.used(row)
    scores = np.zeros(corpus.labels.shape)
    for fold in range(FOLDS):
        test = corpus.fold == fold
        heads, _ = trainer.fit(used & ~test)
        scores[test] = heads.scores(features[test], added[test])
    unseen = {}
    for name in corpus.sources:
        test = corpus.sources[name] & corpus.tested
        heads, _ = trainer.fit(corpus.others(row, name))
        unseen[name] = heads.scores(features[test], added[test])
    return len(vocabulary), scores, unseen


def measured(
    corpus: Corpus, row: Row, found: tuple[int, NDArray[Any], dict[str, NDArray[Any]]]
) -> dict[str, Any]:
    """Return the figures of one row, given its scores."""
    terms, scores, unseen = found
    used = corpus.used(row)
    p, given = np.zeros_like(scores), np.zeros_like(corpus.labels)
    for fold in range(FOLDS):
        test = corpus.fold == fold
        rule = _rule(corpus, scores, used & ~test, row)
        p[test] = rule.probabilities(scores[test])
        given[test] = rule.decide(p[test])
    figures: dict[str, Any] = {"features": terms}
    for part in PARTS:
        mask = corpus.part == part
        figures[part] = _figures(corpus, mask, p[mask], given[mask])
    sources = []
    for name, new in unseen.items():
        rule = _rule(corpus, scores, corpus.others(row, name), row)
        p = rule.probabilities(new)
        sources.append(_figures(corpus, corpus.sources[name] & corpus.tested, p, rule.decide(p)))
    figures["unseen sources"] = {
        key: float(np.nanmean([source[key] for source in sources])) for key in SHOWN
    }
    return figures


def _rule(corpus: Corpus, scores: NDArray[Any], kept: NDArray[np.bool_], row: Row) -> Decision:
    limit = row.settings.false_tags
    arguments = scores[kept], corpus.labels[kept], corpus.borderline[kept], limit
    if row.rivals:
        return calibration.fit_decision(*arguments)
    with mock.patch.object(calibration, "rivals", lambda scores: np.zeros(scores.shape)):
        rule = calibration.fit_decision(*arguments)
    return replace(rule, rival=0.0)


def _figures(
    corpus: Corpus, mask: NDArray[np.bool_], p: NDArray[Any], given: NDArray[np.bool_]
) -> dict[str, float]:
    themes = corpus.recipe.codebook.ids
    figures = measure(
        Outcome(themes, corpus.labels[mask], corpus.borderline[mask], p, given)
    ).figures
    return {key: float(figures[key][0]) for key in SHOWN}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=[""], help="rows whose name holds a word")
    options = parser.parse_args()
    corpus = Corpus(options.jobs)
    path = HERE / "ablation.json"
    print("micro-F1 / right first theme: national random, local, unseen sources", flush=True)
    last: tuple[Row, tuple[int, NDArray[Any], dict[str, NDArray[Any]]]] | None = None
    for row in rows(corpus.recipe.settings):
        if not any(word in row.name for word in options.only):
            continue
        if last is None or replace(last[0], name=row.name, rivals=row.rivals) != row:
            last = row, scored(corpus, row)
        found = measured(corpus, row, last[1])
        told = "   ".join(
            f"{found[part]['micro_f1']:.3f} / {found[part]['right_first']:.3f}"
            for part in (*PARTS, "unseen sources")
        )
        print(f"{row.name:50} {told}   {found['features']:,} terms", flush=True)
        results = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        results[row.name] = found
        path.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
