"""What a run reads and writes, looked at before it begins: no input may be written to."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from newsclf.errors import InputError
from newsclf.inputs import InputFile, ReadOptions, find_files
from newsclf.outputs import FileFormat
from newsclf.outputs.names import derived, longest_name
from newsclf.outputs.opening import is_special

__all__ = ["FileNames", "destination", "find_inputs", "name_outputs", "resumable"]

_Path = str | Path


def find_inputs(
    inputs: _Path | Sequence[_Path], outputs: Sequence[Path], reading: ReadOptions
) -> tuple[list[InputFile], Counter[str]]:
    """List the files to read, and count what was passed over.

    Raises
    ------
    InputError
        There is no such file, or one of them is what a name of an output leads to.
    """
    own = [path.resolve() for path in outputs]
    if len(set(own)) < len(own):
        raise InputError(f"{outputs[0]}: is the output for both results and rejects; name two")
    entries = [inputs] if isinstance(inputs, (str, Path)) else list(inputs)
    files, skipped = find_files(entries, format=reading.format, exclude=own)
    refuse_inputs(files, (name for path in outputs for name in derived(path)))
    return files, skipped


def refuse_inputs(files: Iterable[InputFile], written: Iterable[Path]) -> None:
    """See to it that no input is written to, whatever other name it has there.

    Raises
    ------
    InputError
        A file to be written is one of the inputs.
    """
    names = {id: name for name in written for id in identities(name)}
    for file in files:
        for id in identities(file.path) if file.path else ():
            if id in names:
                raise InputError(
                    f"{file.source}: is both input and output (it is written as {names[id]}); "
                    "choose another output"
                )


def identities(path: Path) -> Iterator[object]:
    """Yield what tells a file from others: where its name leads, and which file is there."""
    yield os.path.realpath(path)
    try:
        status = path.stat()
    except OSError:
        return
    if status.st_ino and not path.is_dir() and not is_special(path):
        yield status.st_dev, status.st_ino


def destination(output: _Path | BinaryIO, per_file: bool) -> Path | BinaryIO:
    """Return where to write, if that can be.

    Raises
    ------
    InputError
        A folder is there where a file is expected, or the other way round.
    """
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


class FileNames(NamedTuple):
    """The name of the output of each input, by its source; and why there is none for others."""

    names: Mapping[str, str]
    refused: Mapping[str, str]


def name_outputs(files: Sequence[InputFile], format: FileFormat, folder: Path) -> FileNames:
    """Name the output of each input.

    Raises
    ------
    InputError
        Two inputs would have the same, or an output is an input.
    """
    names = {file.source: f"{file.name}.{format.name}" for file in files}
    twice = [name for name, n in Counter(names.values()).items() if n > 1]
    if twice:
        raise InputError(
            f"{twice[0]}: is the output of two inputs; name the folder they are in instead"
        )
    folders = {parent for name in names.values() for parent in Path(name).parents}
    longest = longest_name(folder.parent)
    refused = {}
    for source, name in names.items():
        if any(len(os.fsencode(part)) > longest for part in Path(name).parts):
            refused[source] = f"its output would have a name of more than {longest} bytes"
        elif Path(name) in folders or (folder / name).is_dir():
            refused[source] = f"its output {name} would have the name of a folder"
        elif any((folder / parent).is_file() for parent in Path(name).parents):
            refused[source] = f"its output {name} would lie in a folder where a file is"
    kept = {source: name for source, name in names.items() if source not in refused}
    refuse_inputs(files, (folder / name for name in kept.values()))
    return FileNames(kept, refused)


def resumable(
    files: Sequence[InputFile], output: Path | None, rejects: Path | None, format: FileFormat
) -> Path:
    """Return the output, if a run that was cut off can go on with it.

    Raises
    ------
    InputError
        An input or an output is a stream, or the format is written as a whole.
    """
    streams: list[object] = [file for file in files if file.path is None]
    streams += [path for path in (output, rejects) if path is not None and is_special(path)]
    if output is None or streams or not format.resumable:
        raise InputError(
            "resume needs files as inputs and an output file named .jsonl or .csv (-o); "
            "a stream cannot be taken up again"
        )
    return output
