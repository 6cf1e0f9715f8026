import json

import numpy as np
import pytest
from typer.testing import CliRunner

import newsclf
from newsclf.cli import app
from newsclf.errors import InputError, LabelError
from newsclf.evaluation.intervals import Estimate
from newsclf.evaluation.paired import Change, Requirement, changes
from newsclf.labels.labelled import write_labelled
from newsclf.records.article import Article, LabelledArticle
from newsclf.records.codebook import Codebook
from newsclf.training import Background, train


@pytest.fixture(scope="module")
def worse(lines, three):
    """A tagger that never heard of lifts and takes doctors for teachers."""
    swap = {"health": "education", "education": "health"}
    wrong = [LabelledArticle(i.article, tuple(swap.get(t, t) for t in i.labels)) for i in lines[:9]]
    return train(wrong, codebook=three, background=Background(), name="worse", version="2")


def test_a_tagger_does_not_differ_from_itself(tagger, lines):
    same = newsclf.compare(tagger, tagger, lines, test=lines)
    assert (same.changed, same.flips) == (0, ())
    assert all(c.old == c.new for c in same.figures.values())
    assert same.figures["micro_f1"].difference == Estimate(0.0, 0.0, 0.0)


def test_flips_are_the_tags_that_differ(tagger, worse, lines):
    result = newsclf.compare(tagger, worse, lines)
    expected = set()
    for item in lines:
        before, after = (set(t.tag(item).themes) for t in (tagger, worse))
        expected |= {(item.id, theme, theme in after) for theme in before ^ after}
    assert {(f.id, f.theme, f.given) for f in result.flips} == expected
    assert result.changed == len({f.id for f in result.flips}) > 0
    moves = [abs(f.after - f.before) for f in result.flips]
    assert moves == sorted(moves, reverse=True)


def test_the_words_behind_a_flip_push_its_way(tagger, worse, lines):
    flips = [f for f in newsclf.compare(tagger, worse, lines).flips if f.words]
    assert flips
    for flip in flips:
        assert all((share > 0) is flip.given for _, share in flip.words)
    assert not any(f.words for f in newsclf.compare(tagger, worse, lines, explained=0).flips)


def test_differences_are_paired(tagger, worse, lines):
    found = changes(tagger, worse, lines)["micro_f1"]
    assert found.difference.value == pytest.approx(found.new - found.old)
    assert found.difference.low <= found.difference.value <= found.difference.high < 0


def test_a_theme_one_tagger_lacks_it_never_gives(tagger, lines, three):
    fewer = Codebook("two", "1", three.themes[:2])
    kept = [LabelledArticle(i.article, tuple(t for t in i.labels if t in fewer)) for i in lines]
    small = train(kept, codebook=fewer, background=Background())
    result = newsclf.compare(small, tagger, lines, test=lines)
    assert {f.theme for f in result.flips if f.given} >= {"housing"}
    assert all(f.before == 0 for f in result.flips if f.theme == "housing")
    assert result.figures["recall"].difference.value > 0
    with pytest.raises(LabelError, match="neither tagger knows all themes"):
        changes(small, small, lines)


def test_the_report_is_text_and_json(tagger, worse, lines):
    result = newsclf.compare(tagger, worse, lines, test=lines)
    assert "articles change" in str(result)
    assert "micro-F1" in str(result)
    assert json.loads(json.dumps(result.to_dict()))["changed"] == result.changed


@pytest.mark.parametrize(
    ("text", "old", "new", "holds"),
    [
        ("micro_f1>=old-0.005", 0.9, 0.895, True),
        ("micro_f1>=old-0.005", 0.9, 0.8949, False),
        ("micro_f1 > old", 0.9, 0.9, False),
        ("micro_f1 < 0.5 + .25", 0.9, 0.7, True),
        ("micro_f1<=0.8", None, 0.7, True),
        ("micro_f1>=old", None, 0.7, False),
        ("micro_f1>=0", 0.9, None, False),
    ],
)
def test_requirements(text, old, new, holds):
    requirement = Requirement.parse(text)
    assert requirement.holds({"micro_f1": Change(old, new, Estimate(None))}) is holds
    assert Requirement.parse(str(requirement)) == requirement


@pytest.mark.parametrize(
    "text",
    [
        "",
        "micro_f1",
        "micro_f1>=new",
        "f1>=old",
        "micro_f1==1",
        "micro_f1>=old-",
        "a>=__import__('os')",
    ],
)
def test_requirements_that_mean_nothing(text):
    with pytest.raises(InputError, match="requirement"):
        Requirement.parse(text)


@pytest.mark.parametrize(("need", "code"), [("micro_f1>=old-0.005", 1), ("micro_f1>=0.01", 0)])
def test_the_gate_has_an_exit_code(need, code, worse, model_folder, lines, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    worse.save("worse")
    write_labelled(lines, "test.jsonl")
    args = ["compare", str(model_folder), "worse", "test.jsonl", "--test", "test.jsonl"]
    result = CliRunner().invoke(app, [*args, "--require", need, "--json", "out.json"])
    assert result.exit_code == code
    assert ("not met" in result.stderr) is bool(code)
    assert "tiny 1.0.0 -> worse 2" in result.stdout
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["articles"] == 14
    assert CliRunner().invoke(app, [*args[:4], "--require", need]).exit_code == 2
    assert CliRunner().invoke(app, [*args, "--require", "nonsense"]).exit_code == 1


def test_nothing_to_compare_on(tagger):
    assert newsclf.compare(tagger, tagger, []).articles == 0
    with pytest.raises(InputError, match="got none"):
        changes(tagger, tagger, [])
    one = [LabelledArticle(Article("a", None, ("门诊",)), ("health",))]
    found = changes(tagger, tagger, one)
    assert found["right_first"].difference.low is None
    assert np.isfinite(found["right_first"].old)
