import json
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import newsclf
from newsclf.errors import InputError, LabelError
from newsclf.labels.labelled import read_labelled
from newsclf.labels.tools import FORMATS
from newsclf.labels.tools.table import tool_called
from newsclf.records.article import Article, LabelledArticle

THEMES = ("health", "education", "housing")
LOSSLESS = [name for name in FORMATS if name != "fasttext"]


def there_and_back(items, format, **options):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"out{tool_called(format).suffix or '.json'}"
        newsclf.export_labelled(items, path, format, **options)
        return read_labelled(path, codebook=options.get("codebook"))


text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
labelled = st.builds(
    lambda id, title, body, date, source, given, doubtful: LabelledArticle(
        Article(id, title or None, tuple(body.split("\n")), date=date, source=source),
        tuple(given),
        tuple(t for t in doubtful if t not in given),
    ),
    text,
    st.text(st.characters(exclude_categories=["Cs"])),
    text,
    st.none() | text,
    st.none() | text,
    st.lists(st.sampled_from(THEMES), unique=True),
    st.lists(st.sampled_from(THEMES), unique=True),
)
sets = st.lists(
    labelled, min_size=1, max_size=4, unique_by=(lambda i: i.id, lambda i: i.article.sha256)
)


@pytest.mark.parametrize("format", LOSSLESS)
@settings(max_examples=30)
@given(items=sets)
def test_what_goes_out_comes_back(format, items):
    assert there_and_back(items, format) == items


@pytest.mark.parametrize("names", ["id", "zh", "en"])
@pytest.mark.parametrize("format", LOSSLESS)
def test_themes_go_by_id_or_name(format, names, lines, three):
    back = there_and_back(lines, format, codebook=three, names=names)
    assert back == lines


line = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1)


@given(
    st.lists(
        st.tuples(line, st.lists(st.sampled_from(THEMES), min_size=1, unique=True)),
        min_size=1,
        max_size=4,
        unique_by=lambda pair: pair[0],
    )
)
def test_fasttext_keeps_text_and_labels(pairs):
    pairs = [(f"那天\n{body}。", tuple(given)) for body, given in pairs]
    items = [LabelledArticle(Article.from_text(body), given) for body, given in pairs]
    back = there_and_back(items, "fasttext")
    assert [(str(i.article), i.labels) for i in back] == [(str(i.article), i.labels) for i in items]


def test_fasttext_refuses_what_it_does_not_hold(tmp_path, lines, three):
    path = tmp_path / "out.txt"
    spaced = [LabelledArticle(lines[0].article, ("two words",))]
    with pytest.raises(LabelError, match="no spaces"):
        newsclf.export_labelled(spaced, path, "fasttext")
    with pytest.raises(InputError, match="has no labels"):
        newsclf.export_labelled([lines[0].article], path, "fasttext")
    assert not list(tmp_path.iterdir())


@pytest.fixture
def read(tmp_path):
    def save_and_read(records, name="export.json", **options):
        path = tmp_path / name
        if name.endswith("l"):
            path.write_text("\n".join(json.dumps(r) for r in records), "utf-8")
        else:
            path.write_text(json.dumps(records, indent=1), "utf-8")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            items = read_labelled(path, **options)
        return items, " ".join(str(w.message) for w in caught)

    return save_and_read


def choices(*names, control="themes"):
    return {
        "from_name": control,
        "to_name": "text",
        "type": "choices",
        "value": {"choices": [*names]},
    }


def task(number, *annotations, text="小区加装电梯，居民出资。"):
    return {"id": number, "data": {"text": f"{number} {text}"}, "annotations": [*annotations]}


def annotation(*results, cancelled=False):
    return {"id": 10, "completed_by": 1, "was_cancelled": cancelled, "result": [*results]}


def test_label_studio_counts_what_it_leaves_out(read, three):
    items, warning = read(
        [
            task(1, annotation(choices("住房"), choices("教育", control="borderline"))),
            task(2, annotation(choices("教育"), cancelled=True)),
            task(3),
            task(4, annotation()),
            task(5, annotation(choices("医疗卫生")), annotation(choices("医疗卫生", "教育"))),
        ],
        codebook=three,
    )
    assert [(i.id, i.labels, i.borderline) for i in items[:2]] == [
        ("1", ("housing",), ("education",)),
        ("4", (), ()),
    ]
    assert "1 cancelled by the reader" in warning
    assert "1 without an annotation" in warning
    assert "1 read differently by several readers" in warning


def test_readers_who_differ_make_a_theme_borderline(read):
    both = annotation(choices("health", "education")), annotation(choices("health"))
    items, warning = read([task(1, *both)])
    assert (items[0].labels, items[0].borderline) == (("health",), ("education",))
    assert "1 read differently by several readers" in warning


def test_label_studio_json_min(read):
    base = {"text": "甲", "annotation_id": 1, "lead_time": 2.0}
    items, _ = read(
        [
            base | {"id": 1, "doc_id": "a", "themes": {"choices": ["health", "housing"]}},
            base | {"id": 2, "text": "乙", "themes": "education"},
            base | {"id": 3, "text": "丙"},
        ]
    )
    assert [(i.id, i.labels) for i in items] == [
        ("a", ("health", "housing")),
        ("2", ("education",)),
        ("3", ()),
    ]


def test_prodigy_takes_accepted_answers_only(read):
    base = {"_view_id": "choice", "options": [], "_input_hash": 7}
    items, warning = read(
        [
            base | {"text": "甲", "accept": ["health"], "answer": "accept"},
            base | {"text": "乙", "accept": ["health"], "answer": "reject", "_input_hash": 8},
            base | {"text": "丙", "accept": [], "answer": "ignore", "_input_hash": 9},
        ],
        name="export.jsonl",
    )
    assert [(i.id, i.labels) for i in items] == [("7", ("health",))]
    assert "1 rejected by the reader" in warning
    assert "1 ignored by the reader" in warning


def test_doccano_and_argilla_as_they_export(read):
    items, _ = read(
        [{"id": 1, "text": "标题\n正文。", "label": ["health"], "Comments": []}],
        name="export.jsonl",
    )
    assert items == [LabelledArticle(Article("1", "标题", ("正文。",)), ("health",))]
    records = [
        {
            "id": "a",
            "fields": {"text": "甲"},
            "metadata": {},
            "suggestions": {"themes": {"value": ["education"], "score": [0.9], "agent": "m"}},
            "responses": {"themes": [{"value": ["health"], "user_id": "u"}]},
            "status": "completed",
        },
        {
            "id": "b",
            "fields": {"text": "乙"},
            "suggestions": {},
            "responses": {},
            "status": "pending",
        },
    ]
    items, warning = read(records)
    assert [(i.id, i.labels) for i in items] == [("a", ("health",))]
    assert "1 without an annotation" in warning


@pytest.mark.parametrize("format", ["label-studio", "doccano", "prodigy", "argilla"])
def test_a_pool_that_was_not_labelled_gives_no_labels(format, lines):
    pool = [item.article for item in lines]
    with pytest.raises(InputError, match="14 without an annotation"):
        there_and_back(pool, format)


@pytest.mark.parametrize("format", ["label-studio", "argilla"])
def test_suggestions_of_a_model_are_no_labels(format, tagger, lines, tmp_path):
    path = tmp_path / "out.json"
    newsclf.export_labelled([lines[0].article, lines[1]], path, format, tagger=tagger)
    assert "tiny 1.0.0" in path.read_text("utf-8")
    with pytest.warns(UserWarning, match="1 without an annotation"):
        assert read_labelled(path) == [lines[1]]


def test_a_format_without_a_place_for_suggestions_says_so(tagger, lines, tmp_path):
    with pytest.raises(InputError, match="label-studio, argilla have"):
        newsclf.export_labelled(lines, tmp_path / "out.jsonl", "doccano", tagger=tagger)


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (
            [task(1, annotation(choices("health"))) | {"data": {}}],
            "item 1.*the text of the article",
        ),
        ([task(1, {"id": 1})], 'item 1.*"result" list'),
        (
            [task(1, annotation({"type": "choices", "value": {"choices": [1]}}))],
            "item 1.*theme names",
        ),
        ([task(1, annotation(7))], "item 1.*not as Label Studio exports it"),
        ([task(1, annotation()), {"x": 1}], "item 2.*like the first one"),
        ([{"text": "甲", "accept": [], "answer": "maybe"}], "item 1.*accept"),
        ([{"fields": {"text": "甲"}, "responses": []}, {"fields": 7, "responses": {}}], "item 2"),
    ],
)
def test_malformed_exports_name_the_record(read, records, said):
    with pytest.raises(InputError, match=said):
        read(records)


def test_an_unknown_theme_in_an_export_names_record_and_remedy(read, three):
    with pytest.raises(LabelError, match=r"export\.json, item 1: no theme '体育'.*nearest: 教育"):
        read([task(1, annotation(choices("体育")))], codebook=three)


def test_cells_that_look_like_formulas_are_harmless_and_come_back(tmp_path):
    item = LabelledArticle(Article("-1", "=1+1", ("'@x",)), ("health",))
    path = tmp_path / "out.csv"
    newsclf.export_labelled([item], path, "csv")
    assert "'=1+1" in path.read_text("utf-8")
    assert read_labelled(path) == [item]
