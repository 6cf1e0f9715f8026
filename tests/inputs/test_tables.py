"""CSV, TSV and Parquet in."""

import csv
import gzip
import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import TEXT, outcome, put, read

from newsclf.inputs import InputFile, Reject, Row, read_rows

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


TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=5)


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


def test_parquet_columns_of_lists_and_structs(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pa.table({"paragraphs": [["一", "二"], [], None], "who": [{"a": 1}, {"a": 2}, None]})
    parquet.write_table(table, tmp_path / "a.parquet")
    rows = read(tmp_path / "a.parquet", keep=("who",))
    assert outcome(rows) == ["一\n二", "", "no_text"]
    assert rows[0].columns == {"who": {"a": 1}}


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


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_parquet_that_is_compressed_as_a_whole(tmp_path, suffix):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    compress = gzip.compress if suffix == ".gz" else pytest.importorskip("zstandard").compress
    parquet.write_table(pa.table({"text": [TEXT, None, TEXT]}), tmp_path / "a.parquet")
    whole = compress((tmp_path / "a.parquet").read_bytes())
    path = put(tmp_path, f"a.parquet{suffix}", whole)
    assert outcome(read(path)) == [TEXT, "no_text", TEXT]
    assert outcome(read(put(tmp_path, path.name, whole[:-9]))) == ["unreadable"]
    (row,) = read(put(tmp_path, path.name, compress(b"PAR1" + bytes(20 << 20))))
    assert (row.code, row.message) == ("too_large", "more than 100 times its size when unpacked")
    assert outcome(read(put(tmp_path, path.name, b"no such thing"))) == ["unreadable"]
    path.unlink()
    path.symlink_to("gone")
    assert outcome(read(path)) == ["unreadable"]


def test_parquet_damage(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pa.table({"text": ["一"] * 100}), tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    assert outcome(read(put(tmp_path, "cut.parquet", data[:-9]))) == ["unreadable"]
    assert outcome(read(put(tmp_path, "empty.parquet", b""))) == ["unreadable"]
    (row,) = read_rows([InputFile(None, "-", "stdin", "parquet")])
    assert row.message.startswith("expected a file on disk")
    parquet.write_table(pa.table({"name": ["一"]}), tmp_path / "b.parquet")
    assert outcome(read(tmp_path / "b.parquet")) == ["header"]
    random.seed(5)
    for _ in range(50):
        bent = bytearray(data)
        bent[random.randrange(len(bent))] ^= 1 << random.randrange(8)
        for row in read(put(tmp_path, "bent.parquet", bytes(bent))):
            assert isinstance(row, (Row, Reject))


def test_floats_that_are_missing_values(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(
        pa.table({"id": [float("nan"), 2.5], "text": ["", ""]}), tmp_path / "a.parquet"
    )
    assert [row.article.id for row in read(tmp_path / "a.parquet")] == ["a:1", "2.5"]


def test_a_quoted_field_over_many_lines_is_bounded(tmp_path):
    path = put(tmp_path, "a.csv", "id,text\n" + '1,"' + "x\n" * 100 + "2,一\n")
    rows = read(path, max_record=50)
    assert rows[0].code == "invalid_csv"
    assert rows[0].message == "a quoted field is not closed within 50 bytes"
    assert outcome(rows)[-1] == "一"
