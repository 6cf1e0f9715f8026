import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import newsclf.tagger.tagger
from newsclf.cli import app
from newsclf.cli.commands import COMMANDS as TABLE
from newsclf.cli.shared import ProgressLine, byte_size
from newsclf.inputs import InputFile, Row
from newsclf.outputs import Progress
from newsclf.records.article import Article
from newsclf.records.codebook import Codebook
from newsclf.records.explanation import Evidence, Explanation
from newsclf.records.tagging import Tag, Tagging

COMMANDS = get_command(app).commands  # type: ignore[attr-defined]


class Keyword:
    """A tagger that knows one word."""

    name, version = "keyword", "1.0.0"
    codebook = Codebook.load("governance")

    def tag_many(self, items, *, jobs=1):
        return map(self.tag, items)

    def tag(self, item):
        if "中断" in str(item):
            raise KeyboardInterrupt
        tags = (Tag("health", "医疗卫生与健康", 0.75),) if "医" in str(item) else ()
        ps = dict.fromkeys(self.codebook.ids, 0.25)
        return Tagging(item.id, item.title, tags, (), ps, "keyword 1.0.0")

    def explain(self, item, theme=None):
        found = self.codebook[theme or "health"]
        evidence = (Evidence(1, 3, "医生", 0.5), Evidence(0, 1, "看", 0.25))
        return Explanation(found.id, found.name_zh, 0.75, str(item), evidence, 1.0, 0.25)


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setattr(newsclf.tagger.tagger, "load", lambda *args, **kwargs: Keyword())
    monkeypatch.chdir(tmp_path)

    def invoke(*args):
        return CliRunner().invoke(app, list(map(str, args)), catch_exceptions=False)

    return invoke


def put(tmp_path, name, text):
    (tmp_path / name).write_text(text, "utf-8")
    return name


def newsclf_process(*args, **options):
    command = [sys.executable, "-m", "newsclf", *args]
    return subprocess.run(command, capture_output=True, timeout=60, **options)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help(name):
    command = COMMANDS[name]
    assert command.help
    for parameter in command.params:
        assert getattr(parameter, "help", None), parameter.name


def test_help_lists_the_commands(run):
    result = run("--help")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in COMMANDS)
    assert run("--version").stdout == f"newsclf {newsclf._version.__version__}\n"


@pytest.mark.parametrize("name", [None, *(row.target for row in TABLE if row.target)])
def test_help_imports_nothing_heavy(name):
    """Neither the list of commands, which imports none of them, nor the module of a command."""
    module = "newsclf.cli" if name is None else f"newsclf.cli.{name.split(':')[0]}"
    code = (
        f"import sys, {module}\n"
        "heavy = {'numpy', 'sklearn', 'scipy', 'pandas', 'jieba', 'rich', 'pyarrow', 'joblib'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b""


def test_the_list_of_commands_imports_none_of_them():
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom newsclf.cli import app\n"
        "assert 'check-labels' in CliRunner().invoke(app, ['--help']).stdout\n"
        "print(*sorted(m for m in sys.modules if m.startswith('newsclf.cli.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.split() == [b"newsclf.cli.commands"]


def test_a_slip_of_the_finger_is_answered_with_the_name(run):
    result = run("exprt", "a.jsonl")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Did you mean 'export'?" in result.stderr
    assert "Find themes that overlap" in run("codebook").output


def test_tag_writes_data_to_stdout_and_the_account_to_stderr(run, tmp_path):
    put(tmp_path, "a.txt", "看医生")
    result = run("tag", "a.txt")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["themes"][0]["name"] == "医疗卫生与健康"
    assert "医疗卫生与健康" in result.stdout
    assert result.stderr.startswith("newsclf: 1 rows: 1 tagged, 0 rejected")
    assert run("tag", "a.txt", "--quiet").stderr == ""


def test_tag_with_rejects_ends_with_3(run, tmp_path):
    put(tmp_path, "a.jsonl", '{"text": "一"}\n' + "{\n" * 30)
    result = run("tag", "a.jsonl")
    assert result.exit_code == 3
    assert len(result.stdout.splitlines()) == 1
    assert "rejected a.jsonl:2: invalid_json" in result.stderr
    assert "--rejects FILE" in result.stderr
    assert "31 rows: 1 tagged, 30 rejected (30 invalid_json)" in result.stderr
    result = run("tag", "a.jsonl", "--rejects", "r.jsonl", "-o", "out.jsonl")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "invalid_json:" not in result.stderr
    assert len((tmp_path / "r.jsonl").read_text().splitlines()) == 30


def test_tag_options_reach_the_library(run, tmp_path):
    put(tmp_path, "a.dat", "编号\t题目\t内容\t版次\n7\t题\t看医生\t3\n8\t\t" + "长" * 50 + "\t4\n")
    result = run(
        *("tag", "a.dat", "--format", "tsv", "--text", "内容", "--title", "题目", "--id", "编号"),
        *("--keep", "版次", "--probabilities", "--max-record", "100", "--encoding", "utf-8"),
    )
    row = json.loads(result.stdout)
    assert (row["id"], row["title"], row["input"]) == ("7", "题", {"版次": "3"})
    assert set(row["probabilities"]) == set(Keyword.codebook.ids)
    assert "1 too_large" in result.stderr


def test_tag_only_rejects_and_per_file(run, tmp_path):
    put(tmp_path, "a.jsonl", '{"id": 1, "text": "一"}\n{\n')
    run("tag", "a.jsonl", "--rejects", "r.jsonl")
    put(tmp_path, "a.jsonl", '{"id": 1, "text": "一"}\n{"id": 2, "text": "二"}\n')
    result = run("tag", "--only-rejects", "r.jsonl")
    assert (result.exit_code, json.loads(result.stdout)["id"]) == (0, "2")
    assert run("tag", "a.jsonl", "-o", "out", "--per-file", "jsonl").stdout == ""
    assert len((tmp_path / "out" / "a.jsonl.jsonl").read_text("utf-8").splitlines()) == 2


def test_tag_pages(run, tmp_path):
    put(tmp_path, "012_x.txt", "看病 更方便\n\n近年来,淳安县的医院\n\n改造了。(方晓琳)\n")
    row = json.loads(run("tag", "--pages", "012_x.txt").stdout)
    assert (row["id"], row["page"], row["type"]) == ("012-01", "012_x.txt", "article")


def test_pages(run, tmp_path):
    put(tmp_path, "012_x.txt", "看病 更方便\n\n近年来,淳安县的医院\n\n改造了。(方晓琳)\n")
    result = run("pages", "012_x.txt")
    unit = json.loads(result.stdout)
    assert (result.exit_code, unit["id"], unit["authors"]) == (0, "012-01", ["方晓琳"])
    assert run("pages", "012_x.txt", "-o", "units.jsonl").stdout == ""
    assert (tmp_path / "units.jsonl").read_text("utf-8") == result.stdout
    (tmp_path / "bad.txt").write_bytes(b"\xff\xff")
    assert run("pages", "bad.txt", "012_x.txt").exit_code == 3


def test_explain(run, tmp_path):
    put(tmp_path, "a.txt", "看医生")
    result = run("explain", "a.txt")
    assert result.exit_code == 0
    assert "医疗卫生与健康 (health)  probability 0.75" in result.stdout
    assert "+0.500  医生" in result.stdout
    assert "看\n" not in run("explain", "a.txt", "--top", "1").stdout
    result = run("explain", "a.txt", "--theme", "教育")
    assert "(education)" in result.stdout
    result = run("explain", "a.txt", "--theme", "天气")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no theme '天气' in codebook" in result.stderr


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["tag", "none.txt"], 1, "newsclf: error: none.txt: no such file or folder"),
        (["tag", "a.docx"], 1, "--format"),
        (["tag", "a.txt", "-o", "out.docx"], 1, "expected an output named .jsonl"),
        (["tag", "a.txt", "-o", "none/out.jsonl"], 1, "there is no folder none"),
        (["tag", "a.txt", "--resume"], 1, "resume needs files as inputs and an output file"),
        (["tag", "a.txt", "--encoding", "utf-9"], 1, "no text encoding called 'utf-9'"),
        (["tag", "a.txt", "--max-record", "much"], 2, "expected a size such as"),
        (["tag", "a.txt", "--jobs", "0"], 2, "jobs"),
        (["tag", "a.txt", "--none"], 2, "--none"),
        (["tag"], 2, "INPUT"),
        (["none"], 2, "none"),
        (["train"], 2, "LABELLED"),
        (["train", "a.txt"], 2, "-o FOLDER"),
        (["train", "a.txt", "--recipe", "r.json", "-o", "m"], 2, "one of the two"),
        (["evaluate", "none.jsonl"], 1, "none.jsonl"),
    ],
)
def test_errors_are_one_line_with_the_next_step(run, tmp_path, args, code, message):
    put(tmp_path, "a.txt", "一")
    put(tmp_path, "a.docx", "")
    result = run(*args)
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""
    if code == 1:
        assert len(result.stderr.splitlines()) == 1


def test_interrupted(run, tmp_path):
    put(tmp_path, "a.txt", "中断")
    result = run("tag", "a.txt", "-o", "out.jsonl")
    assert result.exit_code == 130
    assert result.stderr == "newsclf: interrupted\n"
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("closed", ["head", "full"])
@pytest.mark.parametrize("command", ["pages", "tag", "summary"])
def test_standard_output_that_takes_no_more(tmp_path, model_folder, command, closed):
    """As of ``newsclf tag ... | head``, and of a full disk."""
    page = "看病 更方便\n\n近年来,淳安县的医院\n\n改造了。(方晓琳)\n"
    for i in range(300):
        put(tmp_path, f"{i}.txt", page)
    arguments = [command, str(tmp_path)]
    if command == "tag":
        arguments += ["--model", str(model_folder), "--jobs", "2"]
    if command == "summary":
        pytest.importorskip("cnloc")
        put(tmp_path, "tags.jsonl", '{"id": "1998-05-06", "title": "", "themes": []}\n')
        arguments[1] += "/tags.jsonl"
    run = [sys.executable, "-m", "newsclf", *arguments]
    if closed == "full":
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(run, stdout=full, stderr=subprocess.PIPE, timeout=60)
        assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
        assert b"standard output: cannot be" in done.stderr
        assert b"No space left on device" in done.stderr
        return
    reading, writing = os.pipe()
    process = subprocess.Popen(run, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    os.close(reading)
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode == 141


def test_standard_input():
    done = newsclf_process("pages", "-", input="看病 更方便\n\n医院改造了。".encode("gb18030"))
    assert json.loads(done.stdout)["title"] == "看病 更方便"
    done = newsclf_process("pages", "-", input='{"id": "x", "text": "医院改造了。"}'.encode())
    assert json.loads(done.stdout)["id"] == "x-01"


def test_progress_is_a_line_that_goes_away(monkeypatch, tmp_path):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    row = Row(Article("1", paragraphs=("近年来",)), "b.txt", byte_offset=0, raw=b"x" * 50)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(b"x" * 100)
    files = [InputFile(tmp_path / name, name, name, "text") for name in ("a.txt", "b.txt")]
    line = ProgressLine(quiet=False)
    line.begin(files)
    line(Progress(), [row._replace(source="a.txt")])
    line.drawn -= 1
    line.started -= 10
    line(Progress(read=3, rows=2, codes={"encoding": 1}), [row])
    assert "2 articles, 0.00 MB/s, 1 rejected, 0:00:05 left" in terminal.getvalue()
    # Of what is compressed nobody knows the end.
    line.begin([*files, InputFile(tmp_path / "c.gz", "c.gz", "c", "text", ".gz")])
    line.drawn -= 1
    terminal.truncate(0)
    line(Progress(read=3, rows=2, codes={"encoding": 1}), [row])
    assert "1 rejected\x1b[K" in terminal.getvalue()
    line.end()
    assert terminal.getvalue().endswith("\r\x1b[K")
    assert not ProgressLine(quiet=True).shown
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not ProgressLine(quiet=False).shown


def test_sizes():
    assert [byte_size(s) for s in ("1", "64KiB", "32 MiB", "1GB", "2k")] == [
        1,
        65536,
        33554432,
        10**9,
        2000,
    ]
