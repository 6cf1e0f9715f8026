"""What is written: formats, files and folders, and what never happens to them."""

import csv
import io
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyword_tagger import Keyword, lines

from newsclf.batch.files import tag_file
from newsclf.errors import InputError, MissingExtra, ModelError, ModelNotFound
from newsclf.inputs import ReadOptions
from newsclf.outputs import Schema, WriteOptions, format_of, json_line
from newsclf.records.article import Article
from newsclf.records.tagging import Tag, Tagging

EVERY, AS_THEY_ARE = WriteOptions(probabilities=True), WriteOptions(formulas=True)


def test_csv_is_safe_to_open_in_a_spreadsheet(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "=1+1", "title": "-2", "text": "", "n": -3}\n')
    out = tmp_path / "out.csv"
    reading = ReadOptions(keep=("n",))
    tag_file(tmp_path / "a.jsonl", out, model=Keyword(), reading=reading)
    assert out.read_bytes().startswith(
        b"\xef\xbb\xbfid,title,themes,names,probabilities,input.n,model\r\n"
    )
    (row,) = csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))
    assert (row["id"], row["title"], row["input.n"]) == ("'=1+1", "'-2", "-3")
    tag_file(tmp_path / "a.jsonl", out, model=Keyword(), reading=reading, writing=AS_THEY_ARE)
    assert out.read_text("utf-8-sig").splitlines()[1].startswith("=1+1,-2,")


def test_csv_joins_the_themes(tmp_path):
    (tmp_path / "a.txt").write_text("看医生", "utf-8")
    tag_file(tmp_path / "a.txt", out := tmp_path / "out.csv", model=Keyword(), writing=EVERY)
    (row,) = csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))
    assert (row["themes"], row["names"], row["probabilities"]) == (
        "health",
        "医疗卫生与健康",
        "0.75",
    )
    assert row["health"] == "0.75"


def test_parquet_holds_the_same(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    text = '{"id": "1", "title": "题", "text": "看医生"}\n{"id": "\\ud800", "text": "", "n": [1]}\n'
    (tmp_path / "a.jsonl").write_text(text, "utf-8")
    options = {"model": Keyword(), "writing": EVERY, "reading": ReadOptions(keep=("n",))}
    tag_file(tmp_path / "a.jsonl", tmp_path / "out.jsonl", **options)
    tag_file(tmp_path / "a.jsonl", tmp_path / "out.parquet", **options)
    first, second = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert first == lines(tmp_path / "out.jsonl")[0]
    assert (second["id"], second["input"]) == ("?", {"n": "[1]"})


def test_lone_surrogates_do_not_break_the_output(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "\\ud800", "title": "题", "text": ""}\n')
    tag_file(tmp_path / "a.jsonl", out := tmp_path / "out.jsonl", model=Keyword())
    assert lines(out)[0]["id"] == "\ud800"
    tag_file(tmp_path / "a.jsonl", out := tmp_path / "out.csv", model=Keyword())
    assert "?" in out.read_text("utf-8-sig")


def test_an_output_is_never_an_input(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "一"}\n', "utf-8")
    for output, rejects in ((path, None), (tmp_path / "out.jsonl", path)):
        with pytest.raises(InputError, match="both input and output"):
            tag_file([path], output, model=Keyword(), rejects=rejects)
    # In a folder, the output of the last run is passed over.
    for _ in range(2):
        result = tag_file(tmp_path, tmp_path / "out.jsonl", model=Keyword())
        assert result.tagged == 1
    assert result.skipped == {".jsonl": 1}


def test_nothing_appears_when_the_run_fails(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "一"}\n' * 20, "utf-8")
    out = tmp_path / "out.jsonl"
    out.write_text("old")

    class Broken(Keyword):
        def tag(self, item):
            raise ModelError("no")

    with pytest.raises(ModelError, match="no"):
        tag_file(tmp_path / "a.jsonl", out, model=Broken(), rejects=tmp_path / "r.jsonl")
    assert out.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.jsonl", "out.jsonl"]


def test_outputs_that_cannot_be(tmp_path):
    (tmp_path / "a.txt").write_text("一", "utf-8")
    cases = {
        tmp_path: "is a folder",
        tmp_path / "none" / "out.jsonl": "cannot be written",
        tmp_path / "out.docx": "expected an output named",
    }
    for output, message in cases.items():
        with pytest.raises(InputError, match=message):
            tag_file(tmp_path / "a.txt", output, model=Keyword())
    with pytest.raises(ModelNotFound):
        tag_file(tmp_path / "a.txt", tmp_path / "out.jsonl", model=tmp_path)
    with pytest.raises(InputError, match="name two"):
        tag_file(tmp_path / "a.txt", tmp_path / "x", rejects=tmp_path / "x", model=Keyword())
    tag_file(tmp_path / "a.txt", "/dev/null", rejects="/dev/zero", model=Keyword())
    assert not Path("/dev/null").is_file()
    assert not Path("/dev/zero").is_file()


def test_the_mode_of_the_output_is_that_of_any_file(tmp_path):
    (tmp_path / "a.txt").write_text("一", "utf-8")
    tag_file(tmp_path / "a.txt", tmp_path / "out.jsonl", model=Keyword())
    assert (tmp_path / "out.jsonl").stat().st_mode == (tmp_path / "a.txt").stat().st_mode


def test_a_second_writer_is_refused(tmp_path):
    (tmp_path / "a.txt").write_text("一", "utf-8")
    out = tmp_path / "out.jsonl"

    def second(progress, rows):
        tag_file(tmp_path / "a.txt", out, model=Keyword())

    with pytest.raises(InputError, match="another run of newsclf is writing it"):
        tag_file(tmp_path / "a.txt", out, model=Keyword(), on_progress=second)


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_one_file_for_each_input(mixture, tmp_path, format):
    folder, good, bad = mixture
    (folder / "sub").mkdir()
    (folder / "sub" / "a.jsonl").write_text('{"id": "s", "text": "一"}\n{\n', "utf-8")
    out = folder / "tags"
    for _ in range(2):  # the outputs of the last run are not read as inputs
        result = tag_file(folder, out, model=Keyword(), writing=WriteOptions(per_file=format))
        assert (result.tagged, result.rejected) == (good + 1, bad + 1)
    names = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    inputs = ("a.jsonl", "b.jsonl", "c.jsonl", "sub/a.jsonl", "z.txt", "zz.txt")
    assert names == [f"{name}.{format}" for name in inputs]
    if format == "jsonl":
        assert [row["id"] for row in lines(out / "sub" / "a.jsonl.jsonl")] == ["s"]
        assert (out / "zz.txt.jsonl").read_bytes() == b""
        assert sum(len(lines(path)) for path in out.rglob("*.jsonl")) == good + 1
    assert not [p for p in folder.iterdir() if p.name.startswith(".tags")]


def test_one_file_for_each_input_needs_a_folder_and_names(mixture, tmp_path):
    folder, *_ = mixture
    (tmp_path / "a.jsonl").write_text('{"text": "一"}\n', "utf-8")
    (tmp_path / "file").write_text("")
    cases = {
        "a folder to put them in": ([folder], io.BytesIO(), "jsonl"),
        "expected a folder": ([folder], tmp_path / "file", "jsonl"),
        "the output of two inputs": ([folder, tmp_path / "a.jsonl"], tmp_path / "out", "jsonl"),
        "expected jsonl, csv or parquet": ([folder], tmp_path / "out", "xml"),
    }
    for message, (inputs, output, format) in cases.items():
        with pytest.raises(InputError, match=message):
            tag_file(inputs, output, model=Keyword(), writing=WriteOptions(per_file=format))


ANY = st.text() | st.text(st.sampled_from('"\\/\u2028\ud800\x00\x7f题'))

TAGS = st.lists(st.builds(Tag, ANY, ANY, st.floats(0, 1)), max_size=3)


@given(ANY, ANY | st.none(), TAGS, ANY)
def test_a_plain_line_is_the_json_of_its_record(id, title, tags, model):
    tagging = Tagging(id, title, tuple(tags), (), {}, model)
    results = [(tagging, Article(id), {})] * 2
    lines = format_of(None).make(Schema()).encode(results)
    assert lines == json_line(tagging.to_dict()) * 2


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_units_of_pages_in_tables(tmp_path, suffix):
    (tmp_path / "a.txt").write_text("题目\n\n看医生。\n\n其他。(方晓琳)\n", "utf-8")
    out = tmp_path / f"o{suffix}"
    result = tag_file(tmp_path / "a.txt", out, model=Keyword(), pages=True)
    if suffix == ".csv":
        rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    else:
        rows = pytest.importorskip("pyarrow.parquet").read_table(out).to_pylist()
    assert len(rows) == result.units
    assert rows[0]["page"] == "a.txt"
    assert rows[0]["type"] == "article"


def test_parquet_of_more_rows_than_a_batch(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "a.jsonl").write_text('{"text": "看医生"}\n' * 5000, "utf-8")
    tag_file(tmp_path / "a.jsonl", tmp_path / "o.parquet", model=Keyword())
    assert parquet.read_table(tmp_path / "o.parquet")["id"].to_pylist()[4999] == "a:5000"


def test_parquet_out_needs_an_extra(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("看医生", "utf-8")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"newsclf\[parquet\]"):
        tag_file(tmp_path / "a.txt", tmp_path / "o.parquet", model=Keyword())


def test_rejects_that_cannot_be_written(tmp_path):
    (tmp_path / "a.txt").write_text("看医生", "utf-8")
    with pytest.raises(InputError, match="cannot be written: there is no folder"):
        tag_file(
            tmp_path / "a.txt",
            tmp_path / "o.jsonl",
            model=Keyword(),
            rejects=tmp_path / "none" / "r.jsonl",
        )
    assert not (tmp_path / "o.jsonl").exists()


def test_an_output_that_is_a_link_stays_one(tmp_path):
    (tmp_path / "a.txt").write_text("看医生", "utf-8")
    (tmp_path / "real.jsonl").write_text("old")
    (tmp_path / "o.jsonl").symlink_to("real.jsonl")
    tag_file(tmp_path / "a.txt", tmp_path / "o.jsonl", model=Keyword())
    assert (tmp_path / "o.jsonl").is_symlink()
    assert lines(tmp_path / "real.jsonl")[0]["id"] == "a"


def test_a_file_where_a_folder_must_be(tmp_path):
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "sub" / "a.txt").write_text("看医生", "utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sub").write_text("")
    with pytest.raises(InputError, match="sub: expected a folder, found a file"):
        tag_file(
            tmp_path / "in",
            tmp_path / "out",
            model=Keyword(),
            writing=WriteOptions(per_file="jsonl"),
        )
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(("name", "shown"), [("elsewhere", "elsewhere"), (None, "o.jsonl")])
def test_errors_of_writing_name_a_file(tmp_path, monkeypatch, name, shown):
    (tmp_path / "a.txt").write_text("看医生", "utf-8")

    def fail(path, target):
        raise OSError(5, "Input/output error", name)

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OSError, match="Input/output error") as caught:
        tag_file(tmp_path / "a.txt", tmp_path / "o.jsonl", model=Keyword())
    assert caught.value.filename.endswith(shown)
