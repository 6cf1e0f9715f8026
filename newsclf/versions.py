"""What is installed: for a report of a bug, or to know what a result was made with."""

from __future__ import annotations

import platform
import re
import sys
from importlib import metadata

from newsclf._version import __version__
from newsclf.engine import choice
from newsclf.extras import EXTRAS
from newsclf.model.installed import models

__all__ = ["dependencies", "show_versions"]


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
    rows += [(name, _version(name)) for name in dependencies()]
    width = max(len(name) for name, _ in rows)
    print("\n".join(f"{name:<{width}}  {version}" for name, version in rows))


def dependencies() -> list[str]:
    """Return the packages that newsclf uses: those it needs, then those of the extras."""
    try:
        requirements = metadata.requires("newsclf") or []
    except metadata.PackageNotFoundError:  # run from its source, and installed nowhere
        requirements = []
    needed = [re.split(r"[^\w.-]", line)[0] for line in requirements if "extra ==" not in line]
    return [*needed, *(name for extra in EXTRAS.values() for name in extra.packages.values())]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
