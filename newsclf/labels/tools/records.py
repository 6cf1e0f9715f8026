"""What annotation tools have in common: a text, and what each reader said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from newsclf.errors import InputError
from newsclf.records.article import Article, split_title

__all__ = [
    "Annotated",
    "Annotation",
    "Tool",
    "Written",
    "merge",
    "metadata",
    "names_in",
    "text_of",
]

BORDERLINE = "borderline"
THEMES = "themes"


class Annotation(NamedTuple):
    """The themes one reader gave an article, and those the reader was in doubt of."""

    labels: tuple[str, ...]
    borderline: tuple[str, ...] = ()


class Annotated(NamedTuple):
    """A record of a tool: its article in our own form, its annotations, and what was left out.

    `record` has no id where the tool keeps none. `skipped` says of each annotation that does not
    count why.
    """

    record: Mapping[str, Any]
    annotations: Sequence[Annotation]
    skipped: Sequence[str] = ()


class Written(NamedTuple):
    """An article to write: its annotation unless it is unlabelled, and what a model suggests."""

    article: Article
    annotation: Annotation | None
    suggestion: Mapping[str, float] | None = None
    model: str = ""


@dataclass(frozen=True)
class Tool:
    """A tool, as its files are told, read and written.

    Attributes
    ----------
    name, title : str
        As the command line and as messages call it.
    layout : {"array", "lines", "table", "text"}
        What lies in a file: one JSON array, JSON lines, a table, or lines of text.
    read : callable
        Turns a record of the tool (a JSON object, the cells of a row, a line of text) into
        `Annotated`; a malformed one raises `InputError`.
    write : callable
        Turns `Written` and the names of all themes into such a record.
    keys : tuple of set of str
        A JSON object that has all keys of one set is of this tool.
    suffix : str
        Where no keys tell it: files named so are of this tool.
    exported : bool
        Whether the tool takes what is written so; some forms only come out of one.
    suggests : bool
        The tool has a place for what a model suggests.
    """

    name: str
    title: str
    layout: Literal["array", "lines", "table", "text"]
    read: Callable[[Any], Annotated]
    write: Callable[[Written, Sequence[str]], Any]
    keys: tuple[frozenset[str], ...] = ()
    suffix: str = ""
    exported: bool = True
    suggests: bool = False


def metadata(article: Article, id_key: str = "doc_id") -> dict[str, str]:
    """Return what a tool carries along; an empty title says that the text has none."""
    extra = {"date": article.date, "source": article.source}
    head = {id_key: article.id, "title": article.title or ""}
    return head | {k: v for k, v in extra.items() if v}


def text_of(text: object, carried: Mapping[str, Any], ids: Iterable[object]) -> dict[str, Any]:
    """Return the article of a tool's record in our own JSON form.

    Parameters
    ----------
    text : object
        What the tool showed: title, newline, text.
    carried : mapping
        What `metadata` wrote, or something else in its place: without a title the first line
        may be one.
    ids : iterable
        Where the id may stand; the first that is there counts.
    """
    if not isinstance(text, str):
        raise InputError(f"expected the text of the article as a string, got {text!r:.80}")
    title = carried.get("title")
    if isinstance(title, str):
        text = text.removeprefix(f"{title}\n") if title else text
    else:
        title, text = split_title(text)
    record: dict[str, Any] = {"title": title or "", "text": text}
    found = next((i for i in ids if i is not None and i != ""), None)
    if found is not None:
        if isinstance(found, bool) or not isinstance(found, (str, int, float)):
            raise InputError(f"expected a string or a number as id, got {found!r:.80}")
        record["id"] = found
    extra = ((k, carried.get(k)) for k in ("date", "source"))
    return record | {k: v for k, v in extra if isinstance(v, str) and v}


def names_in(value: object, place: str) -> tuple[str, ...]:
    """Return theme names, each once; a single one may stand without a list."""
    names = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(names, list) or not all(isinstance(n, str) and n.strip() for n in names):
        raise InputError(f"expected a list of theme names in {place}, got {value!r:.80}")
    return tuple(dict.fromkeys(names))


def merge(annotations: Sequence[Annotation]) -> Annotation:
    """Make one annotation of several: a theme that only some gave is borderline.

    >>> merge([Annotation(("health", "education")), Annotation(("health",))])
    Annotation(labels=('health',), borderline=('education',))
    """
    every = [set(a.labels) for a in annotations]
    labels = tuple(n for n in annotations[0].labels if all(n in given for given in every))
    some = dict.fromkeys(n for a in annotations for n in (*a.labels, *a.borderline))
    return Annotation(labels, tuple(n for n in some if n not in labels))
