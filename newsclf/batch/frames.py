"""Tables in memory: data frames of pandas and polars, record batches of Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from newsclf.batch.rows import tag_portions
from newsclf.errors import InputError, MissingExtra
from newsclf.inputs import Fields, ReadOptions, Reject, Row, in_portions
from newsclf.inputs.articles import check_columns, row_of
from newsclf.inputs.records import Record
from newsclf.tagger.protocol import AnyTagger, as_tagger

if TYPE_CHECKING:
    import pyarrow

__all__ = ["tag_batches", "tag_frame"]

_Frame = TypeVar("_Frame")
_RESULTS = ("themes", "probabilities", "error")


def tag_frame(
    df: _Frame,
    text: str | None = None,
    *,
    title: str | None = None,
    model: str | Path | AnyTagger = "governance",
    jobs: int = 1,
    probabilities: bool = False,
) -> _Frame:
    """Tag the rows of a pandas or polars data frame.

    Parameters
    ----------
    df : pandas.DataFrame or polars.DataFrame
    text, title : str, optional
        Columns; without a name the first of text, body, content, 正文 and of title, 标题. Where
        there is no title column, a first line of a text that looks like a title is one.
    model : name, path or Tagger
    jobs : int
        Threads; with the reference engine, processes.
    probabilities : bool
        Add a column with the probability of each theme, named by its id.

    Returns
    -------
    frame of the same kind
        One row for each of `df`, in its order and (pandas) with its index: ``themes`` (list of
        ids, likeliest first), ``probabilities`` (list of the same length), ``error`` (why the
        row could not be tagged; None where it was). To have it beside the input:
        ``df.join(tags)`` in pandas, ``df.hstack(tags)`` in polars.

    Raises
    ------
    InputError
        `df` is no data frame, or has no such columns.

    Examples
    --------
    >>> import newsclf, pandas
    >>> texts = ["县医院新院区启用，门诊、急诊同日开诊。", None]
    >>> df = pandas.DataFrame({"正文": texts}, index=["a", "b"])
    >>> tags = newsclf.tag_frame(df, text="正文")
    >>> tags.themes["a"], tags.error["b"].partition(";")[0]
    (['health'], 'no_text: expected a text in 正文, got null')
    """
    kind = type(df).__module__.partition(".")[0]
    if kind not in ("pandas", "polars") or type(df).__name__ != "DataFrame":
        raise InputError(
            f"expected a data frame of pandas or polars, got {type(df).__name__}; "
            "collect a lazy frame first"
        )
    frame: Any = df
    options = _options([str(name) for name in frame.columns], text, title)
    names = _used([str(name) for name in frame.columns], options)
    columns = {name: frame[name].to_list() for name in names}
    tagger = as_tagger(model)
    results = _results(columns, frame.shape[0], tagger, options, jobs, probabilities)
    if kind == "pandas":
        import pandas as pd

        table: Any = pd.DataFrame(results, index=frame.index)
        # None for "no error", whatever the column type of the day would make of it.
        table["error"] = pd.Series(results["error"], index=frame.index, dtype=object)
        return table  # type: ignore[no-any-return]
    import polars as pl

    types: Any = {
        "themes": pl.List(pl.String),
        "probabilities": pl.List(pl.Float64),
        "error": pl.String,
    }
    found = {name: pl.Series(name, v, types.get(name, pl.Float64)) for name, v in results.items()}
    return pl.DataFrame(found)  # type: ignore[return-value]


def tag_batches(
    batches: Iterable[pyarrow.RecordBatch],
    text: str | None = None,
    *,
    title: str | None = None,
    model: str | Path | AnyTagger = "governance",
    jobs: int = 1,
    probabilities: bool = False,
) -> Iterator[pyarrow.RecordBatch]:
    """Tag Arrow record batches, lazily and in order: one comes out for each that goes in.

    This is the form in which distributed engines hand tables over, such as Spark's
    ``mapInArrow``: the model is loaded once for each iterator.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
    text, title, model, jobs, probabilities
        As in `tag_frame`.

    Yields
    ------
    pyarrow.RecordBatch
        The columns of the input, then those that `tag_frame` returns: ``themes`` (list of
        strings), ``probabilities`` (list of doubles), ``error`` (string), all of them null where
        they say nothing.

    Raises
    ------
    InputError
        A batch has no such columns, or has columns of these names already.
    MissingExtra
        pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError:
        raise MissingExtra("tagging Arrow batches", "parquet") from None
    types = {"themes": pa.list_(pa.string()), "probabilities": pa.list_(pa.float64())}
    types |= {"error": pa.string()}
    tagger = as_tagger(model)
    for batch in batches:
        names = batch.schema.names
        options = _options(names, text, title)
        columns = {name: batch.column(name).to_pylist() for name in _used(names, options)}
        results = _results(columns, batch.num_rows, tagger, options, jobs, probabilities)
        taken = [name for name in results if name in names]
        if taken:
            raise InputError(f"expected no column called {taken[0]}, for the result is; rename it")
        arrays = [pa.array(v, types.get(name, pa.float64())) for name, v in results.items()]
        yield pa.RecordBatch.from_arrays([*batch.columns, *arrays], [*names, *results])


def _options(names: list[str], text: str | None, title: str | None) -> ReadOptions:
    named = {role: (name,) for role, name in (("text", text), ("title", title)) if name is not None}
    options = ReadOptions(fields=Fields(**named))
    if message := check_columns(names, options):
        raise InputError(message)
    return options


def _used(names: list[str], options: ReadOptions) -> list[str]:
    roles = options.fields.among(names)
    return [name for name in (roles.text, roles.title) if name is not None]


def _results(
    columns: Mapping[str, list[Any]],
    size: int,
    tagger: AnyTagger,
    options: ReadOptions,
    jobs: int,
    probabilities: bool,
) -> dict[str, list[Any]]:
    ids = tagger.codebook.ids if probabilities else ()
    results: dict[str, list[Any]] = {name: [None] * size for name in (*_RESULTS, *ids)}
    portions = in_portions(_rows(columns, size, options))
    for tagged in tag_portions(portions, tagger, lambda tagged: tagged, jobs=jobs):
        for reject in tagged.rejects:
            results["error"][_index(reject)] = f"{reject.code}: {reject.message}"
        for row, tagging in zip(tagged.rows, tagged.taggings, strict=True):
            found = [tag.probability for tag in tagging.tags]
            values = (list(tagging.themes), found, None, *(tagging.probabilities[t] for t in ids))
            for column, value in zip(results.values(), values, strict=True):
                column[_index(row)] = value
    return results


def _index(item: Row | Reject) -> int:
    assert item.line is not None
    return item.line - 1


def _rows(
    columns: Mapping[str, list[Any]], size: int, options: ReadOptions
) -> Iterator[Row | Reject]:
    for i in range(size):
        # A value unlike itself is NaN or NaT, which is how data frames spell a missing value.
        record = {name: _known(values[i]) for name, values in columns.items()}
        yield row_of(Record(i + 1, None, b"", record), "frame", "row", options)


def _known(value: Any) -> Any:
    try:
        return None if value != value else value
    except (TypeError, ValueError):  # pandas.NA, and arrays
        return None if type(value).__name__ == "NAType" else value
