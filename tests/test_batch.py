import csv
import gzip
import io
import itertools
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from newsclf import batch, tally
from newsclf.batch import read_articles, tag_file
from newsclf.codebook import Codebook
from newsclf.errors import InputError, MissingExtra, ModelError, ModelNotFound
from newsclf.inputs import ReadOptions
from newsclf.tagging import Tag, Tagging


class Keyword:
    """A tagger that knows one word, and reads ahead as a real one does."""

    codebook = Codebook.load("governance")

    def tag_many(self, items, *, jobs=1):
        items = iter(items)
        while some := list(itertools.islice(items, 7)):
            for item in some:
                yield self.tag(item)

    def tag(self, item):
        p = 0.75 if "医" in str(item) else 0.25
        tags = (Tag("health", "医疗卫生与健康", p),) if p > 0.5 else ()
        ps = dict.fromkeys(self.codebook.ids, 0.0) | {"health": p}
        return Tagging(item.id, item.title, tags, (), ps, "keyword 1.0.0")


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def mixture(tmp_path):
    """A folder of good and bad rows, and how many there are of each."""
    folder = tmp_path / "in"
    folder.mkdir()
    rng = random.Random(3)
    good = bad = 0
    for name in "abc":
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as stream:
            for i in range(40):
                if rng.random() < 0.3:
                    stream.write("{broken\n")
                    bad += 1
                else:
                    record = {
                        "id": f"{name}{i}",
                        "title": "题",
                        "text": "看医生" if i % 2 else "其他",
                    }
                    stream.write(json.dumps(record, ensure_ascii=False) + "\n")
                    good += 1
    (folder / "z.txt").write_bytes("看医生。".encode("gb18030"))
    (folder / "zz.txt").write_bytes(b"\xff\xff\xff")
    return folder, good + 1, bad + 1


def test_rows_in_are_tagged_or_rejected(mixture, tmp_path):
    folder, good, bad = mixture
    out, rejects = tmp_path / "out.jsonl", tmp_path / "rejects.jsonl"
    result = tag_file(folder, out, model=Keyword(), rejects=rejects)
    assert (result.tagged, result.rejected, result.rows) == (good, bad, good + bad)
    assert result.codes == {"invalid_json": bad - 1, "encoding": 1}
    assert len(lines(out)) == good
    assert len(lines(rejects)) == bad
    assert list(lines(rejects)[0]) == [
        "source",
        "line",
        "byte_offset",
        "code",
        "message",
        "raw_b64",
    ]
    order = [row["id"] for row in lines(out)]
    assert order == sorted(order, key=lambda id: (id[0], int(id[1:] or 0)))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "out.jsonl", "rejects.jsonl"]


def test_the_line_of_an_article(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        '{"id": "1", "title": "题", "text": "看医生", "版": 3}\n', "utf-8"
    )
    out = tmp_path / "out.jsonl"
    tag_file(tmp_path / "a.jsonl", out, model=Keyword())
    assert out.read_text("utf-8") == (
        '{"id": "1", "title": "题", "themes": [{"id": "health", "name": "医疗卫生与健康", '
        '"probability": 0.75}], "model": "keyword 1.0.0"}\n'
    )
    reading = ReadOptions(keep=("版", "none"))
    tag_file(tmp_path / "a.jsonl", out, model=Keyword(), probabilities=True, reading=reading)
    (row,) = lines(out)
    assert row["input"] == {"版": 3, "none": None}
    assert list(row["probabilities"]) == list(Keyword.codebook.ids)


def test_pages_give_a_line_a_unit(tmp_path):
    page = "看病 更方便\n\n近年来,淳安县的医院\n\n改造了。(方晓琳)\n"
    (tmp_path / "012_x.txt").write_text(page, "utf-8")
    (tmp_path / "blank.txt").write_text("\n \n", "utf-8")
    result = tag_file(tmp_path, out := tmp_path / "out.jsonl", model=Keyword(), pages=True)
    assert (result.tagged, result.codes, result.units) == (1, {"no_units": 1}, len(lines(out)))
    (unit,) = lines(out)
    assert [unit[k] for k in ("id", "page", "type", "title", "flags")] == [
        "012-01",
        "012_x.txt",
        "article",
        "看病 更方便",
        [],
    ]


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
    tag_file(tmp_path / "a.jsonl", out, model=Keyword(), formulas=True, reading=reading)
    assert out.read_text("utf-8-sig").splitlines()[1].startswith("=1+1,-2,")


def test_csv_joins_the_themes(tmp_path):
    (tmp_path / "a.txt").write_text("看医生", "utf-8")
    tag_file(tmp_path / "a.txt", out := tmp_path / "out.csv", model=Keyword(), probabilities=True)
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
    options = {"model": Keyword(), "probabilities": True, "reading": ReadOptions(keep=("n",))}
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

    def second(progress, row):
        tag_file(tmp_path / "a.txt", out, model=Keyword())

    with pytest.raises(InputError, match="another run of newsclf is writing it"):
        tag_file(tmp_path / "a.txt", out, model=Keyword(), on_progress=second)


def test_read_articles(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "一"}\n{\n', "utf-8")
    rejects = []
    assert [a.text for a in read_articles(tmp_path, on_reject=rejects.append)] == ["一"]
    assert [r.code for r in rejects] == ["invalid_json"]
    with pytest.raises(InputError, match=r"a\.jsonl:2: invalid_json"):
        list(read_articles(tmp_path))


class Fragile(Keyword):
    """Cannot bear some words; takes articles in sevens, so that others are on their way then."""

    def tag(self, item):
        if "坏" in str(item):
            raise ValueError("坏")
        if "模型" in str(item):
            raise MissingExtra("reading this", "none")
        return super().tag(item)


@pytest.mark.parametrize("bad", [{0}, {39}, {3, 4, 20}, {5, 6, 7, 13, 14}, set(range(40))])
def test_a_row_that_the_tagger_fails_on_is_rejected_in_its_place(tmp_path, bad):
    with (tmp_path / "a.jsonl").open("w", encoding="utf-8") as stream:
        for i in range(40):
            text = "坏" if i in bad else "看医生"
            stream.write(json.dumps({"id": str(i), "text": text}) + "\n")
            stream.write("{broken\n" if i % 3 == 0 else "")
    out, rejects = tmp_path / "out.jsonl", tmp_path / "r.jsonl"
    result = tag_file(tmp_path / "a.jsonl", out, model=Fragile(), rejects=rejects)
    assert result.codes == {"failed": len(bad), "invalid_json": 14}
    assert [int(row["id"]) for row in lines(out)] == [i for i in range(40) if i not in bad]
    refused = lines(rejects)
    assert [r["line"] for r in refused] == sorted(r["line"] for r in refused)
    assert {r["message"] for r in refused if r["code"] == "failed"} == {
        "the tagger failed: ValueError: 坏"
    }


def test_a_tagger_that_reads_ahead_without_end_is_held_back(tmp_path):
    text = "看医生" * 100_000
    with (tmp_path / "a.jsonl").open("w", encoding="utf-8") as stream:
        for i in range(200):
            stream.write(json.dumps({"id": str(i), "text": text}, ensure_ascii=False) + "\n")

    class Greedy(Keyword):
        most = 0

        def tag_many(self, items, *, jobs=1):
            items = list(items)
            self.most = max(self.most, len(items))
            yield from map(self.tag, items)

    tagger = Greedy()
    result = tag_file(tmp_path / "a.jsonl", out := tmp_path / "out.jsonl", model=tagger)
    assert result.tagged == 200
    assert [row["id"] for row in lines(out)] == [str(i) for i in range(200)]
    assert tagger.most < 50


def test_a_unit_that_the_tagger_fails_on_costs_its_page(tmp_path):
    page = "看病 更方便\n\n近年来,淳安县的医院\n\n改造了。(方晓琳)\n"
    (tmp_path / "1.txt").write_text(page, "utf-8")
    (tmp_path / "2.txt").write_text(page.replace("医院", "坏院"), "utf-8")
    result = tag_file(tmp_path, out := tmp_path / "out.jsonl", model=Fragile(), pages=True)
    assert (result.tagged, result.codes) == (1, {"failed": 1})
    assert {row["page"] for row in lines(out)} == {"1.txt"}


def test_a_tagger_that_cannot_tag_at_all_ends_the_run(tmp_path):
    (tmp_path / "a.txt").write_text("模型", "utf-8")
    with pytest.raises(MissingExtra):
        tag_file(tmp_path / "a.txt", tmp_path / "out.jsonl", model=Fragile())


def test_only_the_rejects_are_read_again_after_a_repair(mixture, tmp_path):
    folder, good, bad = mixture
    first, rejects = tmp_path / "1.jsonl", tmp_path / "1.rejects"
    tag_file(folder, first, model=Keyword(), rejects=rejects)
    for path in folder.glob("*.jsonl"):
        text = path.read_text("utf-8").splitlines()
        repaired = [
            json.dumps({"id": f"{path.stem}:{i}", "text": "看医生"}) if line == "{broken" else line
            for i, line in enumerate(text, 1)
        ]
        path.write_text("\n".join(repaired[:-1]) + "\n" + text[-1] + "\n", "utf-8")
    second, left = tmp_path / "2.jsonl", tmp_path / "2.rejects"
    again = {"model": Keyword(), "rejects": left, "only_rejects": rejects}
    result = tag_file(folder, second, **again)
    assert result.rows == bad
    assert {r["code"] for r in lines(left)} <= {"invalid_json", "encoding"}
    assert len(lines(first)) + len(lines(second)) == good + result.tagged
    assert {f"{r['source']}:{r['line']}" for r in lines(left)} <= {
        f"{r['source']}:{r['line']}" for r in lines(rejects)
    }
    # Without inputs, the files are those that the rejects name.
    assert tag_file([], second, **again).rows == bad
    with pytest.raises(InputError, match="name the same inputs"):
        tag_file(folder / "z.txt", second, **again)
    with pytest.raises(InputError, match="expected the JSON lines that --rejects writes"):
        tag_file([], second, model=Keyword(), only_rejects=folder / "z.txt")


def test_rejects_of_rows_that_are_gone_stay_rejects(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,"一\n2,x,二\n3,三\n4,四,四\n', "utf-8")
    rejects = tmp_path / "r.jsonl"
    tag_file(path, tmp_path / "1.jsonl", model=Keyword(), rejects=rejects)
    assert [r["line"] for r in lines(rejects)] == [2, 3, 5]
    path.write_text('id,text\n1,"一\n2,x,二"\n3,三\n', "utf-8")
    again = tag_file(path, tmp_path / "2.jsonl", model=Keyword(), only_rejects=rejects)
    assert (again.tagged, again.codes) == (1, {"gone": 1})
    assert [row["id"] for row in lines(tmp_path / "2.jsonl")] == ["1"]


def test_what_follows_a_fault_is_read_after_its_repair(tmp_path):
    whole = "".join(json.dumps({"id": i, "text": os.urandom(99).hex()}) + "\n" for i in range(2000))
    data = gzip.compress(whole.encode())
    path, rejects = tmp_path / "a.jsonl.gz", tmp_path / "r.jsonl"
    path.write_bytes(data[: len(data) // 2])
    tag_file(path, tmp_path / "1.jsonl", model=Keyword(), rejects=rejects)
    path.write_bytes(data)
    tag_file(path, tmp_path / "2.jsonl", model=Keyword(), only_rejects=rejects)
    ids = [row["id"] for name in "12" for row in lines(tmp_path / f"{name}.jsonl")]
    assert ids == [str(i) for i in range(2000)]


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_one_file_for_each_input(mixture, tmp_path, format):
    folder, good, bad = mixture
    (folder / "sub").mkdir()
    (folder / "sub" / "a.jsonl").write_text('{"id": "s", "text": "一"}\n{\n', "utf-8")
    out = folder / "tags"
    for _ in range(2):  # the outputs of the last run are not read as inputs
        result = tag_file(folder, out, model=Keyword(), per_file=format)
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
            tag_file(inputs, output, model=Keyword(), per_file=format)


@pytest.fixture
def resumable(monkeypatch, tmp_path):
    """Resuming needs a model folder: any one will do, for a keyword stands in for it."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "manifest.json").write_text("{}")
    monkeypatch.setattr(tally, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(batch, "_load", lambda model: Keyword())
    return {"model": model, "resume": True}


class StopError(Exception):
    pass


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_a_run_that_was_cut_off_goes_on(mixture, tmp_path, resumable, suffix):
    folder, good, _ = mixture
    whole, rejected = tmp_path / f"whole{suffix}", tmp_path / "whole.rejects"
    expected = tag_file(folder, whole, model=Keyword(), rejects=rejected)
    out, rejects = tmp_path / f"out{suffix}", tmp_path / "out.rejects"
    for stop in (1, 30, good - 1):

        def interrupt(progress, row, stop=stop):
            if progress.rows >= stop:
                raise StopError

        with pytest.raises(StopError):
            tag_file(folder, out, rejects=rejects, on_progress=interrupt, **resumable)
        assert not out.exists()
        # What was written after the last entry of the journal is cut off.
        with (tmp_path / f"out{suffix}.partial").open("ab") as stream:
            stream.write(b"torn")
    result = tag_file(folder, out, rejects=rejects, **resumable)
    assert (result.rows, result.codes) == (expected.rows, expected.codes)
    assert out.read_bytes() == whole.read_bytes()
    assert rejects.read_bytes() == rejected.read_bytes()
    assert not list(tmp_path.glob("out*.partial"))
    assert not list(tmp_path.glob("*.journal"))


def tree(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_a_run_with_many_outputs_goes_on(mixture, tmp_path, resumable, format):
    folder, good, _ = mixture
    whole, out = tmp_path / "whole", tmp_path / "out"
    tag_file(folder, whole, model=Keyword(), per_file=format)
    for stop in (1, 30, 31, good - 1):

        def interrupt(progress, row, stop=stop):
            if progress.rows >= stop:
                raise StopError

        with pytest.raises(StopError):
            tag_file(folder, out, per_file=format, on_progress=interrupt, **resumable)
        assert not out.exists()
        for path in (tmp_path / "out.partial").iterdir():
            if path.stat().st_mtime >= max(p.stat().st_mtime for p in path.parent.iterdir()):
                with path.open("ab") as stream:
                    stream.write(b"torn")
    tag_file(folder, out, per_file=format, **resumable)
    assert tree(out) == tree(whole)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "model", "out", "whole"]


def test_failing_at_every_sync_and_rename_loses_nothing(mixture, tmp_path, resumable, monkeypatch):
    folder, *_ = mixture
    whole, rejected = tmp_path / "whole.jsonl", tmp_path / "whole.rejects"
    tag_file(folder, whole, model=Keyword(), rejects=rejected)
    monkeypatch.setattr(tally, "CHECKPOINT_SECONDS", 0.005)
    out, rejects = tmp_path / "out.jsonl", tmp_path / "out.rejects"
    real = {name: getattr(os, name) for name in ("fsync", "replace")}
    monkeypatch.setattr(Path, "replace", lambda self, target: os.replace(self, target))  # noqa: PTH105
    calls = failures = 0
    fail_at = 0

    def failing(name):
        def call(*args):
            nonlocal calls, failures
            calls += 1
            if calls == fail_at:
                failures += 1
                raise OSError(28, "No space left on device")
            return real[name](*args)

        return call

    for name in real:
        monkeypatch.setattr(os, name, failing(name))
    for step in range(1, 200):
        calls, fail_at = 0, step
        for _ in range(2):
            try:
                tag_file(folder, out, rejects=rejects, **resumable)
                break
            except OSError:
                assert not out.exists() or out.read_bytes() == whole.read_bytes()
        assert out.read_bytes() == whole.read_bytes()
        assert rejects.read_bytes() == rejected.read_bytes()
        out.unlink()
        rejects.unlink()
        if calls < step:
            break
    assert failures >= 8


def test_a_journal_of_another_run_is_refused(mixture, tmp_path, resumable):
    folder, *_ = mixture
    out = tmp_path / "out.jsonl"

    def interrupt(progress, row):
        raise StopError

    def run(**changed):
        tag_file(folder, out, on_progress=interrupt, **{**resumable, **changed})

    with pytest.raises(StopError):
        run()
    with pytest.raises(InputError, match="the options changed"):
        run(probabilities=True)
    (resumable["model"] / "manifest.json").write_text("{ }")
    with pytest.raises(InputError, match="the model changed"):
        run()
    (folder / "z.txt").write_text("x")
    with pytest.raises(InputError, match="the inputs and the model changed"):
        run()
    (tmp_path / "out.jsonl.journal").write_text("{}")
    with pytest.raises(InputError, match="not a journal"):
        run()
    (tmp_path / "out.jsonl.journal").unlink()
    with pytest.raises(StopError):
        run()


def test_resuming_needs_files(tmp_path, resumable):
    (tmp_path / "a.txt").write_text("一", "utf-8")
    with pytest.raises(InputError, match="resume needs files"):
        tag_file("-", tmp_path / "out.jsonl", **resumable)
    with pytest.raises(InputError, match="resume needs files"):
        tag_file(tmp_path / "a.txt", io.BytesIO(), **resumable)
    with pytest.raises(InputError, match="resume needs files"):
        tag_file(tmp_path / "a.txt", tmp_path / "out.parquet", **resumable)
    with pytest.raises(InputError, match="resume needs files"):
        tag_file(tmp_path / "a.txt", tmp_path / "out.jsonl", rejects="/dev/null", **resumable)
    with pytest.raises(InputError, match="by name or path"):
        tag_file(tmp_path / "a.txt", tmp_path / "out.jsonl", model=Keyword(), resume=True)


# One process that has imported everything forks the runs that are killed.
KILLED = """
import os, random, signal, sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_batch import Keyword
from newsclf import batch, tally
tally.CHECKPOINT_SECONDS = 0.0
batch._load = lambda model: Keyword()
out, rejects = Path({out!r}), Path({rejects!r})

def start():
    if not (child := os.fork()):
        batch.tag_file({folder!r}, out, rejects=rejects, model={model!r}, resume=True)
        os._exit(0)
    return child

def finished(child):
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert not out.exists() or out.read_bytes() == whole
        return False
    assert status == 0
    assert (out.read_bytes(), rejects.read_bytes()) == (whole, rejected)
    out.unlink()
    return True

whole, rejected = Path({whole!r}).read_bytes(), Path({rejected!r}).read_bytes()
began = time.monotonic()
assert finished(start())
usual = time.monotonic() - began
rng, kills, runs = random.Random(8), 0, 0
while kills < {kills}:
    child = start()
    time.sleep(usual * rng.random())
    os.kill(child, signal.SIGKILL)
    if finished(child):
        runs += 1
    else:
        kills += 1
assert finished(start())
print(kills, "kills,", runs + 2, "runs to the end, every output whole and the same")
"""


def test_killed_at_random_moments(mixture, tmp_path, resumable):
    """NEWSCLF_KILLS=1000 makes it the long test."""
    folder, *_ = mixture
    whole, rejected = tmp_path / "whole.jsonl", tmp_path / "whole.rejects"
    tag_file(folder, whole, model=Keyword(), rejects=rejected)
    script = KILLED.format(
        tests=str(Path(__file__).parent),
        folder=str(folder),
        out=str(tmp_path / "out.jsonl"),
        rejects=str(tmp_path / "out.rejects"),
        whole=str(whole),
        rejected=str(rejected),
        model=str(resumable["model"]),
        kills=int(os.environ.get("NEWSCLF_KILLS", "5")),
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    print(done.stdout)


def test_memory_does_not_grow_with_the_rejects(tmp_path):
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as stream:
        stream.write('{"text": "一"}\n' * 5)
        for _ in range(3000):
            stream.write("x" * 20_000 + "\n")

    class Watching(Keyword):
        peak = 0

        def tag_many(self, items, *, jobs=1):
            import tracemalloc

            tracemalloc.start()
            yield from super().tag_many(items)
            self.peak = max(self.peak, tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()

    tagger = Watching()
    result = tag_file(tmp_path, tmp_path / "out.jsonl", model=tagger, rejects=tmp_path / "r.jsonl")
    assert (result.tagged, result.codes) == (5, {"invalid_json": 3000})
    assert 0 < tagger.peak < 24e6
