"""Runs that are cut off, and go on."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from keyword_tagger import Keyword, stand_in
from paths import TESTS

from newsclf.batch import writing
from newsclf.batch.files import tag_file
from newsclf.errors import InputError
from newsclf.inputs import lines
from newsclf.outputs import WriteOptions


@pytest.fixture
def resumable(monkeypatch, tmp_path):
    monkeypatch.setattr(writing, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(lines, "AT_A_TIME", 3)
    return {"model": stand_in(monkeypatch, tmp_path), "resume": True}


class StopError(Exception):
    pass


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_a_run_that_was_cut_off_goes_on(mixture, tmp_path, resumable, suffix):
    folder, good, _ = mixture
    whole, rejected = tmp_path / f"whole{suffix}", tmp_path / "whole.rejects"
    expected = tag_file(folder, whole, model=Keyword(), rejects=rejected)
    out, rejects = tmp_path / f"out{suffix}", tmp_path / "out.rejects"
    for stop in (1, 30, good - 1):

        def interrupt(progress, rows, stop=stop):
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
    tag_file(folder, whole, model=Keyword(), writing=WriteOptions(per_file=format))
    for stop in (1, 30, 31, good - 1):

        def interrupt(progress, rows, stop=stop):
            if progress.rows >= stop:
                raise StopError

        with pytest.raises(StopError):
            tag_file(
                folder,
                out,
                writing=WriteOptions(per_file=format),
                on_progress=interrupt,
                **resumable,
            )
        assert not out.exists()
        for path in (tmp_path / "out.partial").iterdir():
            if path.stat().st_mtime >= max(p.stat().st_mtime for p in path.parent.iterdir()):
                with path.open("ab") as stream:
                    stream.write(b"torn")
    tag_file(folder, out, writing=WriteOptions(per_file=format), **resumable)
    assert tree(out) == tree(whole)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "model", "out", "whole"]


def test_failing_at_every_sync_and_rename_loses_nothing(mixture, tmp_path, resumable, monkeypatch):
    folder, *_ = mixture
    whole, rejected = tmp_path / "whole.jsonl", tmp_path / "whole.rejects"
    tag_file(folder, whole, model=Keyword(), rejects=rejected)
    monkeypatch.setattr(writing, "CHECKPOINT_SECONDS", 0.005)
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

    def interrupt(progress, rows):
        if progress.rows >= 10:
            raise StopError

    def run(**changed):
        tag_file(folder, out, on_progress=interrupt, **{**resumable, **changed})

    with pytest.raises(StopError):
        run()
    with pytest.raises(InputError, match="the options changed"):
        run(writing=WriteOptions(probabilities=True))
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
from keyword_tagger import Keyword
from newsclf.batch import writing
from newsclf.batch import files
from newsclf.inputs import lines
writing.CHECKPOINT_SECONDS, lines.AT_A_TIME = 0.0, 3
files.as_tagger = lambda model: Keyword()
out, rejects = Path({out!r}), Path({rejects!r})

def start():
    if not (child := os.fork()):
        files.tag_file({folder!r}, out, rejects=rejects, model={model!r}, resume=True)
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
        tests=str(TESTS),
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


def test_a_partial_output_that_is_gone_or_short(mixture, tmp_path, resumable):
    folder, *_ = mixture
    out = tmp_path / "out.jsonl"

    def stop(progress, rows):
        if progress.rows >= 50:
            raise StopError

    def run(**options):
        return tag_file(folder, out, **resumable, **options)

    for spoil, message in (
        (lambda path: path.unlink(), "if it was removed, remove the journal as well"),
        (lambda path: path.write_bytes(b""), "shorter than its journal says"),
    ):
        with pytest.raises(StopError):
            run(on_progress=stop)
        spoil(tmp_path / "out.jsonl.partial")
        with pytest.raises(InputError, match=message):
            run()
        (tmp_path / "out.jsonl.journal").unlink()
    assert run().rejected > 0
