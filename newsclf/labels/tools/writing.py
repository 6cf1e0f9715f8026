"""From articles to the file of a tool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from newsclf.errors import InputError, LabelError
from newsclf.labels.tools.records import Annotation, Tool, Written
from newsclf.labels.tools.spreadsheet import COLUMNS
from newsclf.labels.tools.table import TOOLS, tool_called
from newsclf.outputs import json_line, open_output
from newsclf.outputs.delimited import BYTE_ORDER_MARK, csv_rows
from newsclf.records.article import Article, LabelledArticle, as_article
from newsclf.records.codebook import Codebook

if TYPE_CHECKING:
    from newsclf.tagger.tagger import Tagger

__all__ = ["export_labelled"]

Names = Literal["id", "zh", "en"]


def export_labelled(
    items: Iterable[Article | LabelledArticle],
    path: str | Path,
    format: str,
    *,
    codebook: Codebook | None = None,
    names: Names = "id",
    tagger: Tagger | None = None,
) -> None:
    """Write articles for an annotation tool, readable by the tool and by `read_labelled`.

    The file appears whole or not at all. Title, text, labels, borderline themes, id, date and
    source come back as they were; fastText's format holds text and labels alone.

    Parameters
    ----------
    items : iterable of Article or LabelledArticle
        Articles without labels are tasks to do; csv and fasttext take labelled ones only.
    path : str or Path
    format : {"label-studio", "doccano", "prodigy", "argilla", "csv", "fasttext"}
    codebook : Codebook, optional
        Its themes are the choices that Prodigy offers, and give the names.
    names : {"id", "zh", "en"}
        What themes are called in the file; `read_labelled` takes all three, with the codebook.
    tagger : Tagger, optional
        Suggests themes to the reader, in Label Studio and Argilla.

    Raises
    ------
    InputError, LabelError
        The format is unknown or does not hold what it is given; nothing is written.
    """
    chunks = _contents(items, format, codebook, names, tagger)
    with open_output(Path(path)) as stream:
        stream.writelines(chunks)


def _contents(
    items: Iterable[Article | LabelledArticle],
    format: str,
    codebook: Codebook | None,
    names: Names,
    tagger: Tagger | None,
) -> Iterator[bytes]:
    tool = tool_called(format)
    called = _names(codebook, names)
    written = [_written(item, called) for item in items]
    if tagger is not None:
        if not tool.suggests:
            able = ", ".join(t.name for t in TOOLS if t.suggests)
            raise InputError(f"{format} has no place for a model's suggestions; {able} have")
        written = _suggested(written, tagger, _names(tagger.codebook, names))
    if tool.layout == "table":
        return _csv(tool, written)
    if tool.layout == "text":
        return _text(tool, written)
    return _json(tool, written, tuple(called.values()) or _used(written))


def _names(codebook: Codebook | None, names: Names) -> dict[str, str]:
    if codebook is None:
        if names != "id":
            raise InputError(f"theme names in {names!r} need a codebook; pass codebook=")
        return {}
    called = {t.id: {"id": t.id, "zh": t.name_zh, "en": t.name_en}[names] for t in codebook}
    if empty := [theme for theme, name in called.items() if not name]:
        raise LabelError(f"theme {empty[0]!r} has no name in {names!r}; write ids instead")
    return called


def _written(item: Article | LabelledArticle, called: Mapping[str, str]) -> Written:
    if not isinstance(item, LabelledArticle):
        return Written(as_article(item), None)

    def name(theme: str) -> str:
        if called and theme not in called:
            raise LabelError(
                f"article {item.id!r} has the label {theme!r}, which the codebook does not hold"
            )
        return called.get(theme, theme)

    annotation = Annotation(tuple(map(name, item.labels)), tuple(map(name, item.borderline)))
    return Written(item.article, annotation)


def _suggested(written: list[Written], tagger: Tagger, called: Mapping[str, str]) -> list[Written]:
    taggings = tagger.tag_many(item.article for item in written)
    return [
        item._replace(
            suggestion={called[tag.theme]: round(tag.probability, 4) for tag in tagging.tags},
            model=tagging.model,
        )
        for item, tagging in zip(written, taggings, strict=True)
    ]


def _used(written: Sequence[Written]) -> tuple[str, ...]:
    given = (item.annotation for item in written if item.annotation)
    return tuple(sorted({n for a in given for n in (*a.labels, *a.borderline)}))


def _json(tool: Tool, written: Sequence[Written], names: Sequence[str]) -> Iterator[bytes]:
    before, between, after = ("", "\n", "\n")
    if tool.layout == "array":
        before, between, after = "[\n", ",\n", "\n]\n"
    yield before.encode()
    for number, item in enumerate(written):
        line = json_line(tool.write(item, names)).removesuffix(b"\n")
        yield (between.encode() if number else b"") + line
    yield after.encode() if written else after.strip("\n").encode()


def _labelled(tool: Tool, written: Sequence[Written]) -> Iterator[Written]:
    for item in written:
        if item.annotation is None:
            raise InputError(
                f"article {item.article.id!r} has no labels, and {tool.name} cannot tell that from "
                "an article without a theme; export labelled articles, or to another format"
            )
        yield item


def _csv(tool: Tool, written: Sequence[Written]) -> Iterator[bytes]:
    yield BYTE_ORDER_MARK + _row(COLUMNS)
    for item in _labelled(tool, written):
        yield _row(tool.write(item, ()))


def _row(cells: Sequence[str]) -> bytes:
    return _encoded(csv_rows([cells], end="\n", quote_all=True))


def _text(tool: Tool, written: Sequence[Written]) -> Iterator[bytes]:
    for item in _labelled(tool, written):
        yield _encoded(tool.write(item, ()) + "\n")


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"half a surrogate pair, which no text file holds: {error}; export to a JSON format"
        ) from error
