"""Work in threads: order, how much is in hand, and the same files from however many."""

import threading

import pytest

from newsclf.batch.files import tag_file
from newsclf.inputs import lines
from newsclf.parallel import in_order


@pytest.mark.parametrize(("weight", "most"), [(0, 5), (1, 5), (4, 2), (11, 1)])
def test_no_more_is_taken_than_may_be_in_hand(weight, most):
    taken = given = highest = 0

    def items():
        nonlocal taken, highest
        for taken in range(1, 41):
            highest = max(highest, taken - given)
            yield taken

    for result in in_order(str, items(), 2, weigh=lambda _: weight, limit=10):
        given += 1
        assert result == str(given)
    assert given == 40
    assert highest <= most + 1  # one is looked at before it is known to be too heavy


def test_an_error_comes_in_the_place_of_its_result():
    results = in_order(lambda i: 1 // (5 - i), range(10), 2)
    assert [next(results) for _ in range(5)] == [0, 0, 0, 0, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert threading.active_count() < 10


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_outputs_do_not_depend_on_the_jobs(mixture, tmp_path, tagger, monkeypatch, engine):
    if engine == "compiled":
        pytest.importorskip("newsclf.engine.kernel.scoring", reason="no compiled engine")
    monkeypatch.setenv("NEWSCLF_ENGINE", engine)
    folder, good, bad = mixture
    written = []
    for jobs, at_a_time in ((1, 1024), (2, 1024), (2, 3)):
        monkeypatch.setattr(lines, "AT_A_TIME", at_a_time)
        out, rejects = tmp_path / "out.jsonl", tmp_path / "rejects.jsonl"
        result = tag_file(folder, out, model=tagger, rejects=rejects, jobs=jobs)
        assert (result.tagged, result.rejected) == (good, bad)
        written.append((out.read_bytes(), rejects.read_bytes()))
    assert written[0] == written[1] == written[2]
