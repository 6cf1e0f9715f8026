"""Records in, all of them or an error that names the place; the same rules for every reader."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import TEXT, line, put

from newsclf.errors import DecodingError, InputError
from newsclf.inputs.records import read_records, read_text_lines, repeated


def values(path, **options):
    return [record for _, record in read_records(path, **options)]


def places(path, **options):
    return [place.removeprefix(f"{path}, ") for place, _ in read_records(path, **options)]


def test_json_lines_have_their_place(tmp_path):
    path = put(tmp_path, "a.jsonl", line(a=1) + "\n \n" + line(a=2))
    assert values(path) == [{"a": 1}, {"a": 2}]
    assert places(path) == ["line 1", "line 4"]


def test_an_array_is_as_good_as_lines(tmp_path):
    path = put(tmp_path, "a.jsonl", "\ufeff\n" + json.dumps([{"a": 1}, {"a": 2}], indent=1))
    assert values(path) == [{"a": 1}, {"a": 2}]
    assert places(path) == ["item 1", "item 2"]
    assert values(put(tmp_path, "b", path.read_text("utf-8").encode("utf-16")), format="jsonl") == [
        {"a": 1},
        {"a": 2},
    ]


def test_tables_hand_over_their_columns_first(tmp_path):
    columns = []
    path = put(tmp_path, "a.tsv", 'a\tb\n1\t"x\ny"\n2\tz\n')
    assert values(path, on_header=columns.extend) == [{"a": "1", "b": "x\ny"}, {"a": "2", "b": "z"}]
    assert columns == ["a", "b"]
    assert places(path) == ["line 2", "line 4"]


def test_rows_of_parquet_may_hold_anything(tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = [
        {"id": "1", "themes": [{"id": "health", "name": "医"}], "input": {"date": None}},
        {"id": "2", "themes": [], "input": {"date": "1998"}},
    ]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    assert values(tmp_path / "a.parquet") == rows
    assert places(tmp_path / "a.parquet") == ["row 1", "row 2"]


GOOD = line(a=1)
FAULTS = {
    "no JSON": ("a.jsonl", GOOD + '{"a": ', "line 2: no valid JSON (Expecting value"),
    "a key twice": (
        "a.jsonl",
        '{"a": {"b": 1, "b": 1}}',
        "line 1: no valid JSON (the key 'b' comes",
    ),
    "too deep": ("a.jsonl", GOOD + "[" * 100_000, "line 2: no valid JSON (nested too deeply)"),
    "no object": ("a.jsonl", GOOD + "3\n", "line 2: expected a JSON object a line, got a int"),
    "an item that is none": (
        "a.jsonl",
        "[{}, 3]",
        "item 2: expected a JSON object an item, got a int",
    ),
    "an array without end": ("a.jsonl", "[{}", "a.jsonl: no valid JSON (Expecting ',' delimiter"),
    "ragged": ("a.csv", "a,b\n1,2\n3\n", "line 3: expected 2 fields, got 1; put texts that hold"),
    "a quote without end": ("a.csv", 'a,b\n1,"2\n', "line 2: broken CSV: a quoted field is never"),
    "columns twice": ("a.csv", "a,a\n1,2\n", "a.csv: expected each column once, got a twice"),
    "not a table": ("a.parquet", "PAR1", "a.parquet: cannot be read after row 0"),
    "not a table of rows": ("a.pdf", "", "a.pdf: expected a file of records, such as .jsonl, .csv"),
    "no format": ("a.doc", "", "a.doc: expected a file of records, such as .jsonl, .csv"),
    "not gzip": ("a.csv.gz", "a\n", "a.csv.gz: cannot be read: Not a gzipped file"),
}


@pytest.mark.parametrize(("name", "data", "says"), FAULTS.values(), ids=FAULTS)
def test_the_first_fault_is_an_error(tmp_path, name, data, says):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    with pytest.raises(InputError) as caught:
        values(put(tmp_path, name, data), expected="rows")
    assert says in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)


def test_what_is_expected_is_said_where_the_file_is_another(tmp_path):
    with pytest.raises(InputError, match=r"got a int; expected tea and biscuits$"):
        values(put(tmp_path, "a.jsonl", "3"), expected="tea and biscuits")


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_line_in_another_encoding_says_what_to_do(tmp_path, name):
    rows = ["标题,正文\n"] + [f"一,{TEXT}\n"] * 9 if name == "a.csv" else [line(正文=TEXT)] * 9
    data = "".join(rows).encode() + f"二,{TEXT}\n".encode("gb18030")
    says = r"line 1\d: not utf-8, as the file is: .*; convert the file to UTF-8$"
    with pytest.raises(DecodingError, match=says):
        values(put(tmp_path, name, data))


def test_an_array_in_another_encoding_says_what_to_do(tmp_path):
    path = put(tmp_path, "a.jsonl", b'[{"a": "\xff"}, {"a": "' + TEXT.encode() + b'"}]')
    with pytest.raises(DecodingError, match=r"a\.jsonl: not utf-8 text: .*; convert the file"):
        values(path)


def test_a_line_and_an_array_over_the_limit_are_refused(tmp_path, monkeypatch):
    path = put(tmp_path, "a.jsonl", line(a="x" * (33 << 20)))
    with pytest.raises(InputError, match=r"line 1: \d+ bytes, more than the \d+ allowed; split it"):
        values(path)
    monkeypatch.setattr("newsclf.inputs.jsonl._LARGEST_ARRAY", 20)
    assert values(put(tmp_path, "a.jsonl", '[{"a": 12345678901}]')) == [{"a": 12345678901}]
    with pytest.raises(InputError, match="an array of more than 20 bytes; write JSON lines"):
        values(put(tmp_path, "a.jsonl", '[{"a": 123456789012}]'))


def test_a_file_that_is_gone_or_cut_off(tmp_path):
    with pytest.raises(InputError, match=r"a\.jsonl: cannot be read: No such file"):
        values(tmp_path / "a.jsonl")
    path = put(tmp_path, "a.jsonl.gz", gzip.compress(line(a=TEXT).encode() * 999)[:-9])
    records = read_records(path)
    assert next(records)[1] == {"a": TEXT}
    with pytest.raises(InputError, match=r"a\.jsonl\.gz: cannot be read: Compressed file ended"):
        list(records)


def test_a_packed_table_that_unpacks_to_nothing(tmp_path):
    pytest.importorskip("pyarrow")
    with pytest.raises(InputError, match=r"a\.parquet\.gz: cannot be unpacked: Not a gzipped file"):
        values(put(tmp_path, "a.parquet.gz", "PAR1"))


def test_lines_of_text_come_without_their_ends(tmp_path):
    path = put(tmp_path, "a.txt", "\ufeff一\r\n\r\n二")
    assert list(read_text_lines(path)) == [
        (f"{path}, line {n}", text) for n, text in ((1, "一"), (2, ""), (3, "二"))
    ]
    with pytest.raises(DecodingError, match="line 2: not utf-8"):
        list(read_text_lines(put(tmp_path, "a.txt", TEXT.encode() + b"\n\xff")))


@given(st.lists(st.sampled_from("abc")))
def test_names_that_come_again(names):
    assert repeated(names) == sorted(n for n in set(names) if names.count(n) > 1)
