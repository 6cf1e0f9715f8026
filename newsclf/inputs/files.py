"""Files of input: what lies in a folder, and which format it has."""

from __future__ import annotations

import importlib
import os
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsclf.errors import InputError, MissingExtra
from newsclf.extras import EXTRAS
from newsclf.inputs.formats import (
    compression_of,
    format_of,
    format_of_suffix,
    help_names,
    split_name,
)

__all__ = ["InputFile", "check_extras", "find_files", "named_file"]


@dataclass(frozen=True)
class InputFile:
    """One file to read.

    Attributes
    ----------
    path : Path or None
        None is standard input.
    source : str
        The name by which rows and rejects call it.
    stem : str
        Name without its suffixes, relative to the folder it was found in: the id of a text
        file, the first part of the ids of rows that have none.
    format : str
        Name of one of `FORMATS`; empty for standard input whose format is yet to be seen.
    compression : str
        Suffix of one of `COMPRESSIONS`; empty without one.
    """

    path: Path | None
    source: str
    stem: str
    format: str
    compression: str = ""

    @property
    def name(self) -> str:
        """Name with its suffixes, relative to the folder it was found in."""
        whole = Path(self.source).name
        return self.stem + whole[len(Path(self.stem).name) :] if self.path else self.stem


def find_files(
    inputs: Sequence[str | Path], *, format: str | None = None, exclude: Collection[Path] = ()
) -> tuple[list[InputFile], Counter[str]]:
    """List the files that `inputs` name: files, folders with all that is in them, ``-``.

    Parameters
    ----------
    inputs : sequence of str or Path
    format : str, optional
        Read every file as this, whatever its name.
    exclude : collection of Path
        Resolved files and folders to leave out: the output of the same run.

    Returns
    -------
    files : list of InputFile
        In the order given, folders in the order of their names.
    skipped : Counter
        How many entries of folders were left out, by suffix or kind: symbolic links to folders
        (they may form a loop), pipes and devices, hidden files, files of other formats.

    Raises
    ------
    InputError
        A path does not exist, or a file named by itself has a suffix that says nothing.
    """
    if format is not None:
        format_of(format)
    files: list[InputFile] = []
    skipped: Counter[str] = Counter()
    for entry in inputs:
        if str(entry) == "-":
            files.append(InputFile(None, "-", "stdin", format or ""))
            continue
        path = Path(entry)
        if path.is_dir():
            for found in _walk(path, skipped):
                file = named_file(found, format, within=path)
                real = found.resolve()
                if file and not any(p in exclude for p in (real, *real.parents)):
                    files.append(file)
                else:
                    skipped[found.suffix or "no suffix"] += 1
            continue
        if not os.path.lexists(path):
            raise InputError(f"{path}: no such file or folder")
        named = named_file(path, format)
        if named is None:
            raise InputError(
                f"{path}: expected a file named {help_names()}; say with --format what it is"
            )
        files.append(named)
    return files, skipped


def _walk(folder: Path, skipped: Counter[str]) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        raise InputError(f"{error.filename}: folder cannot be read: {error.strerror}") from error

    for root, folders, names in os.walk(folder, onerror=unreadable):
        for name in [f for f in folders if (Path(root) / f).is_symlink()]:
            skipped["link to a folder"] += 1
            folders.remove(name)
        folders.sort()
        for name in sorted(names):
            path = Path(root) / name
            if name.startswith("."):
                skipped["hidden"] += 1
            elif _is_special(path):
                skipped["pipe or device"] += 1
            else:
                yield path


def _is_special(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False  # a dangling link, say: opening it gives the reason, which then is recorded
    return not stat.S_ISREG(mode)


def named_file(
    path: Path, format: str | None = None, *, within: Path | None = None
) -> InputFile | None:
    """Return a file with its format: the one named, else that of its suffix; None without any.

    Parameters
    ----------
    path : Path
    format : str, optional
    within : Path, optional
        The folder that its name is relative to; the one it lies in by default.
    """
    relative = path.relative_to(within or path.parent)
    stem, suffix, compression = split_name(relative.as_posix())
    found = format_of(format) if format else format_of_suffix(suffix)
    return InputFile(path, str(path), stem, found.name, compression) if found else None


def check_extras(files: Iterable[InputFile]) -> None:
    """See to it that what the files need is installed, before the first of them is read.

    Raises
    ------
    MissingExtra
        It is not; the message says what to install.
    """
    needed: dict[str, str] = {}
    for name, suffix in {(file.format, file.compression) for file in files}:
        format, compression = format_of(name) if name else None, compression_of(suffix)
        if format is not None and format.extra:
            needed[format.extra] = format.suffixes[0]
        if compression is not None and compression.extra:
            needed[compression.extra] = compression.suffix
    for extra, suffix in needed.items():
        try:
            for module in EXTRAS[extra].packages:
                importlib.import_module(module)
        except ImportError:
            raise MissingExtra(f"reading {suffix} files", extra) from None
