"""The commands one after the other, with a model trained on a dozen lines."""

import json

import pytest
from typer.testing import CliRunner

from newsclf.cli import app
from newsclf.model import storage

TEXTS = {
    "health": [
        "县医院新增门诊，方便群众看病",
        "社区医生上门体检",
        "疫苗接种点开进乡村",
        "中医馆开诊",
    ],
    "education": [
        "小学开学，学生领到新课本",
        "中学教师交流轮岗",
        "职业学校扩大招生",
        "幼儿园教师培训",
    ],
    "rural_agriculture": [
        "水稻丰收，农民抢收晚稻",
        "茶农采摘春茶",
        "农机下田春耕备耕",
        "大棚蔬菜上市",
    ],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    with (folder / "labelled.jsonl").open("w", encoding="utf-8") as stream:
        for theme, texts in TEXTS.items():
            for i, text in enumerate(texts):
                record = {"id": f"{theme}{i}", "title": "", "text": text + "。", "labels": [theme]}
                stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    done = CliRunner().invoke(app, ["train", f"{folder}/labelled.jsonl", "-o", f"{folder}/tiny"])
    assert done.exit_code == 0, done.output
    assert done.stderr == f"newsclf: wrote tiny 1.0.0 to {folder}/tiny\n"
    return folder


@pytest.fixture
def run(folder, monkeypatch):
    monkeypatch.chdir(folder)

    def invoke(*args, code=0):
        result = CliRunner().invoke(app, args, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return invoke


def test_tag(run):
    rows = [
        json.loads(line) for line in run("tag", "labelled.jsonl", "--model", "tiny").splitlines()
    ]
    assert [row["id"] for row in rows] == [f"{t}{i}" for t in TEXTS for i in range(4)]
    assert {row["model"] for row in rows} == {"tiny 1.0.0"}
    assert {theme["id"] for row in rows for theme in row["themes"]} <= set(TEXTS)
    assert sum(bool(row["themes"]) for row in rows) >= 6


def test_two_processes_and_a_resumed_run_give_the_same_bytes(run, folder):
    plain = run("tag", "labelled.jsonl", "--model", "tiny").encode()
    run("tag", "labelled.jsonl", "--model", "tiny", "--jobs", "2", "-o", "two.jsonl")
    run("tag", "labelled.jsonl", "--model", "tiny", "--resume", "-o", "resumed.jsonl")
    assert (folder / "two.jsonl").read_bytes() == plain
    assert (folder / "resumed.jsonl").read_bytes() == plain


def test_explain(run, folder):
    (folder / "a.txt").write_text("县医院新增门诊，方便群众看病。", "utf-8")
    out = run("explain", "a.txt", "--model", "tiny", "--theme", "health")
    assert "(health)  probability" in out
    assert "门诊" in out


def test_evaluate(run, folder):
    out = run(
        *("evaluate", "labelled.jsonl", "--model", "tiny", "--html", "r.html", "--json", "r.json")
    )
    assert "micro-F1" in out
    assert "<html" in (folder / "r.html").read_text("utf-8")
    assert json.loads((folder / "r.json").read_text("utf-8"))["title"] == "Evaluation of tiny"


def test_a_model_folder_is_not_replaced_unasked(run):
    run("train", "labelled.jsonl", "-o", "tiny", code=1)
    run("train", "labelled.jsonl", "-o", "tiny", "--overwrite")


def test_models_lists_what_is_installed(run):
    names = [line.split()[0] for line in run("models").splitlines()]
    assert names == [folder.name for folder in storage.installed()]
