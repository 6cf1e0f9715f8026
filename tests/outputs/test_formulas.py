"""Cells that a spreadsheet would run: guarded everywhere alike, and read back as they were."""

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from keyword_tagger import Keyword

from newsclf.batch.files import tag_file
from newsclf.labels.labelled import read_labelled
from newsclf.labels.tools import export_labelled
from newsclf.outputs import guarded, unguarded
from newsclf.outputs.delimited import csv_rows
from newsclf.outputs.formulas import FORMULA
from newsclf.records.article import Article, LabelledArticle
from newsclf.summary.table import Summary
from newsclf.summary.tagged import read_tagged

CELLS = st.text(st.sampled_from("'=+-@\t\r\0a年 ")) | st.text()


def test_what_is_run():
    assert FORMULA == ("=", "+", "-", "@", "\t", "\r", "\0")


@pytest.mark.parametrize("first", FORMULA)
def test_every_cell_that_is_run_gets_an_apostrophe(first):
    assert guarded(f"{first}1") == f"'{first}1"
    assert csv_rows([[f"{first}1"]], quote_all=True) == f'"\'{first}1"\r\n'
    assert csv_rows([[f"{first}1"]], quote_all=True, formulas=True) == f'"{first}1"\r\n'


def test_other_cells_stay():
    for cell in ("", "1", "'", "''", "'90s", "a=1", " =1", "年-月"):
        assert guarded(cell) == cell
    assert csv_rows([[-1, -0.5, None]]) == "-1,-0.5,\r\n"


@given(CELLS)
@example("'=1")
@example("''=1")
@example("'")
def test_guarding_is_undone_exactly(cell):
    assert not guarded(cell).startswith(FORMULA)
    assert unguarded(guarded(cell)) == cell


@given(st.lists(CELLS, min_size=1))
def test_rows_are_read_back_as_they_were(cells):
    (row,) = csv.reader(io.StringIO(csv_rows([cells], quote_all=True), newline=""))
    assert list(map(unguarded, row)) == cells


@pytest.mark.parametrize("first", [*FORMULA, "'", "'=", "''-"])
def test_exported_labels_come_back(tmp_path, first):
    article = Article(f"{first}1", f"{first}题", ("正文",), date=f"{first}2", source=f"{first}3")
    item = LabelledArticle(article, (f"{first}a" if first.strip() else "a", "b"))
    if first in ("\t", "\r", "\0"):
        item = LabelledArticle(article, ("a",))
    export_labelled([item], tmp_path / "l.csv", "csv")
    assert read_labelled(tmp_path / "l.csv") == [item]


@pytest.mark.parametrize("first", FORMULA)
def test_tags_and_summaries_are_guarded(tmp_path, first):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": f"{first}1", "title": f"{first}题", "text": "看医生"}))
    tag_file(path, tmp_path / "o.csv", model=Keyword())
    text = (tmp_path / "o.csv").read_text("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert not row["id"].startswith(FORMULA)
    (tagged,) = read_tagged(tmp_path / "o.csv")
    assert (tagged.id, tagged.title) == (f"{first}1", f"{first}题")
    summary = Summary(1, {"a": f"{first}名"})
    summary.months["1998-05", "a"] = 1
    assert f"'{first}名" in summary.to_csv()
