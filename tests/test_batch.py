import csv
import gzip
import io
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsclf import batch
from newsclf.batch import read_articles, tag_file
from newsclf.codebook import Codebook
from newsclf.errors import InputError, ModelNotFound
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
            raise InputError("no")

    with pytest.raises(InputError, match="no"):
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

    class Nested(Keyword):
        def tag(self, item):
            tag_file(tmp_path / "a.txt", out, model=Keyword())

    with pytest.raises(InputError, match="another run of newsclf is writing it"):
        tag_file(tmp_path / "a.txt", out, model=Nested())


def test_read_articles(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "一"}\n{\n', "utf-8")
    rejects = []
    assert [a.text for a in read_articles(tmp_path, on_reject=rejects.append)] == ["一"]
    assert [r.code for r in rejects] == ["invalid_json"]
    with pytest.raises(InputError, match=r"a\.jsonl:2: invalid_json"):
        list(read_articles(tmp_path))


@pytest.fixture
def resumable(monkeypatch, tmp_path):
    """Resuming needs a model folder: any one will do, for a keyword stands in for it."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "manifest.json").write_text("{}")
    monkeypatch.setattr(batch, "CHECKPOINT_SECONDS", 0.0)
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


def test_failing_at_every_sync_and_rename_loses_nothing(mixture, tmp_path, resumable, monkeypatch):
    folder, *_ = mixture
    whole, rejected = tmp_path / "whole.jsonl", tmp_path / "whole.rejects"
    tag_file(folder, whole, model=Keyword(), rejects=rejected)
    monkeypatch.setattr(batch, "CHECKPOINT_SECONDS", 0.005)
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


KILLED = """
import sys, time
sys.path.insert(0, {tests!r})
from test_batch import Keyword
from newsclf import batch
batch.CHECKPOINT_SECONDS = 0.0
batch._load = lambda model: Keyword()
batch.tag_file({folder!r}, {out!r}, rejects={rejects!r}, model={model!r}, resume=True)
"""


def test_killed_at_random_moments(mixture, tmp_path, resumable):
    """NEWSCLF_KILLS=1000 makes it the long test."""
    folder, *_ = mixture
    whole, rejected = tmp_path / "whole.jsonl", tmp_path / "whole.rejects"
    tag_file(folder, whole, model=Keyword(), rejects=rejected)
    out, rejects = tmp_path / "out.jsonl", tmp_path / "out.rejects"
    script = KILLED.format(
        tests=str(Path(__file__).parent),
        folder=str(folder),
        out=str(out),
        rejects=str(rejects),
        model=str(resumable["model"]),
    )
    command = [sys.executable, "-c", script]
    rng = random.Random(8)
    started = time.monotonic()
    subprocess.run(command, check=True)
    usual = time.monotonic() - started
    kills = 0
    while kills < int(os.environ.get("NEWSCLF_KILLS", "10")):
        if out.exists():
            assert out.read_bytes() == whole.read_bytes()
            assert rejects.read_bytes() == rejected.read_bytes()
            out.unlink()
        process = subprocess.Popen(command)
        time.sleep(usual * rng.uniform(0.5, 1.0))
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
    subprocess.run(command, check=True)
    assert out.read_bytes() == whole.read_bytes()
    assert rejects.read_bytes() == rejected.read_bytes()


def test_memory_does_not_grow_with_the_rejects(tmp_path):
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as stream:
        for _ in range(3000):
            stream.write("x" * 20_000 + "\n")

    class Watching(Keyword):
        def tag_many(self, items, *, jobs=1):
            import tracemalloc

            tracemalloc.start()
            yield from super().tag_many(items)
            self.peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()

    tagger = Watching()
    result = tag_file(tmp_path, tmp_path / "out.jsonl", model=tagger, rejects=tmp_path / "r.jsonl")
    assert result.codes == {"invalid_json": 3000}
    assert tagger.peak < 16e6
