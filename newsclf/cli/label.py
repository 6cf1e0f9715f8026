"""``newsclf label``."""

from __future__ import annotations

import contextlib
import webbrowser
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import Encoding, Inputs, Model, Pages, RejectNotes, command, complain

__all__ = ["label"]

_PORT = 8765


class Order(StrEnum):
    """Orders of the articles."""

    suggest = "suggest"
    file = "file"


@command
def label(
    pool: Inputs,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="LABELLED",
            help="Labelled articles to write or go on with (.jsonl); POOL.labelled.jsonl if unset.",
        ),
    ] = None,
    model: Model = "governance",
    codebook: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Themes of your own: start from their definitions."),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="LABELLED", help="What another reader labelled, to agree with."),
    ] = None,
    order: Annotated[
        Order, typer.Option(help="Most instructive first, or the order of the file.")
    ] = Order.suggest,
    blind: Annotated[
        bool, typer.Option("--blind", help="Hide the model until an article is labelled.")
    ] = False,
    review: Annotated[
        bool, typer.Option("--review", help="Fill in the model's tags, to confirm or correct.")
    ] = False,
    pages: Pages = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for any free one.")] = _PORT,
    browse: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    encoding: Encoding = None,
) -> None:
    """Label articles, or review their tags, on a web page of this machine alone."""
    if blind and review:
        raise typer.BadParameter("--blind hides what --review fills in; expected one of the two")
    if codebook is not None and model != "governance":
        raise typer.BadParameter("a model has its themes already; expected --codebook or --model")
    from newsclf.errors import MissingExtra

    try:
        from newsclf.web.server import serve
    except ImportError as error:
        raise MissingExtra("newsclf label", "web") from error
    from newsclf.inputs import ReadOptions
    from newsclf.labels.labelled import read_labelled
    from newsclf.web.pool import read_pool
    from newsclf.web.session import Session, SessionOptions
    from newsclf.web.store import Store

    output = _checked(output or _default(pool[0]), pool)
    reading = ReadOptions(encoding=encoding, split_titles=not pages)
    found = read_pool(pool, pages=pages, reading=reading, on_reject=RejectNotes())
    if codebook is not None:
        from newsclf.training import from_codebook

        tagger = from_codebook(codebook)
    else:
        from newsclf.tagger.tagger import load

        tagger = load(model)
    other = read_labelled(compare, codebook=tagger.codebook) if compare else []
    with contextlib.closing(Store(found.articles, tagger.codebook, output)) as store:
        complain(f"{len(found.articles)} articles to label")
        if found.copies or found.empty:
            complain(f"left out: {found.copies} exact copies, {found.empty} without text")
        if order is Order.suggest:
            complain("choosing which to label first ...")
        session = Session(store, tagger, SessionOptions(order.value, blind, review), other)

        def ready(link: str) -> None:
            complain(f"labels go to {output}; stop with Ctrl-C")
            complain(f"open {link}")
            if browse:
                webbrowser.open(link)

        serve(session, port=port, on_ready=ready)
        complain(f"{len(store.numbers('done'))} articles labelled in {output}")


def _default(first: str) -> Path:
    name = Path(first).name.split(".")[0] if first != "-" else ""
    return Path(f"{name or 'pool'}.labelled.jsonl")


def _checked(output: Path, pool: list[str]) -> Path:
    """Refuse an output that is part of the pool: publishing would drop what is not labelled."""
    from newsclf.errors import InputError

    if output.suffix != ".jsonl":
        raise InputError(f"{output}: expected a name that ends in .jsonl")
    target = output.resolve()
    for name in pool:
        path = Path(name).resolve()
        if name != "-" and (path == target or (path in target.parents and path.is_dir())):
            raise InputError(
                f"{output}: lies in the pool {name} and would be read as articles to label; "
                "name an output elsewhere with -o"
            )
    return output
