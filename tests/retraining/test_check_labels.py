import json

import numpy as np
import pytest
from typer.testing import CliRunner

import newsclf
from newsclf.cli import app
from newsclf.errors import InputError, LabelError
from newsclf.labels.labelled import write_labelled
from newsclf.records.article import Article, LabelledArticle
from newsclf.retraining import check_labels
from newsclf.training import Background

SENTENCES = {
    "health": "门诊医生为病人看病，医院药房配药，护士打针。",
    "education": "学校教师给学生上课，课堂上读书，操场上做操。",
    "housing": "小区电梯换新，物业修楼道，居民住进新房。",
}
HINTS = ("今天上午。", "昨天下午。", "本周三。", "上个月。", "开春以来。", "入冬以后。")


@pytest.fixture(scope="module")
def clean():
    """Eighteen articles, six a theme, each with a day of its own."""
    return [
        LabelledArticle(Article(f"{theme}-{i}", None, (hint + body[i:] + body[:i],)), (theme,))
        for theme, body in SENTENCES.items()
        for i, hint in enumerate(HINTS)
    ]


def relabel(items, id, *labels):
    return [LabelledArticle(i.article, labels) if i.id == id else i for i in items]


def check(items, three, **options):
    return newsclf.check_labels(items, codebook=three, background=Background(), folds=2, **options)


@pytest.fixture
def apart(monkeypatch):
    """The sentences are near-duplicates of each other; here they count as articles of their own."""
    monkeypatch.setattr(check_labels, "groups_of", lambda items: np.arange(len(items)))


def test_a_planted_error_comes_first_with_its_evidence(clean, three, apart):
    found = check(relabel(clean, "health-2", "housing"), three).suspicions
    assert found[0].id == "health-2"
    assert [v.theme for v in found[0].missing] == ["health"]
    assert found[0].score == max(s.score for s in found)
    assert any(
        word in SENTENCES["health"] for word, weight in found[0].missing[0].words if weight > 0
    )


def test_at_most_n_are_returned_most_doubtful_first(clean, three, apart):
    wrong = relabel(relabel(clean, "health-2", "housing"), "education-1", "health")
    scores = [s.score for s in check(wrong, three).suspicions]
    assert scores == sorted(scores, reverse=True)
    assert len(check(wrong, three, n=1).suspicions) == 1


def test_near_duplicates_with_different_labels(three, clean, apart):
    twin = LabelledArticle(Article("twin", "转载", clean[0].article.paragraphs), ("education",))
    conflicts = check([*clean, twin], three).conflicts
    assert ("health-0", "twin") in {(c.first, c.second) for c in conflicts}
    assert all(c.first_labels != c.second_labels for c in conflicts)
    doubted = LabelledArticle(twin.article, (), ("health",))
    assert "twin" not in {c.second for c in check([*clean, doubted], three).conflicts}


def test_articles_in_training_and_test(three, clean, apart):
    leaks = check(
        clean, three, test=[LabelledArticle(Article("t", None, clean[3].article.paragraphs))]
    ).leaks
    assert "health-3" in {leak.train for leak in leaks}
    assert check(clean, three, test=[LabelledArticle(Article("t", None, ("晴。",)))]).leaks == ()


def test_too_few_articles_and_unknown_labels_are_refused(three, clean):
    with pytest.raises(InputError, match="at least 2 groups"):
        check(clean[:1], three)
    with pytest.raises(LabelError, match="'sports'"):
        check(relabel(clean, "health-1", "sports"), three)


def test_the_command_tells_and_writes_json(three, clean, apart, tmp_path, monkeypatch):
    monkeypatch.setattr(check_labels, "background_or_shipped", lambda *_: Background())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "three.json").write_text(json.dumps(three.to_dict()), "utf-8")
    write_labelled(relabel(clean, "health-2", "housing"), "a.jsonl")
    write_labelled(clean[:1], "t.jsonl")
    args = [
        "check-labels",
        "a.jsonl",
        "--test",
        "t.jsonl",
        "--codebook",
        "three.json",
        "--json",
        "o.json",
    ]
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 0
    assert "missing? health" in result.stdout
    assert "test health-0 = train health-0" in result.stdout
    assert json.loads((tmp_path / "o.json").read_text("utf-8"))["articles"] == 18
