"""No input is written to, no name of somebody else's either; a damaged journal is refused by name."""

import json
import os
import random
from pathlib import Path

import pytest
from keyword_tagger import Keyword, stand_in

from newsclf.batch.files import tag_file
from newsclf.cli.shared import printable
from newsclf.errors import InputError
from newsclf.inputs import ReadOptions
from newsclf.outputs import WriteOptions
from newsclf.outputs.names import beside, derived

LINES = "".join(f'{{"id": "{i}", "text": "县医院开诊{i}"}}\n' for i in range(60))


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text(LINES, encoding="utf-8")
    return path


@pytest.fixture
def resumable(tmp_path, monkeypatch):
    return {"model": stand_in(monkeypatch, tmp_path), "resume": True}


@pytest.mark.parametrize("which", range(len(derived(Path("out.jsonl")))))
@pytest.mark.parametrize("make", [os.link, os.symlink, os.rename])
def test_an_input_is_never_written_to_by_any_name(tmp_path, source, make, which):
    out = tmp_path / "out.jsonl"
    name = derived(out)[which]
    make(source, name)
    given = name if make is os.rename else source
    if make is os.symlink and name != out:
        given = name
    with pytest.raises(InputError, match="both input and output"):
        tag_file(given, out, model=Keyword(), reading=ReadOptions(format="jsonl"))
    assert given.read_text("utf-8") == LINES


def test_a_partial_file_without_a_journal_is_left_alone(tmp_path, source, resumable):
    out = tmp_path / "out.jsonl"
    partial = beside(out, ".partial")
    partial.write_text("mine")
    with pytest.raises(InputError, match="in the way"):
        tag_file(source, out, **resumable)
    assert partial.read_text() == "mine"
    assert not out.exists()


@pytest.mark.parametrize("ending", [".partial", ".journal"])
def test_links_of_derived_names_are_not_followed(tmp_path, source, resumable, ending):
    out, other = tmp_path / "out.jsonl", tmp_path / "other"
    other.write_text("theirs")
    beside(out, ending).symlink_to(other)
    with pytest.raises(InputError):
        tag_file(source, out, **resumable)
    assert other.read_text() == "theirs"


def test_what_is_named_twice_is_read_once_and_counted(tmp_path, source):
    (tmp_path / "again.jsonl").symlink_to(source)
    result = tag_file([source, tmp_path, source], tmp_path / "out.jsonl", model=Keyword())
    assert result.tagged == 60
    assert result.skipped["named twice"] == 3
    assert len((tmp_path / "out.jsonl").read_text("utf-8").splitlines()) == 60


def test_one_name_that_cannot_be_ends_one_file_and_not_the_run(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    (folder / "x.txt.jsonl").mkdir(parents=True)
    for name in ("x.txt", "x.txt.jsonl/y.txt", "z.txt", "n" * 251 + ".txt"):
        (folder / name).write_text("县医院开诊", encoding="utf-8")
    rejects = tmp_path / "rejects.jsonl"
    result = tag_file(
        folder, out, model=Keyword(), rejects=rejects, writing=WriteOptions(per_file="jsonl")
    )
    assert (result.tagged, result.codes) == (2, {"output_name": 2})
    refused = [json.loads(line)["source"] for line in rejects.read_text("utf-8").splitlines()]
    assert sorted(name.rpartition("/")[2] for name in refused) == ["n" * 251 + ".txt", "x.txt"]
    assert sorted(p.name for p in out.rglob("*") if p.is_file()) == ["y.txt.jsonl", "z.txt.jsonl"]


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_columns_are_handed_on_where_there_are_some(tmp_path, source, suffix):
    (tmp_path / "a.txt").write_text("县医院开诊", encoding="utf-8")
    table = tmp_path / "t.csv"
    table.write_text("text,date\n县医院开诊,2024-01-05\n", encoding="utf-8")
    out = tmp_path / f"out.{suffix}"
    reading = ReadOptions(keep=("date",))
    result = tag_file([tmp_path / "a.txt", table], out, model=Keyword(), reading=reading)
    assert (result.tagged, result.rejected) == (2, 0)


class StopError(Exception):
    pass


def test_a_damaged_journal_is_refused_by_name(tmp_path, source, resumable, monkeypatch):
    monkeypatch.setattr("newsclf.batch.writing.CHECKPOINT_SECONDS", 0.0)
    out = tmp_path / "out.jsonl"

    def stop(progress, rows):
        raise StopError

    with pytest.raises(StopError):
        tag_file(source, out, on_progress=stop, **resumable)
    journal, partial = beside(out, ".journal"), beside(out, ".partial")
    whole, written = journal.read_bytes(), partial.read_bytes()
    rng = random.Random(3)
    damaged = [whole[:cut] for cut in range(0, len(whole), 7)]
    for at in range(0, len(whole), int(os.environ.get("NEWSCLF_DAMAGE_STEP", "5"))):
        damaged.append(whole[:at] + bytes([whole[at] ^ (1 << rng.randrange(8))]) + whole[at + 1 :])
    record = json.loads(whole)
    for name in record["progress"]:
        for value in (None, -1, 1.5, "1", True, [], {}, {"x": -1}, 10**400):
            if value != record["progress"][name]:
                other = record | {"progress": record["progress"] | {name: value}}
                damaged.append(json.dumps(other).encode())
    for data in damaged:
        if data == whole or data.rstrip(b"\n") == whole.rstrip(b"\n"):
            continue
        journal.write_bytes(data)
        partial.write_bytes(written)
        with pytest.raises(InputError, match="journal"):
            tag_file(source, out, **resumable)
        assert not out.exists()
    journal.write_bytes(whole)
    partial.write_bytes(written)
    assert tag_file(source, out, **resumable).tagged == 60
    assert len(out.read_text("utf-8").splitlines()) == 60


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("标题.txt", "标题.txt"),
        ("a\x1b[2Jb", r"a\x1b[2Jb"),
        ("a\u202ecod.exe", r"a\u202ecod.exe"),
        ("a\nb\r\x07\x9b", r"a\nb\r\x07\x9b"),
        ("\ud800", r"\ud800"),
    ],
)
def test_words_of_others_do_not_steer_a_terminal(text, shown):
    assert printable(text) == shown
