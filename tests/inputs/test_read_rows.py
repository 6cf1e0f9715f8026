"""Files in: texts, folders, archives, and what a reject says."""

import gzip
import os
import sys

import pytest
from reading import TEXT, line, outcome, put, read

from newsclf.errors import InputError, MissingExtra
from newsclf.inputs import Fields, Row, find_files, read_rows

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


@pytest.mark.parametrize(("data", "expected"), TEXT_FILES.values(), ids=TEXT_FILES)
def test_text_files(tmp_path, data, expected):
    rows = read(put(tmp_path, "a.txt", data), max_record=1024 * 1024)
    assert outcome(rows) == expected


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


def test_a_folder_that_cannot_be_listed(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match="folder cannot be read: Permission denied"):
        find_files([tmp_path])


def test_a_format_for_a_name_without_suffix(tmp_path):
    (file,), _ = find_files([put(tmp_path, "README", TEXT)], format="text")
    assert (file.stem, file.name) == ("README", "README")
    assert outcome(read_rows([file])) == [TEXT]


@pytest.mark.parametrize(
    ("data", "texts"), [(TEXT, [TEXT]), (line(text=TEXT) * 2, [TEXT, TEXT]), ("", [""])]
)
def test_standard_input_is_json_lines_or_a_text(tmp_path, monkeypatch, data, texts):
    with put(tmp_path, "in", data).open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        rows = list(read_rows(find_files(["-"])[0]))
        assert not stream.closed
    assert outcome(rows) == texts
    assert {row.source for row in rows} == {"-"}


def test_half_a_line_feed_ends_no_line(tmp_path):
    """In UTF-16 its two bytes also come where two other characters meet."""
    texts = ["\u0a05\u4e00", "\u4e0a\u000d\u0a00"]
    data = "".join(line(text=text) for text in texts).encode("utf-16-le")
    assert outcome(read(put(tmp_path, "a.jsonl", data), encoding="utf-16-le")) == texts
