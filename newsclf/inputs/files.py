"""Files of input: what lies in a folder, which format it has, how it is opened."""

from __future__ import annotations

import gzip
import importlib
import os
import stat
import sys
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from newsclf.errors import InputError, MissingExtra
from newsclf.inputs.zst import open_zst

__all__ = [
    "FORMATS",
    "InputFile",
    "check_extras",
    "find_files",
    "open_binary",
    "read_errors",
    "read_whole",
]

FORMATS = ("text", "jsonl", "csv", "tsv", "parquet", "html", "pdf")
_SUFFIXES = {
    ".txt": "text",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
}
# What must be installed to read a format or compression, and the extra that brings it.
_NEEDS = {
    "parquet": ("pyarrow", "parquet"),
    "html": ("trafilatura", "html"),
    "pdf": ("pypdf", "pdf"),
    ".zst": ("zstandard", "zst"),
}
_COMPRESSIONS = (".gz", ".zst")


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
        One of `FORMATS`; empty for standard input whose format is yet to be seen.
    compression : {"", ".gz", ".zst"}
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
    if format is not None and format not in FORMATS:
        raise InputError(f"expected a format among {', '.join(FORMATS)}, got {format!r}")
    files: list[InputFile] = []
    skipped: Counter[str] = Counter()
    for entry in inputs:
        if str(entry) == "-":
            files.append(InputFile(None, "-", "stdin", format or ""))
            continue
        path = Path(entry)
        if path.is_dir():
            for found in _walk(path, skipped):
                file = _classify(found, found.relative_to(path), format)
                real = found.resolve()
                if file and not any(p in exclude for p in (real, *real.parents)):
                    files.append(file)
                else:
                    skipped[found.suffix or "no suffix"] += 1
            continue
        if not os.path.lexists(path):
            raise InputError(f"{path}: no such file or folder")
        named = _classify(path, Path(path.name), format)
        if named is None:
            raise InputError(
                f"{path}: expected a name in {' '.join(_SUFFIXES)} (also with .gz or .zst); "
                "say with --format what it is"
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


def _classify(path: Path, relative: Path, format: str | None) -> InputFile | None:
    name = relative.as_posix()
    lower = name.lower()
    compression = next((c for c in _COMPRESSIONS if lower.endswith(c)), "")
    stem = name[: len(name) - len(compression)]
    suffix = Path(stem).suffix
    found = format or _SUFFIXES.get(suffix.lower())
    if found is None:
        return None
    if suffix:
        stem = stem[: -len(suffix)]
    return InputFile(path, str(path), stem, found, compression)


def check_extras(files: Iterable[InputFile]) -> None:
    """See to it that what the files need is installed, before the first of them is read.

    Raises
    ------
    MissingExtra
        It is not; the message says what to install.
    """
    for kind in {kind for file in files for kind in (file.format, file.compression)} & set(_NEEDS):
        module, extra = _NEEDS[kind]
        try:
            importlib.import_module(module)
        except ImportError:
            raise MissingExtra(f"reading .{kind.lstrip('.')} files", extra) from None


def open_binary(file: InputFile) -> BinaryIO:
    """Open a file for reading bytes, decompressed.

    Raises
    ------
    OSError
        It cannot be opened.
    """
    if file.path is None:
        if sys.stdin is None:
            raise OSError("standard input is closed")
        # A copy of the descriptor: closing the stream leaves standard input to its owner.
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    if file.compression == ".gz":
        return cast(BinaryIO, gzip.open(file.path, "rb"))
    if file.compression == ".zst":
        return open_zst(file.path)
    return file.path.open("rb")


def read_errors() -> tuple[type[Exception], ...]:
    """Return the errors that reading a damaged or vanished file raises."""
    errors: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error)
    zstandard = sys.modules.get("zstandard")
    return (*errors, zstandard.ZstdError) if zstandard else errors


def read_whole(stream: BinaryIO, limit: int) -> bytes:
    """Return the contents of a stream; of a longer one, more than `limit` bytes and no end."""
    parts = []
    size = limit + 1
    while size > 0 and (part := stream.read(min(size, 1 << 20))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
