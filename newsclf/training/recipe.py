"""Recipes: a JSON file that says what a model is made of, and makes it again, bit for bit.

::

    {
     "name": "governance", "version": "1.0.0", "summary": "...",
     "codebook": "governance",
     "labelled": [{"path": "../../seeds"},
                  {"path": "../../seeds/standoff/pools.jsonl", "texts": "$NEWSCLF_CORPORA/pools",
                   "cut": 900, "weight": 0.5}],
     "corrections": "../../seeds/standoff/corrections.jsonl",
     "without": "../../seeds/standoff/without.jsonl",
     "background": ["$NEWSCLF_CORPORA/pools/xwlb.jsonl.gz"], "directions": 300,
     "settings": {"C": 1.0},
     "versions": {"scikit-learn": "1.9.1"},
     "card": {...}
    }

Paths count from the recipe's folder; ``texts`` is one place or a list of them; ``cut`` keeps so
many characters of each text, and ``weight`` is the sample weight of each article. ``corrections``
holds labels that replace those of the sources (`newsclf.labels.corrections`), and ``without`` the
ids of articles that are not learnt from; both may be missing. A recipe whose ``background`` is
empty uses the labelled articles alone.
"""

from __future__ import annotations

import importlib.metadata
import itertools
import json
import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from newsclf.engine.features import FeatureSpec
from newsclf.errors import InputError
from newsclf.inputs import Reject, find_files, read_rows
from newsclf.inputs.records import read_records
from newsclf.labels.corrections import corrected
from newsclf.labels.files import row_id, text_articles
from newsclf.labels.labelled import read_labelled
from newsclf.records.article import Article, LabelledArticle
from newsclf.records.codebook import Codebook
from newsclf.tagger.tagger import Tagger
from newsclf.training.background import Background
from newsclf.training.fitting import train
from newsclf.training.settings import Settings

__all__ = ["Recipe"]

FILE = "recipe.json"


class Recipe:
    """What a model is made of.

    Parameters
    ----------
    path : str or path
        The recipe's file.

    Raises
    ------
    InputError
        The file is missing, no JSON object, lacks a key, or has settings that do not exist.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        try:
            self.contents = self.path.read_bytes()
            record = json.loads(self.contents)
            self.name, self.version = str(record["name"]), str(record["version"])
            self.summary, self.card = str(record["summary"]), dict(record["card"])
            self.codebook = Codebook.load(self._codebook(str(record["codebook"])))
            self.settings = _settings(record["settings"])
            self._sources, self._unlabelled_paths = record["labelled"], record["background"]
            self._corrections, self._without = record.get("corrections"), record.get("without")
            self._versions = dict(record["versions"])
            self._directions = int(record.get("directions", 0))
        except KeyError as error:
            raise InputError(f"{self.path}: the recipe lacks {error}") from error
        except (OSError, ValueError, TypeError) as error:
            raise InputError(f"{self.path}: no recipe: {error}") from error

    def labelled(self) -> list[list[LabelledArticle]]:
        """Read the labelled articles, one list a source."""
        left_out = self._left_out()
        sources = [self._read(source) for source in self._sources]
        return [[item for item in source if item.id not in left_out] for source in sources]

    def background(self, jobs: int = 1, *, directions: int | None = None) -> Background:
        """Gather the statistics of the unlabelled texts, with the recipe's number of directions."""
        from threadpoolctl import threadpool_limits

        # One thread: sums in another order would change the last bits.
        with threadpool_limits(1):
            return Background.of(
                self._unlabelled(),
                self.settings.features,
                directions=self._directions if directions is None else directions,
                jobs=jobs,
                seed=self.settings.seed,
            )

    def train(
        self, labelled: list[LabelledArticle], background: Background, jobs: int = 1
    ) -> Tagger:
        """Train on some labelled articles as the recipe says; for cross-validation."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            return train(
                labelled,
                codebook=self.codebook,
                background=background,
                settings=self.settings,
                name=self.name,
                version=self.version,
                record={"summary": self.summary},
                jobs=jobs,
            )

    def build(
        self, folder: str | os.PathLike[str], *, overwrite: bool = False, jobs: int = 1
    ) -> Tagger:
        """Make the model and write its folder, with the recipe in it."""
        for package, version in self._versions.items():
            if (found := _installed(package)) != version:
                warnings.warn(
                    f"{self.path.name} was made with {package} {version}, this is {found}: "
                    "the model may differ in its last bits",
                    UserWarning,
                    stacklevel=2,
                )
        labelled = [item for source in self.labelled() for item in source]
        tagger = self.train(labelled, self.background(jobs), jobs)
        tagger.model.save(folder, overwrite=overwrite, others={FILE: self.contents})
        return tagger

    def _codebook(self, name: str) -> str | Path:
        return self._place(name) if name.endswith(".json") else name

    def _place(self, path: str) -> Path:
        expanded = os.path.expandvars(path)
        if "$" in expanded:
            raise InputError(
                f"{self.path}: {path} needs an environment variable that is not set; "
                "docs/data.md says how to get the texts"
            )
        return self.path.parent / expanded

    def _read(self, source: Mapping[str, Any]) -> list[LabelledArticle]:
        items = read_labelled(
            self._place(source["path"]), codebook=self.codebook, texts=self._texts(source)
        )
        if self._corrections:
            items = corrected(items, self._place(self._corrections))
        if "cut" in source:
            items = [_shortened(item, source["cut"]) for item in items]
        return [replace(item, weight=float(source.get("weight", 1.0))) for item in items]

    def _texts(self, source: Mapping[str, Any]) -> Iterator[Article] | None:
        """Read the texts of labels that stand off; None where labels come with their text."""
        if "texts" not in source:
            return None
        given = source["texts"]
        places = [given] if isinstance(given, str) else given
        return itertools.chain.from_iterable(text_articles(self._place(p)) for p in places)

    def _left_out(self) -> set[str]:
        if not self._without:
            return set()
        records = read_records(self._place(self._without), format="jsonl")
        return {row_id(place, record) for place, record in records}

    def _unlabelled(self) -> Iterator[Article]:
        paths = [str(self._place(path)) for path in self._unlabelled_paths]
        for row in read_rows(find_files(paths)[0]):
            if isinstance(row, Reject):
                raise InputError(f"{self.path}: the background has a broken row: {row}")
            yield row.article


def _settings(record: Mapping[str, Any]) -> Settings:
    features = {**FeatureSpec().to_dict(), **record.get("features", {})}
    return Settings(**{**record, "features": FeatureSpec.from_dict(features)})


def _installed(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _shortened(item: LabelledArticle, characters: int) -> LabelledArticle:
    text = item.article.text
    if len(text) <= characters:
        return item
    paragraphs = tuple(text[:characters].split("\n"))
    return replace(item, article=replace(item.article, paragraphs=paragraphs))
