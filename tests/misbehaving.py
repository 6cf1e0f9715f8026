"""Functions that behave like parsers which do not, to be called under a budget."""

import os
import re
import signal
import sys
import time
from pathlib import Path


def echo(value):
    return value


def count(numbers):
    yield from range(numbers)


def pid():
    return os.getpid()


def sleep():
    yield os.getpid()
    time.sleep(1000)


def hold_the_lock():
    """Let no other thread run: a regular expression does not give Python's lock away."""
    yield os.getpid()
    re.match(r"(a|aa)+$", "a" * 200 + "b")


def fill(mib):
    return len(bytearray(mib << 20))


def flood(mib):
    return "x" * (mib << 20)


def fail(message):
    yield "one"
    raise RecursionError(message)


def fail_at_once(message):
    raise RecursionError(message)


def abort():
    os.abort()


def leave(code):
    os._exit(code)


def second_time_lucky(path):
    """Die in a process that was used before."""
    mark = Path(path)
    if mark.read_text() == str(os.getpid()):
        os.abort()
    mark.write_text(str(os.getpid()))
    return "done"


def talk():
    print("nothing of this is an answer", flush=True)
    os.write(1, b"x" * 100)
    return sys.stdin.read()


def timer():
    return signal.getitimer(signal.ITIMER_PROF)[0]
