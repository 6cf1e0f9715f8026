"""``newsclf codebook check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsclf.cli.shared import FATAL, command, complain, write_text

__all__ = ["check"]


@command
def check(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Codebook (JSON), or the name of a packaged one.")
    ],
    pool: Annotated[
        list[str] | None,
        typer.Option(metavar="POOL", help="Texts it is for: which keywords do they have?"),
    ] = None,
) -> None:
    """Find themes that overlap, are never seen, or contradict each other (exit code 1)."""
    from newsclf.batch.files import read_articles
    from newsclf.records.codebook import Codebook
    from newsclf.retraining.check_codebook import check_codebook

    themes = Codebook.load(Path(file) if file.endswith(".json") else file)
    findings = check_codebook(themes, read_articles(pool) if pool else None)
    if findings:
        write_text("\n".join(map(str, findings)))
    complain(f"{len(findings)} finding{'s' * (len(findings) != 1)} in {len(themes)} themes")
    if any(finding.serious for finding in findings):
        raise typer.Exit(FATAL)
