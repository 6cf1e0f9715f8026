"""Every bad input we know of goes through a whole run: tagged or rejected, and the count is right.

The letters: T is a row that was tagged, anything else the code of its reject.
"""

import errno
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from keyword_tagger import Keyword

from newsclf.batch.files import tag_file
from newsclf.errors import InputError
from newsclf.inputs import ReadOptions
from newsclf.outputs import WriteOptions

TEXT = "近年来，淳安县改造老旧小区，加装电梯一百三十五台。"
HANT = "近日，家住嘉義縣的姚女士，帶著兩歲半的女兒，步行六分鐘抵達托育園。"
T = "T"
MIB = 1 << 20
ONE_EACH = WriteOptions(per_file="jsonl")


def line(**record):
    return json.dumps(record, ensure_ascii=False) + "\n"


def lines(*texts):
    return "".join(line(text=text) for text in texts)


ENCODINGS = {
    "gbk": ("a.txt", TEXT.encode("gbk"), [T]),
    "gb18030, four bytes": ("a.txt", (TEXT + "㐀𠀀").encode("gb18030"), [T]),
    "big5": ("a.txt", HANT.encode("big5"), [T]),
    "utf-8 with a mark": ("a.txt", TEXT.encode("utf-8-sig"), [T]),
    "utf-16 with a mark": ("a.txt", TEXT.encode("utf-16"), [T]),
    "utf-16 without": ("a.txt", TEXT.encode("utf-16-le"), [T]),
    "utf-32": ("a.txt", TEXT.encode("utf-32"), [T]),
    "mixed by line, text": ("a.txt", (TEXT + "\n").encode() * 9 + TEXT.encode("gbk"), ["encoding"]),
    "mixed by line, JSON": (
        "a.jsonl",
        lines(TEXT, TEXT).encode() + lines(TEXT).encode("gbk") + lines(TEXT).encode(),
        [T, T, "encoding", T],
    ),
    "cut in a character": ("a.txt", TEXT.encode()[:-1], ["encoding"]),
    "encoded twice": ("a.txt", TEXT.encode().decode("latin-1").encode(), [T]),
}
CHARACTERS = {
    "NUL": ("a.txt", f"{TEXT}\0{TEXT}", [T]),
    "NUL alone": ("a.txt", "\0", [T]),
    "lone surrogate in JSON": ("a.jsonl", '{"text": "\\ud800近年来"}\n', [T]),
    "lone surrogate in bytes": ("a.txt", b"\xed\xa0\x80" * 9, ["encoding"]),
    "U+200B, U+202E, a mark in mid-text": ("a.txt", f"近\u200b年\u202e来\ufeff{TEXT}", [T]),
    "private use, extension B": ("a.txt", f"\ue000𠀀{TEXT}", [T]),
    "radical, compatibility, full width": ("a.txt", f"⽣車ＡＢ１{TEXT}", [T]),
    "emoji joined": ("a.txt", f"👨‍👩‍👧{TEXT}", [T]),
    "traditional": ("a.txt", HANT, [T]),
}
TEXTS = {
    "null": ("a.jsonl", line(text=None), ["no_text"]),
    "NaN": ("a.jsonl", '{"text": NaN}\n', ["no_text"]),
    "number": ("a.jsonl", line(text=7), ["wrong_type"]),
    "list of numbers": ("a.jsonl", line(text=[7]), ["wrong_type"]),
    "list of strings": ("a.jsonl", line(text=["一", "二"]), [T]),
    "empty": ("a.txt", "", [T]),
    "white space": ("a.txt", " \n\u3000\t", [T]),
    "punctuation": ("a.txt", "。，！？", [T]),
    "no Chinese": ("a.txt", "Nothing Chinese at all.", [T]),
    "one common character 100,000 times": ("a.txt", "的" * 100_000, [T]),
    "one rare character 100,000 times": ("a.txt", "龘" * 100_000, [T]),
}
CSV = {
    "ragged": ("a.csv", "id,text\n1\n1,2,3\n1,一\n", ["ragged", "ragged", T]),
    "unclosed quote": ("a.csv", 'id,text\n1,"一\n2,二\n', ["invalid_csv", T]),
    "CR alone": ("a.csv", "id,text\r1,一\r2,二\r", [T, T]),
    "columns twice": ("a.csv", "text,text\n一,二\n", ["header"]),
    "columns missing": ("a.csv", "a,b\n一,二\n", ["header"]),
    "empty": ("a.csv", "", []),
    "header alone": ("a.csv", "id,text\n", []),
    "a field over 131,072 characters": ("a.csv", f"id,text\n1,{'医 x y z ' * 17_000}\n", [T]),
    "NA, 007, 20 digits, a formula": (
        "a.csv",
        "id,text\nNA,NA\n007,一\n12345678901234567890,一\n=1+1,一\n",
        [T, T, T, T],
    ),
}
JSON = {
    "broken line": ("a.jsonl", lines("一") + "{\n" + lines("二"), [T, "invalid_json", T]),
    "marks": ("a.jsonl", "\ufeff" + lines("一") + "\ufeff" + lines("二"), [T, T]),
    "keys twice": ("a.jsonl", '{"text": "一", "text": "二"}\n', ["invalid_json"]),
    "100,000 levels": ("a.jsonl", "[" * 100_000 + "\n" + lines("一"), ["invalid_json", T]),
    "levels inside": ("a.jsonl", '{"a":' * 100_000 + "\n" + lines("一"), ["invalid_json", T]),
    "an integer of 5,000 digits": ("a.jsonl", f'{{"id": {"9" * 5000}}}\n', ["invalid_json"]),
    "no object": ("a.jsonl", '[]\n"x"\n', ["not_an_object", "not_an_object"]),
    "no text": ("a.jsonl", line(title="一"), ["no_text"]),
    "no final newline": ("a.jsonl", lines("一").strip(), [T]),
}
CONTAINERS = {
    "gzip cut off": ("a.jsonl.gz", gzip.compress(lines("一").encode())[:12], ["unreadable"]),
    "gzip without its end": (
        "a.jsonl.gz",
        gzip.compress(lines("一").encode())[:-8],
        [T, "unreadable"],
    ),
    "gzip that is none": ("a.txt.gz", b"plain", ["unreadable"]),
    "gzip bomb, one line": ("a.jsonl.gz", gzip.compress(b"x" * (100 * MIB), 1), ["too_large"]),
    "gzip bomb, a text": ("a.txt.gz", gzip.compress(b"x" * (40 * MIB), 1), ["too_large"]),
    "a zip by another name": ("a.txt", b"PK\x03\x04....", ["encoding"]),
    "corrupt footer": ("a.parquet", b"PAR1" + b"\0" * 99 + b"PAR1", ["unreadable"]),
}
GROUPS = {
    "encodings": ENCODINGS,
    "characters": CHARACTERS,
    "texts": TEXTS,
    "csv": CSV,
    "json": JSON,
    "containers": CONTAINERS,
}
CASES = {f"{group}: {name}": case for group in GROUPS for name, case in GROUPS[group].items()}


def run(folder, tagger, inputs, **options):
    """Tag, and check that what came in is what came out."""
    out, rejects = folder / "out.jsonl", folder / "rejects.jsonl"
    result = tag_file(inputs, out, model=tagger, rejects=rejects, **options)
    tagged = [json.loads(row) for row in out.read_bytes().splitlines()]
    rejected = [json.loads(row) for row in rejects.read_bytes().splitlines()]
    assert (len(tagged), len(rejected)) == (result.tagged, result.rejected)
    assert result.rows == result.tagged + result.rejected
    assert all(r["message"] and r["source"] for r in rejected)
    return tagged, rejected


@pytest.mark.parametrize(("name", "data", "expected"), CASES.values(), ids=CASES)
def test_bad_input(tmp_path, tagger, name, data, expected):
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    tagged, rejected = run(tmp_path, tagger, path)
    assert len(tagged) == expected.count(T)
    assert [r["code"] for r in rejected] == [code for code in expected if code != T]


def test_a_line_of_10_mb_is_tagged(tmp_path, tagger):
    """By day by a tagger that counts no words, for that takes the reference engine a minute."""
    (tmp_path / "a.jsonl").write_text(lines(TEXT * 135_000, "一"), "utf-8")
    used = tagger if "NEWSCLF_NIGHTLY" in os.environ else Keyword()
    tagged, rejected = run(tmp_path, used, tmp_path / "a.jsonl")
    assert (len(tagged), rejected) == (2, [])


def test_a_line_of_100_mb_is_rejected(tmp_path, tagger):
    with (tmp_path / "a.jsonl").open("wb") as stream:
        stream.write(b'{"text": "')
        for _ in range(100):
            stream.write(b"a" * MIB)
        stream.write(b'"}\n' + lines("一").encode())
    tagged, (reject,) = run(tmp_path, tagger, tmp_path / "a.jsonl")
    assert (len(tagged), reject["code"], reject["line"]) == (1, "too_large", 1)
    assert len(reject["raw_b64"]) < 100_000


def test_values_of_tables_are_not_touched(tmp_path, tagger):
    path = tmp_path / "a.csv"
    path.write_text(CSV["NA, 007, 20 digits, a formula"][1], "utf-8")
    tagged, _ = run(tmp_path, tagger, path)
    assert [row["id"] for row in tagged] == ["NA", "007", "12345678901234567890", "=1+1"]


def test_a_parquet_bomb(tmp_path, tagger):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    indices = pa.array([0] * 2000, pa.int32())
    column = pa.DictionaryArray.from_arrays(indices, pa.array(["x" * 3_000_000]))
    parquet.write_table(pa.table({"text": column}), tmp_path / "a.parquet", compression="zstd")
    reading = ReadOptions(max_record=MIB)
    _, rejected = run(tmp_path, tagger, tmp_path / "a.parquet", reading=reading)
    assert [r["code"] for r in rejected] == ["too_large"] * 2000


def test_folders_with_loops_pipes_and_odd_names(tmp_path, tagger):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.txt")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xc0\xcf.txt")).write_text(TEXT, "utf-8")
    (folder / "gone.txt").symlink_to(folder / "nowhere")
    tagged, rejected = run(tmp_path, tagger, folder)
    assert [row["id"] for row in tagged] == ["\udcc0\udccf"]
    assert [r["code"] for r in rejected] == ["unreadable"]


def test_outputs_never_leave_their_folder(tmp_path, tagger, monkeypatch):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(TEXT, "utf-8")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    tag_file("../in/a.txt", "out", model=tagger, writing=ONE_EACH)
    tag_file(["../in"], "more", model=tagger, writing=ONE_EACH)
    found = sorted(p.as_posix() for p in Path().rglob("*") if p.is_file())
    assert found == ["more/a.txt.jsonl", "out/a.txt.jsonl"]


def test_an_input_that_changes_during_the_run(tmp_path):
    tagger = Keyword()
    path = tmp_path / "a.jsonl"
    path.write_text(lines("一", "二"), "utf-8")

    def change(progress, rows):
        with path.open("a", encoding="utf-8") as stream:
            stream.write("\n")

    _, rejected = run(tmp_path, tagger, path, on_progress=change)
    assert [r["code"] for r in rejected] in ([], ["changed"])
    # A file that is read to its end before anything is written is not changed under its reader.
    path.write_text(lines(*["x" * 5000] * 400), "utf-8")
    _, rejected = run(tmp_path, tagger, path, on_progress=change)
    assert [r["code"] for r in rejected] == ["changed"]


@pytest.mark.parametrize("per_file", [None, "jsonl"])
def test_a_folder_on_a_read_only_disk(tmp_path, tagger, monkeypatch, per_file):
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    (tmp_path / "out").mkdir()
    really = os.open

    def refuse(path, flags, *args, **options):
        if flags & os.O_CREAT and Path(path).is_relative_to(tmp_path / "out"):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return really(path, flags, *args, **options)

    monkeypatch.setattr(os, "open", refuse)
    out = tmp_path / "out" / "o"
    with pytest.raises(InputError, match=r"out/o.*: cannot be written: Read-only file system"):
        tag_file(
            tmp_path / "a.txt",
            out if per_file else out.with_suffix(".jsonl"),
            model=tagger,
            writing=WriteOptions(per_file=per_file),
        )
    assert list((tmp_path / "out").iterdir()) == []


def test_a_full_disk(tmp_path, tagger):
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        pytest.raises(OSError, match="No space left"),
    ):
        tag_file(tmp_path / "a.txt", full, model=tagger)


def test_a_poisoned_cache_of_jieba_is_not_read(tmp_path, model_folder):
    for name in ("jieba.cache", "newsclf.cache"):
        (tmp_path / name).write_bytes(b"\xe3poison")
    code = f"import newsclf; print(newsclf.load({str(model_folder)!r}).tag('县医院的医生').themes)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "('health',)"), done.stderr
    assert (tmp_path / "jieba.cache").read_bytes() == b"\xe3poison"
