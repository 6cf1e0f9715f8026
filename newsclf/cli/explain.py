"""``newsclf explain``."""

from __future__ import annotations

from typing import Annotated

import typer

from newsclf.cli.shared import (
    REJECTED,
    Encoding,
    Inputs,
    Model,
    Pages,
    RejectNotes,
    command,
    open_output,
)

__all__ = ["explain"]


@command
def explain(
    inputs: Inputs,
    theme: Annotated[
        str | None, typer.Option(help="Theme to explain; the tags of each article by default.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Words to show for a theme.")] = 10,
    pages: Pages = False,
    model: Model = "governance",
    encoding: Encoding = None,
) -> None:
    """Show the words that speak for the themes of an article, with their weights."""
    from newsclf.batch.files import read_articles
    from newsclf.inputs import ReadOptions
    from newsclf.tagger.tagger import load

    tagger = load(model)
    notes = RejectNotes()
    with open_output(None) as stream:
        for article in read_articles(
            inputs, pages=pages, reading=ReadOptions(encoding=encoding), on_reject=notes
        ):
            tagging = tagger.tag(article)
            lines = [str(tagging)]
            for name in [theme] if theme else tagging.themes or [None]:
                why = tagger.explain(article, name)
                lines.append(f"  {why.name} ({why.theme})  probability {why.probability:.2f}")
                lines += [f"    {weight:+.3f}  {word}" for word, weight in why.top(top)]
            stream.write("\n".join([*lines, ""]).encode("utf-8", "replace"))
    if notes.count:
        raise typer.Exit(REJECTED)
