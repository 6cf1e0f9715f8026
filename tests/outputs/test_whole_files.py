"""Files that appear whole or not at all: names, modes, links, locks, and what a failure leaves."""

import errno
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyword_tagger import Keyword, lines, stand_in

from newsclf.batch.files import tag_file
from newsclf.errors import InputError, ModelError
from newsclf.labels.labelled import write_labelled
from newsclf.labels.tools import export_labelled
from newsclf.outputs import open_output, sha256_of, write_output
from newsclf.outputs.atomic import atomic_file, atomic_folder
from newsclf.outputs.growing import AppendOnly, open_at
from newsclf.outputs.locks import only_writer
from newsclf.outputs.names import beside, hidden
from newsclf.tagger.tagger import load
from newsclf.web.store import Judgement, Store

LONGEST = 255
names = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1
).filter(lambda name: name not in (".", ".."))


@given(names)
def test_hidden_names_are_short_and_start_with_the_name(name):
    path = hidden(Path("folder", name), ".lock")
    assert path.parent == Path("folder")
    assert path.name.startswith("." + name[:10])
    assert len(os.fsencode(path.name)) <= 64


@given(names, names)
def test_no_two_names_share_a_hidden_one(name, ending):
    for one, other in ((name, name + ending), ("年" * 40 + name, "年" * 40 + name + ending)):
        assert hidden(Path(one), ".lock") != hidden(Path(other), ".lock")


@pytest.mark.parametrize("character", ["a", "年", "😀"])
def test_names_beside_are_plain_until_they_are_too_long(tmp_path, character):
    width = len(character.encode())
    for length in range(LONGEST - 30, LONGEST + 1):
        name = ("x" * (length % width)) + character * (length // width)
        path = beside(tmp_path / name, ".journal")
        size = len(os.fsencode(path.name))
        if length + len(".journal") <= LONGEST:
            assert path.name == name + ".journal"
        else:
            assert LONGEST - width < size <= LONGEST
            assert path.name.endswith(".journal")
            assert path != beside(tmp_path / (name[:-1] + "y"), ".journal")
        path.touch()


def test_names_beside_in_a_folder_that_is_not_there():
    assert len(beside(Path("none", "a" * LONGEST), ".partial").name) == LONGEST


def test_an_output_with_the_longest_name(tmp_path, model_folder):
    (tmp_path / "a.txt").write_text("看医生", "utf-8")
    out = tmp_path / ("o" * (LONGEST - len(".jsonl")) + ".jsonl")
    rejects = tmp_path / ("r" * LONGEST)
    tag_file(tmp_path / "a.txt", out, model=model_folder, rejects=rejects, resume=True)
    assert [row["id"] for row in lines(out)] == ["a"]
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", out.name, rejects.name}


def outputs(tmp_path, labelled, tagger):
    """Each kind of file, as (path, how to write it)."""
    article = tmp_path / "a.txt"
    article.write_text("看医生", "utf-8")
    out, rejects = tmp_path / "o.csv", tmp_path / "r.jsonl"
    yield out, lambda: tag_file(article, out, model=Keyword())
    yield rejects, lambda: tag_file(article, out, model=Keyword(), rejects=rejects)
    yield tmp_path / "l.jsonl", lambda: write_labelled(labelled, tmp_path / "l.jsonl")
    yield tmp_path / "e.csv", lambda: export_labelled(labelled, tmp_path / "e.csv", "csv")
    yield tmp_path / "w.txt", lambda: write_output(tmp_path / "w.txt", b"w")
    yield tmp_path / "m" / "manifest.json", lambda: tagger.save(tmp_path / "m", overwrite=True)


def test_a_new_file_has_the_mode_of_any_and_an_old_one_keeps_its_own(
    tmp_path, lines, tagger, monkeypatch
):
    kinds = list(outputs(tmp_path, lines, tagger))
    usual = (tmp_path / "a.txt").stat().st_mode
    for path, write in kinds:
        write()
        assert path.stat().st_mode == usual, path
        path.chmod(0o640)
        write()
        assert path.stat().st_mode & 0o777 == 0o640, path
    (tmp_path / "m").chmod(0o750)
    tagger.save(tmp_path / "m", overwrite=True)
    assert (tmp_path / "m").stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "m" / "weights.safetensors").stat().st_mode == usual


def failing(monkeypatch, kind, at, code=errno.ENOSPC):
    """Have the call `at` of a kind fail; return how many there were."""
    calls = [0]
    really = {"fsync": os.fsync, "replace": os.replace}[kind]

    def call(*args):
        calls[0] += 1
        if calls[0] == at:
            raise OSError(code, os.strerror(code))
        return really(*args)

    monkeypatch.setattr(os, kind, call)
    monkeypatch.setattr(Path, "replace", lambda a, b: os.replace(a, b))  # noqa: PTH105
    return calls


@pytest.mark.parametrize("kind", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_or_the_new_one_and_nothing_else(
    tmp_path, lines, tagger, monkeypatch, kind
):
    tried = 0
    for path, write in list(outputs(tmp_path, lines, tagger)):
        write()
        new = path.read_bytes()
        before = {p.name for p in tmp_path.iterdir()}
        for step in range(1, 20):
            # What was there before: another output, and with a model other files beside it.
            path.write_bytes(new + b" ")
            with monkeypatch.context() as patch:
                calls = failing(patch, kind, step)
                failed = None
                try:
                    write()
                except OSError as error:
                    failed = error
            assert failed is None or failed.filename
            tried += failed is not None
            assert path.read_bytes() in (new, new + b" ")
            assert {p.name for p in tmp_path.iterdir()} == before
            if calls[0] < step:
                break
        assert path.read_bytes() == new
    assert tried >= {"fsync": 12, "replace": 7}[kind]


def test_what_a_killed_run_left_is_written_over(tmp_path, tagger):
    left = hidden(tmp_path / "a.txt", ".new")
    left.write_bytes(b"left over, and longer")
    write_output(tmp_path / "a.txt", b"a")
    assert (tmp_path / "a.txt").read_bytes() == b"a"
    assert not left.exists()
    for ending in (".new", ".old"):
        left = hidden(tmp_path / "m", ending)
        left.mkdir()
        (left / "file").write_text("left over")
        tagger.save(tmp_path / "m", overwrite=True)
        assert not left.exists()
        assert sorted(p.name for p in (tmp_path / "m").iterdir()) == [
            "manifest.json",
            "weights.safetensors",
        ]


def test_a_link_at_the_temporary_name_is_not_followed(tmp_path):
    (tmp_path / "precious").write_text("precious")
    hidden(tmp_path / "a.txt", ".new").symlink_to("precious")
    write_output(tmp_path / "a.txt", b"a")
    assert (tmp_path / "precious").read_text() == "precious"
    assert not (tmp_path / "a.txt").is_symlink()


def test_links_stay_links(tmp_path, lines, tagger):
    there = tmp_path / "there"
    there.mkdir()
    for name in ("a.txt", "none.txt", "m"):
        (tmp_path / name).symlink_to(there / name)
    (there / "a.txt").write_text("old")
    for name in ("a.txt", "none.txt"):
        write_output(tmp_path / name, b"new")
        assert (there / name).read_bytes() == b"new"
    for _ in range(2):
        tagger.save(tmp_path / "m", overwrite=True)
        assert load(there / "m").name == tagger.name
    assert all((tmp_path / name).is_symlink() for name in ("a.txt", "none.txt", "m"))
    assert sorted(p.name for p in there.iterdir()) == ["a.txt", "m", "none.txt"]


def test_a_link_that_leads_to_itself(tmp_path):
    (tmp_path / "a").symlink_to("a")
    write_output(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


def test_pipes_devices_and_folders(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_output(pipe, b"through")
    reader.join()
    assert read == [b"through"]
    assert pipe.is_fifo()
    write_output("/dev/null", b"away")
    with pytest.raises(InputError, match="is a folder; name the file to write"):
        write_output(tmp_path, b"")
    with pytest.raises(OSError, match="No space left") as caught:
        write_output("/dev/full", b"x" * 10)
    assert caught.value.filename == "/dev/full"
    assert [p.name for p in tmp_path.iterdir()] == ["pipe"]


def test_one_writer_at_a_time_whatever_it_is_called(tmp_path):
    (tmp_path / "link").symlink_to("out")
    with only_writer(tmp_path / "out"):
        for name in ("out", "link"):
            with pytest.raises(InputError, match=f"{name}: another run of newsclf is writing it"):
                write_output(tmp_path / name, b"")
        # Names that begin alike, and differ only past the first forty characters.
        alike = [tmp_path / f"{'年' * 40}{end}" for end in ("-1999.jsonl", "-2000.jsonl")]
        with only_writer(alike[0]):
            write_output(alike[1], b"another file")
    write_output(tmp_path / "out", b"free again")
    assert not list(tmp_path.glob(".*"))


def test_a_lock_is_freed_by_any_thread(tmp_path):
    lock = only_writer(tmp_path / "out")
    lock.__enter__()
    thread = threading.Thread(target=lock.__exit__, args=(None, None, None))
    thread.start()
    thread.join()
    write_output(tmp_path / "out", b"free")


def test_two_runs_do_not_share_their_rejects(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("看医生", "utf-8")
    model = stand_in(monkeypatch, tmp_path)
    options = {"model": model, "rejects": tmp_path / "r.jsonl"}

    def second(progress, rows):
        tag_file(tmp_path / "a.txt", tmp_path / "2.jsonl", **options)

    for resume in (False, True):
        with pytest.raises(InputError, match=r"r\.jsonl: another run of newsclf is writing it"):
            tag_file(
                tmp_path / "a.txt",
                tmp_path / "1.jsonl",
                resume=resume,
                on_progress=second,
                **options,
            )


def test_a_run_does_not_write_what_a_labelling_page_has_open(tmp_path, lines, three):
    (tmp_path / "a.txt").write_text("看医生", "utf-8")
    store = Store([item.article for item in lines], three, tmp_path / "l.jsonl")
    with pytest.raises(InputError, match="is writing it already"):
        write_labelled(lines, tmp_path / "l.jsonl")
    store.close()
    write_labelled(lines, tmp_path / "l.jsonl")


def test_two_savers_of_a_model_do_not_meet(tmp_path, tagger):
    with only_writer(tmp_path / "m"), pytest.raises(InputError, match="is writing it already"):
        tagger.save(tmp_path / "m", overwrite=True)
    with pytest.raises(ModelError, match="exists"):
        tagger.save(tagger.save(tmp_path / "m"))


def test_what_is_partly_there_goes_on_at_its_length(tmp_path):
    partial = tmp_path / "o.partial"
    partial.write_bytes(b"0123456789")
    with open_at(partial, 10) as stream:
        stream.write(b"x")
    assert partial.read_bytes() == b"0123456789x"
    with open_at(partial, 4) as stream:
        stream.write(b"y")
    assert partial.read_bytes() == b"0123y"
    with pytest.raises(InputError, match="shorter than its journal says"):
        open_at(partial, 6)
    with open_at(partial, 0):
        pass
    assert partial.read_bytes() == b""


def test_a_line_that_was_not_written_is_not_there_later(tmp_path, monkeypatch):
    path = tmp_path / "log"
    log = AppendOnly(path)
    log.append(b"one\n")
    for kind in ("fsync", "write"):
        with monkeypatch.context() as patch:
            if kind == "fsync":
                failing(patch, "fsync", 1)
            else:
                patch.setattr(log, "_stream", Short(log._stream, fails=True))
            with pytest.raises(OSError, match="No space left"):
                log.append(b"not written\n")
    monkeypatch.setattr(log, "_stream", Short(log._stream))
    log.append("两 and more\n".encode())
    log.close()
    assert path.read_text("utf-8") == "one\n两 and more\n"
    with path.open("ab") as stream:
        stream.write(b"cut o")
    again = AppendOnly(path)
    assert again.lines == [b"one\n", "两 and more\n".encode()]
    again.close()
    assert path.read_text("utf-8") == "one\n两 and more\n"


class Short:
    """A stream that writes two bytes at a time, and then no more if it fails."""

    def __init__(self, stream, fails=False):
        self._stream, self._fails, self._writes = stream, fails, 0

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def write(self, data):
        self._writes += 1
        if self._fails and self._writes > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._stream.write(bytes(data[:2]))


def test_a_journal_of_labels_survives_a_disk_that_is_full_for_a_moment(
    tmp_path, lines, three, monkeypatch
):
    pool, out = [item.article for item in lines], tmp_path / "l.jsonl"
    store = Store(pool, three, out)
    store.judge(0, Judgement(("health",), (), "done"))
    with monkeypatch.context() as patch:
        failing(patch, "fsync", 1)
        with pytest.raises(OSError, match="No space left"):
            store.judge(1, Judgement(("housing",), (), "done"))
    store.judge(2, Judgement(("education",), (), "done"))
    store.close()
    again = Store(pool, three, out)
    assert again.numbers("done") == [0, 2]
    again.close()


def test_an_open_file_is_written_to_and_left_open(tmp_path):
    with (tmp_path / "a").open("wb") as given:
        with open_output(given) as stream:
            stream.write(b"a")
        assert (tmp_path / "a").read_bytes() == b"a"
        assert not given.closed


def test_sha256_of_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_of(tmp_path / "a") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_files_that_cannot_be_opened(tmp_path):
    (tmp_path / "file").write_text("")
    for opened in (atomic_file, atomic_folder):
        with (
            pytest.raises(InputError, match="a: cannot be written: Not a directory"),
            opened(tmp_path / "file" / "a"),
        ):
            pass
    with pytest.raises(InputError, match="cannot be written: Is a directory"):
        AppendOnly(tmp_path)
