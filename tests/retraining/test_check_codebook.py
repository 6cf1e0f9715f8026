import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from newsclf import Codebook, Keyword, Theme, check_codebook
from newsclf.cli import app


def book(*themes):
    return Codebook("b", "1", tuple(themes))


A = Theme("a", "甲", keywords=(Keyword("医院", 2.0), Keyword("门诊")), includes=("住院、体检",))
B = Theme("b", "乙", keywords=(Keyword("学校"), Keyword("教师")))


def kinds(codebook, pool=None):
    return {(f.kind, f.themes) for f in check_codebook(codebook, pool)}


def test_the_shipped_codebook_does_not_contradict_itself():
    assert not [f for f in check_codebook(Codebook.load()) if f.serious]


def test_themes_apart_give_no_finding():
    assert check_codebook(book(A, B)) == []


@pytest.mark.parametrize(
    ("theme", "said"),
    [
        (replace(A, keywords=(*A.keywords, Keyword("医", -3.0))), "outweighs '医院'"),
        (replace(A, keywords=(Keyword("体检", -1.0),)), "lies in its include"),
        (replace(A, excludes=("体检 → b",)), "'体检' is both included and excluded"),
        (replace(A, excludes=("护理 → c",)), "'c', which is no theme"),
        (replace(A, excludes=("护理 → a",)), "to the theme itself"),
    ],
)
def test_contradictions_within_a_theme(theme, said):
    found = [f for f in check_codebook(book(theme, B)) if f.serious]
    assert len(found) == 1
    assert found[0].themes == ("a",)
    assert said in found[0].message


def test_a_negative_look_alike_longer_than_the_keyword_is_no_contradiction():
    theme = replace(A, keywords=(Keyword("医院"), Keyword("动物医院", -1.0)))
    assert check_codebook(book(theme, B)) == []


def test_two_themes_that_send_an_example_around():
    a, b = replace(A, excludes=("校医、义诊 → b",)), replace(B, excludes=("校医 → a",))
    assert kinds(book(a, b)) == {("contradiction", ("a", "b"))}


def test_overlaps():
    both = replace(B, keywords=(Keyword("医院", 2.0), Keyword("教师", 3.0)))
    messages = [f.message for f in check_codebook(book(A, both))]
    assert messages == ["decisive keywords of both: 医院", "share 67% of their keywords: 医院"]
    assert kinds(book(A, replace(B, includes=("体检",)))) == {("overlap", ("a", "b"))}


def test_keywords_that_a_pool_lacks_or_is_full_of():
    pool = ["医院今天开诊，门诊照常。"] * 100 + ["晴。"] * 100
    assert kinds(book(A, B), pool) == {("unseen", ("b",)), ("everywhere", ("a",))}
    rare = replace(B, keywords=(Keyword("门诊"), Keyword("教师")))
    messages = [f.message for f in check_codebook(book(rare), pool) if f.kind == "unseen"]
    assert messages == ["1 of 2 keywords are in none of 200 texts: 教师"]
    assert kinds(book(rare), pool[:99]) == set()


def test_the_command_prints_findings_and_fails_on_contradictions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pool.txt").write_text("医院今天开诊。", "utf-8")
    for name, theme, code in (("fine", A, 0), ("odd", replace(A, excludes=("体检 → b",)), 1)):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(book(theme, B).to_dict()), "utf-8")
        result = CliRunner().invoke(app, ["codebook", "check", str(path), "--pool", "pool.txt"])
        assert result.exit_code == code
        assert "unseen  b: none of its keywords is in 1 texts" in result.stdout
        assert f"{1 + code} finding" in result.stderr
