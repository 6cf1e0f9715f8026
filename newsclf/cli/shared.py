"""What the commands share: options, errors as one line, sizes, input, output, progress."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, ParamSpec, TypeVar

import typer

from newsclf.errors import NewsclfError
from newsclf.inputs.formats import help_names

if TYPE_CHECKING:
    from newsclf.inputs import InputFile, Reject, Row
    from newsclf.outputs import Progress
    from newsclf.records.article import LabelledArticle
    from newsclf.records.codebook import Codebook

__all__ = [
    "FATAL",
    "INPUT_HELP",
    "REJECTED",
    "AsJson",
    "Encoding",
    "Inputs",
    "Jobs",
    "Labelled",
    "MaybeLabelled",
    "MaybeModelFolder",
    "Model",
    "ModelFolder",
    "Output",
    "Overwrite",
    "Pages",
    "ProgressLine",
    "RejectNotes",
    "Themes",
    "byte_size",
    "command",
    "complain",
    "labelled_articles",
    "open_output",
    "print_text",
    "write_json",
]

FATAL, REJECTED, INTERRUPTED = 1, 3, 130
# What a shell sees of a program that SIGPIPE ended.
NOBODY_READS = 141

INPUT_HELP = f"Files ({help_names()}), folders, - for stdin."
Inputs = Annotated[list[str], typer.Argument(metavar="INPUT", help=INPUT_HELP)]
_LABELLED = typer.Argument(
    metavar="LABELLED",
    help="Labelled articles (.jsonl .json .csv .tsv .txt, also .gz .zst), or a folder.",
)
Labelled = Annotated[list[Path], _LABELLED]
MaybeLabelled = Annotated[list[Path] | None, _LABELLED]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="OUT", help="File to write (.jsonl).")
]
_FOLDER = typer.Option("-o", "--output", metavar="FOLDER", help="Model folder to write.")
ModelFolder = Annotated[Path, _FOLDER]
MaybeModelFolder = Annotated[Path | None, _FOLDER]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace the model folder if it exists.")
]
Model = Annotated[str, typer.Option(metavar="NAME|PATH", help="Model, by name or folder.")]
Themes = Annotated[
    str, typer.Option(metavar="NAME|FILE", help="Codebook whose themes the labels name.")
]
Pages = Annotated[bool, typer.Option("--pages", help="Each text is the dump of a newspaper page.")]
Encoding = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Encoding of the input; found out unless it is named."),
]
Jobs = Annotated[int, typer.Option(min=1, metavar="N", help="Threads or processes to use.")]
AsJson = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write everything as JSON as well.")
]

_P = ParamSpec("_P")
_T = TypeVar("_T")


def command(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Turn errors and warnings of a command into lines on standard error, and an exit code."""

    @functools.wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            with warnings.catch_warnings():
                warnings.showwarning = lambda message, *_: complain(f"warning: {message}")
                result = function(*args, **kwargs)
                sys.stdout.flush()  # what cannot be written is an error here, not at exit
                return result
        except BrokenPipeError:
            _forget_output()
            raise typer.Exit(NOBODY_READS) from None
        except KeyboardInterrupt:
            complain("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except (NewsclfError, OSError) as error:
            complain(f"error: {' '.join(_reason(error).split())}")
            _forget_output()
            raise typer.Exit(FATAL) from None

    return run


def _forget_output() -> None:
    """Write what is still buffered, or let go of it: it must not fail once more at exit."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and error.filename:
        return (
            f"{error.filename}: cannot be read or written: {error.strerror}; "
            "run the command again when that is mended"
        )
    return str(error)


def complain(message: str) -> None:
    """Write a line to standard error, whatever characters it has."""
    # On a terminal the count of a run may stand in the line.
    start = "\r\x1b[K" if sys.stderr.isatty() else ""
    line = f"{start}newsclf: {printable(message)}\n"
    data = line.encode(sys.stderr.encoding or "utf-8", "backslashreplace")
    sys.stderr.flush()
    with contextlib.suppress(OSError):
        typer.get_binary_stream("stderr").write(data)
        typer.get_binary_stream("stderr").flush()


def printable(text: str) -> str:
    r"""Return text for a terminal: what would steer it, or turn the order of signs, is spelt out.

    Names of files and columns are other people's words.

    >>> printable("a\x1b[2Jb\u202ec")
    'a\\x1b[2Jb\\u202ec'
    """
    return "".join(c if _is_shown(c) else ascii(c)[1:-1] for c in text)


def _is_shown(character: str) -> bool:
    import unicodedata

    # Neither control and format characters nor surrogates nor what is not assigned.
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Cn", "Co")


def byte_size(text: str) -> int:
    """Read a size such as 500000, 64KiB, 32MiB, 1GB.

    >>> byte_size("32MiB"), byte_size("1 kB")
    (33554432, 1000)
    """
    match = re.fullmatch(r"(\d+)\s*([kmg]?)(i?)b?", text.strip().lower())
    if not match or int(match[1]) == 0:
        raise typer.BadParameter(f"expected a size such as 500000, 64KiB or 32MiB, got {text!r}")
    step = 1024 if match[3] else 1000
    power = " kmg".index(match[2] or " ")
    return int(int(match[1]) * step**power)


@contextlib.contextmanager
def open_output(path: Path | None) -> Iterator[BinaryIO]:
    """Open a file that appears when it is whole, or standard output."""
    from newsclf import outputs

    with outputs.open_output(path or typer.get_binary_stream("stdout")) as stream:
        yield stream


def print_text(text: str) -> None:
    """Write lines to standard output, whatever characters they have."""
    with open_output(None) as stream:
        stream.write(f"{text}\n".encode("utf-8", "replace"))


def write_json(path: Path | None, value: Mapping[str, object]) -> None:
    """Write JSON to a file, if one is named."""
    from newsclf.outputs import json_line

    if path is not None:
        with open_output(path) as stream:
            stream.write(json_line(value))


def labelled_articles(
    paths: Iterable[Path] | None, codebook: Codebook | None = None
) -> list[LabelledArticle]:
    """Read the labelled articles of several files."""
    from newsclf.labels.labelled import read_labelled

    return [item for path in paths or () for item in read_labelled(path, codebook=codebook)]


class RejectNotes:
    """Tells of the first rejects on standard error, where no file takes them."""

    limit = 20

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, reject: Reject) -> None:
        """Note a reject."""
        self.count += 1
        if self.count <= self.limit:
            complain(f"rejected {reject}")
        elif self.count == self.limit + 1:
            complain("more rows were rejected; --rejects FILE keeps every one with its reason")


class ProgressLine:
    """A line on standard error that counts rows, where that is a terminal.

    How much is left goes by the bytes of the files. With a compressed file or standard input among
    them nobody knows, and the line says nothing of it.
    """

    def __init__(self, *, quiet: bool) -> None:
        self.shown = not quiet and sys.stderr.isatty()
        self.started = self.drawn = time.monotonic()
        self.bytes = 0
        self.before: dict[str, int] = {}
        self.total = self.first = 0
        self.foreseeable = True

    def begin(self, files: Sequence[InputFile]) -> None:
        """Add up the sizes of the files."""
        self.foreseeable = all(file.path and not file.compression for file in files)
        for file in files:
            self.before[file.source] = self.total
            with contextlib.suppress(OSError):
                self.total += file.path.stat().st_size if file.path else 0

    def __call__(self, progress: Progress, rows: Sequence[Row]) -> None:
        """Count rows; draw the line anew five times a second."""
        if not self.shown:
            return
        for row in rows:
            paragraphs = row.article.paragraphs
            self.bytes += sum(len(p.encode("utf-8", "surrogatepass")) for p in paragraphs)
        self.first = self.first or self._place(rows[0])
        now = time.monotonic()
        if now - self.drawn < 0.2:
            return
        self.drawn = now
        seconds = now - self.started
        line = (
            f"{progress.rows} articles, {self.bytes / seconds / 1e6:.2f} MB/s, "
            f"{progress.rejected} rejected{self._left(rows[-1], seconds)}"
        )
        sys.stderr.write(f"\r{line}\x1b[K")
        sys.stderr.flush()

    def _place(self, row: Row) -> int:
        """Return how many bytes of all files stand before the end of a row."""
        return self.before.get(row.source, 0) + (row.byte_offset or 0) + len(row.raw)

    def _left(self, row: Row, seconds: float) -> str:
        done = self._place(row) - self.first
        left = self.total - self._place(row)
        if not self.foreseeable or row.byte_offset is None or done <= 0 or left < 0:
            return ""
        minutes, rest = divmod(round(seconds * left / done), 60)
        return f", {minutes // 60}:{minutes % 60:02}:{rest:02} left"

    def end(self) -> None:
        """Clear the line."""
        if self.shown:
            sys.stderr.write("\r\x1b[K")
