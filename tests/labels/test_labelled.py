import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclf.errors import DecodingError, InputError, LabelError
from newsclf.labels.labelled import read_labelled, write_labelled
from newsclf.labels.tools import export_labelled
from newsclf.records.article import Article, LabelledArticle
from newsclf.records.codebook import Codebook

CODEBOOK = Codebook.load()
TEXT = "近年来，淳安县改造老旧小区。\n惠及百姓两万户。"
ROW = {"id": "a", "title": "小区焕新", "text": TEXT, "labels": ["housing_urban"], "borderline": []}


def item(id="a", text=TEXT, labels=("housing_urban",), borderline=(), **more):
    article = Article(id, "小区焕新", tuple(text.split("\n")), **more)
    return LabelledArticle(article, labels, borderline)


@pytest.fixture
def save(tmp_path):
    def save_rows(*rows, name="labels.jsonl"):
        lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return save_rows


@st.composite
def labelled_articles(draw):
    words = st.text(min_size=1, max_size=30)
    themes = draw(st.lists(st.sampled_from(CODEBOOK.ids), max_size=5, unique=True))
    cut = draw(st.integers(0, len(themes)))
    article = Article(
        id=draw(words),
        title=draw(words),
        paragraphs=tuple(draw(st.text(max_size=60)).split("\n")),
        date=draw(st.none() | words),
        source=draw(st.none() | words),
    )
    return LabelledArticle(article, tuple(themes[:cut]), tuple(themes[cut:]))


def distinct(items):
    return st.lists(
        items, min_size=1, max_size=5, unique_by=(lambda i: i.id, lambda i: i.article.sha256)
    )


@given(items=distinct(labelled_articles()), packed=st.booleans())
def test_what_was_written_is_read_back(tmp_path_factory, items, packed):
    folder = tmp_path_factory.mktemp("labels")
    path = folder / ("a.jsonl.gz" if packed else "a.jsonl")
    write_labelled(items, path)
    back = read_labelled(path, codebook=CODEBOOK)
    assert [i.to_dict() for i in back] == [i.to_dict() for i in items]
    standoff = folder / "b.jsonl"
    write_labelled(items, standoff, text=False)
    assert read_labelled(standoff, texts=reversed(items)) == items
    assert [i.to_dict() for i in read_labelled(standoff, texts=path)] == [
        i.to_dict() for i in items
    ]
    assert sorted(p.name for p in folder.iterdir()) == [path.name, "b.jsonl"]


def test_half_a_surrogate_pair_survives(tmp_path):
    items = [item(text="坏\ud83d字")]
    write_labelled(items, tmp_path / "a.jsonl")
    assert read_labelled(tmp_path / "a.jsonl") == items


def test_packed_files_are_the_same_bytes(tmp_path):
    write_labelled([item()], tmp_path / "a.jsonl.gz")
    write_labelled([item()], tmp_path / "b.jsonl.gz")
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()


def test_names_are_resolved_and_extra_keys_ignored(save):
    names = ["住房与城市更新", "Education"]
    path = save({**ROW, "labels": names, "borderline": [" health "], "score": 7, "id": 12}, "")
    (found,) = read_labelled(path, codebook=CODEBOOK)
    assert found == item("12", labels=("housing_urban", "education"), borderline=("health",))


def test_paragraphs_stand_in_for_the_text(save):
    row = {k: v for k, v in ROW.items() if k != "text"}
    assert read_labelled(save({**row, "paragraphs": TEXT.split("\n")})) == [item()]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path, encoding):
    path = tmp_path / "a.jsonl"
    path.write_bytes((json.dumps(ROW, ensure_ascii=False) + "\r\n").encode(encoding))
    assert read_labelled(path) == [item()]


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_csv(tmp_path, name):
    text = f'id,title,text,labels,borderline,note\r\na,小区焕新,"{TEXT}",housing_urban | education,health,x\r\nb,标题,,,,\r\n'
    data = text.encode("utf-8-sig")
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    first, second = read_labelled(path, codebook=CODEBOOK)
    assert first == item(labels=("housing_urban", "education"), borderline=("health",))
    assert (second.id, second.article.title, second.labels) == ("b", "标题", ())


@pytest.mark.parametrize("name", ["a.tsv", "A.TSV.gz"])
def test_a_table_may_have_tabs_and_names_in_chinese(tmp_path, name):
    rows = [("编号", "标题", "正文", "labels"), ("a", "小区焕新", f'"{TEXT}"', "housing_urban")]
    data = "".join("\t".join(row) + "\n" for row in rows).encode("utf-16")
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    assert read_labelled(tmp_path / name, codebook=CODEBOOK) == [item()]


def test_a_cell_may_be_longer_than_the_csv_module_allows(tmp_path):
    long = item(text="龘" * 200_000)
    export_labelled([long], tmp_path / "a.csv", "csv")
    assert read_labelled(tmp_path / "a.csv") == [long]


def test_records_may_have_names_in_chinese_and_numbers(save):
    row = {"编号": 12, "标题": "小区焕新", "正文": TEXT, "日期": 1998, "labels": ["housing_urban"]}
    assert read_labelled(save(row)) == [item("12", date="1998")]


def test_null_is_as_good_as_absent(save):
    row = {**ROW, "text": None, "paragraphs": TEXT.split("\n"), "date": None, "source": ""}
    assert read_labelled(save(row)) == [item()]
    (found,) = read_labelled(save({**ROW, "text": None}))
    assert (found.article.title, found.article.text) == ("小区焕新", "")


def test_other_fields_do_not_matter_whatever_they_hold(save):
    row = {k: v for k, v in ROW.items() if k != "text"} | {"paragraphs": TEXT.split("\n")}
    assert read_labelled(save({**row, "type": "要闻", "spans": 7, "page": 3})) == [item()]


def test_files_put_together_end_to_end(tmp_path):
    path = tmp_path / "a.jsonl"
    rows = ["\ufeff" + json.dumps({**ROW, "id": i, "text": i}) + "\r\n" for i in "ab"]
    path.write_text("".join(rows), "utf-8")
    assert [i.id for i in read_labelled(path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"labels": ["housing_urbn"]}, LabelError, "nearest: housing_urban"),
        ({"labels": ["qqq"]}, LabelError, "known: party_building"),
        ({"labels": ["health", "医疗卫生与健康"]}, LabelError, "'health' stands twice"),
        ({"borderline": ["housing_urban"]}, LabelError, "stands twice among labels and borderline"),
        ({"labels": "health"}, LabelError, '"labels" should be a list'),
        ({"labels": [3]}, LabelError, '"labels" should be a list'),
        ({"labels": None}, LabelError, '"labels" should be a list'),
        ({"borderline": "health"}, LabelError, '"borderline" should be a list'),
        ({"id": None}, InputError, '"id" should be a string or a number'),
        ({"id": ""}, InputError, '"id" should be'),
        ({"text": 7}, InputError, "expected text in text, got int 7"),
        ({"title": ["x"]}, InputError, "expected a string in title, got list"),
        ({"id": ["x"]}, InputError, "expected a string in id, got list"),
        ({"text": "", "title": ""}, InputError, "neither title nor text"),
        ({"sha256": "0" * 64}, LabelError, "not the one that was labelled"),
    ],
)
def test_bad_rows_are_named_by_file_and_line(save, change, error, says):
    path = save({**ROW, "id": "before", "text": "另一篇。"}, {**ROW, **change})
    with pytest.raises(error) as caught:
        read_labelled(path, codebook=CODEBOOK)
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"{path}, line 2: ")


@pytest.mark.parametrize(
    ("rows", "error", "says"),
    [
        ([], InputError, "holds no labelled article"),
        (["", "  "], InputError, "holds no labelled article"),
        ([ROW, ROW], LabelError, "line 2: id 'a' is already taken by"),
        ([ROW, {**ROW, "id": "b", "labels": []}], LabelError, "line 2: the same title and text as"),
        ([ROW, '{"id": "b", '], InputError, "line 2: no valid JSON"),
        ([ROW, '{"id": "b", "id": "c"}'], InputError, "line 2: no valid JSON (the key 'id' comes"),
        (["[" * 100_000], InputError, "no valid JSON (nested too deeply)"),
        (["3"], InputError, "line 1: expected a JSON object a line, got a int"),
        ([{"id": "a", "labels": []}], InputError, "line 1: no text (found ['id', 'labels'])"),
    ],
)
def test_bad_files(save, rows, error, says):
    with pytest.raises(error) as caught:
        read_labelled(save(*rows))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,title,labels\na,b,c\n", "no column text (found id, title, labels)"),
        ("id,title,text,labels\na,b,c\n", "line 2: expected 4 fields, got 3; put texts"),
        ("id,title,text,labels\na,b,c,d,e\n", "line 2: expected 4 fields, got 5; put texts"),
        ('id,title,text,labels\na,b,"c\n', "broken CSV"),
        ("id,title,text,labels\n", "holds no labelled article"),
        ("id,text,labels,labels\na,b,c,d\n", "expected each column once, got labels twice"),
        ("", "holds no labelled article"),
    ],
)
def test_bad_csv(tmp_path, text, says):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_labelled(path)
    assert says in str(caught.value)


def test_unreadable_files(tmp_path):
    broken = tmp_path / "a.jsonl.gz"
    broken.write_bytes(gzip.compress(json.dumps(ROW).encode() * 50)[:-20])
    bytes_only = tmp_path / "b.jsonl"
    bytes_only.write_bytes(json.dumps(ROW, ensure_ascii=False).encode() + b"\n\xff\xff\n")
    for path, error in (
        (broken, InputError),
        (bytes_only, DecodingError),
        (tmp_path / "none.jsonl", InputError),
        (tmp_path / "a.xlsx", InputError),
        (tmp_path, InputError),
    ):
        with pytest.raises(error) as caught:
            read_labelled(path)
        assert str(path) in str(caught.value)


def test_stand_off_labels_need_the_text_that_was_read(tmp_path):
    path = tmp_path / "a.jsonl"
    items = [item(), item("b", text="另一篇。"), item("c", text="第三篇。")]
    write_labelled(items, path, text=False)
    with pytest.raises(InputError, match="3 labels without their text; pass texts="):
        read_labelled(path)
    with pytest.raises(LabelError, match="2 of 3 texts not found in texts: b, c"):
        read_labelled(path, texts=items[:1])
    changed = item(text=TEXT + "增一句。")
    with pytest.raises(LabelError, match="line 1: the text of 'a' has changed") as caught:
        read_labelled(path, texts=[changed, *items[1:]])
    assert changed.article.sha256 in str(caught.value)
    # The same id elsewhere with another text does no harm as long as the right one is there.
    assert read_labelled(path, texts=[changed, *items]) == items


def test_texts_may_be_a_folder(tmp_path):
    texts = tmp_path / "texts" / "deep"
    texts.mkdir(parents=True)
    items = [item(date="2024-08-01", source="local"), item("b", text="另一篇。")]
    write_labelled(items[:1], texts / "a.jsonl")
    write_labelled(items[1:], texts / "b.jsonl.gz")
    (texts / "other.jsonl").write_text('{"x": 1}\n', encoding="utf-8")
    path = tmp_path / "labels.jsonl"
    write_labelled(items, path, text=False)
    assert read_labelled(path, texts=tmp_path / "texts") == items
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"no \.jsonl"):
        read_labelled(path, texts=tmp_path / "empty")


@pytest.mark.parametrize(
    ("second", "error"),
    [
        (item(), LabelError),
        (item("b", labels=()), LabelError),
        (item("", text="x"), LabelError),
        (item("b", text="x", borderline=("housing_urban",)), LabelError),
        (Article("b"), InputError),
    ],
)
def test_nothing_half_written(tmp_path, second, error):
    path = tmp_path / "a.jsonl.gz"
    write_labelled([item("old")], path)
    with pytest.raises(error, match="item 2"):
        write_labelled([item(), second], path)
    assert [i.id for i in read_labelled(path)] == ["old"]
    assert [p.name for p in tmp_path.iterdir()] == ["a.jsonl.gz"]


def test_places_that_cannot_be_written(tmp_path):
    for path in (tmp_path / "no" / "a.jsonl", tmp_path / "a.csv"):
        with pytest.raises(InputError, match=path.name):
            write_labelled([item()], path)


def seeds_folder(folder: Path, *labels):
    unit = {"id": "1", "type": "article", "title": "小区焕新", "paragraphs": TEXT.split("\n")}
    lone = {"id": "2", "type": "headline", "title": "创新驱动", "paragraphs": []}
    for name, rows in (("articles", [unit, lone]), ("labels", labels)):
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


def test_a_folder_of_units_and_labels(tmp_path):
    whole = {"id": "1", "article_id": "1", "level": "article", "labels": ["health"]}
    part = {"id": "1#p2", "article_id": "1", "level": "paragraph", "paragraph": 2, "labels": []}
    seeds_folder(tmp_path, whole, part)
    (unit,) = read_labelled(tmp_path)
    assert (unit.id, unit.article.text, unit.labels) == ("1", TEXT, ("health",))
    (paragraph,) = read_labelled(tmp_path, level="paragraph")
    assert (paragraph.id, paragraph.article.text) == ("1#p2", "惠及百姓两万户。")
    assert paragraph.article.title is None
    for bad, says in (
        ([part], "no labels at level article for 1 of 2"),
        ([whole, {**whole, "id": "9", "article_id": "9"}], "no article '9'"),
    ):
        seeds_folder(tmp_path, *bad)
        with pytest.raises(LabelError, match=says):
            read_labelled(tmp_path)
    seeds_folder(tmp_path, {**part, "paragraph": 3})
    with pytest.raises(LabelError, match='"paragraph" should be 1 to 2, got 3'):
        read_labelled(tmp_path, level="paragraph")
    with pytest.raises(InputError, match='level should be "article" or "paragraph"'):
        read_labelled(tmp_path, level="sentence")
    with pytest.raises(InputError, match="needs a folder"):
        read_labelled(tmp_path / "labels.jsonl", level="paragraph")
