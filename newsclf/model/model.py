"""The model: everything a tagger knows, as plain arrays, and its form on disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from newsclf.engine import choice
from newsclf.engine.features import FeatureSpec, Rows, Terms, Vocabulary, compiled_rows, extract
from newsclf.errors import CodebookError, ModelError
from newsclf.model import storage
from newsclf.model.decision import Decision
from newsclf.records.article import Article, Reading
from newsclf.records.codebook import Codebook

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from newsclf.engine.kernel.kernel import Kernel

__all__ = ["Model"]


@dataclass(frozen=True, eq=False)
class Model:
    """A linear model over TF-IDF features, one head a theme, with its decision rule.

    Attributes
    ----------
    name, version : str
    codebook : Codebook
        Themes in the order of the columns of `weights`.
    spec : FeatureSpec
    vocabulary : Vocabulary
    weights : array of shape (n_features, n_themes), float16
        Labels, codebook and background text, all folded into one number a feature and theme.
    bias : array of shape (n_themes,), float32
    decision : Decision
    sketch : array of shape (n_training_texts, n_hashes), uint32
        By which training texts are known again; see `newsclf.training.duplicates.sketch`.
    record : mapping
        What the model was made of and with: for the card and for whoever rebuilds it.
    """

    name: str
    version: str
    codebook: Codebook
    spec: FeatureSpec
    vocabulary: Vocabulary
    weights: NDArray[np.float16]
    bias: NDArray[np.float32]
    decision: Decision
    sketch: NDArray[np.uint32]
    record: Mapping[str, Any] = field(default_factory=dict)

    def features(self, articles: Iterable[Article | Reading]) -> Rows:
        """Return the features of articles as sparse rows."""
        if choice.compiled():
            return compiled_rows(articles, self.kernel)
        return extract(articles, self.spec, self.vocabulary)

    def scores_of(self, articles: Iterable[Article | Reading]) -> NDArray[np.float32]:
        """Return the linear scores of articles, shape (n_articles, n_themes); see `scores`."""
        if choice.compiled():
            articles = list(articles)
            return self.kernel.scores([a.title for a in articles], [a.text for a in articles])
        return self.scores(self.features(articles))

    @cached_property
    def kernel(self) -> Kernel:
        """The compiled engine over this model's arrays."""
        return self.vocabulary.kernel(self.spec, self.weights, self.bias)

    def __getstate__(self) -> dict[str, Any]:
        # A kernel is made again where it is needed: it holds nothing but pointers.
        return {name: value for name, value in vars(self).items() if name != "kernel"}

    def scores(self, rows: Rows) -> NDArray[np.float32]:
        """Return linear scores, shape (n_rows, n_themes); a row without features gets -inf.

        Nothing is known of a text that shares no term with the model, so no bias may speak.
        """
        n = len(rows.indptr) - 1
        out = np.full((n, len(self.codebook)), -np.inf, np.float32)
        for i in range(n):
            start, end = rows.indptr[i], rows.indptr[i + 1]
            if start < end:
                weights = self.weights[rows.indices[start:end]].astype(np.float32)
                out[i] = rows.values[start:end] @ weights + self.bias
        return out

    def save(
        self,
        folder: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        others: Mapping[str, bytes] | None = None,
    ) -> Path:
        """Write the model as a folder: manifest and safetensors, nothing executable.

        Parameters
        ----------
        folder : path
        overwrite : bool
            Replace a model folder that is there already.
        others : mapping of str to bytes, optional
            Further files, by name.
        """
        manifest = {
            "name": self.name,
            "version": self.version,
            "codebook": self.codebook.to_dict(),
            "features": self.spec.to_dict(),
            "decision": {
                "rival": self.decision.rival,
                "abstain": self.decision.abstain,
                "at_most": self.decision.at_most,
            },
            "training": dict(self.record),
        }
        arrays: dict[str, NDArray[Any]] = {
            "idf": self.vocabulary.idf,
            "weights": self.weights,
            "bias": self.bias,
            "slopes": self.decision.slopes,
            "offsets": self.decision.offsets,
            "thresholds": self.decision.thresholds,
            "sketch": self.sketch,
        }
        for block in ("words", "chars"):
            terms = self.vocabulary.packed[block == "chars"]
            arrays |= {block: terms.utf8, f"{block}_ends": terms.ends}
        return storage.write(
            folder, storage.ModelFiles(manifest, arrays, others or {}), overwrite=overwrite
        )

    @classmethod
    def load(cls, folder: str | os.PathLike[str], *, verify: bool = True) -> Model:
        """Read a model folder and check that all its parts fit one another.

        Raises
        ------
        ModelError
            With the name of the file that does not fit, and how.
        """
        folder = storage.find(folder)
        files = storage.read(folder, verify=verify)
        manifest, arrays = files.manifest, files.arrays
        where = os.path.join(folder, storage.MANIFEST)
        weights = os.path.join(folder, storage.WEIGHTS)
        try:
            codebook = Codebook.from_dict(manifest["codebook"], where=where)
            spec = FeatureSpec.from_dict(manifest["features"])
            rule = manifest["decision"]
            rival, abstain = float(rule["rival"]), float(rule["abstain"])
            at_most = int(rule["at_most"])
            if not (np.isfinite(rival) and 0.0 <= abstain <= 1.0 and at_most >= 1):
                raise ValueError(f"no decision rule: {rule}")
            name, version = str(manifest["name"]), str(manifest["version"])
            record = dict(manifest["training"])
        except (KeyError, TypeError, ValueError, CodebookError) as error:
            raise ModelError(f"{where}: incomplete or malformed: {error}") from (error)
        _check_arrays(arrays, len(codebook), weights)
        words, chars = (Terms(arrays[b], arrays[f"{b}_ends"]) for b in ("words", "chars"))
        vocabulary = Vocabulary(words, chars, arrays["idf"])
        decision = Decision(
            arrays["slopes"], arrays["offsets"], rival, arrays["thresholds"], abstain, at_most
        )
        model = cls(
            name,
            version,
            codebook,
            spec,
            vocabulary,
            arrays["weights"],
            arrays["bias"],
            decision,
            arrays["sketch"],
            record,
        )
        try:
            # Whichever engine runs looks at every term once, here rather than at the first text.
            _ = model.kernel if choice.compiled() else (vocabulary.words, vocabulary.chars)
        except ModelError as error:
            raise ModelError(f"{weights}: {error}") from error
        return model


def _check_arrays(arrays: Mapping[str, NDArray[Any]], n_themes: int, path: str) -> None:
    """Refuse arrays of a wrong type, shape or value, naming the first that does not fit."""
    n_features = arrays["idf"].shape[0] if "idf" in arrays and arrays["idf"].ndim else 0
    ends = {b: arrays[f"{b}_ends"] for b in ("words", "chars") if f"{b}_ends" in arrays}
    expected: dict[str, tuple[type, tuple[int | None, ...]]] = {
        "idf": (np.float32, (n_features,)),
        "weights": (np.float16, (n_features, n_themes)),
        "bias": (np.float32, (n_themes,)),
        "slopes": (np.float32, (n_themes,)),
        "offsets": (np.float32, (n_themes,)),
        "thresholds": (np.float32, (n_themes,)),
        "sketch": (np.uint32, (None, None)),
        "words": (np.uint8, (None,)),
        "chars": (np.uint8, (None,)),
        "words_ends": (np.uint32, (None,)),
        "chars_ends": (np.uint32, (None,)),
    }
    if set(arrays) != set(expected):
        odd = ", ".join(sorted(set(arrays) ^ set(expected)))
        raise ModelError(f"{path}: missing or unknown arrays: {odd}")
    for name, (dtype, shape) in expected.items():
        array = arrays[name]
        fits = len(shape) == array.ndim and all(
            want is None or want == got for want, got in zip(shape, array.shape, strict=True)
        )
        if array.dtype != dtype or not fits:
            raise ModelError(
                f"{path}: array {name}: expected {np.dtype(dtype)} of shape {shape}, "
                f"got {array.dtype} of shape {array.shape}"
            )
        if dtype in (np.float16, np.float32) and not _all_finite(array):
            raise ModelError(f"{path}: array {name} holds NaN or infinite values")
    if len(ends["words"]) + len(ends["chars"]) != n_features:
        raise ModelError(f"{path}: vocabulary and idf differ in length")
    for block, stops in ends.items():
        last = stops[-1] if len(stops) else 0
        if np.any(stops[1:] < stops[:-1]) or last != len(arrays[block]):
            raise ModelError(f"{path}: array {block}_ends does not fit array {block}")


def _all_finite(array: NDArray[Any]) -> bool:
    if array.dtype != np.float16 or not array.size:
        return bool(np.isfinite(array).all())
    # Infinities and NaN are the largest numbers of either sign when the bits are read as integers,
    # which processors do many at a time; for half precision NumPy asks one by one.
    bits = np.ascontiguousarray(array)
    return bool(bits.view(np.int16).max() < 0x7C00 and bits.view(np.uint16).max() < 0xFC00)
