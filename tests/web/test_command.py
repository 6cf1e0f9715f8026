import json
import os
import re
import signal
import socket
import subprocess
import sys

import pytest
from paths import ROOT
from typer.testing import CliRunner

from newsclf.cli import app
from newsclf.web.curve import learning_curve

pytest.importorskip("uvicorn", reason="the page needs uvicorn")


@pytest.fixture
def label(tmp_path, monkeypatch, model_folder):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pool.jsonl").write_text('{"id": "a", "text": "医院门诊。"}\n', "utf-8")

    def run(*args):
        return CliRunner().invoke(app, ["label", *map(str, args), "--model", str(model_folder)])

    return run


def test_an_empty_pool_is_an_error(label, tmp_path):
    (tmp_path / "pool.jsonl").write_text('{"id": "a", "text": " "}\n')
    result = label("pool.jsonl")
    assert result.exit_code == 1
    assert "no article to label" in result.stderr


def test_a_port_that_is_taken_is_named(label):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = label("pool.jsonl", "--port", taken.getsockname()[1])
    assert result.exit_code == 1
    assert re.search(r"port \d+ is taken; name another with --port", result.stderr)


def test_an_output_of_another_pool_is_named(label, tmp_path):
    old = {"id": "z", "title": "", "text": "学校", "labels": ["education"], "borderline": []}
    (tmp_path / "pool.labelled.jsonl").write_text(json.dumps(old) + "\n")
    result = label("pool.jsonl")
    assert result.exit_code == 1
    assert "pool.labelled.jsonl: belongs to another pool" in result.stderr


@pytest.mark.parametrize("pool", ["pool.jsonl", "."])
def test_labels_are_not_written_over_the_pool(label, tmp_path, pool):
    before = (tmp_path / "pool.jsonl").read_bytes()
    result = label(pool, "-o", "pool.jsonl")
    assert result.exit_code == 1
    assert "lies in the pool" in result.stderr
    assert (tmp_path / "pool.jsonl").read_bytes() == before


def test_options_that_contradict_each_other_are_refused(label):
    assert label("pool.jsonl", "--blind", "--review").exit_code == 2
    assert label("pool.jsonl", "--codebook", "themes.json").exit_code == 2
    assert label("pool.jsonl", "-o", "labels.csv").exit_code == 1


def test_a_missing_extra_is_named(label, monkeypatch):
    monkeypatch.setitem(sys.modules, "newsclf.web.server", None)
    result = label("pool.jsonl")
    assert result.exit_code == 1
    assert 'pip install "newsclf[web]"' in result.stderr


def test_the_command_serves_until_it_is_interrupted(label, tmp_path, model_folder):
    command = [sys.executable, "-m", "newsclf", "label", "pool.jsonl", "--port", "0"]
    with subprocess.Popen(
        [*command, "--model", str(model_folder)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        link = next(line for line in process.stderr if "http://127.0.0.1:" in line)
        assert "?key=" in link
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 0, rest
    assert "0 articles labelled" in rest


def test_the_curve_has_a_point_for_a_quarter_half_and_all_of_the_labels(lines, three, monkeypatch):
    import newsclf.training
    from newsclf.training import Background, train

    def small(items, *, codebook):
        return train(items, codebook=codebook, background=Background())

    monkeypatch.setattr(newsclf.training, "train", small)
    points = learning_curve([line for line in lines if line.labels], three)
    assert [p.articles for p in points] == [2, 5, 10]
    assert all(p.low <= p.micro_f1 <= p.high for p in points)
