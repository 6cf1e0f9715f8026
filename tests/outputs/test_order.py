"""What is put on the disk, and in which order, for each kind of output.

A file is synced before it gets its name and the folder that holds the name after it; what a
journal speaks of is synced before the journal.
"""

import os
import re
from pathlib import Path

import pytest
from keyword_tagger import Keyword, stand_in

from newsclf.batch import writing
from newsclf.batch.files import tag_file
from newsclf.labels.labelled import write_labelled
from newsclf.labels.tools import export_labelled
from newsclf.outputs import WriteOptions, write_output
from newsclf.web.store import Judgement, Store

ONE_EACH = WriteOptions(per_file="jsonl")


@pytest.fixture
def steps(tmp_path, monkeypatch):
    """The calls in their order; a temporary file is called ``new NAME``."""
    taken = []
    fsync, replace = os.fsync, Path.replace

    def shown(path):
        hidden = re.compile(r"\.(.+)-[0-9a-f]{12}\.(new|old)")
        parts = Path(path).relative_to(tmp_path).parts
        return "/".join(hidden.sub(r"\2 \1", part) for part in parts) or "."

    def record_fsync(descriptor):
        inode = os.fstat(descriptor).st_ino
        (path,) = [p for p in (tmp_path, *tmp_path.rglob("*")) if p.lstat().st_ino == inode]
        taken.append(f"sync {shown(path)}")
        fsync(descriptor)

    def record_replace(path, target):
        taken.append(f"name {shown(target)}")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(Path, "replace", record_replace)
    return taken


@pytest.fixture
def folder(tmp_path):
    """Three inputs: two files of rows with a bad one each, and one without a row."""
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    for name in ("a.jsonl", "sub/b.jsonl"):
        (folder / name).write_text('{"id": "1", "text": "看医生"}\n{broken\n', "utf-8")
    (folder / "sub" / "c.jsonl").write_text("")
    return folder


@pytest.fixture
def resumable(tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "CHECKPOINT_SECONDS", 3600.0)
    return {"model": stand_in(monkeypatch, tmp_path), "resume": True}


def whole(name):
    """The steps of a file that appears whole."""
    folder, _, name = name.rpartition("/")
    at = f"{folder}/" if folder else ""
    return [f"sync {at}new {name}", f"name {at}{name}", f"sync {folder or '.'}"]


def test_a_file(tmp_path, steps):
    write_output(tmp_path / "a.txt", b"a")
    assert steps == whole("a.txt") == ["sync new a.txt", "name a.txt", "sync ."]


def test_the_folder_of_a_link(tmp_path, steps):
    (tmp_path / "there").mkdir()
    (tmp_path / "a.txt").symlink_to(tmp_path / "there" / "b.txt")
    write_output(tmp_path / "a.txt", b"a")
    assert steps == ["sync there/new b.txt", "name there/b.txt", "sync there"]


def test_a_run(tmp_path, folder, steps):
    tag_file(folder, tmp_path / "o.jsonl", model=Keyword(), rejects=tmp_path / "r.jsonl")
    assert steps == [*whole("r.jsonl"), *whole("o.jsonl")]


def test_a_run_with_a_journal(tmp_path, folder, steps, resumable):
    rejects = tmp_path / "there" / "r.jsonl"
    rejects.parent.mkdir()
    tag_file(folder, tmp_path / "o.jsonl", rejects=rejects, **resumable)
    assert steps == [
        *("sync .", "sync there"),  # the names of the partial outputs
        *("sync o.jsonl.partial", "sync there/r.jsonl.partial"),
        *whole("o.jsonl.journal"),
        "name o.jsonl",
        "sync .",
        "name there/r.jsonl",
        "sync there",
    ]


def test_each_checkpoint_of_a_journal(tmp_path, folder, steps, resumable, monkeypatch):
    monkeypatch.setattr(writing, "CHECKPOINT_SECONDS", 0.0)
    tag_file(folder / "a.jsonl", tmp_path / "o.jsonl", **resumable)
    checkpoint = ["sync o.jsonl.partial", *whole("o.jsonl.journal")]
    assert steps == ["sync .", *checkpoint, *checkpoint, "name o.jsonl", "sync ."]


def test_a_file_for_each_input(tmp_path, folder, steps):
    tag_file(folder, tmp_path / "o", model=Keyword(), writing=ONE_EACH)
    names = ("a.jsonl.jsonl", "sub/b.jsonl.jsonl", "sub/c.jsonl.jsonl")
    assert steps == [
        *(f"sync new o/{name}" for name in names),
        *(f"name o/{name}" for name in names),
        "sync .",
        "sync o",
        "sync o/sub",
    ]


def test_a_file_for_each_input_with_a_journal(tmp_path, folder, steps, resumable):
    tag_file(folder, tmp_path / "o", writing=ONE_EACH, **resumable)
    names = ("a.jsonl.jsonl", "sub/b.jsonl.jsonl", "sub/c.jsonl.jsonl")
    assert steps == [
        "sync .",
        *(f"sync o.partial/{name}" for name in names),
        *("sync .", "sync o.partial", "sync o.partial/sub"),
        *whole("o.journal"),
        *(f"name o/{name}" for name in names),
        *("sync .", "sync o", "sync o/sub"),
    ]


def test_labels_and_exports(tmp_path, lines, steps):
    write_labelled(lines, tmp_path / "a.jsonl")
    write_labelled(lines, tmp_path / "b.jsonl.gz")
    export_labelled(lines, tmp_path / "c.csv", "csv")
    assert steps == [*whole("a.jsonl"), *whole("b.jsonl.gz"), *whole("c.csv")]


def test_a_model(tmp_path, tagger, steps):
    tagger.save(tmp_path / "m")
    files = ["sync new m/manifest.json", "sync new m/weights.safetensors", "sync new m"]
    assert steps == [*files, "name m", "sync ."]
    steps.clear()
    tagger.save(tmp_path / "m", overwrite=True)
    assert steps == [*files, "name old m", "name m", "sync ."]


def test_a_labelling_page(tmp_path, lines, three, steps):
    pool = [item.article for item in lines]
    store = Store(pool, three, tmp_path / "l.jsonl")
    entry = "sync l.jsonl.journal"
    assert steps == ["sync .", entry]
    store.judge(0, Judgement(("health",), (), "done"))
    assert steps[2:] == [entry]
    store.undo()
    assert steps[3:] == [entry]
    store.judge(1, Judgement(("health",), (), "done"))
    steps.clear()
    store.publish()  # the journal first: it tells our own file from one that somebody changed
    assert steps == [entry, *whole("l.jsonl")]
    steps.clear()
    store.close()
    assert steps == whole("l.jsonl")
