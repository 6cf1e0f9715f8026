import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsclf.errors import InputError, LabelError
from newsclf.labels.labelled import read_labelled, write_labelled
from newsclf.records.article import Article, LabelledArticle
from newsclf.records.codebook import Codebook, Theme
from newsclf.web.pool import read_pool
from newsclf.web.store import Judgement, Store

HEALTH = Judgement(("health",), (), "done")


def killed(store):
    """Free the output as the system does for a process that is killed: nothing is published."""
    store.publish = lambda: None
    store.close()


def test_what_was_decided_outlives_the_process_and_reads_as_labelled(open_store, pool, tmp_path):
    store = open_store()
    store.judge(1, Judgement(("education", "health"), ("housing",), "done"))
    store.judge(0, Judgement(("health",)))
    store.judge(2, Judgement(state="skipped"))
    killed(store)
    again = open_store()
    assert again.numbers("done", "open", "skipped") == [1, 0, 2]
    again.publish()
    assert read_labelled(tmp_path / "out.jsonl") == [
        LabelledArticle(pool[1], ("education", "health"), ("housing",))
    ]


def test_a_line_cut_off_by_a_kill_is_dropped_and_damage_elsewhere_named(open_store, tmp_path):
    store = open_store()
    store.judge(0, HEALTH)
    store.close()
    journal = tmp_path / "out.jsonl.journal"
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"id": "p-1", "sha')
    assert open_store().judgement(0) == HEALTH
    assert journal.read_bytes() == whole


def test_a_journal_cut_anywhere_gives_the_steps_that_were_whole(pool, three, tmp_path):
    store = Store(pool, three, tmp_path / "out.jsonl")
    for number in range(4):
        store.judge(number, HEALTH)
    killed(store)
    whole = (tmp_path / "out.jsonl.journal").read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(first, len(whole), 37):
        folder = tmp_path / str(cut)
        folder.mkdir()
        (folder / "out.jsonl.journal").write_bytes(whole[:cut])
        again = Store(pool, three, folder / "out.jsonl")
        assert again.numbers("done") == list(range(whole[first:cut].count(b"\n")))
        killed(again)


def test_undo_goes_back_over_restarts_to_the_beginning(open_store):
    store = open_store()
    store.judge(0, Judgement(("health",)))
    store.judge(0, HEALTH)
    store.judge(1, Judgement(state="skipped"))
    store.close()
    again = open_store()
    assert [again.undo(), again.undo(), again.undo(), again.undo()] == [1, 0, 0, None]
    assert not again.numbers("done", "open", "skipped")


steps = st.lists(
    st.one_of(
        st.none(),
        st.tuples(
            st.integers(0, 4),
            st.builds(
                Judgement,
                st.permutations(["health", "education"]).map(tuple),
                st.sampled_from([(), ("housing",)]),
                st.sampled_from(["open", "done", "skipped"]),
                st.booleans(),
            ),
        ),
    ),
    max_size=12,
)


@given(steps)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_a_journal_gives_back_any_session(tmp_path_factory, pool, three, session):
    output = tmp_path_factory.mktemp("s") / "out.jsonl"
    store = Store(pool, three, output)
    for step in session:
        store.undo() if step is None else store.judge(*step)
    before = [(n, store.judgement(n)) for n in store.numbers("done", "open", "skipped")]
    store.close()
    again = Store(pool, three, output)
    assert [(n, again.judgement(n)) for n in again.numbers("done", "open", "skipped")] == before
    again.close()


def test_labels_of_an_output_without_a_journal_are_taken_over(open_store, pool, tmp_path):
    write_labelled(
        [LabelledArticle(pool[3]), LabelledArticle(pool[0], ("health",))], tmp_path / "out.jsonl"
    )
    store = open_store()
    assert store.numbers("done") == [3, 0]
    assert store.undo() is None


def test_an_output_of_another_pool_is_refused(open_store, pool, tmp_path):
    store = open_store()
    store.judge(0, HEALTH)
    store.close()
    with pytest.raises(InputError, match=r"another pool: 1 of its articles.*\(p-0\).*-o"):
        open_store(pool[1:])
    (tmp_path / "out.jsonl.journal").unlink()
    with pytest.raises(InputError, match=r"another pool.*\(p-0\)"):
        open_store(pool[1:])
    assert not (tmp_path / "out.jsonl.journal").exists()


def test_a_pool_may_grow(open_store, pool):
    store = open_store(pool[:2])
    store.judge(1, HEALTH)
    store.close()
    assert open_store(pool[::-1]).numbers("done") == [3]


def test_an_output_changed_by_hand_is_not_written_over(open_store, tmp_path):
    store = open_store()
    store.judge(0, HEALTH)
    store.close()
    path = tmp_path / "out.jsonl"
    path.write_text(path.read_text("utf-8").replace("health", "education"), "utf-8")
    with pytest.raises(InputError, match="changed by another program"):
        open_store()
    assert "education" in path.read_text("utf-8")


def test_two_pages_do_not_share_an_output(open_store):
    open_store()
    with pytest.raises(InputError, match=r"is writing it already.*-o"):
        open_store()


def test_a_journal_of_another_codebook_or_kind_is_refused(open_store, pool, tmp_path):
    store = open_store()
    store.judge(0, HEALTH)
    store.close()
    two = Codebook("two", "1", (Theme("sport", "体育"),))
    with pytest.raises(LabelError, match=r"line 2: no theme 'health' in codebook two"):
        Store(pool, two, tmp_path / "out.jsonl")
    (tmp_path / "b.jsonl.journal").write_text('{"progress": 1}\n')
    with pytest.raises(InputError, match="expected a journal of"):
        open_store(output=tmp_path / "b.jsonl")
    (tmp_path / "c.jsonl.journal").write_text("junk\n")
    with pytest.raises(InputError, match="line 1: not a line of a labelling journal"):
        open_store(output=tmp_path / "c.jsonl")


@pytest.mark.parametrize("judgement", [Judgement(("sport",)), Judgement(("health",), ("health",))])
def test_labels_that_break_a_rule_are_refused(open_store, tmp_path, judgement):
    store = open_store()
    before = (tmp_path / "out.jsonl.journal").read_bytes()
    with pytest.raises(LabelError):
        store.judge(0, judgement)
    assert (tmp_path / "out.jsonl.journal").read_bytes() == before


def test_a_pool_holds_each_text_once_and_needs_one(tmp_path):
    rows = [{"id": "a", "text": "甲"}, {"id": "b", "text": "甲"}, {"id": "c", "text": "乙"}]
    path = tmp_path / "pool.jsonl"

    def write(rows):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    write(rows)
    pool = read_pool([path])
    assert [a.id for a in pool.articles] == ["a", "c"]
    assert pool.copies == 1
    write([*rows, {"id": "a", "text": "丙"}])
    with pytest.raises(InputError, match="'a' names two different articles"):
        read_pool([path])
    path.write_text("")
    with pytest.raises(InputError, match="no article to label"):
        read_pool([path])


def test_a_text_without_a_title_keeps_its_hash_on_the_way(open_store, tmp_path):
    article = Article("x", None, ("短题", "正文没有标题。"))
    store = open_store((article,))
    store.judge(0, HEALTH)
    store.close()
    assert open_store((article,)).judgement(0) == HEALTH
