import copy
import gc
import itertools
import json
import pickle
import subprocess
import sys
import textwrap
import warnings
from dataclasses import FrozenInstanceError, asdict, fields, replace

import joblib
import numpy as np
import pytest
from chinese import texts
from hypothesis import given
from hypothesis import strategies as st

import newsclf
from newsclf.errors import CodebookError, InputError
from newsclf.records.article import Article, LabelledArticle
from newsclf.records.tagging import Tagging

HEALTH = "县医院新院区启用\n门诊、急诊和住院部同日开诊，二十名医生到岗。"
SCHOOL = "新学期开学\n全县中小学校迎来三万名学生，教师提前返校。"
NO_TEXTS = [None, b"\xe5\x8c\xbb", 7, 1.5, float("nan"), [], ["医院"], {"text": "医院"}]


def test_a_tagging_says_what_and_how_sure(tagger):
    tagging = tagger.tag(HEALTH)
    assert tagging.themes == ("health",)
    assert tagging.title == "县医院新院区启用"
    assert tagging.model == "tiny 1.0.0"
    assert tuple(tagging.probabilities) == tagger.codebook.ids
    assert tagging.tags[0].name == "医疗卫生"
    assert tagging.tags[0].probability == tagging.probabilities["health"]
    assert tagging.tags[0].probability == max(tagging.probabilities.values())


def test_a_tagging_is_a_record_like_any_other(tagger):
    tagging = tagger.tag(HEALTH)
    values = {field.name: getattr(tagger.tag(HEALTH), field.name) for field in fields(Tagging)}
    same = Tagging(**values)
    for other in (same, copy.deepcopy(tagging), pickle.loads(pickle.dumps(tagging))):
        assert (other, repr(other)) == (tagging, repr(tagging))
    assert replace(tagging, id="a").probabilities == same.probabilities
    assert json.loads(json.dumps(asdict(tagging)))["probabilities"] == values["probabilities"]
    assert "probabilities" not in repr(tagging)
    with pytest.raises(FrozenInstanceError):
        tagging.probabilities = {}
    with pytest.raises(AttributeError, match="no attribute 'theme'"):
        _ = tagging.theme


@given(texts)
def test_tags_are_what_probabilities_decide(tagger, text):
    tagging = tagger.tag(text)
    p = tagger.probabilities([text])
    assert list(tagging.probabilities.values()) == p[0].tolist()
    given_ = {id for id, yes in zip(tagger.codebook.ids, tagger.decide(p)[0], strict=True) if yes}
    assert set(tagging.themes) == given_
    listed = [tag.probability for tag in tagging.tags]
    assert listed == sorted(listed, reverse=True)


def test_strings_articles_and_labelled_articles_are_the_same(tagger):
    article = Article.from_text(HEALTH)
    same = [tagger.tag(item) for item in (HEALTH, article, LabelledArticle(article, ("housing",)))]
    assert same[0] == same[1] == same[2]


@pytest.mark.parametrize("item", NO_TEXTS, ids=repr)
def test_what_is_no_text_is_an_input_error(tagger, item):
    for use in (tagger.tag, tagger.explain):
        with pytest.raises(InputError, match="expected the text of an article as str"):
            use(item)
    for use in (tagger.probabilities, tagger.scores, lambda items: list(tagger.tag_many(items))):
        with pytest.raises(InputError, match=type(item).__name__):
            use([HEALTH, item])


@pytest.mark.parametrize("items", [None, 7, float("nan"), HEALTH, b"x", Article("a")], ids=repr)
def test_one_thing_where_many_are_expected_is_an_input_error(tagger, items):
    for use in (tagger.probabilities, tagger.scores, tagger.tag_many):
        with pytest.raises(InputError, match="iterable of texts"):
            use(items)


SILENT = ["", " ", "\n\n", "　\t\r\n", "hello world", "。。！？", "\0", "\ud800", "👨‍👩‍👧"]


def test_texts_that_say_nothing_get_no_tags(tagger):
    cold = newsclf.from_codebook(background=newsclf.Background())
    for each in (tagger, cold, newsclf.load()):
        assert [t.themes for t in each.tag_many(SILENT)] == [()] * len(SILENT)


def test_probabilities_are_single_and_in_the_codebook_order(tagger):
    p = tagger.probabilities([HEALTH, SCHOOL, ""])
    assert p.dtype == np.float32
    assert p.shape == (3, 3)
    assert p.argmax(axis=1)[:2].tolist() == [
        tagger.codebook.ids.index(i) for i in ("health", "education")
    ]
    assert not p[2].any()
    assert tagger.probabilities([]).shape == (0, 3)


def test_tag_many_reads_no_further_than_it_must(tagger):
    read = itertools.count()
    endless = (f"{HEALTH}{next(read)}" for _ in itertools.repeat(None))
    taggings = tagger.tag_many(endless)
    assert next(read) == 0
    assert [t.themes for t in itertools.islice(taggings, 3)] == [("health",)] * 3
    assert next(read) < 2000


@pytest.mark.parametrize("jobs", [1, 2])
def test_tag_many_keeps_the_order(tagger, written, jobs):
    items = [item.article for item in written]
    expected = tagger.probabilities(items)
    taggings = list(tagger.tag_many(iter(items), jobs=jobs))
    assert [t.id for t in taggings] == [item.id for item in items]
    np.testing.assert_array_equal(
        np.array([list(t.probabilities.values()) for t in taggings], np.float32), expected
    )


def test_tag_many_on_two_processes_reads_an_endless_stream(tagger):
    taggings = tagger.tag_many((f"{HEALTH}{i}" for i in itertools.count()), jobs=2)
    assert [t.id for t in itertools.islice(taggings, 300)] == [str(i) for i in range(300)]
    taggings.close()
    gc.collect()


def test_an_error_in_mid_stream_reaches_the_caller(tagger):
    for jobs in (1, 2):
        with pytest.raises(InputError, match="NoneType"):
            list(tagger.tag_many([HEALTH] * 300 + [None], jobs=jobs))


@pytest.mark.parametrize("jobs", [0, -1])
def test_no_processes_are_too_few(tagger, jobs):
    with pytest.raises(InputError, match="jobs"):
        tagger.tag_many([HEALTH], jobs=jobs)


def test_progress_goes_to_standard_error(tagger, capfd):
    assert len(list(tagger.tag_many([HEALTH, SCHOOL], progress=True))) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "2 articles" in err


def add_up(tagger, item, theme=None):
    explanation = tagger.explain(item, theme)
    for e in explanation.evidence:
        assert explanation.text[e.start : e.end] == e.text
    column = tagger.codebook.ids.index(explanation.theme)
    assert explanation.score == pytest.approx(tagger.scores([item])[0, column], abs=1e-5)
    total = sum(e.weight for e in explanation.evidence) + explanation.rest
    assert total == pytest.approx(explanation.score, abs=1e-9)
    assert explanation.probability == tagger.probabilities([item])[0, column]
    return explanation


@pytest.mark.parametrize(
    "text",
    [
        HEALTH,
        HEALTH.replace("\n", "\r\n"),
        "\n\n  " + HEALTH,
        "　" + HEALTH + "\n",
        HEALTH.partition("\n")[2],
        "門診\n縣醫院門診開診，醫生為學生體檢。",
        "ＡＰＰ预约门诊\n门诊，⽣病，車。",
        "医生 医生\n医生",
        "门诊\n",
        "\ufeff门诊\n医生",
        "门诊\n\n\n医生",
    ],
)
def test_evidence_points_at_the_words_of_the_string(tagger, text):
    explanation = add_up(tagger, text)
    assert explanation.text == text
    assert explanation.evidence


@given(texts, st.sampled_from(["health", "education", "住房"]))
def test_evidence_adds_up_on_any_text(tagger, text, theme):
    add_up(tagger, text + "\n医生", theme)
    add_up(tagger, Article("a", "医生" + text, (text, text)), theme)


def test_evidence_of_an_article_counts_title_newline_text(tagger):
    article = Article("a", "门诊开诊", ("医生到岗。", "医生义诊。"))
    explanation = add_up(tagger, article)
    assert explanation.text == "门诊开诊\n医生到岗。\n医生义诊。"
    assert [e.start for e in explanation.evidence if e.text == "医生"] == [5, 11]


def test_explain_takes_the_likeliest_theme_or_the_one_asked_for(tagger):
    assert tagger.explain(HEALTH).theme == "health"
    assert tagger.explain(HEALTH, "教育").theme == "education"
    with pytest.raises(CodebookError, match="no theme 'sports'"):
        tagger.explain(HEALTH, "sports")


def test_of_a_text_without_features_nothing_is_explained(tagger):
    explanation = tagger.explain("hello")
    assert explanation.evidence == ()
    assert explanation.score == explanation.rest == -np.inf
    assert explanation.probability == 0.0
    assert "hello" in explanation._repr_html_()


def test_the_pipeline_equals_the_tagger_after_a_joblib_round_trip(tagger, written, tmp_path):
    joblib.dump(tagger.to_sklearn(), tmp_path / "pipeline.joblib")
    pipeline = joblib.load(tmp_path / "pipeline.joblib")
    items = [
        *(str(item.article) for item in written[::10]),
        "",
        "hello",
        "縣醫院門診開診，醫生為學生體檢",
    ]
    np.testing.assert_allclose(
        pipeline.predict_proba(items), tagger.probabilities(items), atol=1e-6
    )
    np.testing.assert_allclose(pipeline.decision_function(items), tagger.scores(items), atol=1e-5)
    np.testing.assert_array_equal(pipeline.classes_, tagger.codebook.ids)
    assert pipeline.predict([HEALTH]).tolist() == [[1, 0, 0]]


def python(code, *options):
    return subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_tagging_imports_no_heavy_modules(model_folder):
    done = python(
        f"""
        import sys
        import newsclf
        tagger = newsclf.load({str(model_folder)!r})
        assert tagger.tag("县医院门诊开诊，医生到岗。").themes == ("health",)
        list(tagger.tag_many(["门诊"]))
        tagger.explain("门诊")
        heavy = {{"sklearn", "scipy", "pandas", "joblib", "pyarrow", "rich", "opencc"}}
        print(*sorted(heavy & set(sys.modules)))
        """
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def test_import_and_tagging_bring_no_warning(model_folder):
    done = python(f"import newsclf; newsclf.load({str(model_folder)!r}).tag('门诊')", "-W", "error")
    assert (done.returncode, done.stderr) == (0, "")


def test_models_lists_what_is_shipped():
    found = {info.name: info for info in newsclf.models()}
    assert {"governance", "governance-open"} <= set(found)
    for info in found.values():
        assert newsclf.load(info.path).version == info.version
        assert info.summary


def test_a_tagger_shows_what_it_is(tagger):
    assert repr(tagger) == "<Tagger tiny 1.0.0: 3 themes>"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tagger.codebook.name == "three"
