"""``newsclf adapt``."""

from __future__ import annotations

from typing import Annotated

import typer

from newsclf.cli.shared import (
    Labelled,
    Model,
    ModelFolder,
    Overwrite,
    command,
    complain,
    labelled_articles,
)

__all__ = ["adapt"]


@command
def adapt(
    labelled: Labelled,
    output: ModelFolder,
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
    overwrite: Overwrite = False,
) -> None:
    """Adapt a model to further labels, without the articles it was trained on."""
    from newsclf.records.codebook import Codebook
    from newsclf.tagger.tagger import load

    tagger = load(model)
    themes = tagger.codebook if codebook is None else Codebook.load(codebook)
    items = labelled_articles(labelled, themes)
    adapted = tagger.adapt(items, codebook=themes, name=name or output.name, version=version)
    adapted.save(output, overwrite=overwrite)
    complain(f"wrote {adapted.name} {adapted.version} to {output}")
