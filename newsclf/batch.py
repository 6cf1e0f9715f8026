"""Batches: files in, a file of results out; what ``newsclf tag`` does, as a function."""

from __future__ import annotations

import itertools
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from newsclf._version import __version__
from newsclf.articles import Article
from newsclf.errors import InputError
from newsclf.inputs import InputFile, ReadOptions, Reject, Row, find_files, read_rows
from newsclf.inputs.rows import Place
from newsclf.outputs import (
    Journal,
    Layout,
    Progress,
    Writer,
    json_line,
    open_sinks,
    sha256_of,
    writer_for,
)

if TYPE_CHECKING:
    from newsclf.codebook import Codebook
    from newsclf.tagging import Tagging

__all__ = ["BatchResult", "read_articles", "tag_file"]

CHECKPOINT_SECONDS = 2.0
_Path = str | Path


class AnyTagger(Protocol):
    """What a batch needs of a tagger."""

    @property
    def codebook(self) -> Codebook:
        """The themes."""

    def tag_many(self, items: Iterable[Article], *, jobs: int = 1) -> Iterator[Tagging]:
        """Tag lazily and in order."""


@dataclass(frozen=True)
class BatchResult:
    """The account of a batch: ``rows == tagged + rejected``, always.

    Attributes
    ----------
    tagged, rejected : int
        Rows of the input, by outcome.
    units : int
        Lines of the output; more than `tagged` where pages were split.
    codes : mapping of str to int
        Rejects by code.
    skipped : mapping of str to int
        What was passed over in folders, by kind.
    seconds : float
    """

    tagged: int
    rejected: int
    units: int
    codes: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        """Rows of the input."""
        return self.tagged + self.rejected

    def __str__(self) -> str:
        """One line."""
        text = f"{self.rows} rows: {self.tagged} tagged, {self.rejected} rejected"
        if self.codes:
            text += " (" + ", ".join(f"{n} {code}" for code, n in self.codes.items()) + ")"
        if self.units != self.tagged:
            text += f", {self.units} units"
        if self.skipped:
            text += "; passed over: " + ", ".join(f"{n} {k}" for k, n in self.skipped.items())
        return f"{text}; {self.seconds:.1f} s"


def tag_file(
    inputs: _Path | Sequence[_Path],
    output: _Path | BinaryIO,
    *,
    model: _Path | AnyTagger = "governance",
    pages: bool = False,
    probabilities: bool = False,
    rejects: _Path | None = None,
    jobs: int = 1,
    resume: bool = False,
    formulas: bool = False,
    reading: ReadOptions | None = None,
    on_reject: Callable[[Reject], None] | None = None,
    on_progress: Callable[[Progress, Row], None] | None = None,
) -> BatchResult:
    """Tag files into a file, in bounded memory; the order of the output is that of the input.

    Every row of the input is tagged or rejected with its reason. The output appears under its
    name when it is whole and on the disk, and not before.

    Parameters
    ----------
    inputs : path or sequence of paths
        Files, folders, ``-`` for standard input; see `newsclf.inputs.find_files`.
    output : path or binary file
        A path ending in .jsonl, .csv or .parquet, or an open file that gets JSON lines.
    model : path, name or Tagger
    pages : bool
        Take each text for the dump of a newspaper page: one line of output a unit found on it.
    probabilities : bool
        Write the probability of every theme.
    rejects : path, optional
        JSON lines, one a rejected row: source, line, byte_offset, code, message, raw_b64.
    jobs : int
        Processes of the tagger.
    resume : bool
        Keep a journal beside the output; a run that was cut off goes on where it stopped, and
        its output is the same to the byte. Needs `output` as a path ending in .jsonl or .csv,
        files as inputs, and a model by name or path.
    formulas : bool
        Leave CSV cells that a spreadsheet would take for a formula as they are.
    reading : ReadOptions, optional
        Encoding, format, field names, columns to keep, the largest record.
    on_reject, on_progress : callable, optional
        Called with each reject; called after each row with the `Progress` and the row.

    Returns
    -------
    BatchResult

    Raises
    ------
    InputError
        An input does not exist, the output cannot be written or is one of the inputs, another
        run is writing it, or a journal belongs to another run.
    ModelError
        The model cannot be loaded.
    OSError
        Writing failed, the disk being full for instance; no output appears.
    """
    started = time.monotonic()
    reading = replace(reading or ReadOptions(), split_titles=not pages)
    target = Path(output) if isinstance(output, (str, Path)) else None
    refused = Path(rejects) if rejects is not None else None
    files, skipped = _find(inputs, [path for path in (target, refused) if path], reading)
    tagger = _load(model)
    layout = Layout(
        pages=pages,
        keep=reading.keep,
        probabilities=tuple(tagger.codebook.ids) if probabilities else (),
        formulas=formulas,
    )
    journal = _journal(files, target, refused, model, (reading, layout)) if resume else None
    with open_sinks(_destination(output), refused, journal) as sinks:
        progress = sinks.start
        if not progress.finished:
            rows = itertools.islice(read_rows(files, reading), progress.read, None)
            feed = _Feed(rows, progress, pages, sinks.rejects, on_reject)
            writer = writer_for(target, sinks.output, layout, header=not progress.output_bytes)
            saved = started
            for row, progress in _tag(tagger, feed, writer, layout, jobs):
                if time.monotonic() - saved >= CHECKPOINT_SECONDS:
                    sinks.checkpoint(progress)
                    saved = time.monotonic()
                if on_progress:
                    on_progress(progress, row)
            writer.close()
            progress = replace(
                progress,
                read=feed.read,
                codes=feed.codes,
                rejects_bytes=feed.rejects_bytes,
                finished=True,
            )
            sinks.checkpoint(progress)
    return BatchResult(
        tagged=progress.rows,
        rejected=progress.rejected,
        units=progress.units,
        codes=dict(progress.codes),
        skipped=dict(skipped),
        seconds=time.monotonic() - started,
    )


def read_articles(
    inputs: _Path | Sequence[_Path],
    *,
    pages: bool = False,
    reading: ReadOptions | None = None,
    on_reject: Callable[[Reject], None] | None = None,
) -> Iterator[Article]:
    """Read the articles of files, or with `pages` the units of the page dumps that they hold.

    Parameters
    ----------
    inputs, pages, reading
        As in `tag_file`.
    on_reject : callable, optional
        Called with each row that cannot be used; without it such a row is an error.

    Raises
    ------
    InputError
        An input does not exist, or a row cannot be used and nobody takes it.
    """
    reading = replace(reading or ReadOptions(), split_titles=not pages)
    for item in read_rows(_find(inputs, (), reading)[0], reading):
        units = _units(item, pages) if isinstance(item, Row) else item
        if not isinstance(units, Reject):
            yield from units
        elif on_reject is None:
            raise InputError(str(units))
        else:
            on_reject(units)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A row on its way through the tagger: its units, and where the reader stood after it."""

    row: Row
    units: tuple[Article, ...]
    read: int
    codes: Mapping[str, int]
    rejects_bytes: int


@dataclass
class _Feed:
    """Hands articles to the tagger and keeps the rows that they are from.

    Rejects are written at once, so that none has to wait in memory for the rows before it.
    """

    rows: Iterator[Row | Reject]
    start: Progress
    pages: bool
    rejects: BinaryIO | None
    on_reject: Callable[[Reject], None] | None
    waiting: deque[_Waiting] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.read = self.start.read
        self.codes = self.start.codes
        self.rejects_bytes = self.start.rejects_bytes

    def articles(self) -> Iterator[Article]:
        """Yield every article, or every unit of every page."""
        for item in self.rows:
            self.read += 1
            units = _units(item, self.pages) if isinstance(item, Row) else item
            if isinstance(units, Reject):
                self._reject(units)
            else:
                assert isinstance(item, Row)
                self.waiting.append(
                    _Waiting(item, units, self.read, self.codes, self.rejects_bytes)
                )
                yield from units

    def _reject(self, reject: Reject) -> None:
        # A new mapping each time: the rows on their way hold the old one.
        self.codes = {**self.codes, reject.code: self.codes.get(reject.code, 0) + 1}
        if self.rejects is not None:
            line = json_line(reject.to_dict())
            self.rejects.write(line)
            self.rejects_bytes += len(line)
        if self.on_reject:
            self.on_reject(reject)


def _units(row: Row, pages: bool) -> tuple[Article, ...] | Reject:
    if not pages:
        return (row.article,)
    from newsclf.pages import read_page

    units = read_page(row.article.text, name=_page_name(row)).articles
    if units:
        return units
    place = Place(row.source, "", row.line, row.byte_offset, row.raw)
    return place.reject("no_units", "expected the text of a newspaper page, got none")


def _page_name(row: Row) -> str:
    if row.line is not None:
        return row.article.id
    name = Path(row.source).name.removesuffix(".gz").removesuffix(".zst")
    return "page" if name == "-" else name


def _tag(
    tagger: AnyTagger, feed: _Feed, writer: Writer, layout: Layout, jobs: int
) -> Iterator[tuple[Row, Progress]]:
    """Write a record for each unit; yield each row when it is written, and how far the run is."""
    rows, units = feed.start.rows, feed.start.units
    done = 0
    for tagging in tagger.tag_many(feed.articles(), jobs=jobs):
        head = feed.waiting[0]
        writer.write(_record(tagging, head.units[done], head.row, layout))
        done += 1
        if done == len(head.units):
            feed.waiting.popleft()
            rows, units, done = rows + 1, units + done, 0
            yield head.row, Progress(head.read, rows, units, head.codes, 0, head.rejects_bytes)
    if feed.waiting:
        raise RuntimeError(f"the tagger gave no result for {len(feed.waiting)} rows")


def _record(tagging: Tagging, unit: Article, row: Row, layout: Layout) -> dict[str, Any]:
    record = tagging.to_dict(probabilities=bool(layout.probabilities))
    if layout.pages:
        page = {"id": unit.id, "page": unit.page, "type": unit.type, "flags": list(unit.flags)}
        record = {**page, **record}
    if layout.keep:
        record["input"] = dict(row.columns)
    return record


def _find(
    inputs: _Path | Sequence[_Path], outputs: Sequence[Path], reading: ReadOptions
) -> tuple[list[InputFile], Counter[str]]:
    own = [path.resolve() for path in outputs]
    if len(set(own)) < len(own):
        raise InputError(f"{outputs[0]}: is the output for both results and rejects; name two")
    entries = [inputs] if isinstance(inputs, (str, Path)) else list(inputs)
    files, skipped = find_files(entries, format=reading.format, exclude=own)
    for file in files:
        if file.path is not None and file.path.resolve() in own:
            raise InputError(f"{file.source}: is both input and output; choose another output")
    return files, skipped


def _load(model: _Path | AnyTagger) -> AnyTagger:
    if not isinstance(model, (str, Path)):
        return model
    from newsclf.tagger import load

    tagger: AnyTagger = load(model)
    return tagger


def _destination(output: _Path | BinaryIO) -> Path | BinaryIO:
    if not isinstance(output, (str, Path)):
        return output
    path = Path(output)
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name the file to write, such as {path}/tags.jsonl")
    return path


def _journal(
    files: Sequence[InputFile],
    target: Path | None,
    rejects: Path | None,
    model: _Path | AnyTagger,
    options: object,
) -> Journal:
    paths = [file.path for file in files if file.path is not None]
    suffix = target.suffix.lower() if target else ""
    streams = len(paths) < len(files) or (rejects and rejects.exists() and not rejects.is_file())
    if target is None or streams or suffix not in (".jsonl", ".ndjson", ".csv"):
        raise InputError(
            "resume needs files as inputs and an output file named .jsonl or .csv (-o); "
            "a stream cannot be taken up again"
        )
    if not isinstance(model, (str, Path)):
        raise InputError("resume needs the model by name or path, to know it again")
    from newsclf import modelfolder

    manifest = modelfolder.find(model) / modelfolder.MANIFEST
    key = {
        "the inputs": [[str(p), digest] for p, digest in zip(paths, sha256_of(paths), strict=True)],
        "the model": sha256_of([manifest]),
        "the options": [repr(options), str(rejects)],
        "the version of newsclf": __version__,
    }
    return Journal(target, key)
