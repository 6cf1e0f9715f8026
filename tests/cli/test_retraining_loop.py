import json
import re

import pytest
from typer.testing import CliRunner

import newsclf
from newsclf.cli import app
from newsclf.labels.labelled import read_labelled, write_labelled


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def invoke(*args):
        return CliRunner().invoke(app, list(map(str, args)), catch_exceptions=False)

    return invoke


@pytest.fixture
def themes(three, tmp_path):
    path = tmp_path / "three.json"
    path.write_text(json.dumps(three.to_dict()), "utf-8")
    return path


def test_suggest_writes_articles_to_label(run, model_folder, lines):
    write_labelled(lines, "pool.jsonl")
    write_labelled(lines[:2], "known.jsonl")
    result = run("suggest", "pool.jsonl", "-n", 3, "--model", model_folder)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert (result.exit_code, len(rows)) == (0, 3)
    assert all(set(row) == {"id", "title", "text"} for row in rows)
    more = run(
        "suggest", "pool.jsonl", "-n", 14, "--labelled", "known.jsonl", "--model", model_folder
    )
    ids = [json.loads(line)["id"] for line in more.stdout.splitlines()]
    assert not {"line-0", "line-1"} & set(ids)
    assert len(ids) > 5


def test_suggest_rejects_broken_rows_and_goes_on(run, model_folder, tmp_path):
    (tmp_path / "pool.jsonl").write_text('{"text": "县医院开诊，小区换电梯。"}\n{"x"\n', "utf-8")
    result = run("suggest", "pool.jsonl", "-o", "out.jsonl", "--model", model_folder)
    assert result.exit_code == 3
    assert "rejected" in result.stderr
    assert len((tmp_path / "out.jsonl").read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize(("to", "name"), [("label-studio", "a.json"), ("csv", "a.csv")])
def test_export_and_import_are_a_round_trip(run, lines, themes, to, name):
    write_labelled(lines, "labels.jsonl")
    out = run(
        "export", "labels.jsonl", "--to", to, "-o", name, "--names", "zh", "--codebook", themes
    )
    assert (out.exit_code, out.stderr) == (0, f"newsclf: wrote 14 articles to {name}\n")
    back = run("import", name, "-o", "back.jsonl", "--codebook", themes)
    assert back.exit_code == 0
    assert read_labelled("back.jsonl") == lines


def test_a_pool_is_exported_with_suggestions(run, model_folder, lines, themes, tmp_path):
    pool = [{"id": i.id, "title": i.article.title, "text": i.article.text} for i in lines]
    (tmp_path / "pool.jsonl").write_text("\n".join(map(json.dumps, pool)), "utf-8")
    options = ("--codebook", themes, "--suggestions", model_folder)
    assert (
        run("export", "pool.jsonl", "--to", "label-studio", "-o", "a.json", *options).exit_code == 0
    )
    tasks = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert [task["annotations"] for task in tasks] == [[]] * 14
    assert any(task["predictions"][0]["result"] for task in tasks)


@pytest.mark.filterwarnings("always")
def test_what_is_left_out_is_said(run, themes, tmp_path):
    rows = [
        {"text": "门诊周末照常。", "accept": ["health"], "answer": "accept"},
        {"text": "电梯换新。", "accept": [], "answer": "ignore"},
    ]
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    result = run("import", "p.jsonl", "-o", "out.jsonl", "--codebook", themes)
    assert result.exit_code == 0
    assert "warning: p.jsonl: 1 ignored by the reader" in result.stderr
    assert "wrote 1 labelled articles" in result.stderr


def test_an_import_that_fails_writes_nothing(run, themes, tmp_path):
    row = {"text": "门诊周末照常。", "accept": ["体育"], "answer": "accept"}
    (tmp_path / "p.jsonl").write_text(json.dumps(row), "utf-8")
    result = run("import", "p.jsonl", "-o", "out.jsonl", "--codebook", themes)
    assert result.exit_code == 1
    assert "p.jsonl, line 1: no theme '体育'" in result.stderr
    assert not (tmp_path / "out.jsonl").exists()


def test_adapt_writes_a_model_that_models_lists_with_its_parent(run, model_folder, lines, tmp_path):
    write_labelled(lines[:5], "new.jsonl")
    args = ("adapt", "new.jsonl", "--model", model_folder, "-o", "mine")
    result = run(*args)
    assert (result.exit_code, result.stderr) == (0, "newsclf: wrote mine 1.0.0+adapted.1 to mine\n")
    listed = run("models", ".").stdout
    digest = newsclf.load("mine").model.record["labelled_sha256"]
    assert f"mine 1.0.0+adapted.1  mine  labels {digest[:12]}, from tiny 1.0.0  " in listed
    assert run(*args).exit_code == 1
    assert run(*args, "--overwrite", "--version", "2").exit_code == 0
    assert newsclf.load("mine").version == "2"
    (tmp_path / "empty").mkdir()
    refused = run("models", "empty")
    assert (refused.exit_code, refused.stdout) == (1, "")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], r"new\.jsonl: holds no labelled article"),
        (
            [{"id": "a", "text": "门诊。", "labels": ["sport"]}],
            r"new\.jsonl, line 1: no theme 'sport'",
        ),
        (
            [
                {"id": "a", "text": "门诊。", "labels": ["health"]},
                {"id": "b", "text": "门诊。", "labels": ["housing"]},
            ],
            r"new\.jsonl, line 2: the same title and text as .*line 1.*settle them",
        ),
        (
            [{"id": "a", "text": "门诊。", "spans": [[0, 2, "health"]]}],
            r'line 1: "labels" should be a list',
        ),
    ],
)
@pytest.mark.parametrize("command", ["adapt", "train", "check-labels"])
def test_bad_labels_name_file_row_and_remedy_and_leave_nothing(
    run, model_folder, themes, tmp_path, command, rows, said
):
    (tmp_path / "new.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    output = () if command == "check-labels" else ("-o", "out")
    model = ("--model", model_folder) if command == "adapt" else ()
    result = run(command, "new.jsonl", "--codebook", themes, *model, *output)
    assert result.exit_code == 1
    assert re.search(said, result.stderr), result.stderr
    assert {p.name for p in tmp_path.iterdir()} == {"new.jsonl", "three.json"}


def test_a_theme_with_one_positive_is_learnt(run, lines, themes, tmp_path):
    """Few labels are no error: the codebook stands in for the rest."""
    rare = [item for item in lines if "housing" not in item.labels]
    write_labelled([*rare, lines[8]], "few.jsonl")
    result = run("train", "few.jsonl", "--codebook", themes, "-o", "out")
    assert result.exit_code == 0
    assert newsclf.load("out").tag("小区电梯坏了，居民盼修。").themes == ("housing",)
