"""The process that foreign parsers run in: it takes calls from a pipe and answers with plain data.

`newsclf.inputs.budget` starts it and stops it; what the two say to each other is in frames.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import struct
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from newsclf.inputs.formats import load

__all__ = ["OUT_OF_MEMORY", "main", "read_frame", "write_frame"]

OUT_OF_MEMORY = 77  # the exit code of a process that had not even room to say so
_HEAD = struct.Struct(">cQ")
_Plain = None | bool | int | float | str | bytes | list[Any] | dict[str, Any]


def write_frame(stream: BinaryIO, value: _Plain) -> None:
    """Write bytes as they are, text as UTF-8, and whatever else as JSON."""
    if isinstance(value, bytes):
        kind, data = b"b", value
    elif isinstance(value, str):
        kind, data = b"s", value.encode("utf-8", "surrogatepass")
    else:
        text = json.dumps(value, ensure_ascii=False)
        kind, data = b"j", text.encode("utf-8", "surrogatepass")
    for part in (_HEAD.pack(kind, len(data)), data):
        left = memoryview(part)
        while left:
            left = left[stream.write(left) :]


def read_frame(stream: BinaryIO, limit: int) -> Any:
    """Read what `write_frame` wrote.

    Raises
    ------
    EOFError
        The stream ends within the frame, or before it.
    MemoryError
        It has more than `limit` bytes.
    """
    kind, size = _HEAD.unpack(_exactly(stream, _HEAD.size))
    if size > limit:
        raise MemoryError
    data = _exactly(stream, size)
    if kind == b"b":
        return data
    text = data.decode("utf-8", "surrogatepass")
    return text if kind == b"s" else json.loads(text)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    parts = []
    while size:
        part = stream.read(size)
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def main() -> NoReturn:
    """Answer calls until the parent hangs up, which ends the process whatever it is at."""
    requests, answers = _own_pipes()
    # Ctrl-C is for the parent, which then hangs up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    calls: queue.SimpleQueue[list[Any]] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(requests, calls), daemon=True).start()
    while True:
        _answer(answers, *calls.get())


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    # A parser that prints must not speak for us.
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return requests, answers


def _receive(requests: BinaryIO, calls: queue.SimpleQueue[list[Any]]) -> None:
    try:
        while True:
            count, *head = read_frame(requests, 1 << 20)
            calls.put([*head, [read_frame(requests, 1 << 40) for _ in range(count)]])
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException:
        os._exit(0)


def _answer(
    answers: BinaryIO, function: str, seconds: float, memory: int, args: list[_Plain]
) -> None:
    """Write a frame ``[0]`` before each item and, in the end, ``[1]`` or ``[2, code, message]``."""
    try:
        with _limited(seconds, memory):
            for item in _items(load(function)(*args)):
                write_frame(answers, [0])
                write_frame(answers, item)
                answers.flush()
        end: list[_Plain] = [1]
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:  # whatever a parser of foreign files may run into
        end = [2, "failed", f"{type(error).__name__}: {error!s:.200}"]
    write_frame(answers, end)
    answers.flush()


def _items(result: Any) -> Iterable[Any]:
    return result if isinstance(result, Iterator) else (result,)


@contextlib.contextmanager
def _limited(seconds: float, memory: int) -> Iterator[None]:
    """Let the system see to it that no more is used, where it can.

    The parent keeps the time. Should it be killed while a parser lets no other thread of this
    process run, twice the time on the processor ends it as well.
    """
    try:
        import resource
    except ImportError:  # Windows
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, 2 * seconds + 10)
    limits = resource.getrlimit(resource.RLIMIT_AS)
    if held := _address_space():
        most = held + memory
        if limits[1] != resource.RLIM_INFINITY:
            most = min(most, limits[1])
        resource.setrlimit(resource.RLIMIT_AS, (most, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _address_space() -> int:
    """Return the bytes of addresses in use, 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
