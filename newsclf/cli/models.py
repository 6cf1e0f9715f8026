"""``newsclf models``."""

from __future__ import annotations

from newsclf.cli.shared import command, open_output

__all__ = ["models"]


@command
def models() -> None:
    """List the models that came with the package."""
    from newsclf.tagger import models as installed

    with open_output(None) as stream:
        for model in installed():
            line = f"{model.name} {model.version}  {model.path}  {model.summary}\n"
            stream.write(line.encode("utf-8", "replace"))
