from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from newsclf.engine.features import FeatureSpec
from newsclf.errors import CodebookError, LabelError
from newsclf.records.article import Article, LabelledArticle
from newsclf.training import Background, Settings, from_codebook, train

BARE = Background()


def files(tagger, folder):
    tagger.save(folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("jobs", [1, 2])
def test_training_again_gives_the_same_bytes(tagger, three, lines, tmp_path, jobs):
    again = train(lines, codebook=three, background=BARE, name="tiny", jobs=jobs)
    assert files(again, tmp_path / "again") == files(tagger, tmp_path / "first")


def test_the_training_articles_are_learnt(tagger, lines):
    p = tagger.probabilities(lines)
    for item, row in zip(lines, p, strict=True):
        if item.labels:
            assert tagger.codebook.ids[row.argmax()] in item.labels + item.borderline


def test_the_record_counts_articles_and_labels(tagger, lines):
    record = tagger.model.record
    assert record["articles"] == len(lines)
    assert record["labels"] == {"health": 5, "education": 4, "housing": 4}
    assert tagger.training_sketch.shape[0] == len(lines)


def test_a_borderline_theme_is_neither_right_nor_wrong(three, lines):
    # Were it wrong, an article full of 学校 would push 学校 away from education.
    doubtful = [
        LabelledArticle(
            Article.from_text(f"学校教师学生校园，第{i}件。", str(i)), (), ("education",)
        )
        for i in range(10)
    ]
    wrong = [replace(item, borderline=()) for item in doubtful]
    column = three.ids.index("education")

    def score(extra):
        tagger = train([*lines, *extra], codebook=three, background=BARE)
        return tagger.scores(["学校教师学生"])[0, column]

    assert score(doubtful) > score(wrong) + 0.5


def test_an_unknown_label_names_article_and_themes(three, lines):
    odd = LabelledArticle(Article.from_text("一场比赛。", "match-7"), ("sports",))
    with pytest.raises(LabelError, match=r"match-7.*sports.*health"):
        train([*lines, odd], codebook=three, background=BARE)


@pytest.mark.parametrize("count", [0, 2])
def test_without_labels_training_points_to_the_codebook(three, lines, count):
    with pytest.raises(LabelError, match="from_codebook"):
        train(lines[-2:][:count], codebook=three, background=BARE)


def test_an_unknown_codebook_is_an_error(lines):
    with pytest.raises(CodebookError, match="nowhere"):
        train(lines, codebook="nowhere", background=BARE)


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_articles_are_enough(three, lines, count):
    tagger = train(lines[:count], codebook=three, background=BARE)
    assert tagger.tag("县医院门诊开诊，医生义诊。").themes == ("health",)
    assert tagger.tag("学校教师返校。").themes == ("education",)
    assert tagger.tag("立秋已过，山里的雾一天比一天浓。").themes == ()


def test_empty_texts_among_the_articles_do_no_harm(tagger, three, lines):
    empty = [
        LabelledArticle(Article("nothing"), ("health",)),
        LabelledArticle(Article("spaces", None, ("  ",)), ()),
        LabelledArticle(Article("latin", "Hello", ("world",)), ("housing",), ("education",)),
    ]
    more = train([*lines, *empty], codebook=three, background=BARE)
    p = more.probabilities(lines)
    np.testing.assert_array_equal(
        p.argmax(axis=1)[:12], tagger.probabilities(lines).argmax(axis=1)[:12]
    )
    assert np.isfinite(p).all()


def test_traditional_articles_teach_what_their_simplified_twins_teach(tagger, three, lines):
    pytest.importorskip("opencc", reason="the hant extra is not installed")
    text = "醫生為老人體檢，縣醫院門診開診，發給每家一份報告。"
    twin = "医生为老人体检，县医院门诊开诊，发给每家一份报告。"
    scores = [
        train(
            [*lines, LabelledArticle(Article.from_text(t), ("health",))],
            codebook=three,
            background=BARE,
        )
        .scores(lines)
        .tolist()
        for t in (text, twin)
    ]
    assert scores[0] == scores[1]


@pytest.mark.parametrize(
    "spec",
    [
        FeatureSpec(char_ngrams=(0, 0)),
        FeatureSpec(word_ngrams=(0, 0)),
        FeatureSpec(word_ngrams=(1, 2), char_ngrams=(1, 4), title_share=0),
        FeatureSpec(added_words=(("亮码检查", 1000),)),
    ],
    ids=["words", "characters", "both", "added words"],
)
def test_every_choice_of_features_trains_saves_and_becomes_a_pipeline(three, lines, spec, tmp_path):
    from newsclf.tagger.tagger import load

    trained = train(lines, codebook=three, background=BARE, settings=Settings(features=spec))
    again = load(trained.save(tmp_path / "model"))
    assert again.model.spec == spec
    np.testing.assert_array_equal(again.scores(lines), trained.scores(lines))
    np.testing.assert_allclose(
        again.to_sklearn().predict_proba([item.article for item in lines]),
        trained.probabilities(lines),
        atol=1e-6,
    )


def test_background_text_makes_rare_words_weigh_more(three, lines):
    common = ["门诊开放。", "门诊时间。", "门诊很忙。"] * 20
    tagger = train(lines, codebook=three, background=common)
    vocabulary = tagger.model.vocabulary
    assert vocabulary.idf[vocabulary.words["门诊"]] < vocabulary.idf[vocabulary.words["学校"]]


def right_first_theme(tagger, items):
    """Share of articles with a label whose likeliest theme is a label or borderline."""
    items = [item for item in items if item.labels]
    found = [tagger.codebook.ids[k] for k in tagger.probabilities(items).argmax(axis=1)]
    hits = [f in item.labels + item.borderline for f, item in zip(found, items, strict=True)]
    return sum(hits) / len(hits)


@pytest.fixture(scope="module")
def cold():
    return from_codebook(background=BARE)


def test_the_codebook_alone_is_useful(cold, seeds, written):
    # Measured: 1.00 and 0.92.
    assert right_first_theme(cold, seeds) >= 0.9
    assert right_first_theme(cold, written) >= 0.85


def test_the_codebook_alone_tags_what_has_a_theme_sooner_than_what_has_none(cold, written):
    # Measured: 0.53 of those without a theme and 0.95 of those with one.
    def tagged(items):
        return np.mean([bool(t.themes) for t in cold.tag_many(items)])

    without = [item for item in written if not item.labels and not item.borderline]
    assert tagged(without) <= 0.65
    assert tagged([item for item in written[::4] if item.labels]) >= 0.85


@pytest.mark.parametrize(("count", "loss"), [(1, 0.01), (5, 0.0)])
def test_labels_only_help(cold, seeds, written, count, loss):
    """With so many labels a theme, the rest is read no worse than with none."""
    taken = Counter()
    few, rest = [], []
    for item in [*seeds, *written]:
        if item.primary and taken[item.primary] < count:
            taken[item.primary] += 1
            few.append(item)
        else:
            rest.append(item)
    assert set(taken.values()) == {count}
    tagger = train(few, background=BARE)
    assert right_first_theme(tagger, rest) >= right_first_theme(cold, rest) - loss


def test_a_cold_tagger_is_named_after_its_codebook(three, tmp_path):
    from newsclf.tagger.tagger import load

    tagger = from_codebook(three, background=BARE)
    assert (tagger.name, tagger.version) == ("three", "1")
    assert load(tagger.save(tmp_path / "cold")).tag("医生门诊").themes == ("health",)
    assert tagger.training_sketch.shape[0] == 0


def test_an_article_of_weight_nothing_teaches_nothing(three, lines):
    wrong = [
        LabelledArticle(Article.from_text(f"医院门诊，第{i}件。", f"wrong-{i}"), ("education",))
        for i in range(10)
    ]
    silent = [replace(item, weight=0.0) for item in wrong]

    def health(extra):
        tagger = train([*lines, *extra], codebook=three, background=BARE)
        return tagger.tag("医院门诊").themes[:1]

    assert health(wrong) == ("education",)
    assert health(silent) == health([]) == ("health",)


@pytest.mark.parametrize("weight", [-1.0, float("nan")])
def test_a_weight_that_means_nothing_names_the_article(three, lines, weight):
    odd = replace(lines[0], weight=weight)
    with pytest.raises(LabelError, match=f"{odd.id}.*weight"):
        train([*lines[1:], odd], codebook=three, background=BARE)
