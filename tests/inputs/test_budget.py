"""Foreign parsers run in a process of their own, under a budget, and leave none behind."""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from paths import TESTS

from newsclf.inputs import budget
from newsclf.inputs.budget import ParserError, run

posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")
HOLD = 120  # seconds after which a test has failed; no measure of anything


def call(function, *args, **options):
    return list(run(f"misbehaving:{function}", *args, **options))


def fault_of(function, *args, **options):
    with pytest.raises(ParserError) as caught:
        call(function, *args, **options)
    return caught.value.fault


def gone(pid):
    """Wait until there is no such process."""
    until = time.monotonic() + HOLD
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True  # its parent is gone, and nobody here waits for orphans
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(
    "value",
    [None, "", "一\n\ud800\0", b"", bytes(range(256)), 1.5, {"a": [1, "二"]}, "长" * 300_000],
    ids=repr,
)
def test_plain_data_goes_there_and_back(value):
    assert call("echo", value) == [value]


def test_many_answers_come_one_by_one():
    assert call("count", 2000) == list(range(2000))
    assert call("count", 0) == []


def test_one_process_serves_many_calls():
    assert call("pid") == call("pid") != [os.getpid()]


def test_what_is_printed_is_no_answer():
    assert call("talk") == [""]


def test_an_error_comes_after_what_was_yielded_before_it():
    (before,) = call("pid")
    answers = run("misbehaving:fail", "deep")
    assert next(answers) == "one"
    with pytest.raises(ParserError) as caught:
        next(answers)
    assert caught.value.fault[:2] == ("failed", "RecursionError: deep")
    assert call("pid") == [before]


@pytest.mark.parametrize("function", ["sleep", "hold_the_lock"])
def test_what_takes_too_long_is_killed(function):
    answers = run(f"misbehaving:{function}", seconds=0.5)
    pid = next(answers)
    with pytest.raises(ParserError) as caught:
        next(answers)
    assert caught.value.fault.code == "too_slow"
    assert "more than 0.5 seconds; raise --max-seconds" in caught.value.fault.message
    assert gone(pid)
    assert call("echo", 1) == [1]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is not limited here")
def test_what_takes_too_much_memory_is_turned_down():
    assert call("fill", 200) == [200 << 20]
    assert fault_of("fill", 2000).code == "too_much_memory"
    assert fault_of("fill", 2000).message == "its parser took more than 256 MiB; split the file"
    assert call("fill", 200) == [200 << 20]


def test_an_answer_that_is_too_large_is_not_taken(monkeypatch):
    monkeypatch.setattr(budget, "_MEMORY", 64 << 20)
    assert fault_of("flood", 65).code == "too_much_memory"


def test_more_may_be_taken_for_more(monkeypatch):
    monkeypatch.setattr(budget, "_MEMORY", 1 << 20)
    assert call("echo", b"x" * (9 << 20)) == [b"x" * (9 << 20)]


@pytest.mark.parametrize(("function", "args"), [("abort", ()), ("leave", (0,)), ("leave", (3,))])
def test_a_parser_that_crashes(function, args):
    fault = fault_of(function, *args)
    assert fault.code == "crashed"
    assert "the process ended" in fault.message
    assert call("echo", 1) == [1]


def test_what_earlier_calls_left_behind_costs_nothing(tmp_path):
    """A process that was used before and dies is replaced once."""
    mark = tmp_path / "mark"
    mark.write_text("")
    assert call("second_time_lucky", str(mark)) == ["done"]
    first = mark.read_text()
    assert call("second_time_lucky", str(mark)) == ["done"]
    assert mark.read_text() != first


def test_modules_that_are_not_there_and_functions_too():
    assert "ModuleNotFoundError" in fault_of("echo", 1, needs=("no_such_module",)).message
    assert "AttributeError" in fault_of("no_such_function").message
    assert call("echo", 1, needs=("json", "csv")) == [1]


def test_a_process_that_ended_while_it_had_nothing_to_do_is_replaced():
    (pid,) = call("pid")
    os.kill(pid, signal.SIGTERM)
    assert gone(pid)
    assert call("pid") != [pid]


def test_an_iteration_that_is_given_up_ends_its_process():
    answers = run("misbehaving:sleep")
    pid = next(answers)
    answers.close()
    assert gone(pid)


def test_threads_have_a_process_each():
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda i: call("echo", i), range(200)))
    assert answers == [[i] for i in range(200)]
    assert len(budget._Child._all) <= 4


def test_without_an_interpreter_there_is_an_error(monkeypatch):
    budget._Child.end_all()
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(OSError, match="expected a Python interpreter"):
        call("echo", 1)


@posix
def test_the_system_keeps_the_time_as_well():
    (left,) = call("timer", seconds=7)
    assert 20 < left < 24.1


@pytest.mark.parametrize(
    "method", [m for m in ("fork", "spawn") if m in multiprocessing.get_all_start_methods()]
)
def test_in_the_workers_of_other_engines(method):
    """A daemon of multiprocessing may not have children that it knows of."""
    mine = call("pid")
    context = multiprocessing.get_context(method)
    ours, theirs = context.Pipe()
    worker = context.Process(target=_work, args=(theirs,), daemon=True)
    worker.start()
    assert ours.poll(HOLD)
    pid = ours.recv()
    worker.join(HOLD)
    assert [pid] != mine
    assert gone(pid)
    assert call("pid") == mine


def _work(pipe):
    pipe.send(call("pid")[0])


ENDS = {
    "at the end": "",
    "by an error": "raise SystemExit(3)",
    "by _exit": "import os; os._exit(0)",
    "in the middle": "next(run('misbehaving:sleep'), None); kept = run('misbehaving:count', 9); next(kept)",
}


def start(code):
    path = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-c", f"from newsclf.inputs.budget import run\n{code}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        text=True,
    )


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_no_process_is_left_when_the_program_ends(end):
    with start(f"print(*run('misbehaving:pid'), flush=True)\n{end}") as program:
        pid = int(program.stdout.readline())
        _, said = program.communicate(timeout=HOLD)
    assert said == ""
    assert gone(pid)


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left_when_the_program_is_killed(number):
    with start("for pid in run('misbehaving:sleep'): print(pid, flush=True)") as program:
        pid = int(program.stdout.readline())
        program.send_signal(number)
        program.wait(HOLD)
    assert program.returncode != 0
    assert gone(pid)
