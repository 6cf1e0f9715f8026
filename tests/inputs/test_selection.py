"""The rows that a rejects file names, read again."""

import gzip
import json
import os

import pytest
from keyword_tagger import Keyword, lines

from newsclf.batch.files import tag_file
from newsclf.errors import InputError


def test_only_the_rejects_are_read_again_after_a_repair(mixture, tmp_path):
    folder, good, bad = mixture
    first, rejects = tmp_path / "1.jsonl", tmp_path / "1.rejects"
    tag_file(folder, first, model=Keyword(), rejects=rejects)
    for path in folder.glob("*.jsonl"):
        text = path.read_text("utf-8").splitlines()
        repaired = [
            json.dumps({"id": f"{path.stem}:{i}", "text": "看医生"}) if line == "{broken" else line
            for i, line in enumerate(text, 1)
        ]
        path.write_text("\n".join(repaired[:-1]) + "\n" + text[-1] + "\n", "utf-8")
    second, left = tmp_path / "2.jsonl", tmp_path / "2.rejects"
    again = {"model": Keyword(), "rejects": left, "only_rejects": rejects}
    result = tag_file(folder, second, **again)
    assert result.rows == bad
    assert {r["code"] for r in lines(left)} <= {"invalid_json", "encoding"}
    assert len(lines(first)) + len(lines(second)) == good + result.tagged
    assert {f"{r['source']}:{r['line']}" for r in lines(left)} <= {
        f"{r['source']}:{r['line']}" for r in lines(rejects)
    }
    # Without inputs, the files are those that the rejects name.
    assert tag_file([], second, **again).rows == bad
    with pytest.raises(InputError, match="name the same inputs"):
        tag_file(folder / "z.txt", second, **again)
    with pytest.raises(InputError, match="expected the JSON lines that --rejects writes"):
        tag_file([], second, model=Keyword(), only_rejects=folder / "z.txt")


def test_rejects_of_rows_that_are_gone_stay_rejects(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,"一\n2,x,二\n3,三\n4,四,四\n', "utf-8")
    rejects = tmp_path / "r.jsonl"
    tag_file(path, tmp_path / "1.jsonl", model=Keyword(), rejects=rejects)
    assert [r["line"] for r in lines(rejects)] == [2, 3, 5]
    path.write_text('id,text\n1,"一\n2,x,二"\n3,三\n', "utf-8")
    again = tag_file(path, tmp_path / "2.jsonl", model=Keyword(), only_rejects=rejects)
    assert (again.tagged, again.codes) == (1, {"gone": 1})
    assert [row["id"] for row in lines(tmp_path / "2.jsonl")] == ["1"]


def test_what_follows_a_fault_is_read_after_its_repair(tmp_path):
    whole = "".join(json.dumps({"id": i, "text": os.urandom(99).hex()}) + "\n" for i in range(2000))
    data = gzip.compress(whole.encode())
    path, rejects = tmp_path / "a.jsonl.gz", tmp_path / "r.jsonl"
    path.write_bytes(data[: len(data) // 2])
    tag_file(path, tmp_path / "1.jsonl", model=Keyword(), rejects=rejects)
    path.write_bytes(data)
    tag_file(path, tmp_path / "2.jsonl", model=Keyword(), only_rejects=rejects)
    ids = [row["id"] for name in "12" for row in lines(tmp_path / f"{name}.jsonl")]
    assert ids == [str(i) for i in range(2000)]


def test_a_file_that_still_cannot_be_read_stays_a_reject(tmp_path):
    path, rejects = tmp_path / "a.jsonl.gz", tmp_path / "rejects.jsonl"
    text = '{"text": "医"}\n{broken\n{"text": "医"}\n'
    path.write_bytes(gzip.compress(text.encode())[:-4])
    tag_file(path, tmp_path / "o.jsonl", model=Keyword(), rejects=rejects)
    assert [r["code"] for r in lines(rejects)] == ["invalid_json", "unreadable"]
    still = tmp_path / "still.jsonl"
    tag_file((), tmp_path / "more.jsonl", model=Keyword(), only_rejects=rejects, rejects=still)
    assert [r["code"] for r in lines(still)] == ["invalid_json", "unreadable"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "cannot be read: No such file"),
        ("{", "expected the JSON lines that --rejects writes"),
        ('{"id": 1}\n', "line 1: expected the JSON lines that --rejects writes, with source"),
        ("3\n", "line 1: expected a JSON object a line, got a int; expected the JSON lines"),
        (
            '{"source": "a", "line": "x", "code": "failed"}',
            "line 1: expected a number or null as line, got 'x'",
        ),
    ],
)
def test_a_file_that_is_no_rejects_file(tmp_path, data, message):
    rejects = tmp_path / "rejects.jsonl"
    if data is not None:
        rejects.write_text(data)
    with pytest.raises(InputError, match=message):
        tag_file((), tmp_path / "o.jsonl", model=Keyword(), only_rejects=rejects)
