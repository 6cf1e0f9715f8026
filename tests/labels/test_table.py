"""The table of annotation tools: each row is whole, and what offers them offers these."""

import json
import re

import pytest
from paths import DOCS
from typer.testing import CliRunner

import newsclf
from newsclf.cli import app
from newsclf.errors import InputError
from newsclf.labels.labelled import read_labelled
from newsclf.labels.tools import FORMATS, TOOLS, tool_of
from newsclf.labels.tools.records import Annotation, Written
from newsclf.labels.tools.table import tool_called
from newsclf.records.article import Article, LabelledArticle

ITEM = LabelledArticle(Article("1", "小区", ("加装电梯。",)), ("health",), ("education",))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda t: t.name)
def test_each_tool_is_told_by_its_keys_or_by_the_name_of_its_file(tool):
    assert bool(tool.keys) != bool(tool.suffix)
    for keys in tool.keys:
        assert tool_of(dict.fromkeys(keys)) is tool
        assert tool_of(dict.fromkeys([*keys, "labels"])) is None


def test_no_two_tools_are_called_the_same():
    assert len({tool.name for tool in TOOLS}) == len({tool.title for tool in TOOLS}) == len(TOOLS)


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_tool_is_written_it_reads(name, tmp_path):
    tool = tool_called(name)
    path = tmp_path / f"out{tool.suffix or '.json'}"
    newsclf.export_labelled([ITEM], path, name)
    (found,) = read_labelled(path)
    assert found.labels == ITEM.labels
    if tool.layout in ("array", "lines"):
        text = path.read_text("utf-8")
        records = json.loads(text) if tool.layout == "array" else [json.loads(text)]
        assert [tool_of(record) for record in records] == [tool]
        written = Written(ITEM.article, Annotation(ITEM.labels, ITEM.borderline))
        assert records == [tool.write(written, ("education", "health"))]


def test_the_command_and_the_documents_offer_them_all():
    shown = CliRunner().invoke(app, ["export", "--help"]).output
    assert [name for name in FORMATS if name not in shown] == []
    rows = re.findall(
        r"^\| .+? \| `([a-z-]+)` \|", (DOCS / "retraining.md").read_text("utf-8"), re.M
    )
    assert sorted(rows) == sorted(FORMATS)


def test_a_tool_that_is_none_is_refused_with_those_that_are(tmp_path):
    for name in ("excel", "label-studio-min"):
        with pytest.raises(InputError, match="expected one of label-studio, prodigy, argilla"):
            newsclf.export_labelled([ITEM], tmp_path / "out", name)
    assert not list(tmp_path.iterdir())


def test_an_id_that_is_none_is_refused_with_its_record(tmp_path):
    record = {"id": ["1"], "text": "甲", "label": ["health"]}
    (tmp_path / "a.jsonl").write_text(json.dumps(record), "utf-8")
    with pytest.raises(InputError, match=r"line 1: doccano: expected a string or a number as id"):
        read_labelled(tmp_path / "a.jsonl")
