"""The tagger: a loaded model that tags articles and says why."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from newsclf.errors import InputError
from newsclf.model.model import Model
from newsclf.parallel import in_order
from newsclf.records.article import (
    Article,
    LabelledArticle,
    Reading,
    as_article,
    as_reading,
    each_reading,
)
from newsclf.records.codebook import Codebook
from newsclf.records.tagging import Tag, Tagging
from newsclf.text.normalization import normalize
from newsclf.text.traditional import all_simplified, simplified

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

    from newsclf.records.explanation import Explanation
    from newsclf.tagger.explain import PlacedParts

__all__ = ["Tagger", "load"]

Readable = str | Article | LabelledArticle

_BATCH = 1024
_BATCH_CHARACTERS = 4_000_000


class Tagger:
    """Tags articles with themes and explains the tags. Made by `load`, `train`, `from_codebook`.

    Parameters
    ----------
    model : Model

    Examples
    --------
    >>> import newsclf
    >>> tagger = newsclf.load()
    >>> tagger.tag("小区加装电梯\\n淳安县改造老旧小区，加装电梯135台，物业覆盖率提升。").themes
    ('housing_urban',)
    """

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def codebook(self) -> Codebook:
        """The themes; their order is the column order of `probabilities`."""
        return self._model.codebook

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._model.name

    @property
    def version(self) -> str:
        """Version of the model."""
        return self._model.version

    @property
    def model(self) -> Model:
        """The arrays and settings behind the tagger."""
        return self._model

    @property
    def uses_threads(self) -> bool:
        """Whether threads can tag at once; else several need the processes of `in_processes`."""
        return self._model.engine.uses_threads

    @property
    def training_sketch(self) -> NDArray[np.uint32]:
        """Hashes by which the training texts are known again, in an evaluation."""
        return self._model.sketch

    def tag(self, item: Readable) -> Tagging:
        """Tag one text or article.

        Parameters
        ----------
        item : str, Article or LabelledArticle
            Of a string, a first line of at most 40 characters without sentence-final punctuation
            is the title.

        Returns
        -------
        Tagging
            Without tags when no theme is likely enough, as for an empty text.

        Raises
        ------
        InputError
            `item` is None, bytes or anything else that is no text.
        """
        return self._tag_batch([as_reading(item)])[0]

    def tag_many(
        self, items: Iterable[Readable], *, jobs: int = 1, progress: bool = False
    ) -> Iterator[Tagging]:
        """Tag a stream of texts or articles, lazily and in order.

        Parameters
        ----------
        items : iterable of str, Article or LabelledArticle
            Read in batches of 1,024, or of four million characters, as the results are taken, so
            it may be endless.
        jobs : int
            Threads to use with the compiled engine, processes with the reference.
        progress : bool
            Report the count on standard error.

        Yields
        ------
        Tagging
        """
        if jobs < 1:
            raise InputError(f"jobs: expected a number from 1, got {jobs}")
        taggings = self._tag_stream(_batches(each_reading(items)), jobs)
        return _reported(taggings) if progress else taggings

    def probabilities(self, items: Iterable[Readable]) -> NDArray[np.float32]:
        """Return calibrated probabilities.

        Returns
        -------
        array of shape (n_texts, n_themes), float32
            Columns in the order of ``codebook.ids``.
        """
        return self._model.decision.probabilities(self.scores(items))

    def scores(self, items: Iterable[Readable]) -> NDArray[np.float32]:
        """Return the linear scores, shape (n_texts, n_themes); -inf for a text without features."""
        batches = [self._scores(batch) for batch in _batches(each_reading(items))]
        return np.concatenate(batches or [self._scores([])])

    def decide(self, probabilities: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which themes are given, boolean of shape (n_texts, n_themes)."""
        return self._model.decision.decide(probabilities)

    def explain(self, item: Readable, theme: str | None = None) -> Explanation:
        """Say which words speak for a theme, and how much.

        Parameters
        ----------
        item : str, Article or LabelledArticle
        theme : str, optional
            Id or name of a theme; the likeliest one unless given.

        Returns
        -------
        Explanation
            Offsets count the characters of the string, or of title + newline + text. Without a
            feature that the model knows, `score` and `rest` are -inf.

        Raises
        ------
        InputError
            `item` is no text.
        CodebookError
            The codebook has no such theme.
        """
        from newsclf.records.explanation import Explanation
        from newsclf.tagger.explain import find_evidence

        article = as_article(item)
        probabilities = self.probabilities([article])[0]
        if theme is None:
            column = int(probabilities.argmax())
        else:
            column = self.codebook.ids.index(self.codebook.resolve(theme))
        text = item if isinstance(item, str) else str(article)
        evidence, score = find_evidence(self._model, self._parts(article, text), column, text)
        found = self.codebook.themes[column]
        rest = score - sum(e.weight for e in evidence)
        return Explanation(
            found.id,
            found.name_zh,
            float(probabilities[column]),
            text,
            tuple(evidence),
            score,
            rest,
        )

    def adapt(
        self,
        labelled: Iterable[LabelledArticle],
        *,
        codebook: Codebook | str | Path | None = None,
        name: str | None = None,
        version: str | None = None,
    ) -> Tagger:
        """Return a tagger that has learnt from further labels, its own weights being the prior.

        The articles it was trained on are not needed, and what it learnt from them stays.

        Parameters
        ----------
        labelled : iterable of LabelledArticle
            A handful helps; seconds for hundreds.
        codebook : Codebook, name or path, optional
            The themes to know from now on: those that are new begin with their definition and
            keywords, those that are no longer there are retired.
        name, version : str, optional
            Of the new tagger; the same name and a version such as ``1.0.0+adapted.1`` by default.

        Raises
        ------
        LabelError
            There are no labelled articles, or a label is no theme of the codebook.
        """
        from newsclf.training.adapting import adapt

        return adapt(self, labelled, codebook=codebook, name=name, version=version)

    def save(self, folder: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the model as a folder that `load` reads; see `Model.save`."""
        return self._model.save(folder, overwrite=overwrite)

    def to_sklearn(self) -> Pipeline:
        """Return the tagger as a fitted scikit-learn Pipeline over texts or articles."""
        from newsclf.tagger.sklearn import to_pipeline

        return to_pipeline(self._model)

    def __repr__(self) -> str:
        return f"<Tagger {self.name} {self.version}: {len(self.codebook)} themes>"

    def _parts(self, article: Article, text: str) -> PlacedParts:
        """Title and body with their offsets in `text`, as the features see them."""
        title, body = map(normalize, self._model.spec.parts(simplified(article)))
        start = text.index(article.title or "")
        return (start, title), (len(text) - len(article.text), body)

    def _scores(self, readings: list[Reading]) -> NDArray[np.float32]:
        return self._model.scores(all_simplified(readings, self._model.engine.count_characters))

    def _tag_batch(self, readings: list[Reading]) -> list[Tagging]:
        decision, themes, ids = self._model.decision, self.codebook.themes, self.codebook.ids
        probabilities = decision.probabilities(self._scores(readings))
        given = decision.decide(probabilities)
        rows, columns = np.nonzero(given)
        likeliest = np.lexsort((-probabilities[rows, columns], rows))
        columns = columns[likeliest]
        found = zip(columns.tolist(), probabilities[rows, columns].tolist(), strict=True)
        tags = [Tag(ids[k], themes[k].name_zh, p) for k, p in found]
        groups = [themes[k].group for k in columns.tolist()]
        ends = given.sum(axis=1).cumsum().tolist()
        model = f"{self.name} {self.version}"
        return [
            Tagging.of_row(
                reading.id,
                reading.title,
                tuple(tags[start:end]),
                tuple(dict.fromkeys(filter(None, groups[start:end]))),
                model,
                ids,
                row,
            )
            for reading, start, end, row in zip(
                readings, [0, *ends], ends, probabilities, strict=False
            )
        ]

    def _tag_stream(self, batches: Iterator[list[Reading]], jobs: int) -> Iterator[Tagging]:
        if jobs == 1 or self.uses_threads:
            yield from itertools.chain.from_iterable(in_order(self._tag_batch, batches, jobs))
            return
        with self.in_processes(jobs) as remote:
            yield from itertools.chain.from_iterable(in_order(remote._tag_batch, batches, jobs))

    @contextlib.contextmanager
    def in_processes(self, jobs: int) -> Iterator[RemoteTagger]:
        """Tag in processes of their own, which the reference engine needs to work at once.

        Parameters
        ----------
        jobs : int
            Processes; as many threads may use what comes at a time.
        """
        import tempfile

        # Not joblib's own pool, which is one for the whole process and not ours to configure.
        from joblib.externals.loky import ProcessPoolExecutor

        # Workers load the model from a folder once, instead of being sent it with every batch.
        with tempfile.TemporaryDirectory(prefix="newsclf-") as scratch:
            folder = str(self.save(f"{scratch}/model"))
            with ProcessPoolExecutor(jobs) as executor:
                yield RemoteTagger(self.codebook, folder, executor)


class RemoteTagger:
    """A tagger in other processes; made by `Tagger.in_processes`."""

    def __init__(self, codebook: Codebook, folder: str, executor: Executor) -> None:
        self.codebook = codebook
        self._folder = folder
        self._executor = executor

    def tag_many(self, items: Iterable[Readable], *, jobs: int = 1) -> Iterator[Tagging]:
        """Tag texts or articles, lazily and in order, as many threads at once as there are jobs."""
        batches = _batches(each_reading(items))
        return itertools.chain.from_iterable(in_order(self._tag_batch, batches, jobs))

    def _tag_batch(self, readings: list[Reading]) -> list[Tagging]:
        return self._executor.submit(_tag_in_worker, self._folder, readings).result()


def _batches(readings: Iterator[Reading]) -> Iterator[list[Reading]]:
    batch, size = list[Reading](), 0
    for reading in readings:
        batch.append(reading)
        size += len(reading.text)
        if len(batch) == _BATCH or size >= _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _reported(taggings: Iterator[Tagging]) -> Iterator[Tagging]:
    from rich.console import Console
    from rich.progress import Progress, TextColumn

    columns = (TextColumn("{task.completed} articles"),)
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield from bar.track(taggings, total=None)


@lru_cache(maxsize=2)
def _loaded(folder: str) -> Tagger:
    return Tagger(Model.load(folder, verify=False))


def _tag_in_worker(folder: str, batch: list[Reading]) -> list[Tagging]:
    return _loaded(folder)._tag_batch(batch)


def load(model: str | os.PathLike[str] = "governance", *, verify: bool = True) -> Tagger:
    """Load a shipped model by name, or any model folder by path.

    Parameters
    ----------
    model : str or path
    verify : bool
        Check the sha256 of every file; False saves a few milliseconds.

    Raises
    ------
    ModelNotFound
        There is no such model.
    ModelError
        The folder was altered, is of a newer format, or does not hold together.
    """
    return Tagger(Model.load(model, verify=verify))
