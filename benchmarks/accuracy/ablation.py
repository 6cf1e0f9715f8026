"""What each step of the model gives: one row a step, on articles not trained on.

    NEWSCLF_CORPORA=... python -m benchmarks.accuracy.ablation [--jobs 2] [--only WORD ...]

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
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from benchmarks.shared import ROOT, corpora, read_figures, write_figures
from newsclf.engine.features import FeatureSpec
from newsclf.evaluation import SOURCES
from newsclf.evaluation.figures import Outcome, measure
from newsclf.records.article import Article, LabelledArticle
from newsclf.records.codebook import Codebook, Theme
from newsclf.text.traditional import all_simplified
from newsclf.training import Background, Settings, calibration
from newsclf.training.counting import sparse_features
from newsclf.training.fitting import _columns, _Trainer
from newsclf.training.folds import grouped_folds, groups_of, source_of
from newsclf.training.recipe import Recipe
from newsclf.training.targets import label_matrices
from newsclf.training.vocabulary import choose_vocabulary

FIGURES_FILE = Path(__file__).with_name("ablation.json")
FOLDS = 5
DIRECTIONS = 300
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
    known: str = "frequencies"  # of the background: "none", "frequencies" or "directions"
    trained_on: tuple[str, ...] = ()  # beside what is tested
    joined: bool = False  # the title is the first line of the text
    rivals: bool = True
    nothing: bool = True  # the head of no theme has a say


def rows(settings: Settings) -> Iterator[Row]:
    """Yield the rows, each with one thing more than the one before, then what was compared."""
    pool, written = ("pool",), ("pool", "written")
    no_own = replace(settings, own_weight=0.0)
    words = FeatureSpec(char_ngrams=(0, 0))
    plain: dict[str, Any] = {"rivals": False, "nothing": False}
    bare: dict[str, Any] = {**plain, "codebook": False, "known": "none", "settings": no_own}
    yield Row("words", spec=words, joined=True, **bare)
    yield Row("+ characters", joined=True, **bare)
    yield Row("+ title apart", **bare)
    yield Row("+ background frequencies", **{**bare, "known": "frequencies"})
    yield Row("+ codebook", settings=no_own, **plain)
    yield Row("+ own-theme prior", settings=settings, **plain)
    yield Row("+ pool labels", settings=settings, trained_on=pool, **plain)
    yield Row("+ written texts", settings=settings, trained_on=written, **plain)
    yield Row("+ rivals in calibration", settings=settings, trained_on=written, nothing=False)
    yield Row("+ head of no theme: all", settings=settings, trained_on=written)
    whole: dict[str, Any] = {"settings": settings, "trained_on": written}
    yield Row("all, title in the text", joined=True, **whole)
    yield Row("all, no prior", codebook=False, **whole)
    yield Row("all, directions as well", known="directions", **whole)
    yield Row("all, directions instead", known="directions", codebook=False, **whole)
    for C in (0.5, 1.0, 4.0):
        yield Row(f"all, C {C:g}", trained_on=written, settings=replace(settings, C=C))
    for least in (3, 8):
        pruned = replace(settings, min_labelled=least)
        yield Row(f"all, characters in {least} articles", settings=pruned, trained_on=written)
    for share in (0.2, 0.5):
        yield Row(f"all, title share {share:g}", spec=FeatureSpec(title_share=share), **whole)
    ranges: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = (
        ((1, 2), (2, 3)),
        ((1, 1), (1, 2)),
        ((1, 1), (1, 3)),
        ((1, 1), (2, 4)),
    )
    for word, char in ranges:
        spec = FeatureSpec(word_ngrams=word, char_ngrams=char)
        name = f"no background: words {word[0]}-{word[1]}, characters {char[0]}-{char[1]}"
        yield Row(name, spec=spec, **bare)


class Corpus:
    """The labelled articles, with everything that rows share."""

    def __init__(self, jobs: int) -> None:
        self.recipe = Recipe(ROOT / "models/governance/recipe.json")
        self.jobs = jobs
        self.background = self.recipe.background(jobs)
        self.items, parts = _items(self.recipe)
        self.part = np.array(parts)
        themes = self.recipe.codebook.ids
        self.weights = np.array([item.weight for item in self.items])
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
    def articles(self, joined: bool) -> list[Article]:
        """Return the articles, title and text apart or joined."""
        articles = all_simplified(item.article for item in self.items)
        return [_joined(article) for article in articles] if joined else articles

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
        if kind == "none":
            return Background()
        return self.with_directions if kind == "directions" else self.background

    @cached_property
    def with_directions(self) -> Background:
        """The background with its leading directions."""
        return self.recipe.background(self.jobs, directions=DIRECTIONS)


def _items(recipe: Recipe) -> tuple[list[LabelledArticle], list[str]]:
    folder = corpora() / "labelled"
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


def _joined(article: Article) -> Article:
    return replace(article, title=None, paragraphs=(article.title or "", *article.paragraphs))


def _bare(codebook: Codebook) -> Codebook:
    """Return the themes without a word on what they mean."""
    themes = tuple(Theme(id=theme.id, name_zh=theme.id) for theme in codebook)
    return Codebook(name="bare", version="1", themes=themes)


def scored(corpus: Corpus, row: Row) -> tuple[int, NDArray[Any], dict[str, NDArray[Any]]]:
    """Return the number of terms, scores out of fold, and scores of each source left out."""
    settings = replace(row.settings, features=row.spec)
    codebook = corpus.recipe.codebook if row.codebook else _bare(corpus.recipe.codebook)
    known = corpus.known(row.known)
    articles, jobs = corpus.articles(row.joined), corpus.jobs
    vocabulary, _ = choose_vocabulary(articles, known, codebook, settings, jobs)
    features = sparse_features(articles, row.spec, vocabulary, jobs)
    columns = _columns(codebook, known, vocabulary, settings)
    trainer = _Trainer(
        features,
        columns,
        corpus.labels,
        corpus.borderline,
        corpus.weights,
        settings,
        corpus.jobs,
    )
    added = columns.of(features)
    used = corpus.used(row)
    scores = np.zeros((len(corpus.items), corpus.labels.shape[1] + 1))
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
    p, given = np.zeros(corpus.labels.shape), np.zeros_like(corpus.labels)
    for fold in range(FOLDS):
        test = corpus.fold == fold
        p[test], given[test] = _tagged(corpus, scores, used & ~test, row, scores[test])
    figures: dict[str, Any] = {"features": terms}
    for part in PARTS:
        mask = corpus.part == part
        figures[part] = _figures(corpus, mask, p[mask], given[mask])
    sources = []
    for name, new in unseen.items():
        tagged = _tagged(corpus, scores, corpus.others(row, name), row, new)
        sources.append(_figures(corpus, corpus.sources[name] & corpus.tested, *tagged))
    figures["unseen sources"] = {
        key: float(np.nanmean([source[key] for source in sources])) for key in SHOWN
    }
    return figures


def _tagged(
    corpus: Corpus, scores: NDArray[Any], kept: NDArray[np.bool_], row: Row, new: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return probabilities and tags of `new` scores, by a rule fitted on those that are `kept`."""
    labels, borderline, weights = (
        array[kept] for array in (corpus.labels, corpus.borderline, corpus.weights)
    )
    share = 0.0
    if row.nothing:
        share = calibration.share_of_nothing(scores[kept], labels, borderline, weights)
    known, new = (x[:, :-1] + share * x[:, -1:] for x in (scores[kept], new))
    arguments = known, labels, borderline, weights, row.settings.false_tags
    if row.rivals:
        rule = calibration.fit_decision(*arguments)
    else:
        with mock.patch.object(calibration, "rivals", lambda scores: np.zeros(scores.shape)):
            rule = replace(calibration.fit_decision(*arguments), rival=0.0)
    p = rule.probabilities(new)
    return p, rule.decide(p)


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
        write_figures(FIGURES_FILE, read_figures(FIGURES_FILE) | {row.name: found})


if __name__ == "__main__":
    main()
