"""``newsclf suggest`` and ``newsclf adapt``: the steps that make a model one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import (
    REJECTED,
    Encoding,
    Inputs,
    Labelled,
    Model,
    RejectNotes,
    command,
    complain,
    open_output,
)

__all__ = ["adapt", "suggest"]


@command
def suggest(
    pool: Inputs,
    n: Annotated[int, typer.Option("-n", min=1, help="How many articles to choose.")] = 50,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="File to write (.jsonl).")
    ] = None,
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
    from newsclf.labels.labelled import read_labelled
    from newsclf.outputs import json_line
    from newsclf.retraining.suggest import suggest as choose
    from newsclf.tagger.tagger import load

    tagger = load(model)
    known = [i for path in labelled or [] for i in read_labelled(path, codebook=tagger.codebook)]
    notes = RejectNotes()
    articles = read_articles(pool, reading=ReadOptions(encoding=encoding), on_reject=notes)
    with open_output(output) as stream:
        for article in choose(tagger, articles, n, labelled=known):
            record = {"id": article.id, "title": article.title or "", "text": article.text}
            extra = {"date": article.date, "source": article.source}
            stream.write(json_line(record | {k: v for k, v in extra.items() if v}))
    if notes.count:
        raise typer.Exit(REJECTED)


@command
def adapt(
    labelled: Labelled,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FOLDER", help="Model folder to write.")
    ],
    model: Model = "governance",
    codebook: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="Themes to know from now on: new ones are added, missing ones retired.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the new model; that of the folder by default.")
    ] = None,
    version: Annotated[
        str | None, typer.Option(help="Its version; the old one's +adapted.N by default.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the model folder if it exists.")
    ] = False,
) -> None:
    """Adapt a model to further labels, without the articles it was trained on."""
    from newsclf.labels.labelled import read_labelled
    from newsclf.records.codebook import Codebook
    from newsclf.tagger.tagger import load

    tagger = load(model)
    themes = tagger.codebook if codebook is None else Codebook.load(codebook)
    items = [item for path in labelled for item in read_labelled(path, codebook=themes)]
    adapted = tagger.adapt(items, codebook=themes, name=name or output.name, version=version)
    adapted.save(output, overwrite=overwrite)
    complain(f"wrote {adapted.name} {adapted.version} to {output}")
