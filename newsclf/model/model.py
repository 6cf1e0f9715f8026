"""The model: everything a tagger knows, as plain arrays, and its form on disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from newsclf.engine import choice
from newsclf.engine.features import BLOCKS, FeatureSpec, Rows, Terms, Vocabulary
from newsclf.errors import CodebookError, InputError, ModelError
from newsclf.model import storage
from newsclf.model.decision import Decision
from newsclf.records.article import Article, Reading
from newsclf.records.codebook import Codebook

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from newsclf.engine.protocol import Engine, Scorer

__all__ = ["Model"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Model:
    """A linear model over TF-IDF features, one head a theme, with its decision rule.

    Attributes
    ----------
    name, version : str
    codebook : Codebook
        Themes in the order of the columns of `weights`.
    spec : FeatureSpec
    vocabulary : Vocabulary
        The features.
    weights : array of shape (n_features, n_themes), float16
        Labels, codebook and background text, merged into one number a feature and theme.
    bias : array of shape (n_themes,), float32
    decision : Decision
    sketch : array of shape (n_training_texts, n_hashes), uint32
        By which training texts are known again; see `newsclf.training.duplicates.sketch`.
    record : mapping
        What the model was made of and with: for the card and for whoever rebuilds it.
    engine : Engine
        What computes features and scores. Unless given it is the one that runs when the model is
        made or loaded, and stays; a model that was sent to another process asks there.
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
    engine: Engine = field(default_factory=choice.engine, repr=False)

    def features(self, articles: Iterable[Article | Reading]) -> Rows:
        """Return the features of articles as sparse rows."""
        articles = list(articles)
        return self.scorer.rows([a.title for a in articles], [a.text for a in articles])

    def scores(self, articles: Iterable[Article | Reading]) -> NDArray[np.float32]:
        """Return linear scores, shape (n_articles, n_themes); -inf for one without features.

        Nothing is known of a text that shares no term with the model, so no bias may speak.
        """
        articles = list(articles)
        return self.scorer.scores([a.title for a in articles], [a.text for a in articles])

    @cached_property
    def scorer(self) -> Scorer:
        """The engine over this model's arrays."""
        return self.engine.scorer(self.spec, self.vocabulary, self.weights, self.bias)

    def __getstate__(self) -> dict[str, Any]:
        # Pointers do not travel, and where they would arrive another engine may be installed.
        left = ("engine", "scorer")
        return {name: value for name, value in vars(self).items() if name not in left}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, engine=choice.engine())

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
        for block, terms in self.vocabulary.packed.items():
            arrays |= {block.name: terms.utf8, f"{block.name}_ends": terms.ends}
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
        _check_arrays(arrays, spec, len(codebook), weights)
        terms = {
            block: Terms(arrays[block.name], arrays[f"{block.name}_ends"])
            for block in BLOCKS
            if block.name in arrays
        }
        decision = Decision(
            arrays["slopes"], arrays["offsets"], rival, arrays["thresholds"], abstain, at_most
        )
        model = cls(
            name=name,
            version=version,
            codebook=codebook,
            spec=spec,
            vocabulary=Vocabulary(terms, arrays["idf"]),
            weights=arrays["weights"],
            bias=arrays["bias"],
            decision=decision,
            sketch=arrays["sketch"],
            record=record,
        )
        try:
            # Whichever engine runs looks at every term once, here rather than at the first text.
            _ = model.scorer
        except InputError as error:
            raise ModelError(f"{where}: {error}") from error
        except ModelError as error:
            raise ModelError(f"{weights}: {error}") from error
        return model


def _check_arrays(
    arrays: Mapping[str, NDArray[Any]], spec: FeatureSpec, n_themes: int, path: str
) -> None:
    """Refuse arrays of a wrong type, shape or value, naming the first that does not fit."""
    n_features = arrays["idf"].shape[0] if "idf" in arrays and arrays["idf"].ndim else 0
    # A model that is older than a block of features does without it, and without its arrays.
    blocks = [b.name for b in BLOCKS if b.name in arrays or spec.ngrams(b)[1]]
    expected: dict[str, tuple[type, tuple[int | None, ...]]] = {
        "idf": (np.float32, (n_features,)),
        "weights": (np.float16, (n_features, n_themes)),
        "bias": (np.float32, (n_themes,)),
        "slopes": (np.float32, (n_themes,)),
        "offsets": (np.float32, (n_themes,)),
        "thresholds": (np.float32, (n_themes,)),
        "sketch": (np.uint32, (None, None)),
        **dict.fromkeys(blocks, (np.uint8, (None,))),
        **{f"{block}_ends": (np.uint32, (None,)) for block in blocks},
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
    ends = {block: arrays[f"{block}_ends"] for block in blocks}
    if sum(map(len, ends.values())) != n_features:
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
