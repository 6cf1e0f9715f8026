"""``newsclf train``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import (
    Jobs,
    MaybeLabelled,
    MaybeModelFolder,
    Overwrite,
    Themes,
    command,
    complain,
    labelled_articles,
)

__all__ = ["train"]


@command
def train(
    labelled: MaybeLabelled = None,
    output: MaybeModelFolder = None,
    recipe: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Rebuild the model that a recipe describes.")
    ] = None,
    codebook: Themes = "governance",
    jobs: Jobs = 1,
    name: Annotated[
        str | None, typer.Option(help="Name of the model; that of the folder by default.")
    ] = None,
    version: Annotated[str, typer.Option(help="Version of the model.")] = "1.0.0",
    overwrite: Overwrite = False,
) -> None:
    """Train a model on labelled articles, or rebuild one from its recipe."""
    if bool(labelled) == (recipe is not None):
        raise typer.BadParameter("expected LABELLED files or --recipe FILE, one of the two")
    if output is None:
        raise typer.BadParameter("name the model folder to write with -o FOLDER")
    if recipe is not None:
        from newsclf.training.recipe import Recipe

        tagger = Recipe(recipe).build(output, overwrite=overwrite, jobs=jobs)
    else:
        from newsclf.records.codebook import Codebook
        from newsclf.training import train as fit

        themes = Codebook.load(codebook)
        items = labelled_articles(labelled, themes)
        tagger = fit(items, codebook=themes, name=name or output.name, version=version, jobs=jobs)
        tagger.save(output, overwrite=overwrite)
    complain(f"wrote {tagger.name} {tagger.version} to {output}")
