"""``newsclf compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import (
    FATAL,
    AsJson,
    command,
    complain,
    labelled_articles,
    write_json,
    write_text,
)

__all__ = ["compare"]


@command
def compare(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Model in use, by name or folder.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Model that may replace it.")],
    pool: Annotated[
        list[str], typer.Argument(metavar="POOL", help="Articles on which tags are compared.")
    ],
    test: Annotated[
        list[Path] | None,
        typer.Option(metavar="LABELLED", help="Labelled articles to measure both models on."),
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option(
            metavar="EXPR",
            help='What NEW must reach on --test, such as "micro_f1>=old-0.005"; may be repeated.',
        ),
    ] = None,
    json: AsJson = None,
) -> None:
    """Show which tags change from one model to another; with --require, refuse a worse one (1)."""
    from newsclf.batch.files import read_articles
    from newsclf.evaluation.paired import Requirement
    from newsclf.retraining.compare import compare as side_by_side
    from newsclf.tagger.tagger import load

    requirements = [Requirement.parse(text) for text in require or ()]
    if requirements and not test:
        raise typer.BadParameter("--require needs labelled articles to measure on: --test LABELLED")
    items = labelled_articles(test)
    result = side_by_side(load(old), load(new), read_articles(pool), test=items)
    write_json(json, result.to_dict())
    write_text(str(result))
    figures = result.figures or {}
    missed = [r for r in requirements if not r.holds(figures)]
    for requirement in requirements:
        new_value, bound = figures[requirement.figure].new, requirement.bound(figures)
        values = ["undefined" if v is None else f"{v:.4f}" for v in (new_value, bound)]
        verdict = "not met" if requirement in missed else "met"
        complain(f"{requirement}: {verdict}, new {values[0]} against {values[1]}")
    if missed:
        raise typer.Exit(FATAL)
