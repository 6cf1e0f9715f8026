"""The table of formats: what it names is there, and what documents and help say is what it says."""

import re

import pytest
from paths import DOCS, ROOT
from reading import TEXT, outcome, put, read
from typer.main import get_command

from newsclf.cli import app
from newsclf.errors import InputError
from newsclf.extras import EXTRAS
from newsclf.inputs import articles
from newsclf.inputs.formats import (
    COMPRESSIONS,
    FORMATS,
    format_of,
    help_formats,
    help_names,
    load,
    markdown_rows,
    split_name,
)
from newsclf.inputs.rows import Reject

ROWS = (*FORMATS, *COMPRESSIONS)


def table(path, head):
    """Return the rows of the table of a document that begins with `head`."""
    lines = iter(path.read_text("utf-8").splitlines())
    assert head in lines, f"{path.name} has no table {head}"
    next(lines)
    rows = []
    while (line := next(lines)).startswith("|"):
        rows.append(line)
    return rows


def test_both_readmes_list_the_formats():
    assert table(ROOT / "README.md", "| files | one row is | extra |") == markdown_rows()
    chinese = table(ROOT / "README.zh-CN.md", "| 文件 | 一行是什么 | 组件 |")
    assert chinese == markdown_rows("zh")


def test_the_page_on_batches_lists_them_and_what_is_no_file():
    rows = table(DOCS / "batch.md", "| files | one row is | extra |")
    assert rows[: len(ROWS)] == markdown_rows()
    assert [row.split("|")[1].strip() for row in rows[len(ROWS) :]] == ["a folder", "`-`"]


def test_the_page_on_batches_lists_the_columns():
    rows = table(
        DOCS / "batch.md", "| role | fields looked for, the first one present is used | option |"
    )
    cells = [[cell.strip() for cell in row.split("|")[1:3]] for row in rows]
    found = {role: tuple(re.findall("`(.+?)`", names)) for role, names in cells}
    assert found == articles.COLUMNS


def options(name):
    return {o: p for p in get_command(app).commands[name].params for o in p.opts}


def test_the_help_names_every_format():
    tag = options("tag")
    for format in FORMATS:
        assert format.name in tag["--format"].help
        assert format.suffixes[0] in tag["inputs"].help
    for compression in COMPRESSIONS:
        assert compression.suffix in tag["inputs"].help
    assert help_names().split()[0] == ".txt"
    assert help_formats().endswith(" or pdf")


def test_each_row_is_whole():
    names = [format.name for format in FORMATS]
    suffixes = [suffix for format in FORMATS for suffix in format.suffixes]
    assert len(set(names)) == len(names)
    assert len(set(suffixes)) == len(suffixes)
    assert all(re.fullmatch(r"\.[a-z]+", s) for s in [*suffixes, *(c.suffix for c in COMPRESSIONS)])
    assert {row.extra for row in ROWS} <= {"", *EXTRAS}
    assert all(row.en and re.search("[一-鿿]", row.zh) for row in ROWS)


@pytest.mark.parametrize("format", FORMATS, ids=lambda f: f.name)
def test_whatever_is_in_a_file_it_is_read_or_rejected(tmp_path, format):
    if format.extra:
        for module in EXTRAS[format.extra].packages:
            pytest.importorskip(module)
    assert callable(load(format.reader))
    rows = read(put(tmp_path, f"a{format.suffixes[-1].upper()}", b"\xff\xfe\0PAR1%PDF"))
    assert all(isinstance(row, Reject) for row in rows)
    assert rows or format.name == "jsonl"


@pytest.mark.parametrize("compression", COMPRESSIONS, ids=lambda c: c.suffix)
def test_damage_to_a_compressed_file_is_a_reject(tmp_path, compression):
    if compression.extra:
        for module in EXTRAS[compression.extra].packages:
            pytest.importorskip(module)
    path = put(tmp_path, f"a.txt{compression.suffix.upper()}", TEXT)
    assert outcome(read(path)) == ["unreadable"]
    assert issubclass(load(compression.error), Exception)


def test_a_name_is_cut_where_its_suffixes_begin():
    assert split_name("news.2024/p1.JSONL.gz") == ("news.2024/p1", ".JSONL", ".gz")
    assert split_name("news.2024/p1") == ("news.2024/p1", "", "")
    assert split_name(".hidden") == (".hidden", "", "")
    assert split_name("p1.gz") == ("p1", "", ".gz")


def test_a_format_that_is_none_is_refused_with_those_that_are():
    with pytest.raises(InputError, match=r"among text, jsonl, .*, pdf, got 'xml'"):
        format_of("xml")
