"""Batches: files in, a file of results out; what ``newsclf tag`` does, as a function."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from newsclf._version import __version__
from newsclf.batch.rows import AnyTagger, tag_portions, units_of
from newsclf.batch.writing import BatchResult, Tally, settle
from newsclf.errors import InputError
from newsclf.inputs import (
    InputFile,
    Portion,
    ReadOptions,
    Reject,
    Row,
    Selection,
    check_extras,
    find_files,
    in_portions,
    read_portions,
    read_rows,
    skip_rows,
)
from newsclf.outputs import (
    FolderWriter,
    Format,
    Journal,
    Layout,
    Progress,
    Sinks,
    Writer,
    format_for,
    open_sinks,
    sha256_of,
)
from newsclf.records.article import Article

__all__ = ["BatchResult", "read_articles", "tag_file"]

_Path = str | Path


def tag_file(
    inputs: _Path | Sequence[_Path],
    output: _Path | BinaryIO,
    *,
    model: _Path | AnyTagger = "governance",
    pages: bool = False,
    probabilities: bool = False,
    rejects: _Path | None = None,
    only_rejects: _Path | None = None,
    per_file: str | None = None,
    jobs: int = 1,
    resume: bool = False,
    formulas: bool = False,
    reading: ReadOptions | None = None,
    on_files: Callable[[Sequence[InputFile]], None] | None = None,
    on_reject: Callable[[Reject], None] | None = None,
    on_progress: Callable[[Progress, Sequence[Row]], None] | None = None,
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
    only_rejects : path, optional
        A rejects file of an earlier run: tag only the rows that it names, after a repair. With
        `inputs` empty, the files are those it names.
    per_file : {"jsonl", "csv", "parquet"}, optional
        Write a file of this format for each input; `output` is the folder for them.
    jobs : int
        Threads that read, tag and write; with the reference engine, as many processes that tag.
    resume : bool
        Keep a journal beside the output; a run that was cut off goes on where it stopped, and
        its output is the same to the byte. Needs `output` as a path ending in .jsonl or .csv,
        files as inputs, and a model by name or path.
    formulas : bool
        Leave CSV cells that a spreadsheet would take for a formula as they are.
    reading : ReadOptions, optional
        Encoding, format, field names, columns to keep, the largest record.
    on_files, on_reject, on_progress : callable, optional
        Called once with the files found; with each reject; now and then with the `Progress` and
        the rows that were tagged since.

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
    MissingExtra
        A format among the inputs or for the output needs packages that are not installed.
    OSError
        Writing failed, the disk being full for instance; no output appears.
    """
    started = time.monotonic()
    reading = replace(reading or ReadOptions(), split_titles=not pages)
    target = Path(output) if isinstance(output, (str, Path)) else None
    refused = Path(rejects) if rejects is not None else None
    selection = Selection(Path(only_rejects)) if only_rejects is not None else None
    if selection is not None and not inputs:
        inputs = selection.sources
    files, skipped = _find(inputs, [path for path in (target, refused) if path], reading)
    if selection is not None:
        files = selection.files(files)
    if on_files:
        on_files(files)
    names = _names(files, per_file) if per_file else {}
    tagger = _load(model)
    layout = Layout(
        pages=pages,
        keep=reading.keep,
        probabilities=tuple(tagger.codebook.ids) if probabilities else (),
        formulas=formulas,
    )
    options = (reading, layout, per_file, sha256_of([Path(only_rejects)]) if only_rejects else None)
    journal = _journal(files, target, refused, model, options, per_file) if resume else None
    format = format_for(Path(f"out.{per_file}") if per_file else target, layout)
    tally = Tally(on_reject, on_progress)
    with open_sinks(
        _destination(output, per_file), refused, journal, folder=format if per_file else None
    ) as sinks:
        tally.begin(sinks)
        if not sinks.start.finished:
            portions = skip_rows(_portions(files, reading, selection), sinks.start.read)
            finish = partial(settle, format=format, with_rows=on_progress is not None)
            account = tag_portions(portions, tagger, finish, pages=pages, jobs=jobs)
            tally.write(account, _writer(sinks, format), names)
    return tally.result(skipped, time.monotonic() - started)


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
        units = units_of(item, pages) if isinstance(item, Row) else item
        if not isinstance(units, Reject):
            yield from units
        elif on_reject is None:
            raise InputError(str(units))
        else:
            on_reject(units)


def _portions(
    files: Sequence[InputFile], reading: ReadOptions, selection: Selection | None
) -> Iterator[Portion]:
    if selection is None:
        return read_portions(files, reading)
    check_extras(files)
    return in_portions(
        row for file in files for row in selection.rows(file, read_rows([file], reading))
    )


def _writer(sinks: Sinks, format: Format) -> Writer | FolderWriter:
    if isinstance(sinks.output, FolderWriter):
        return sinks.output
    return format.writer(sinks.output, header=not sinks.start.output_bytes)


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
    from newsclf.tagger.tagger import load

    tagger: AnyTagger = load(model)
    return tagger


def _destination(output: _Path | BinaryIO, per_file: str | None) -> Path | BinaryIO:
    if not isinstance(output, (str, Path)):
        if per_file:
            raise InputError("a file for each input needs a folder to put them in (-o)")
        return output
    path = Path(output)
    if per_file and path.exists() and not path.is_dir():
        raise InputError(f"{path}: expected a folder, for the files of each input")
    if path.is_dir() and not per_file:
        raise InputError(
            f"{path}: is a folder; name the file to write, such as {path}/tags.jsonl, "
            "or ask for a file for each input with --per-file"
        )
    return path


def _names(files: Sequence[InputFile], suffix: str) -> dict[str, str]:
    """Return the name of the output of each input, by its source."""
    if suffix not in ("jsonl", "csv", "parquet"):
        raise InputError(f"per file: expected jsonl, csv or parquet, got {suffix!r}")
    names = {file.source: f"{file.name}.{suffix}" for file in files}
    twice = [name for name, n in Counter(names.values()).items() if n > 1]
    if twice:
        raise InputError(
            f"{twice[0]}: is the output of two inputs; name the folder they are in instead"
        )
    return names


def _journal(
    files: Sequence[InputFile],
    target: Path | None,
    rejects: Path | None,
    model: _Path | AnyTagger,
    options: object,
    per_file: str | None,
) -> Journal:
    paths = [file.path for file in files if file.path is not None]
    suffix = f".{per_file}" if per_file else target.suffix.lower() if target else ""
    streams = len(paths) < len(files) or (rejects and rejects.exists() and not rejects.is_file())
    if target is None or streams or suffix not in (".jsonl", ".ndjson", ".csv"):
        raise InputError(
            "resume needs files as inputs and an output file named .jsonl or .csv (-o); "
            "a stream cannot be taken up again"
        )
    if not isinstance(model, (str, Path)):
        raise InputError("resume needs the model by name or path, to know it again")
    from newsclf.model import storage

    manifest = Path(storage.find(model), storage.MANIFEST)
    key = {
        "the inputs": [[str(p), digest] for p, digest in zip(paths, sha256_of(paths), strict=True)],
        "the model": sha256_of([manifest]),
        "the options": [repr(options), str(rejects)],
        "the version of newsclf": __version__,
    }
    return Journal(target, key)
