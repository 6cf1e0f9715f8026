"""Which models there are, and where each comes from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from newsclf.model import storage

__all__ = ["ModelInfo", "models"]


@dataclass(frozen=True)
class ModelInfo:
    """A model and where it comes from.

    Attributes
    ----------
    name, version : str
    path : Path
    summary : str
        A sentence about it.
    parent : str
        Name and version of the model it was adapted from; "" for one that was not.
    labelled_sha256 : str
        One hash for all texts and labels it learnt from; "" for one made without labels.
    """

    name: str
    version: str
    path: Path
    summary: str
    parent: str = ""
    labelled_sha256: str = ""


def models(folder: str | os.PathLike[str] | None = None) -> list[ModelInfo]:
    """List the models that came with the package, or those in a folder.

    Parameters
    ----------
    folder : path, optional
        A model folder, or a folder that holds model folders.

    Raises
    ------
    ModelNotFound
        There is no model in the folder.
    ModelError
        A manifest was altered.
    """
    found = []
    for path in storage.installed() if folder is None else storage.within(Path(folder)):
        manifest = storage.manifest(path)
        record = manifest["training"]
        parent = record.get("parent")
        info = ModelInfo(
            manifest["name"],
            manifest["version"],
            path,
            str(record.get("summary", "")),
            f"{parent['name']} {parent['version']}" if parent else "",
            str(record.get("labelled_sha256", "")),
        )
        found.append(info)
    return found
