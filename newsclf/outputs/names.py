"""Names of what stands beside an output: its temporary file, its lock, its journal."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

__all__ = ["beside", "derived", "hidden", "longest_name", "target"]

_KEPT = 40
_LONGEST = 255


def target(path: Path) -> Path:
    """Return the file that a path leads to: a link stays a link, and what it names is written."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def hidden(path: Path, ending: str) -> Path:
    """Return a hidden name beside `path`: short, one and the same for it, and no other file's.

    >>> hidden(Path("a/tags.jsonl"), ".lock").name
    '.tags.jsonl-9b81a59ff1fa.lock'
    """
    return path.with_name(f".{_start(path.name, _KEPT)}-{_digest(path.name)}{ending}")


def beside(path: Path, ending: str) -> Path:
    """Return ``path + ending``, cut where that is longer than the file system takes.

    >>> beside(Path("a/tags.jsonl"), ".journal").as_posix()
    'a/tags.jsonl.journal'
    """
    name = path.name + ending
    longest = longest_name(path.parent)
    if len(os.fsencode(name)) > longest:
        tail = f"-{_digest(path.name)}{ending}"
        name = _start(path.name, longest - len(tail)) + tail
    return path.with_name(name)


def derived(path: Path) -> list[Path]:
    """Return all names that writing an output may write to, its own first."""
    own = target(path)
    kept = [beside(own, ending) for ending in (".partial", ".journal")]
    hidden_names = [hidden(file, ".new") for file in (own, *kept)]
    return [own, *kept, *hidden_names, hidden(own, ".lock"), hidden(own, ".old")]


def _start(name: str, length: int) -> str:
    """Return as many whole characters of a name as that many bytes hold."""
    return os.fsencode(name)[:length].decode("utf-8", "ignore")


def _digest(name: str) -> str:
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:12]


def longest_name(folder: Path) -> int:
    """Return how many bytes a name in a folder may have."""
    try:
        return os.pathconf(folder, "PC_NAME_MAX")
    except (OSError, AttributeError):  # no such folder; a system that does not say
        return _LONGEST
