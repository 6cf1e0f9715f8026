"""A run from files to a file: the account, the lines, the order."""

from dataclasses import replace

import pytest
from keyword_tagger import Keyword, lines

from newsclf.batch.files import read_articles, tag_file
from newsclf.errors import InputError
from newsclf.inputs import ReadOptions
from newsclf.outputs import WriteOptions


def test_rows_in_are_tagged_or_rejected(mixture, tmp_path):
    folder, good, bad = mixture
    out, rejects = tmp_path / "out.jsonl", tmp_path / "rejects.jsonl"
    result = tag_file(folder, out, model=Keyword(), rejects=rejects)
    assert (result.tagged, result.rejected, result.rows) == (good, bad, good + bad)
    assert result.codes == {"invalid_json": bad - 1, "encoding": 1}
    assert len(lines(out)) == good
    assert len(lines(rejects)) == bad
    assert list(lines(rejects)[0]) == [
        "source",
        "line",
        "byte_offset",
        "code",
        "message",
        "raw_b64",
    ]
    order = [row["id"] for row in lines(out)]
    assert order == sorted(order, key=lambda id: (id[0], int(id[1:] or 0)))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "out.jsonl", "rejects.jsonl"]


def test_the_line_of_an_article(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        '{"id": "1", "title": "题", "text": "看医生", "版": 3}\n', "utf-8"
    )
    out = tmp_path / "out.jsonl"
    tag_file(tmp_path / "a.jsonl", out, model=Keyword())
    assert out.read_text("utf-8") == (
        '{"id": "1", "title": "题", "themes": [{"id": "health", "name": "医疗卫生与健康", '
        '"probability": 0.75}], "model": "keyword 1.0.0"}\n'
    )
    reading = ReadOptions(keep=("版", "none"))
    tag_file(
        tmp_path / "a.jsonl",
        out,
        model=Keyword(),
        reading=reading,
        writing=WriteOptions(probabilities=True),
    )
    (row,) = lines(out)
    assert row["input"] == {"版": 3, "none": None}
    assert list(row["probabilities"]) == list(Keyword.codebook.ids)


def test_pages_give_a_line_a_unit(tmp_path):
    page = "看病 更方便\n\n近年来,淳安县的医院\n\n改造了。(方晓琳)\n"
    (tmp_path / "012_x.txt").write_text(page, "utf-8")
    (tmp_path / "blank.txt").write_text("\n \n", "utf-8")
    result = tag_file(tmp_path, out := tmp_path / "out.jsonl", model=Keyword(), pages=True)
    assert (result.tagged, result.codes, result.units) == (1, {"no_units": 1}, len(lines(out)))
    (unit,) = lines(out)
    assert [unit[k] for k in ("id", "page", "type", "title", "flags")] == [
        "012-01",
        "012_x.txt",
        "article",
        "看病 更方便",
        [],
    ]


def test_read_articles(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "一"}\n{\n', "utf-8")
    rejects = []
    assert [a.text for a in read_articles(tmp_path, on_reject=rejects.append)] == ["一"]
    assert [r.code for r in rejects] == ["invalid_json"]
    with pytest.raises(InputError, match=r"a\.jsonl:2: invalid_json"):
        list(read_articles(tmp_path))


def test_the_account_in_one_line(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("题目\n\n看医生。\n\n其他。(方晓琳)\n", "utf-8")
    (folder / "b.txt").write_bytes(b"\xff\xff")
    (folder / "c.jpg").write_bytes(b"")
    found = []
    result = tag_file(
        folder, tmp_path / "o.jsonl", model=Keyword(), pages=True, on_files=found.extend
    )
    assert [file.name for file in found] == ["a.txt", "b.txt"]
    assert result.units == len(lines(tmp_path / "o.jsonl"))
    text = f"2 rows: 1 tagged, 1 rejected (1 encoding), {result.units} units; passed over: 1 .jpg; "
    assert str(replace(result, units=2)) == text.replace(f"{result.units} units", "2 units") + (
        f"{result.seconds:.1f} s"
    )
