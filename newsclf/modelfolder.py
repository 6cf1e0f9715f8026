"""Model folders: a manifest and its arrays on disk, trusted only after every byte is accounted for.

A folder holds ``manifest.json``, the files it names with their sha256, and ``MODEL_CARD.md``. The
hashes catch corruption and accident, not a malicious publisher: take models from people you trust.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from newsclf.errors import ModelError, ModelNotFound

__all__ = ["FORMAT", "ModelFiles", "find", "installed", "manifest", "read", "within", "write"]

FORMAT = 1
MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"
CARD = "MODEL_CARD.md"
SHIPPED = Path(__file__).parent / "models"

_NO_HASH = "0" * 64
_HASH_KEY = b'"sha256": "'

_DTYPES = {"F16": np.float16, "F32": np.float32, "U8": np.uint8, "U32": np.uint32}


@dataclass(frozen=True)
class ModelFiles:
    """What a model folder holds: the manifest's contents, arrays and other files by name."""

    manifest: dict[str, Any]
    arrays: dict[str, NDArray[Any]]
    others: Mapping[str, bytes] = field(default_factory=dict)


def find(model: str | os.PathLike[str]) -> Path:
    """Return the folder of a model given by name (a shipped one) or by path."""
    path = Path(model)
    if (path / MANIFEST).is_file():
        return path
    shipped = SHIPPED / str(model)
    if path.name == str(model) and (shipped / MANIFEST).is_file():
        return shipped
    names = ", ".join(p.name for p in installed()) or "none"
    raise ModelNotFound(
        f"no model {str(model)!r}: expected the name of an installed model ({names}) "
        f"or a folder with a {MANIFEST}"
    )


def installed() -> list[Path]:
    """Return the folders of the shipped models, by name."""
    return sorted(p.parent for p in SHIPPED.glob(f"*/{MANIFEST}"))


def within(folder: Path) -> list[Path]:
    """Return `folder` if it is a model folder, else the model folders in it, by name."""
    if (folder / MANIFEST).is_file():
        return [folder]
    found = sorted(p.parent for p in folder.glob(f"*/{MANIFEST}"))
    if not found:
        raise ModelNotFound(f"{folder}: no {MANIFEST} in it nor in a folder in it")
    return found


def manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a model folder; it must be, byte for byte, what was written."""
    path = folder / MANIFEST
    written = path.read_bytes()
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
    for name, digest in contents["files"].items():
        if Path(name).name != name or name in ("", "..", MANIFEST, CARD):
            raise ModelError(f"{folder / MANIFEST}: names {name!r}, expected plain file names")
        path = folder / name
        if not path.is_file():
            raise ModelError(f"{path}: missing, but {MANIFEST} names it; install the model again")
        if verify and _sha256(path) != digest:
            raise ModelError(
                f"{path}: its contents differ from what {MANIFEST} says (sha256); "
                "the file was changed or damaged: install or build the model again"
            )
    if WEIGHTS not in contents["files"]:
        raise ModelError(f"{folder / MANIFEST}: names no {WEIGHTS}")
    return ModelFiles(contents, _map_arrays(folder / WEIGHTS))


def write(folder: str | os.PathLike[str], files: ModelFiles, *, overwrite: bool = False) -> Path:
    """Write a model folder; all of it appears, or nothing does.

    Raises
    ------
    ModelError
        The folder exists and `overwrite` is false, or it exists and is no model folder.
    """
    import shutil
    import tempfile

    from safetensors.numpy import save_file

    folder = Path(folder)
    if folder.exists():
        if not overwrite:
            raise ModelError(f"{folder}: exists; choose another folder or pass overwrite=True")
        if not (folder / MANIFEST).is_file():
            raise ModelError(f"{folder}: exists and is no model folder, so it is left alone")
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        save_file({k: np.ascontiguousarray(v) for k, v in files.arrays.items()}, new / WEIGHTS)
        for name, data in files.others.items():
            (new / name).write_bytes(data)
        contents = {
            **files.manifest,
            "format": FORMAT,
            "files": {path.name: _sha256(path) for path in sorted(new.iterdir())},
        }
        (new / MANIFEST).write_bytes(_signed(contents))
        new.chmod(0o755)
        for path in new.iterdir():
            path.chmod(0o644)
        if folder.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
            folder.replace(old)
            new.replace(folder)
            shutil.rmtree(old)
        else:
            new.replace(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
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


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _map_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Map the arrays of a safetensors file; safe_open validates it, but would copy."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as opened:
            names = list(opened.keys())
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(size))
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(f"{path}: not a valid safetensors file: {error}") from error
    mapped = np.memmap(path, dtype=np.uint8, mode="r")
    arrays = {}
    for name in names:
        entry = header[name]
        if entry["dtype"] not in _DTYPES:
            raise ModelError(f"{path}: array {name} has the unexpected type {entry['dtype']}")
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        view = mapped[start:end].view(np.ndarray)
        arrays[name] = view.view(_DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return arrays
