"""Every error newsclf raises on purpose.

::

    NewsclfError
    ├── InputError            a text, file or row that cannot be used      (also a ValueError)
    │   └── DecodingError     bytes that are no text in any known encoding
    ├── CodebookError         a codebook that breaks its rules             (also a ValueError)
    ├── LabelError            labels that do not fit text or codebook      (also a ValueError)
    ├── ModelError            a model folder that cannot be trusted or used
    │   └── ModelNotFound     no model of that name or at that path
    ├── MissingExtra          a feature whose optional packages are absent (also an ImportError)
    └── MissingEngine         the compiled engine was asked for and is absent (also an ImportError)

Each message says what was expected, what came, and what to do next.
"""

from __future__ import annotations

from newsclf.extras import EXTRAS

__all__ = [
    "CodebookError",
    "DecodingError",
    "InputError",
    "LabelError",
    "MissingEngine",
    "MissingExtra",
    "ModelError",
    "ModelNotFound",
    "NewsclfError",
]


class NewsclfError(Exception):
    """Base class of every error that newsclf raises on purpose."""


class InputError(NewsclfError, ValueError):
    """A text, file or row that cannot be used."""


class DecodingError(InputError):
    """Bytes that are no text in any encoding newsclf knows."""


class CodebookError(NewsclfError, ValueError):
    """A codebook that breaks its rules."""


class LabelError(NewsclfError, ValueError):
    """Labels that do not fit the text or the codebook."""


class ModelError(NewsclfError):
    """A model folder that cannot be trusted or used."""


class ModelNotFound(ModelError):  # noqa: N818 - reads as what happened, like FileNotFoundError
    """No model of that name or at that path."""


class MissingExtra(NewsclfError, ImportError):  # noqa: N818
    """A feature whose optional packages are not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        known = EXTRAS.get(extra)
        packages = ", ".join(known.packages.values()) if known else "optional packages"
        super().__init__(f'{feature} needs {packages}: python -m pip install "newsclf[{extra}]"')
        self.extra = extra


class MissingEngine(NewsclfError, ImportError):  # noqa: N818
    """The compiled engine was asked for and is not installed."""
