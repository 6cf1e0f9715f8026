"""Rows through the tagger: what it fails on, how much waits."""

import gzip
import json
import tracemalloc

import pytest
from keyword_tagger import Keyword, lines

from newsclf.batch.files import tag_file
from newsclf.batch.rows import tag_portions
from newsclf.errors import InputError, MissingExtra
from newsclf.inputs import Row, in_portions
from newsclf.records.article import Article


class Fragile(Keyword):
    """Cannot bear some words; takes articles in sevens, so that others are on their way then."""

    def tag(self, item):
        if "坏" in str(item):
            raise ValueError("坏")
        if "模型" in str(item):
            raise MissingExtra("reading this", "none")
        return super().tag(item)


@pytest.mark.parametrize("bad", [{0}, {39}, {3, 4, 20}, {5, 6, 7, 13, 14}, set(range(40))])
def test_a_row_that_the_tagger_fails_on_is_rejected_in_its_place(tmp_path, bad):
    with (tmp_path / "a.jsonl").open("w", encoding="utf-8") as stream:
        for i in range(40):
            text = "坏" if i in bad else "看医生"
            stream.write(json.dumps({"id": str(i), "text": text}) + "\n")
            stream.write("{broken\n" if i % 3 == 0 else "")
    out, rejects = tmp_path / "out.jsonl", tmp_path / "r.jsonl"
    result = tag_file(tmp_path / "a.jsonl", out, model=Fragile(), rejects=rejects)
    assert result.codes == {"failed": len(bad), "invalid_json": 14}
    assert [int(row["id"]) for row in lines(out)] == [i for i in range(40) if i not in bad]
    refused = lines(rejects)
    assert [r["line"] for r in refused] == sorted(r["line"] for r in refused)
    assert {r["message"] for r in refused if r["code"] == "failed"} == {
        "the tagger failed: ValueError: 坏"
    }


def test_a_tagger_that_reads_ahead_without_end_is_held_back(tmp_path):
    text = "看医生" * 100_000
    with (tmp_path / "a.jsonl").open("w", encoding="utf-8") as stream:
        for i in range(200):
            stream.write(json.dumps({"id": str(i), "text": text}, ensure_ascii=False) + "\n")

    class Greedy(Keyword):
        most = 0

        def tag_many(self, items, *, jobs=1):
            items = list(items)
            self.most = max(self.most, len(items))
            yield from map(self.tag, items)

    tagger = Greedy()
    result = tag_file(tmp_path / "a.jsonl", out := tmp_path / "out.jsonl", model=tagger)
    assert result.tagged == 200
    assert [row["id"] for row in lines(out)] == [str(i) for i in range(200)]
    assert tagger.most < 50


def test_a_unit_that_the_tagger_fails_on_costs_its_page(tmp_path):
    page = "看病 更方便\n\n近年来,淳安县的医院\n\n改造了。(方晓琳)\n"
    (tmp_path / "1.txt").write_text(page, "utf-8")
    (tmp_path / "2.txt").write_text(page.replace("医院", "坏院"), "utf-8")
    result = tag_file(tmp_path, out := tmp_path / "out.jsonl", model=Fragile(), pages=True)
    assert (result.tagged, result.codes) == (1, {"failed": 1})
    assert {row["page"] for row in lines(out)} == {"1.txt"}


def test_a_tagger_that_cannot_tag_at_all_ends_the_run(tmp_path):
    (tmp_path / "a.txt").write_text("模型", "utf-8")
    with pytest.raises(MissingExtra):
        tag_file(tmp_path / "a.txt", tmp_path / "out.jsonl", model=Fragile())


@pytest.mark.parametrize("jobs", [1, 2])
def test_memory_does_not_grow_with_the_rejects(tmp_path, jobs):
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as stream:
        stream.write('{"text": "一"}\n' * 5)
        for _ in range(3000):
            stream.write("x" * 20_000 + "\n")

    tracemalloc.start()
    rejects = tmp_path / "r.jsonl"
    result = tag_file(tmp_path, tmp_path / "out.jsonl", model=Keyword(), rejects=rejects, jobs=jobs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (result.tagged, result.codes) == (5, {"invalid_json": 3000})
    assert 0 < peak < 24e6


def test_what_the_reader_raises_ends_the_run(tmp_path):
    def rows():
        yield Row(Article("1", paragraphs=("医",)), "a")
        raise InputError("no such option")

    with pytest.raises(InputError, match="no such option"):
        list(tag_portions(in_portions(rows()), Keyword(), id))


def test_a_tagger_that_gives_too_little_is_found_out():
    class Lazy(Keyword):
        def tag_many(self, items, *, jobs=1):
            yield self.tag(next(iter(items)))
            list(items)

    rows = [Row(Article(id, paragraphs=("医",)), "a") for id in "123"]
    with pytest.raises(RuntimeError, match="no result for 2 articles"):
        list(tag_portions(in_portions(rows), Lazy(), id))


def test_a_page_that_its_reader_fails_on_is_rejected(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("题目\n\n看医生。", "utf-8")

    def fail(text, name):
        raise ZeroDivisionError("columns")

    monkeypatch.setattr("newsclf.pages.read_page", fail)
    rejects = tmp_path / "r.jsonl"
    tag_file(tmp_path / "a.txt", tmp_path / "o.jsonl", model=Keyword(), pages=True, rejects=rejects)
    (reject,) = lines(rejects)
    assert reject["code"] == "failed"
    assert reject["message"] == "the reader of pages failed: ZeroDivisionError: columns"
