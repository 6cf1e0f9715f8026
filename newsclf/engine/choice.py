"""Which engine runs: the compiled one where it is installed, else the reference in Python.

Both give the same words, and probabilities within 1e-5 of each other. The environment decides
where somebody wants one of them: ``NEWSCLF_ENGINE=compiled`` or ``reference``;
``NEWSCLF_REQUIRE_ENGINE=1`` makes a missing compiled engine an error instead of a slower run.
"""

from __future__ import annotations

import functools
import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

from newsclf.errors import InputError, MissingEngine

if TYPE_CHECKING:
    from newsclf.engine.protocol import Engine

__all__ = ["engine", "name"]

_NAMES = ("compiled", "reference")
_MODULES = ("arrays", "cutting", "scoring", "counting", "descent")


def engine() -> Engine:
    """Return the engine that runs, as the environment asks at this moment.

    Whoever needs the same one again keeps it, as a model does.

    Raises
    ------
    MissingEngine
        It is asked for by the environment, and not installed.
    InputError
        NEWSCLF_ENGINE names no engine.
    """
    if name() == "compiled":
        from newsclf.engine import compiled

        return compiled
    from newsclf.engine import reference

    return reference


def name() -> str:
    """Return the name of the engine that runs: ``compiled`` or ``reference``."""
    wanted = os.environ.get("NEWSCLF_ENGINE", "")
    if wanted not in ("", *_NAMES):
        raise InputError(f"NEWSCLF_ENGINE: expected {' or '.join(_NAMES)}, got {wanted!r}")
    if wanted == "reference" or _installed():
        return wanted or "compiled"
    if wanted or os.environ.get("NEWSCLF_REQUIRE_ENGINE") == "1":
        raise MissingEngine(
            "the compiled engine is not installed, and the environment asks for it (NEWSCLF_ENGINE "
            "or NEWSCLF_REQUIRE_ENGINE): install newsclf from a wheel, or with a C compiler"
        )
    return "reference"


@functools.cache
def _installed() -> bool:
    # All of it: what a compiler could not build is left out of an installation one by one.
    return all(find_spec(f"newsclf.engine.kernel.{module}") for module in _MODULES)
