"""A run fails at every write, fsync, rename and read in turn, and then goes on."""

import errno
import io
import json
import os
from pathlib import Path

import pytest
from keyword_tagger import Keyword, stand_in

from newsclf.batch import writing
from newsclf.batch.files import tag_file
from newsclf.errors import InputError
from newsclf.inputs import lines
from newsclf.outputs import WriteOptions

CODES = (errno.ENOSPC, errno.EIO)
# The disk is not waited for: what is tried here is what happens when it says no.
REAL_OPEN, REAL = Path.open, {"fsync": lambda descriptor: None, "replace": os.replace}


class Faults:
    """Counts the calls of one kind and fails at one of them, half a write done."""

    def __init__(self, kind, at, code):
        self.kind, self.at, self.code = kind, at, code
        self.calls = 0

    def due(self, kind):
        if kind != self.kind:
            return False
        self.calls += 1
        return self.calls == self.at

    def error(self):
        return OSError(self.code, os.strerror(self.code))

    def call(self, kind):
        def run(*args):
            if self.due(kind):
                raise self.error()
            return REAL[kind](*args)

        return run

    def open(self, path, mode="r", *args, **options):
        if "b" not in mode:
            return REAL_OPEN(path, mode, *args, **options)
        faults = self

        class Raw(io.FileIO):
            def write(self, data):
                if faults.due("write"):
                    super().write(bytes(data)[: len(data) // 2])
                    raise faults.error()
                return super().write(data)

            def readinto(self, buffer):
                if faults.due("read"):
                    raise faults.error()
                return super().readinto(buffer)

            def readall(self):
                if faults.due("read"):
                    raise faults.error()
                return super().readall()

        raw = Raw(path, mode.replace("b", ""))
        if "+" in mode:
            return io.BufferedRandom(raw, 256)
        return io.BufferedReader(raw, 4096) if "r" in mode else io.BufferedWriter(raw, 256)


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Inputs, what a whole run makes of them, and a run that fails where it is told to."""
    model = stand_in(monkeypatch, tmp_path)
    monkeypatch.setattr(writing, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(lines, "AT_A_TIME", 1)
    monkeypatch.setattr(os, "fsync", REAL["fsync"])
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "ab":
        rows = [json.dumps({"id": f"{name}{i}", "text": "看医生"}) for i in range(8)]
        rows[3] = "{broken"
        (folder / f"{name}.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    whole, rejected = tmp_path / "whole.jsonl", tmp_path / "whole.rejects"
    tag_file(folder, whole, model=Keyword(), rejects=rejected)

    def run(faults=None, **options):
        with monkeypatch.context() as patch:
            if faults:
                patch.setattr(Path, "open", lambda path, *a, **k: faults.open(path, *a, **k))
                patch.setattr(Path, "replace", lambda a, b: os.replace(a, b))  # noqa: PTH105
                for name in REAL:
                    patch.setattr(os, name, faults.call(name))
            return tag_file(folder, model=model, resume=True, **options)

    return run, folder, (whole.read_bytes(), rejected.read_bytes())


@pytest.mark.parametrize("code", CODES, ids=errno.errorcode.get)
@pytest.mark.parametrize("kind", ["write", "fsync", "replace"])
def test_failing_at_every_call_loses_and_doubles_nothing(world, tmp_path, kind, code):
    run, _, whole = world
    out, rejects = tmp_path / "out.jsonl", tmp_path / "out.rejects"
    step = failures = 0
    while True:
        step += 1
        faults = Faults(kind, step, code)
        try:
            run(faults, output=out, rejects=rejects)
        except (OSError, InputError):
            failures += 1
            assert not out.exists() or out.read_bytes() == whole[0]
            run(output=out, rejects=rejects)
        assert (out.read_bytes(), rejects.read_bytes()) == whole
        out.unlink()
        rejects.unlink()
        assert not [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "out"))]
        if faults.calls < step:
            break
    assert failures == step - 1
    assert failures > 15


@pytest.mark.parametrize("kind", ["write", "fsync", "replace"])
def test_failing_with_an_output_for_each_input(world, tmp_path, kind):
    run = world[0]
    run(output=tmp_path / "whole", writing=WriteOptions(per_file="jsonl"))
    whole = {path.name: path.read_bytes() for path in (tmp_path / "whole").iterdir()}
    out, step = tmp_path / "out", 0
    while True:
        step += 1
        faults = Faults(kind, step, errno.ENOSPC)
        try:
            run(faults, output=out, writing=WriteOptions(per_file="jsonl"))
        except (OSError, InputError):
            run(output=out, writing=WriteOptions(per_file="jsonl"))
        assert {path.name: path.read_bytes() for path in out.iterdir()} == whole
        for path in out.iterdir():
            path.unlink()
        out.rmdir()
        if faults.calls < step:
            break
    assert step > 15


def test_failing_at_every_read_costs_what_a_second_run_brings(world, tmp_path):
    run, folder, whole = world
    out, rejects = tmp_path / "out.jsonl", tmp_path / "out.rejects"
    more = tmp_path / "more.jsonl"
    step = partly = 0
    while True:
        step += 1
        faults = Faults("read", step, errno.EIO)
        try:
            result = run(faults, output=out, rejects=rejects)
        except InputError:
            result = run(output=out, rejects=rejects)
        ids = [json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()]
        assert (len(ids), len(rejects.read_bytes().splitlines())) == (
            result.tagged,
            result.rejected,
        )
        if "unreadable" in result.codes:
            partly += 1
            tag_file(folder, more, model=Keyword(), only_rejects=rejects)
            ids += [json.loads(line)["id"] for line in more.read_text("utf-8").splitlines()]
        assert sorted(ids) == sorted(
            json.loads(line)["id"] for line in whole[0].decode().splitlines()
        )
        for path in tmp_path.glob("out*"):
            path.unlink()
        if faults.calls < step:
            break
    assert partly >= 2
