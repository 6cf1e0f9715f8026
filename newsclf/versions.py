"""What is installed: for a report of a bug, or to know what a result was made with."""

from __future__ import annotations

import platform
import sys
from importlib import metadata

from newsclf._version import __version__
from newsclf.engine import choice
from newsclf.model.installed import models

__all__ = ["DEPENDENCIES", "show_versions"]

DEPENDENCIES = {
    "needed": (
        "numpy",
        "scikit-learn",
        "jieba",
        "joblib",
        "safetensors",
        "typer",
        "rich",
        "charset-normalizer",
        "filelock",
    ),
    "optional": (
        "opencc",
        "pyarrow",
        "zstandard",
        "trafilatura",
        "lxml_html_clean",
        "pypdf",
        "cnloc",
        "matplotlib",
    ),
}


def show_versions() -> None:
    """Print the versions of newsclf, its models, Python and what newsclf uses.

    The first line says which engine runs; the models are those that came with the package.

    Examples
    --------
    >>> import newsclf
    >>> newsclf.show_versions()  # doctest: +ELLIPSIS
    newsclf              ...
    """
    rows = [
        ("newsclf", f"{__version__}, {choice.name()} engine"),
        *((f"model {info.name}", info.version) for info in models()),
        ("python", sys.version.split()[0]),
        ("platform", platform.platform()),
    ]
    rows += [(name, _version(name)) for names in DEPENDENCIES.values() for name in names]
    width = max(len(name) for name, _ in rows)
    print("\n".join(f"{name:<{width}}  {version}" for name, version in rows))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
