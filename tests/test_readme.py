"""What the documents say is there, runs, and says the same in both languages."""

import json
import re

import pytest
from paths import ROOT
from test_structure import LAYERS
from typer.main import get_command

import newsclf
from newsclf.cli import app

README = (ROOT / "README.md").read_text("utf-8")
TWIN = (ROOT / "README.zh-CN.md").read_text("utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "seeds" / "README.md"])
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def headings(text):
    without_code = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    return re.findall(r"^(#+) (.+)$", without_code, re.M)


def anchors(text):
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for _, title in headings(text)}


def test_python_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    (tmp_path / "my-labels.jsonl").write_text(blocks(README, "jsonl")[0], "utf-8")
    monkeypatch.chdir(tmp_path)
    exec("\n".join(blocks(README, "python")), {})
    assert "elderly_care" in capsys.readouterr().out
    assert newsclf.load("my-model").tag("城乡公交\n全县新建公交站23个，开通公交线路。").themes


def test_the_result_it_shows_is_the_result():
    shown = [json.loads(line) for line in blocks(README, "json")[0].splitlines()]
    tagger = newsclf.load()
    units = {
        unit.id: unit
        for path in sorted((ROOT / "seeds").glob("*.txt"))
        for unit in newsclf.read_page(path).articles
    }
    assert len(units) == 18
    for row in shown:
        unit = units[row["id"]]
        found = tagger.tag(unit).to_dict()
        assert (row["type"], row["flags"]) == (unit.type, list(unit.flags))
        assert row["title"] == found["title"]
        assert [t["id"] for t in row["themes"]] == [t["id"] for t in found["themes"]]
        assert row["model"] == found["model"]


@pytest.mark.parametrize("text", [README, TWIN], ids=["en", "zh"])
def test_commands_and_options_it_names_exist(text):
    named = re.findall(r"newsclf ([a-z][a-z-]*)((?: [^\s`|&]+)*)", "\n".join(blocks(text, "sh")))
    named += re.findall(r"`newsclf ([a-z][a-z-]*)([^`]*)`", text)
    assert {"tag", "train", "evaluate"} <= {name for name, _ in named}
    for name, rest in named:
        options = {o for parameter in COMMANDS[name].params for o in parameter.opts}
        assert set(re.findall(r"(?<=\s)--?[a-z-]+", rest)) <= options, name
    every = {o for command in COMMANDS.values() for p in command.params for o in p.opts}
    assert set(re.findall(r"`(--[a-z-]+)`", text)) <= every


def test_both_languages_say_the_same():
    assert [level for level, _ in headings(README)] == [level for level, _ in headings(TWIN)]
    for language in ("sh", "json", "jsonl"):
        assert blocks(README, language) == blocks(TWIN, language)
    without_comments = [
        [re.sub(r"\s+#.*", "", block) for block in blocks(text, "python")]
        for text in (README, TWIN)
    ]
    assert without_comments[0] == without_comments[1]
    assert README.count("\n| ") == TWIN.count("\n| ")
    codes = [
        {c for c in re.findall(r"`([^`\n]+)`", text) if c.isascii()} for text in (README, TWIN)
    ]
    assert codes[0] ^ codes[1] <= {"print"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    text = path.read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        name, _, anchor = target.partition("#")
        file = (path.parent / name) if name else path
        assert file.exists(), target
        assert not anchor or anchor in anchors(file.read_text("utf-8")), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_files_and_folders_it_names_are_there(path):
    """By their whole name, or as seen from the package, or from the package it is about."""
    if path.name == "CHANGELOG.md":  # says what was
        return
    places = [ROOT, ROOT / "newsclf", ROOT / "newsclf" / "engine" / "kernel"]
    text = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.M | re.S)
    named = re.findall(r"`([\w./-]+\.(?:py|pyx|pxd|h))`", text)
    named += re.findall(
        r"`((?:newsclf|tests|benchmarks|docs|seeds|models|notebooks)/[\w./-]+)`", text
    )
    assert [n for n in named if not any((place / n).exists() for place in places)] == []


def test_the_page_on_architecture_names_every_package_and_their_order():
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    section = page.partition("## The direction of imports")[2]
    told = re.findall(r"(?<=\n\n)(?:    .+\n)+", section)[0].splitlines()
    assert [tuple(line.split()) for line in told] == list(LAYERS)
    table = page.partition("## Where is")[2].partition("\n## ")[0]
    for path in sorted((ROOT / "newsclf").iterdir()):
        if path.is_dir() and any(path.glob("*.py")):
            assert f"`{path.name}/" in table, path.name
    assert len(page.splitlines()) < 90  # one page


def test_the_table_of_contents_is_whole():
    listed = (ROOT / "docs" / "README.md").read_text("utf-8")
    missing = [p.name for p in ROOT.glob("docs/*.md") if f"({p.name})" not in listed]
    assert [name for name in missing if name != "README.md"] == []


def test_the_notebook_runs_and_holds_no_results(monkeypatch, capsys):
    path = ROOT / "notebooks" / "quickstart.ipynb"
    cells = [c for c in json.loads(path.read_text("utf-8"))["cells"] if c["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    monkeypatch.chdir(path.parent)
    names = {}
    for cell in cells:
        exec("".join(cell["source"]), names)
    assert names["tagging"].model == f"governance {names['tagger'].version}"
    assert "fragment" in capsys.readouterr().out
