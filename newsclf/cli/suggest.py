"""``newsclf suggest``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import (
    REJECTED,
    Encoding,
    Inputs,
    Model,
    Output,
    RejectNotes,
    command,
    labelled_articles,
    open_output,
)

__all__ = ["suggest"]


@command
def suggest(
    pool: Inputs,
    n: Annotated[int, typer.Option("-n", min=1, help="How many articles to choose.")] = 50,
    output: Output = None,
    labelled: Annotated[
        list[Path] | None,
        typer.Option(metavar="LABELLED", help="What is labelled already; may be repeated."),
    ] = None,
    model: Model = "governance",
    encoding: Encoding = None,
) -> None:
    """Choose the articles whose labels would teach the model most, as JSON lines to label."""
    from newsclf.batch.files import read_articles
    from newsclf.inputs import ReadOptions
    from newsclf.outputs import json_line
    from newsclf.retraining.suggest import suggest as choose
    from newsclf.tagger.tagger import load

    tagger = load(model)
    known = labelled_articles(labelled, tagger.codebook)
    notes = RejectNotes()
    articles = read_articles(pool, reading=ReadOptions(encoding=encoding), on_reject=notes)
    with open_output(output) as stream:
        for article in choose(tagger, articles, n, labelled=known):
            record = {"id": article.id, "title": article.title or "", "text": article.text}
            extra = {"date": article.date, "source": article.source}
            stream.write(json_line(record | {k: v for k, v in extra.items() if v}))
    if notes.count:
        raise typer.Exit(REJECTED)
