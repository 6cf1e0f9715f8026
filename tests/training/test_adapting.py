import numpy as np
import pytest

import newsclf
from newsclf.errors import LabelError, ModelError
from newsclf.records.article import Article, LabelledArticle
from newsclf.records.codebook import Codebook, Keyword, Theme
from newsclf.training import Background, from_codebook

DIALECT = [
    ("榨季开工，糖厂收蔗。", ("housing",)),
    ("榨季过半，蔗农结账。", ("housing",)),
    ("糖厂检修，榨季收尾。", ("housing",)),
    ("蔗田翻耕，糖厂备料。", ("housing",)),
    ("渡口停航，水位上涨。", ()),
    ("水位回落，渡口复航。", ()),
]
NEW = [
    LabelledArticle(Article.from_text(text, f"new-{i}"), labels)
    for i, (text, labels) in enumerate(DIALECT)
]


@pytest.fixture(scope="module")
def wide(three):
    """A tagger of three themes that knows the words of the new articles, and nothing of them."""
    texts = [text for text, _ in DIALECT]
    background = Background.of([*texts, *texts])
    return from_codebook(_with_words(three, texts), background=background)


def _with_words(codebook, texts):
    themes = list(codebook.themes)
    themes[1] = Theme(
        "education", "教育", keywords=(*themes[1].keywords, *(Keyword(t[:2], 0.01) for t in texts))
    )
    return Codebook(codebook.name, codebook.version, tuple(themes))


def test_new_labels_help_at_once(tagger, wide):
    for old in (tagger, wide):
        new = old.adapt(NEW[:4])
        housing = old.codebook.ids.index("housing")
        before, after = (t.probabilities([NEW[0]])[0, housing] for t in (old, new))
        assert after >= before
    assert after > before + 0.1


def test_what_it_knew_stays(tagger, lines):
    new = tagger.adapt(NEW)
    about = [item for item in lines if item.labels]
    assert [new.tag(i).themes[:1] for i in about] == [tagger.tag(i).themes[:1] for i in about]


def test_the_change_is_the_optimum(wide):
    """The gradient of the objective vanishes: changes are prior variance times what is left over."""
    from newsclf.training import adapting

    labels = np.array([["housing" in i.labels, False, False] for i in NEW])
    features = adapting._features(wide.model, NEW)
    learner = adapting._Learner(features, wide.model, labels, np.zeros_like(labels))
    weights, bias = learner.fit()
    rule = wide.model.decision
    moved = (weights - wide.model.weights) * rule.slopes
    shift = (bias - wide.model.bias) * rule.slopes
    odds = learner._odds + features @ moved + shift
    left_over = labels - 1 / (1 + np.exp(-odds))
    np.testing.assert_allclose(moved, adapting._FREEDOM * (features.T @ left_over), atol=2e-3)
    np.testing.assert_allclose(shift, 0.1 * adapting._FREEDOM * left_over.sum(axis=0), atol=2e-3)


def test_themes_are_added_and_retired(tagger, three):
    sugar = Theme("sugar", "糖业", keywords=(Keyword("糖厂", 3.0), Keyword("榨季", 3.0)))
    book = Codebook("next", "2", (sugar, three["health"], three["education"]))
    labelled = [LabelledArticle(i.article, ("sugar",) if i.labels else ()) for i in NEW]
    new = tagger.adapt(labelled, codebook=book)
    assert new.codebook.ids == ("sugar", "health", "education")
    assert new.tag("糖厂开榨，榨季提前。").themes == ("sugar",)
    text = "县医院新院区启用\n门诊、急诊和住院部同日开诊，二十名医生到岗。"
    assert new.tag(text).themes == tagger.tag(text).themes == ("health",)
    with pytest.raises(LabelError, match="'housing'"):
        tagger.adapt(NEW, codebook=book)


def test_a_new_theme_needs_no_label(tagger, three, lines):
    sugar = Theme("sugar", "糖业", keywords=(Keyword("糖厂", 3.0), Keyword("榨季", 3.0)))
    book = Codebook("next", "2", (*three.themes, sugar))
    new = tagger.adapt(lines[:1], codebook=book)
    assert new.tag("糖厂开榨，榨季提前。").themes[:1] == ("sugar",)


def test_the_manifest_tells_where_it_comes_from(tagger, tmp_path):
    once = tagger.adapt(NEW)
    twice = once.adapt(NEW[:2], name="mine")
    assert (once.name, once.version, twice.name) == ("tiny", "1.0.0+adapted.1", "mine")
    assert twice.version == "1.0.0+adapted.2"
    parent = newsclf.load(twice.save(tmp_path / "mine")).model.record["parent"]
    assert (parent["name"], parent["version"]) == ("tiny", "1.0.0+adapted.1")
    assert parent["labelled_sha256"] == once.model.record["labelled_sha256"]
    assert parent["parent"]["labelled_sha256"] == tagger.model.record["labelled_sha256"]
    with pytest.raises(ModelError, match="exists"):
        once.save(tmp_path / "mine")


def test_what_is_saved_tags_as_before(tagger, tmp_path, lines):
    new = tagger.adapt(NEW)
    back = newsclf.load(new.save(tmp_path / "new"))
    np.testing.assert_array_equal(back.probabilities(lines), new.probabilities(lines))
    assert len(back.training_sketch) == len(tagger.training_sketch) + len(NEW)


@pytest.mark.parametrize(
    "labelled", [NEW[:1], NEW[4:], [LabelledArticle(Article("e"), ("health",))]]
)
def test_one_label_or_none_or_no_text_does_no_harm(tagger, labelled, lines):
    new = tagger.adapt(labelled)
    assert np.isfinite(new.probabilities(lines)).all()
    assert [new.tag(i).themes[:1] for i in lines[:12]] == [
        tagger.tag(i).themes[:1] for i in lines[:12]
    ]


def test_without_articles_or_with_an_unknown_theme(tagger):
    with pytest.raises(LabelError, match="got none"):
        tagger.adapt([])
    with pytest.raises(LabelError, match="'sports'"):
        tagger.adapt([LabelledArticle(NEW[0].article, ("sports",))])


def test_the_old_tagger_is_left_alone(tagger, lines):
    before = tagger.probabilities(lines)
    tagger.adapt(NEW)
    np.testing.assert_array_equal(tagger.probabilities(lines), before)
