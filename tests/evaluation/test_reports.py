import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from newsclf.errors import InputError
from newsclf.evaluation import (
    Report,
    cross_validate,
    evaluate,
    model_card,
    unseen_source,
    write_model_card,
)
from newsclf.model import storage
from newsclf.records.article import Article, LabelledArticle
from newsclf.records.codebook import Codebook
from newsclf.records.tagging import Tag, Tagging
from newsclf.training.duplicates import sketch
from newsclf.training.folds import groups_of, source_of

WORDS = {"学": "education", "医": "health", "车": "transport"}
CODEBOOK = Codebook.from_dict(
    {
        "name": "tiny",
        "version": "1",
        "themes": [{"id": t, "name_zh": w} for w, t in WORDS.items()],
    }
)
DATA = {
    "purpose": "Tags news.",
    "sources": [
        {"name": "x", "articles": 9, "from": "git", "labels": "one reader", "licence": "MIT"}
    ],
    "labels": "By hand.",
    "rebuild": "newsclf train --recipe x",
    "limits": ["Small."],
}


class Evidence:
    def __init__(self, word: str) -> None:
        self.word = word

    def top(self, n: int) -> list[tuple[str, float]]:
        return [(self.word, 1.0)]


class Reader:
    """Tags by one character a theme, and remembers what it was trained on."""

    codebook = CODEBOOK
    name = "reader"

    def __init__(self, training: list[LabelledArticle]) -> None:
        self.training = training

    def probabilities(self, articles: list[Article]) -> np.ndarray:
        return np.array([[0.9 * (w in a.text) + 0.05 for w in WORDS] for a in articles], "f4")

    def tag_many(self, items: Iterable[Article], *, jobs: int = 1) -> Iterator[Tagging]:
        articles = list(items)
        for article, row in zip(articles, self.probabilities(articles).tolist(), strict=True):
            given = dict(zip(CODEBOOK.ids, row, strict=True))
            tags = tuple(Tag(theme, theme, p) for theme, p in given.items() if p > 0.5)
            yield Tagging(article.id, article.title, tags, (), given, "reader 1.0.0")

    def explain(self, article: Article, theme: str) -> Evidence:
        return Evidence("<b>" + article.text[:1])


def labelled(n: int = 90) -> list[LabelledArticle]:
    rng = np.random.default_rng(0)
    items = []
    for i in range(n):
        word, theme = list(WORDS.items())[i % 3]
        filler = "".join(chr(c) for c in rng.integers(0x5000, 0x5A00, size=60))
        source = ("xwlb", "fzwb", "inews")[i // 30]
        article = Article(
            f"{source}_{i}", f"<script>{i}</script>", (word + filler,), date=f"2024-01-{1 + i % 20}"
        )
        # One in ten is labelled otherwise than the reader will tag it, one in ten has no theme.
        labels = {0: ("health",), 1: ()}.get(i % 10, (theme,))
        items.append(LabelledArticle(article, labels, ("education",) if i % 10 == 2 else ()))
    return items


@pytest.fixture(scope="module")
def report() -> Report:
    return cross_validate(labelled(), fit=Reader, folds=3, draws=50)


def test_every_article_is_tagged_once_by_a_tagger_that_never_saw_its_group() -> None:
    items = labelled()
    groups = dict(zip([x.id for x in items], groups_of(items).tolist(), strict=True))
    assert len(set(groups.values())) < len(items)
    tested = []

    class Careful(Reader):
        def probabilities(self, articles: list[Article]) -> np.ndarray:
            known = {groups[x.id] for x in self.training}
            assert known.isdisjoint(groups[a.id] for a in articles)
            tested.extend(a.id for a in articles)
            return super().probabilities(articles)

    got = cross_validate(items, fit=Careful, folds=3, draws=10)
    assert sorted(tested) == sorted(groups)
    assert list(got.ids) == [x.id for x in items]
    assert (got.outcome.probabilities == Reader([]).probabilities([x.article for x in items])).all()
    assert got.overlaps == ()


def test_a_report_counts_what_the_reader_does(report: Report) -> None:
    assert report.whole.articles == 90
    assert report.whole.blank == 9
    assert report["false_tag"].value == 1.0
    assert report["missed"].value == 0.0
    assert [p.name for p in report.parts] == ["fzwb", "inews", "xwlb"]
    assert report.part("inews").articles == 30
    health = next(t for t in report.themes if t.theme == "health")
    expected = [("health" in x.labels, "医" in x.article.text) for x in labelled()]
    assert (health.positives, health.tagged) == tuple(map(sum, zip(*expected, strict=True)))
    assert health.hits == sum(a and b for a, b in expected)
    assert sum(c.articles for c in report.confusions) >= len(report.mistakes) > 10
    losses = [m.loss for m in report.mistakes]
    assert losses == sorted(losses, reverse=True)
    assert report.mistakes[0].wrong[0].words[0][0].startswith("<b>")


def test_a_report_is_json_and_text(report: Report) -> None:
    record = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert record["whole"]["figures"]["micro_f1"]["value"] == report["micro_f1"].value
    assert record["method"]["folds"] == 3
    text = str(report)
    assert f"{report['micro_f1'].value:.3f} [" in text
    assert "near-duplicates between training and test: 0 pairs" in text


def test_the_page_is_whole_escaped_and_loads_nothing(report: Report, tmp_path: Path) -> None:
    page = report.to_html(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;" in page
    assert not re.search(r"https?:|src=|href=|url\(|@import", page)
    assert page.count("<circle") == len(report.diagram) > 0

    class Balance(HTMLParser):
        stack: list[str] = []  # noqa: RUF012

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "br"):
                self.stack.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.stack.pop() == tag

        def handle_startendtag(self, tag: str, attrs: object) -> None:
            pass

    parser = Balance()
    parser.feed(page)
    assert parser.stack == []
    assert report._repr_html_() in page


def test_an_unseen_source_is_never_trained_on() -> None:
    class Careful(Reader):
        def probabilities(self, articles: list[Article]) -> np.ndarray:
            [source] = {source_of(a) for a in articles}
            assert source not in {source_of(x) for x in self.training}
            return super().probabilities(articles)

    got = unseen_source(labelled(), fit=Careful, draws=20)
    assert [p.name for p in got.parts] == ["xwlb", "fzwb", "inews"]
    mean = np.mean([p.figures["micro_f1"].value for p in got.parts])
    assert got["micro_f1"].value == pytest.approx(mean)
    with pytest.raises(InputError, match="two of the sources"):
        unseen_source(labelled(30), fit=Reader)


def test_near_duplicates_of_the_training_texts_are_reported() -> None:
    items, tagger = labelled(), Reader([])
    assert evaluate(tagger, items[:20], draws=10).overlaps is None
    assert "unknown" in str(evaluate(tagger, items[:20], draws=10))
    known = evaluate(tagger, items[:20], training=items[10:], draws=10).overlaps
    assert [o.test for o in known] == [o.train for o in known] == [x.id for x in items[10:20]]
    tagger.training_sketch = sketch(items[10:])
    sketched = evaluate(tagger, items[:20], draws=10)
    assert [o.test for o in sketched.overlaps] == [x.id for x in items[10:20]]
    assert "10 of the tested articles" in str(sketched)


def test_parts_may_overlap_and_are_not_many() -> None:
    items, tagger = labelled(), Reader([])
    got = evaluate(
        tagger, items, by=lambda x: ("even",) if int(x.id.split("_")[1]) % 2 else ("all", "odd")
    )
    assert [p.name for p in got.parts] == ["all", "even", "odd"]
    many = evaluate(tagger, items, by=lambda x: x.id, draws=10)
    assert len(many.parts) == 13
    assert many.part("(others)").articles == 78
    assert evaluate(tagger, items, by=lambda x: "one", draws=10).parts == ()


def test_bad_arguments_are_named() -> None:
    with pytest.raises(InputError, match="got none"):
        evaluate(Reader([]), [])
    with pytest.raises(InputError, match="read_labelled"):
        evaluate(Reader([]), ["防汛"])
    with pytest.raises(InputError, match="one group for each"):
        cross_validate(labelled(), fit=Reader, groups=[1, 2])


def test_the_card_holds_the_figures_and_no_text(report: Report, tmp_path: Path) -> None:
    card = model_card("tiny", "1.0", [report], DATA)
    assert str(report["micro_f1"]) in card
    assert str(report.part("inews").figures["right_first"]) in card
    assert "script" not in card
    assert "one reader" in card
    assert "Small." in card
    arrays = {"weights": np.zeros((1, 3), dtype=np.float32)}
    manifest = {"name": "tiny", "version": "1.0"}
    folder = storage.write(tmp_path / "tiny", storage.ModelFiles(manifest, arrays))
    path = write_model_card(folder, [report], DATA)
    assert path.read_text(encoding="utf-8") == card
    storage.read(folder)
    unlicensed = {k: v for k, v in DATA["sources"][0].items() if k != "licence"}
    with pytest.raises(InputError, match=r"sources\[0\] has no licence"):
        model_card("t", "1", [report], {**DATA, "sources": [unlicensed]})
    with pytest.raises(InputError, match="evaluate first"):
        model_card("t", "1", [], DATA)
