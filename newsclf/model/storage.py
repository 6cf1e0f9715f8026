"""Model folders: a manifest and its arrays on disk, trusted only after every byte is accounted for.

A folder holds ``manifest.json``, the files it names with their sha256, and ``MODEL_CARD.md``. The
hashes catch corruption and accident, not a malicious publisher: take models from people you trust.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from newsclf.errors import ModelError, ModelNotFound

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["FORMAT", "ModelFiles", "find", "installed", "manifest", "read", "within", "write"]

FORMAT = 1
MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"
CARD = "MODEL_CARD.md"
SHIPPED = os.path.join(os.path.dirname(os.path.dirname(__file__)), "models")

_NO_HASH = "0" * 64
_HASH_KEY = b'"sha256": "'

_DTYPES = {"F16": np.float16, "F32": np.float32, "U8": np.uint8, "U32": np.uint32}


class ModelFiles(NamedTuple):
    """What a model folder holds: the manifest's contents, arrays and other files by name."""

    manifest: dict[str, Any]
    arrays: dict[str, NDArray[Any]]
    others: Mapping[str, bytes] = MappingProxyType({})


def find(model: str | os.PathLike[str]) -> str:
    """Return the folder of a model given by name (a shipped one) or by path."""
    # Strings throughout: to import pathlib would be a tenth of what it takes to load and to tag.
    path = os.fspath(model)
    if _is_model(path):
        return path
    shipped = os.path.join(SHIPPED, path)
    if os.path.basename(path) == path and _is_model(shipped):
        return shipped
    names = ", ".join(p.name for p in installed()) or "none"
    raise ModelNotFound(
        f"no model {path!r}: expected the name of an installed model ({names}) "
        f"or a folder with a {MANIFEST}"
    )


def _is_model(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, MANIFEST))


def installed() -> list[Path]:
    """Return the folders of the shipped models, by name."""
    from pathlib import Path

    return sorted(p.parent for p in Path(SHIPPED).glob(f"*/{MANIFEST}"))


def within(folder: str | os.PathLike[str]) -> list[Path]:
    """Return `folder` if it is a model folder, else the model folders in it, by name."""
    from pathlib import Path

    folder = Path(folder)
    if _is_model(str(folder)):
        return [folder]
    found = sorted(p.parent for p in folder.glob(f"*/{MANIFEST}"))
    if not found:
        raise ModelNotFound(f"{folder}: no {MANIFEST} in it nor in a folder in it")
    return found


def manifest(folder: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the manifest of a model folder; it must be, byte for byte, what was written."""
    path = os.path.join(folder, MANIFEST)
    with open(path, "rb") as file:
        written = file.read()
    try:
        contents = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: not a JSON manifest: {error}") from error
    if not isinstance(contents, dict) or not isinstance(contents.get("files"), dict):
        raise ModelError(f"{path}: not the manifest of a newsclf model")
    version = contents.get("format")
    if not isinstance(version, int) or version > FORMAT:
        raise ModelError(
            f"{path}: model format {version!r}, this newsclf reads up to {FORMAT}; "
            "upgrade newsclf or build the model with this version"
        )
    if contents.get("sha256") != _manifest_hash(written):
        raise ModelError(
            f"{path}: differs from what was written (its own sha256 does not fit); "
            "install or build the model again"
        )
    return contents


def read(folder: str | os.PathLike[str], *, verify: bool = True) -> ModelFiles:
    """Read a model folder; its arrays are read-only views of the mapped file.

    Parameters
    ----------
    verify : bool
        Check the sha256 of every file. Without it, structure and shapes are still checked.

    Raises
    ------
    ModelError
        A file is missing, altered, of a newer format, or not what its name says.
    """
    folder = find(folder)
    contents = manifest(folder)
    mapped: dict[str, NDArray[np.uint8]] = {}
    for name, digest in contents["files"].items():
        path = os.path.join(folder, name)
        if name in ("", ".", "..", MANIFEST, CARD) or {*name} & {"/", "\\", "\0"}:
            raise ModelError(
                f"{os.path.join(folder, MANIFEST)}: names {name!r}, expected plain file names"
            )
        if not os.path.isfile(path):
            raise ModelError(f"{path}: missing, but {MANIFEST} names it; install the model again")
        mapped[name] = _map(path)
        if verify and hashlib.sha256(mapped[name].data).hexdigest() != digest:
            raise ModelError(
                f"{path}: its contents differ from what {MANIFEST} says (sha256); "
                "the file was changed or damaged: install or build the model again"
            )
    if WEIGHTS not in mapped:
        raise ModelError(f"{os.path.join(folder, MANIFEST)}: names no {WEIGHTS}")
    return ModelFiles(contents, _arrays(os.path.join(folder, WEIGHTS), mapped[WEIGHTS]))


def write(folder: str | os.PathLike[str], files: ModelFiles, *, overwrite: bool = False) -> Path:
    """Write a model folder; all of it appears, or nothing does.

    Raises
    ------
    ModelError
        The folder exists and `overwrite` is false, or it exists and is no model folder.
    InputError
        The folder cannot be written, or somebody else is writing it.
    """
    from pathlib import Path

    from safetensors.numpy import save

    from newsclf.outputs.atomic import atomic_folder
    from newsclf.outputs.digests import sha256_of
    from newsclf.outputs.locks import only_writer

    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with only_writer(folder):
        if folder.exists():
            if not overwrite:
                raise ModelError(f"{folder}: exists; choose another folder or pass overwrite=True")
            if not (folder / MANIFEST).is_file():
                raise ModelError(f"{folder}: exists and is no model folder, so it is left alone")
        arrays = {name: np.ascontiguousarray(array) for name, array in files.arrays.items()}
        with atomic_folder(folder) as new:
            for name, data in {WEIGHTS: save(arrays), **files.others}.items():
                (new / name).write_bytes(data)
            contents = {
                **files.manifest,
                "format": FORMAT,
                "files": {path.name: sha256_of(path) for path in sorted(new.iterdir())},
            }
            (new / MANIFEST).write_bytes(_signed(contents))
    return folder


def _signed(contents: Mapping[str, Any]) -> bytes:
    """Return a manifest as it is written, its own hash last."""
    rest = {key: value for key, value in contents.items() if key != "sha256"}
    text = json.dumps(rest | {"sha256": _NO_HASH}, ensure_ascii=False, indent=1) + "\n"
    unsigned = text.encode("utf-8", "surrogatepass")
    before, _, after = unsigned.rpartition(_NO_HASH.encode())
    return before + _manifest_hash(unsigned).encode() + after


def _manifest_hash(written: bytes) -> str:
    """Return the sha256 of a manifest as written, its own hash blanked out where it ends."""
    start = written.rfind(_HASH_KEY) + len(_HASH_KEY)
    blanked = written[:start] + _NO_HASH.encode() + written[start + len(_NO_HASH) :]
    return hashlib.sha256(blanked).hexdigest()


def _map(path: str) -> NDArray[np.uint8]:
    """Map a file into memory: what is hashed is what is used, and is read once."""
    if not os.path.getsize(path):
        return np.zeros(0, np.uint8)
    return np.memmap(path, np.uint8, "r").view(np.ndarray)


def _arrays(path: str, mapped: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
    """Return the arrays of a mapped safetensors file; safe_open validates it, but would copy."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as opened:
            names = list(opened.keys())
        start = 8 + int.from_bytes(mapped[:8].tobytes(), "little")
        header = json.loads(mapped[8:start].tobytes())
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(f"{path}: not a valid safetensors file: {error}") from error
    arrays = {}
    for name in names:
        entry = header[name]
        if entry["dtype"] not in _DTYPES:
            raise ModelError(f"{path}: array {name} has the unexpected type {entry['dtype']}")
        begin, end = (start + offset for offset in entry["data_offsets"])
        arrays[name] = mapped[begin:end].view(_DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return arrays
