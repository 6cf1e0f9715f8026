"""JSON lines in."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import TEXT, line, outcome, put, read

from newsclf.inputs import Reject, Row

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


def test_long_numbers_in_json_keep_their_digits(tmp_path):
    (row,) = read(put(tmp_path, "a.jsonl", '{"id": 12345678901234567890, "text": ""}'))
    assert row.article.id == "12345678901234567890"


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


def test_units_written_by_pages_are_read_whole(tmp_path):
    unit = {"id": "1", "type": "caption", "title": None, "paragraphs": [], "captions": ["图为"]}
    (row,) = read(put(tmp_path, "a.jsonl", line(**unit)))
    assert (row.article.type, row.article.captions) == ("caption", ("图为",))


def test_long_files_are_judged_by_their_beginning(tmp_path):
    ascii_first = line(text="x" * 100) * 4000 + line(text=TEXT) * 20
    rows = read(put(tmp_path, "a.jsonl", ascii_first.encode("gb18030")))
    assert outcome(rows)[4000:] == ["encoding"] * 20
    assert outcome(read(tmp_path / "a.jsonl", encoding="gbk"))[4000:] == [TEXT] * 20
    text = (TEXT + "\n") * 9000
    assert str(read(put(tmp_path, "a.txt", text.encode("gb18030")))[0].article) == text
