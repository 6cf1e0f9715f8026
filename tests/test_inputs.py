import csv
import gzip
import io
import json
import os
import random
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsclf.errors import InputError, MissingExtra
from newsclf.inputs import Fields, ReadOptions, Reject, Row, find_files, read_rows

TEXT = "近年来，淳安县改造老旧小区。"


def read(path, **options):
    return list(read_rows(find_files([path])[0], ReadOptions(**options)))


def outcome(rows):
    """What became of each row: its text, or the code of its reject."""
    return [str(row.article) if isinstance(row, Row) else row.code for row in rows]


def put(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def line(**record):
    return json.dumps(record, ensure_ascii=False) + "\n"


# Bad inputs, and what becomes of each row of the file.
TEXT_FILES = {
    "empty": (b"", [""]),
    "blank": (b" \n\t", [" \n\t"]),
    "latin": (b"no Chinese at all.", ["no Chinese at all."]),
    "punctuation": ("。，！".encode(), ["。，！"]),
    "gb18030": (TEXT.encode("gb18030"), [TEXT]),
    "utf-16": (TEXT.encode("utf-16"), [TEXT]),
    "utf-16 without mark": (TEXT.encode("utf-16-be"), [TEXT]),
    "utf-32": (TEXT.encode("utf-32"), [TEXT]),
    "NUL": ("老\0旧".encode(), ["老\0旧"]),
    "double-encoded": (TEXT.encode().decode("latin-1").encode(), [TEXT.encode().decode("latin-1")]),
    "marks and signs": (
        "\u200b\u202e⽣車ＡＢ👨‍👩‍👧𠀀\ue000".encode(),
        ["\u200b\u202e⽣車ＡＢ👨‍👩‍👧𠀀\ue000"],
    ),
    "one character 100,000 times": ("龘".encode() * 100_000, ["龘" * 100_000]),
    "truncated": (TEXT.encode()[:-1], ["encoding"]),
    "lone surrogate": (b"\xed\xa0\x80" * 9, ["encoding"]),
    "binary": (bytes(range(128, 256)), ["encoding"]),
    "zip": (b"PK\x03\x04....", ["encoding"]),
    "too large": (b"a" * 1025 * 1024, ["too_large"]),
}

JSON_LINES = {
    "empty": ("", []),
    "blank lines": ("\n \n\r\n", []),
    "byte order marks": ("\ufeff" + line(text="一") + "\ufeff" + line(text="二"), ["一", "二"]),
    "no final newline": (line(text="一").strip(), ["一"]),
    "CR only": (line(text="一").replace("\n", "\r") + line(text="二").strip(), ["一", "二"]),
    "CRLF": (line(text="一").replace("\n", "\r\n") * 2, ["一", "一"]),
    "broken line": (
        line(text="一") + '{"text": \n' + line(text="二"),
        ["一", "invalid_json", "二"],
    ),
    "not an object": ("[1]\n3\nnull\n", ["not_an_object"] * 3),
    "no text": (line(title="一"), ["no_text"]),
    "null": (line(text=None), ["no_text"]),
    "utf-16, cut in a character": (
        line(text=TEXT).encode("utf-16") + "{".encode("utf-16-le")[:1],
        [TEXT, "encoding"],
    ),
    "NaN": ('{"text": NaN}\n', ["no_text"]),
    "NaN elsewhere": ('{"text": "一", "date": NaN}\n', ["一"]),
    "number": (line(text=3), ["wrong_type"]),
    "list of numbers": (line(text=[1]), ["wrong_type"]),
    "list of strings": (line(paragraphs=["一", "二"]), ["一\n二"]),
    "no object for spans": ('{"paragraphs": ["一"], "spans": [3]}\n', ["wrong_type"]),
    "title is a list": (line(text="一", title=["二"]), ["wrong_type"]),
    "empty text": (line(text=""), [""]),
    "title is null": (line(text="一\n二", title=None), ["一\n二"]),
    "duplicate keys": ('{"text": "一", "text": "二"}\n', ["invalid_json"]),
    "deep nesting": ("[" * 100_000 + "\n" + line(text="一"), ["invalid_json", "一"]),
    "long integer": ('{"text": "一", "id": ' + "9" * 5000 + "}\n", ["invalid_json"]),
    "lone surrogate": ('{"text": "\\ud800"}\n', ["\ud800"]),
    "gb18030": ((line(text=TEXT) * 3).encode("gb18030"), [TEXT] * 3),
    "utf-16": ((line(text=TEXT) * 3).encode("utf-16"), [TEXT] * 3),
    "utf-16, \\n inside a character": ((line(text="上一ੀ") * 3).encode("utf-16"), ["上一ੀ"] * 3),
    "another encoding in a line": (
        line(text=TEXT).encode() * 3 + line(text="老旧").encode("gbk") + line(text="新").encode(),
        [TEXT] * 3 + ["encoding", "新"],
    ),
    "broken first line": (
        b'{"text": "\xff"}\n' + line(text=TEXT).encode() * 2,
        ["encoding", TEXT, TEXT],
    ),
    "too large": (line(text="a" * 1024 * 1024) + line(text="一"), ["too_large", "一"]),
    "too large, then cut off": (line(text="一") + "a" * 3 * 1024 * 1024, ["一", "too_large"]),
    "table of fields in Chinese": (line(标题="题", 正文="一"), ["题\n一"]),
}

CSV = {
    "empty": ("", []),
    "header only": ("id,text\n", []),
    "no newline at the end": ("id,text\n1,一", ["一"]),
    "CR only": ("id,text\r1,一\r2,二\r", ["一", "二"]),
    "quoted": ('id,text\n1,"一\n""二"""\n', ['一\n"二"']),
    "ragged": ("id,text\n1\n1,2,3\n1,一\n", ["ragged", "ragged", "一"]),
    "blank lines": ("id,text\n\n1,一\n\n", ["一"]),
    "unclosed quote": ('id,text\n1,"一\n2,二\n3,三\n', ["invalid_csv", "二", "三"]),
    "quote closed by another row's": (
        'id,text\n1,"一\n2,"二"\n3,三\n',
        ["invalid_csv", "二", "三"],
    ),
    "duplicate columns": ("text,text\n1,一\n", ["header"]),
    "missing columns": ("id,name\n1,一\n", ["header"]),
    "NA": ("id,text\n1,NA\n", ["NA"]),
    "large field": ("id,text\n1," + "龘" * 140_000 + "\n", ["龘" * 140_000]),
    "broken bytes": (b"id,text\n1,\xff\n" + f"2,{TEXT}\n".encode(), ["encoding", TEXT]),
    "broken bytes inside quotes": (
        b'id,text\n1,"a\n\xff\nb"\n' + f"2,{TEXT}\n".encode(),
        ["encoding", TEXT],
    ),
    "too large": ("id,text\n1," + "a" * 1024 * 1024 + "\n2,二\n", ["too_large", "二"]),
    "never closed, too large": (
        'id,text\n1,"' + ("a" * 1000 + "\n") * 1100,
        ["invalid_csv"] + ["ragged"] * 1099,
    ),
    "NUL": ("id,text\n1,老\0旧\n", ["老\0旧"]),
    "gb18030": (f"id,text\n1,{TEXT}\n".encode("gb18030"), [TEXT]),
}


@pytest.mark.parametrize(("data", "expected"), TEXT_FILES.values(), ids=TEXT_FILES)
def test_text_files(tmp_path, data, expected):
    rows = read(put(tmp_path, "a.txt", data), max_record=1024 * 1024)
    assert outcome(rows) == expected


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
@pytest.mark.parametrize(("data", "expected"), JSON_LINES.values(), ids=JSON_LINES)
def test_json_lines(tmp_path, data, expected, suffix):
    data = data.encode() if isinstance(data, str) else data
    if suffix == ".gz":
        data = gzip.compress(data)
    elif suffix == ".zst":
        data = pytest.importorskip("zstandard").compress(data)
    rows = read(put(tmp_path, "a.jsonl" + suffix, data), max_record=1024 * 1024)
    assert outcome(rows) == expected


@pytest.mark.parametrize(("data", "expected"), CSV.values(), ids=CSV)
def test_csv(tmp_path, data, expected):
    limit = csv.field_size_limit()
    rows = read(put(tmp_path, "a.csv", data), max_record=1024 * 1024)
    assert outcome(rows) == expected
    assert csv.field_size_limit() == limit


def test_values_of_tables_stay_as_they_are(tmp_path):
    path = put(tmp_path, "a.tsv", "id\ttext\tn\n007\tNA\t12345678901234567890\n")
    (row,) = read(path, keep=("n",))
    assert (row.article.id, row.article.text, row.columns) == (
        "007",
        "NA",
        {"n": "12345678901234567890"},
    )


def test_long_numbers_in_json_keep_their_digits(tmp_path):
    (row,) = read(put(tmp_path, "a.jsonl", '{"id": 12345678901234567890, "text": ""}'))
    assert row.article.id == "12345678901234567890"


def test_rejects_say_where_and_keep_the_bytes(tmp_path):
    path = put(tmp_path, "a.jsonl", line(text="一") + "{broken\n")
    row, reject = read(path)
    assert (row.line, row.byte_offset) == (1, 0)
    assert (reject.line, reject.byte_offset) == (2, len(line(text="一").encode()))
    assert reject.raw == b"{broken"
    assert str(reject).startswith(f"{path}:2: invalid_json: ")


def test_raw_bytes_of_a_reject_are_bounded(tmp_path):
    (reject,) = read(put(tmp_path, "a.jsonl", b"x" * 5_000_000), max_record=1_000_000)
    assert len(reject.raw) == 64 * 1024


def test_ids_of_rows_that_have_none(tmp_path):
    (tmp_path / "1998").mkdir()
    put(tmp_path, "1998/p1.txt", TEXT)
    put(tmp_path, "1998/p2.jsonl", line(text="一") * 2)
    assert [row.article.id for row in read(tmp_path)] == ["1998/p1", "1998/p2:1", "1998/p2:2"]


def test_the_first_line_of_a_text_may_be_its_title(tmp_path):
    path = put(tmp_path, "a.txt", "老旧小区\n改造了。")
    assert read(path)[0].article.title == "老旧小区"
    (whole,) = read(path, split_titles=False)
    assert (whole.article.title, whole.article.text) == (None, "老旧小区\n改造了。")


def test_fields_can_be_named(tmp_path):
    path = put(tmp_path, "a.csv", "编号,内容,text\n1,一,二\n")
    fields = Fields(text=("内容",))
    assert outcome(read(path, fields=fields)) == ["一"]
    assert outcome(read(path, fields=Fields(title=("题",)))) == ["header"]
    (reject,) = read(path, keep=("版次",))
    assert "expected a column 版次, got 编号, 内容, text" in reject.message


def test_units_written_by_pages_are_read_whole(tmp_path):
    unit = {"id": "1", "type": "caption", "title": None, "paragraphs": [], "captions": ["图为"]}
    (row,) = read(put(tmp_path, "a.jsonl", line(**unit)))
    assert (row.article.type, row.article.captions) == ("caption", ("图为",))


@pytest.mark.parametrize("cut", [5, 30, -4])
def test_a_damaged_archive_costs_one_reject(tmp_path, cut):
    data = gzip.compress(line(text=TEXT).encode() * 2000)[:cut]
    *rows, last = read(put(tmp_path, "a.jsonl.gz", data))
    assert last.code == "unreadable"
    assert all(isinstance(row, Row) for row in rows)
    if cut == -4:
        assert len(rows) == 2000


def test_not_gzip_at_all(tmp_path):
    assert outcome(read(put(tmp_path, "a.txt.gz", b"plain"))) == ["unreadable"]


def test_a_file_that_changes_while_it_is_read(tmp_path):
    path = put(tmp_path, "a.jsonl", line(text="一") * 2)
    rows = read_rows(find_files([path])[0])
    first = next(rows)
    with path.open("a") as stream:
        stream.write("more")
    assert outcome([first, *rows]) == ["一", "一", "invalid_json", "changed"]


def test_folders(tmp_path):
    put(tmp_path, "b.txt", "乙")
    put(tmp_path, "a.TXT", "甲")
    put(tmp_path, "photo.jpg", b"")
    put(tmp_path, ".hidden.txt", "")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.txt")
    files, skipped = find_files([tmp_path])
    assert skipped == {".jpg": 1, "hidden": 1, "link to a folder": 1, "pipe or device": 1}
    assert outcome(read_rows(files)) == ["甲", "乙", "unreadable"]


def test_file_names_that_are_not_utf8(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xc0\xcf.txt"
    with open(path, "w") as stream:  # noqa: PTH123 - a name in bytes
        stream.write("一")
    (row,) = read(tmp_path)
    assert row.article.id == "\udcc0\udccf"


def test_inputs_that_cannot_be(tmp_path):
    with pytest.raises(InputError, match="no such file or folder"):
        find_files([tmp_path / "a.txt"])
    with pytest.raises(InputError, match="--format"):
        find_files([put(tmp_path, "a.docx", "")])
    with pytest.raises(InputError, match="expected a format among text"):
        find_files([], format="xml")
    (file,), _ = find_files([tmp_path / "a.docx"], format="text")
    assert file.stem == "a"


def test_an_encoding_that_does_not_exist_is_an_error(tmp_path):
    for name in ("a.txt", "a.jsonl"):
        with pytest.raises(InputError, match="no text encoding"):
            read(put(tmp_path, name, "x"), encoding="klingon")


def test_dates_and_sources_come_along(tmp_path):
    data = (
        line(text="一", date="1998-05-01", 来源="日报") + '{"text": "二", "id": NaN, "date": 1998}'
    )
    first, second = read(put(tmp_path, "a.jsonl", data))
    assert (first.article.date, first.article.source) == ("1998-05-01", "日报")
    assert (second.article.id, second.article.date) == ("a:2", "1998")


def test_floats_that_are_missing_values(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(
        pa.table({"id": [float("nan"), 2.5], "text": ["", ""]}), tmp_path / "a.parquet"
    )
    assert [row.article.id for row in read(tmp_path / "a.parquet")] == ["a:1", "2.5"]


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [("a.txt.zst", "zstandard", "zst"), ("a.parquet", "pyarrow", "parquet")],
)
def test_a_format_that_needs_more_says_what(tmp_path, monkeypatch, name, package, extra):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=rf"newsclf\[{extra}\]"):
        read(put(tmp_path, name, b""))


def test_damaged_zst(tmp_path):
    compress = pytest.importorskip("zstandard").compress
    assert outcome(read(put(tmp_path, "a.txt.zst", b"plain"))) == ["unreadable"]
    text = "".join(line(id=i, text=TEXT) for i in range(2000))
    frames = compress(text.encode()) + compress(line(text="一").encode())
    assert len(read(put(tmp_path, "a.jsonl.zst", frames))) == 2001
    for cut in (-1, -40, 3):
        *rows, last = read(put(tmp_path, "a.jsonl.zst", frames[:cut]))
        assert last.code == "unreadable"
        assert all(isinstance(row, Row) or row.code == "invalid_json" for row in rows)


def test_closed_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    assert outcome(read("-")) == ["unreadable"]


def test_long_files_are_judged_by_their_beginning(tmp_path):
    ascii_first = line(text="x" * 100) * 4000 + line(text=TEXT) * 20
    rows = read(put(tmp_path, "a.jsonl", ascii_first.encode("gb18030")))
    assert outcome(rows)[4000:] == ["encoding"] * 20
    assert outcome(read(tmp_path / "a.jsonl", encoding="gbk"))[4000:] == [TEXT] * 20
    text = (TEXT + "\n") * 9000
    assert str(read(put(tmp_path, "a.txt", text.encode("gb18030")))[0].article) == text


GOOD = st.sampled_from(["一", "", "a\nb", 'say "hi"', "近日，", "\u2028", "x" * 50])
BAD = st.sampled_from([b"{", b"[1]", b"\xff", b'{"text": 1}', b'"', b"{}", b"x" * 300])


@given(st.lists(GOOD | BAD, max_size=12))
def test_every_line_of_a_mixture_is_tagged_or_rejected(tmp_path_factory, items):
    lines = [item if isinstance(item, bytes) else line(text=item).encode()[:-1] for item in items]
    path = put(tmp_path_factory.mktemp("mix"), "a.jsonl", b"\n".join(lines) + b"\n")
    rows = read(path, max_record=200, encoding="utf-8")
    assert [str(r.article) for r in rows if isinstance(r, Row)] == [
        i for i in items if isinstance(i, str)
    ]
    assert [r.raw for r in rows if isinstance(r, Reject)] == [
        i for i in items if isinstance(i, bytes)
    ]


TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=5)


@given(TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be", "utf-32"]))
def test_json_lines_of_any_encoding_are_read_back(tmp_path_factory, texts, encoding):
    data = "".join(line(id="x", title="", text=text) for text in texts).encode(encoding)
    path = put(tmp_path_factory.mktemp("json"), "a.jsonl", data)
    assert outcome(read(path, encoding=encoding)) == texts


@given(TEXTS, st.sampled_from([",", "\t"]))
def test_tables_are_read_back(tmp_path_factory, texts, delimiter):
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=delimiter)
    writer.writerows([["id", "title", "text"], *(["x", "", text] for text in texts)])
    name = "a.csv" if delimiter == "," else "a.tsv"
    path = put(tmp_path_factory.mktemp("csv"), name, table.getvalue())
    assert outcome(read(path, encoding="utf-8")) == texts


@given(st.binary(max_size=400))
def test_no_bytes_of_a_table_get_lost(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("csv")
    rows = read(
        put(folder, "a.csv", b"id,text\n1," + TEXT.encode() + b"\n" + data), encoding="utf-8"
    )
    kept = b"".join(row.raw for row in rows)
    assert sorted(kept.translate(None, b"\r\n")) == sorted(
        (f"1,{TEXT}".encode() + data).translate(None, b"\r\n")
    )


def test_parquet(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pa.table(
        {
            "id": [1234567890123456789, 2, 3, 4],
            "正文": ["一", None, "", "x" * 2000],
            "unused": [None] * 4,
            "date": pa.array([1998, 1998, None, 1999]).dictionary_encode(),
            "when": pa.array([1, 2, 3, 4], pa.date32()),
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    rows = read(tmp_path / "a.parquet", max_record=1000, keep=("when",))
    assert outcome(rows) == ["一", "no_text", "", "too_large"]
    assert rows[0].article.id == "1234567890123456789"
    assert (rows[0].article.date, rows[2].article.date) == ("1998", None)
    assert rows[0].columns == {"when": "1970-01-02"}
    assert [row.line for row in rows] == [1, 2, 3, 4]


def test_parquet_bytes_are_decoded(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pa.table({"text": [TEXT.encode("gb18030"), TEXT.encode()[:-1]]})
    parquet.write_table(table, tmp_path / "a.parquet")
    assert outcome(read(tmp_path / "a.parquet")) == [TEXT, "encoding"]


def test_a_small_parquet_file_that_holds_gigabytes(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    indices = pa.array([0] * 5000, pa.int32())
    column = pa.DictionaryArray.from_arrays(indices, pa.array(["x" * 3_000_000]))
    parquet.write_table(pa.table({"text": column}), tmp_path / "a.parquet", compression="zstd")
    assert (tmp_path / "a.parquet").stat().st_size < 10_000
    assert outcome(read(tmp_path / "a.parquet", max_record=1_000_000)) == ["too_large"] * 5000


def test_parquet_damage(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pa.table({"text": ["一"] * 100}), tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    assert outcome(read(put(tmp_path, "cut.parquet", data[:-9]))) == ["unreadable"]
    assert outcome(read(put(tmp_path, "empty.parquet", b""))) == ["unreadable"]
    assert outcome(read(put(tmp_path, "zip.parquet.gz", gzip.compress(data)))) == ["unreadable"]
    parquet.write_table(pa.table({"name": ["一"]}), tmp_path / "b.parquet")
    assert outcome(read(tmp_path / "b.parquet")) == ["header"]
    random.seed(5)
    for _ in range(50):
        bent = bytearray(data)
        bent[random.randrange(len(bent))] ^= 1 << random.randrange(8)
        for row in read(put(tmp_path, "bent.parquet", bytes(bent))):
            assert isinstance(row, (Row, Reject))
