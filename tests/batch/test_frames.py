import sys

import numpy as np
import pytest

import newsclf
from newsclf.batch.frames import tag_batches, tag_frame
from newsclf.errors import InputError, MissingExtra

TEXTS = ["县医院的医生到门诊坐诊，医生下乡", None, "", "小区加装电梯\n居民说，电梯好。", 7]


@pytest.fixture
def direct(tagger):
    """What the tagger says of each text itself."""
    return [tagger.tag(text) if isinstance(text, str) else None for text in TEXTS]


def check(rows, direct, tagger):
    assert len(rows) == len(direct)
    for row, tagging in zip(rows, direct, strict=True):
        if tagging is None:
            assert row["themes"] is None
            assert row["error"].startswith(("no_text", "wrong_type"))
            continue
        assert list(row["themes"]) == list(tagging.themes)
        assert row["probabilities"] == pytest.approx([tag.probability for tag in tagging.tags])
        assert row["error"] is None
        for theme, probability in tagging.probabilities.items():
            assert row[theme] == pytest.approx(probability)


def test_pandas_keeps_its_index(tagger, direct):
    pd = pytest.importorskip("pandas")
    df = pd.DataFrame({"n": range(5), "正文": pd.Series(TEXTS, dtype=object)})
    df.index = pd.Index([9, 9, "x", 3.5, None], name="key")
    tags = tag_frame(df, text="正文", model=tagger, probabilities=True)
    assert tags.index.equals(df.index)
    check(tags.to_dict("records"), direct, tagger)
    assert list(df.columns) == ["n", "正文"]


@pytest.mark.parametrize("missing", [None, float("nan"), "NA"])
def test_whatever_pandas_calls_missing_is_no_text(tagger, missing):
    pd = pytest.importorskip("pandas")
    missing = pd.NA if missing == "NA" else missing
    df = pd.DataFrame({"text": pd.Series(["一", missing], dtype=object)})
    assert [e and e[:7] for e in tag_frame(df, model=tagger).error] == [None, "no_text"]
    df = pd.DataFrame({"text": pd.Series(["一", missing], dtype="string")})
    assert [e and e[:7] for e in tag_frame(df, model=tagger).error] == [None, "no_text"]


def test_polars(tagger, direct):
    pl = pytest.importorskip("polars")
    df = pl.DataFrame({"正文": pl.Series(TEXTS, dtype=pl.Object)})
    tags = tag_frame(df, model=tagger, probabilities=True)
    check(tags.to_dicts(), direct, tagger)
    assert tag_frame(df[:0], model=tagger).shape == (0, 3)
    both = pl.DataFrame({"text": ["一"]}).hstack(
        tag_frame(pl.DataFrame({"text": ["一"]}), model=tagger)
    )
    assert both.columns == ["text", "themes", "probabilities", "error"]


def test_record_batches_come_out_one_by_one(tagger, direct):
    pa = pytest.importorskip("pyarrow")
    texts = [text if isinstance(text, str) else None for text in TEXTS]
    table = pa.table({"key": range(5), "内容": texts}).to_batches(max_chunksize=2)
    asked = []

    def source():
        for batch in table:
            asked.append(batch)
            yield batch

    tagged = tag_batches(source(), text="内容", model=tagger, probabilities=True)
    first = next(tagged)
    assert len(asked) == 1
    batches = [first, *tagged]
    assert [batch.num_rows for batch in batches] == [2, 2, 1]
    assert {batch.schema for batch in batches} == {first.schema}
    check([row for batch in batches for row in batch.to_pylist()], direct, tagger)
    with pytest.raises(InputError, match="no column called themes"):
        next(tag_batches(batches, text="内容", model=tagger))


def test_a_title_column_is_the_title(tagger):
    pd = pytest.importorskip("pandas")
    df = pd.DataFrame({"标题": ["学校开学"], "正文": ["医生到岗。"]})
    expected = tagger.tag(newsclf.Article("", "学校开学", ("医生到岗。",))).probabilities
    (row,) = tag_frame(df, model=tagger, probabilities=True).to_dict("records")
    assert row["health"] == pytest.approx(expected["health"])


def test_frames_that_cannot_be(tagger):
    pd = pytest.importorskip("pandas")
    for wrong in ({"text": ["一"]}, ["一"], np.array(["一"])):
        with pytest.raises(InputError, match="expected a data frame"):
            tag_frame(wrong, model=tagger)
    df = pd.DataFrame({"a": ["一"]})
    with pytest.raises(InputError, match="expected a column 正文, got a"):
        tag_frame(df, text="正文", model=tagger)
    with pytest.raises(InputError, match="more than once"):
        tag_frame(pd.DataFrame([["一", "二"]], columns=["text", "text"]), model=tagger)


def test_a_model_by_its_folder(tagger, model_folder):
    pandas = pytest.importorskip("pandas")
    df = pandas.DataFrame({"text": ["门诊的医生"]})
    assert tag_frame(df, model=model_folder).equals(tag_frame(df, model=tagger))


def test_batches_need_an_extra(tagger, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"newsclf\[parquet\]"):
        next(tag_batches(iter(()), model=tagger))
