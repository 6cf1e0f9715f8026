"""``newsclf models``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import command, complain, open_output

__all__ = ["models"]

_DIGITS = 12


@command
def models(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FOLDER", help="Also list the models in these folders."),
    ] = None,
) -> None:
    """List the installed models: name, version, folder, labels (hash), what each was made from."""
    from newsclf.engine import choice
    from newsclf.model.installed import models as installed

    complain(f"engine: {choice.name()}")
    found = [model for folder in (None, *(folders or ())) for model in installed(folder)]
    with open_output(None) as stream:
        for model in found:
            made_of = f"labels {model.labelled_sha256[:_DIGITS] or 'none'}"
            made_of += f", from {model.parent}" if model.parent else ""
            line = f"{model.name} {model.version}  {model.path}  {made_of}  {model.summary}\n"
            stream.write(line.encode("utf-8", "replace"))
