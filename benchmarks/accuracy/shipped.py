"""How good the shipped models are, out of sample, and their model cards.

    NEWSCLF_CORPORA=... python -m benchmarks.accuracy.shipped [--jobs 2] [governance ...]

Every figure is cross-validated as the recipe trains: features, calibration and thresholds come
from the training folds alone. Prints the reports, writes benchmarks/accuracy/NAME.json and the
MODEL_CARD.md of each model.
"""

from __future__ import annotations

import argparse
import functools
import json
from pathlib import Path

from benchmarks.shared import ROOT, corpora, labelled_news, write_figures
from newsclf.evaluation import Report, cross_validate, evaluate, unseen_source, write_model_card
from newsclf.records.article import LabelledArticle
from newsclf.training import from_codebook
from newsclf.training.recipe import Recipe

HERE = Path(__file__).parent


def tested_news() -> tuple[list[LabelledArticle], dict[str, str]]:
    """Return the labelled corpora and the part each article belongs to."""
    folder = corpora() / "labelled"
    items, parts = [], {}
    for line in (folder / "xwlb.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        drawn = record["sample"] == "random"
        parts[record["id"]] = "national, random" if drawn else "national, chosen"
    for name in ("xwlb", "local"):
        found = labelled_news(name)
        items += found
        parts |= {item.id: "local" for item in found if name == "local"}
    return items, parts


def measure(name: str, jobs: int) -> list[Report]:
    """Return the reports of one model: corpora, sources never seen, seed pages, no labels."""
    recipe = Recipe(ROOT / "models" / name / "recipe.json")
    background = recipe.background(jobs)
    fit = functools.partial(recipe.train, background=background, jobs=jobs)
    tested, parts = tested_news()
    ids = set(parts)
    every = [item for source in recipe.labelled() for item in source]
    others = [item for item in every if item.id not in ids]
    pages = [item for item in others if item.article.page]
    whole = [item for item in pages if item.article.type == "article"]
    rest = [item for item in others if item.article.type != "article" or not item.article.page]
    if len(others) < len(every):
        reports = [
            cross_validate(tested, fit=fit, extra=others, by=lambda item: parts[item.id]),
            unseen_source(tested, fit=fit, extra=others),
        ]
        trained_too = tested
    else:
        reports = [evaluate(fit(every), tested, by=lambda item: parts[item.id])]
        trained_too = []
    seeds = cross_validate(
        whole, fit=fit, folds=2, extra=[*rest, *trained_too], by=lambda item: str(item.article.page)
    )
    cold = from_codebook(recipe.codebook, background=background, settings=recipe.settings)
    no_labels = evaluate(cold, tested, by=lambda item: parts[item.id])
    titles = ("the seed pages, each tagged by a model trained without it", "no labels at all")
    return [*reports, *map(_titled, (seeds, no_labels), titles)]


def _titled(report: Report, title: str) -> Report:
    from dataclasses import replace

    return replace(report, title=f"{report.title}: {title}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=["governance", "governance-open"])
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    for name in options.models:
        reports = measure(name, options.jobs)
        for report in reports:
            print(report, end="\n\n", flush=True)
        figures = [_without_texts(report) for report in reports]
        write_figures(HERE / f"{name}.json", figures)
        recipe = Recipe(ROOT / "models" / name / "recipe.json")
        write_model_card(recipe.path.parent, reports, recipe.card)


def _without_texts(report: Report) -> dict[str, object]:
    """Return a report's figures; mistakes quote texts that may not be redistributed."""
    return {key: value for key, value in report.to_dict().items() if key != "mistakes"}


if __name__ == "__main__":
    main()
