"""newsclf: which governance themes a Chinese news article is about, how sure, and why."""

from newsclf._version import __version__

__all__ = ["__version__"]
