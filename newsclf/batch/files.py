"""Batches: files in, a file of results out; what ``newsclf tag`` does, as a function."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from newsclf._version import __version__
from newsclf.batch.rows import tag_portions, units_of
from newsclf.batch.writing import BatchResult, ResultWriter, encode
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
    FileFormat,
    Progress,
    RunJournal,
    Schema,
    WriteOptions,
    format_named,
    format_of,
    open_sinks,
    sha256_of,
)
from newsclf.outputs.opening import is_special
from newsclf.records.article import Article
from newsclf.tagger.protocol import AnyTagger, as_tagger

__all__ = ["BatchResult", "read_articles", "tag_file"]

_Path = str | Path


def tag_file(
    inputs: _Path | Sequence[_Path],
    output: _Path | BinaryIO,
    *,
    model: _Path | AnyTagger = "governance",
    pages: bool = False,
    rejects: _Path | None = None,
    only_rejects: _Path | None = None,
    jobs: int = 1,
    resume: bool = False,
    reading: ReadOptions | None = None,
    writing: WriteOptions | None = None,
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
    model : path, name or tagger
    pages : bool
        Take each text for the dump of a newspaper page: one line of output a unit found on it.
    rejects : path, optional
        JSON lines, one a rejected row: source, line, byte_offset, code, message, raw_b64.
    only_rejects : path, optional
        A rejects file of an earlier run: tag only the rows that it names, after a repair. With
        `inputs` empty, the files are those it names.
    jobs : int
        Threads that read, tag and write; with the reference engine, as many processes that tag.
    resume : bool
        Keep a journal beside the output; a run that was cut off goes on where it stopped, and
        its output is the same to the byte. Needs `output` as a path ending in .jsonl or .csv,
        files as inputs, and a model by name or path.
    reading : ReadOptions, optional
        Encoding, format, field names, columns to keep, the largest record.
        See `newsclf.inputs.ReadOptions`.
    writing : WriteOptions, optional
        Probabilities of all themes, a file for each input (`output` is the folder for them then),
        formulas in CSV files. See `newsclf.outputs.WriteOptions`.
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
    writing = writing or WriteOptions()
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
    kind = format_named(writing.per_file) if writing.per_file else format_of(target)
    names = _names(files, kind) if writing.per_file else {}
    tagger = as_tagger(model)
    schema = Schema(
        pages=pages,
        keep=reading.keep,
        probabilities=tuple(tagger.codebook.ids) if writing.probabilities else (),
        formulas=writing.formulas,
    )
    journal = None
    if resume:
        again = [] if only_rejects is None else _digests([Path(only_rejects)])
        options = (reading, schema, writing.per_file, again, str(refused))
        key = _key(files, model, options)
        journal = RunJournal(_resumable(files, target, refused, kind), key)
    format = kind.make(schema)
    folder = format if writing.per_file else None
    place = _destination(output, bool(writing.per_file))
    with open_sinks(place, refused, journal, folder=folder) as sinks:
        writer = ResultWriter(sinks, format, on_reject, on_progress)
        if not sinks.start.finished:
            portions = skip_rows(_portions(files, reading, selection), sinks.start.read)
            finish = partial(encode, format=format, with_rows=on_progress is not None)
            writer.write(tag_portions(portions, tagger, finish, pages=pages, jobs=jobs), names)
    return writer.result(skipped, time.monotonic() - started)


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


def _destination(output: _Path | BinaryIO, per_file: bool) -> Path | BinaryIO:
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


def _names(files: Sequence[InputFile], format: FileFormat) -> dict[str, str]:
    """Return the name of the output of each input, by its source."""
    names = {file.source: f"{file.name}.{format.name}" for file in files}
    twice = [name for name, n in Counter(names.values()).items() if n > 1]
    if twice:
        raise InputError(
            f"{twice[0]}: is the output of two inputs; name the folder they are in instead"
        )
    return names


def _resumable(
    files: Sequence[InputFile], output: Path | None, rejects: Path | None, format: FileFormat
) -> Path:
    """Return the output, if a run that was cut off can go on with it."""
    streams: list[object] = [file for file in files if file.path is None]
    streams += [path for path in (output, rejects) if path is not None and is_special(path)]
    if output is None or streams or not format.resumable:
        raise InputError(
            "resume needs files as inputs and an output file named .jsonl or .csv (-o); "
            "a stream cannot be taken up again"
        )
    return output


def _key(files: Sequence[InputFile], model: _Path | AnyTagger, options: object) -> dict[str, Any]:
    """Return what a run depends on, by the name that messages have for it."""
    if not isinstance(model, (str, Path)):
        raise InputError("resume needs the model by name or path, to know it again")
    from newsclf.model import storage

    paths = [file.path for file in files if file.path is not None]
    return {
        "the inputs": [[str(p), digest] for p, digest in zip(paths, _digests(paths), strict=True)],
        "the model": _digests([Path(storage.find(model), storage.MANIFEST)]),
        "the options": repr(options),
        "the version of newsclf": __version__,
    }


def _digests(paths: Sequence[Path]) -> list[str]:
    """Return the sha256 of each file."""
    digests = []
    for path in paths:
        try:
            digests.append(sha256_of(path))
        except OSError as error:
            # Unreadable now is a state like any other: it is rejected, and may have changed later.
            digests.append(f"unreadable: {error.strerror}")
    return digests
