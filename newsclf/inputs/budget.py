"""Foreign parsers under a budget of time and memory, in a process of their own.

A parser that we did not write may take any time over a few bytes, fill the memory or crash, and
nothing within this process can stop it. So it is called in another one, which stays for the next
call and is killed when it is past its budget. It is a plain subprocess that is spoken to through
pipes: that works within the workers of other engines, which may have no children that
multiprocessing knows of, and on systems without fork.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from newsclf.errors import InputError
from newsclf.inputs.child import OUT_OF_MEMORY, read_frame, write_frame
from newsclf.inputs.rows import Fault

__all__ = ["MAX_SECONDS", "ParserError", "run"]

MAX_SECONDS = 30.0
_MEMORY = 256 << 20  # bytes that a parser may take, or ten times what it is given
_TIMES = 10
_START = 60.0  # seconds to import what a call needs
_NOTHING = "newsclf.inputs.budget:import_modules"
# The same modules as here are found, and none that lie in the current folder by accident.
_CODE = "import sys; sys.path[:] = sys.argv[1:]; from newsclf.inputs.child import main; main()"


class ParserError(InputError):
    """A parser failed, or was stopped past its budget.

    Attributes
    ----------
    fault : Fault
        ``too_slow``, ``too_much_memory``, ``crashed`` (its process died), or ``failed`` (it raised
        an error).
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def run(
    function: str, *args: Any, needs: tuple[str, ...] = (), seconds: float = MAX_SECONDS
) -> Iterator[Any]:
    """Call a function in another process and yield what it returns or, if that is many, yields.

    Threads that do so at the same time have a process each, which is used again later. It is ended
    with the program, and when this iterator is not read to its end.

    Parameters
    ----------
    function : str
        ``"module:function"``, to be imported there.
    *args
        Bytes, or what JSON can hold.
    needs : tuple of str
        Modules to import first: that is not on its account.
    seconds : float
        For the whole call. The time that the caller takes over what was yielded does not count.

    Yields
    ------
    object
        Bytes, or what JSON can hold.

    Raises
    ------
    ParserError
        After what was yielded before it.
    OSError
        No process can be started.
    """
    size = sum(len(arg) for arg in args if isinstance(arg, (bytes, str)))
    memory = max(_MEMORY, _TIMES * size)
    while True:
        child = _Child.idle() or _Child()
        used, begun = child.calls > 0, False
        try:
            child.prepare(needs)
            for item in child.call(function, args, seconds, memory):
                begun = True
                yield item
        except ParserError as error:
            # It may be what earlier calls have left behind; a new process gets another chance.
            if not used or begun or error.fault.code in ("too_slow", "failed"):
                raise
        else:
            return
        finally:
            child.release()


def import_modules(*names: str) -> None:
    """Import modules; called in the other process."""
    for name in names:
        __import__(name)


class _Child:
    """A process that answers calls, one at a time."""

    _lock = threading.Lock()
    _all: set[_Child] = set()  # noqa: RUF012 - one for all
    _idle: list[_Child] = []  # noqa: RUF012

    @classmethod
    def idle(cls) -> _Child | None:
        """Take one that is there and has nothing to do."""
        with cls._lock:
            while cls._idle:
                child = cls._idle.pop()
                if child.process.poll() is None:
                    return child
                child.forget()
        return None

    @classmethod
    def end_all(cls) -> None:
        """Leave no process behind."""
        for child in list(cls._all):
            child.kill()

    @classmethod
    def forget_all(cls) -> None:
        """In a fork: the children are another's."""
        cls._lock = threading.Lock()
        for child in list(cls._all):
            child.process.returncode = 0
            child.forget()
        cls._idle.clear()

    def __init__(self) -> None:
        if not sys.executable or getattr(sys, "frozen", False):
            raise OSError("expected a Python interpreter in sys.executable to run a parser with")
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CODE, *(entry for entry in sys.path if isinstance(entry, str))],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.calls = 0
        self.imported: set[str] = set()
        self.busy = self.waiting = self.late = False
        with self._lock:
            self._all.add(self)

    def prepare(self, modules: tuple[str, ...]) -> None:
        """Import what a call needs."""
        if missing := [name for name in modules if name not in self.imported]:
            for _ in self.call(_NOTHING, missing, _START, 1 << 40):
                self.imported.update(missing)

    def call(
        self, function: str, args: tuple[Any, ...] | list[Any], seconds: float, memory: int
    ) -> Iterator[Any]:
        self.busy, self.left = True, seconds
        room = memory
        if function != _NOTHING:
            self.calls += 1
        try:
            with self._in_time():
                self._send([len(args), function, seconds, memory], *args)
            while True:
                with self._in_time():
                    kind, *said = read_frame(self._answers, 1 << 20)
                    if kind:
                        break
                    item = read_frame(self._answers, room)
                yield item
        except (EOFError, OSError, MemoryError) as error:
            if not isinstance(error, MemoryError):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(1)  # it is about to say how it ended
            self.kill()
            raise ParserError(self._fault(error, seconds, memory)) from None
        self.busy = False
        if said:
            raise ParserError(Fault(*said))

    @property
    def _answers(self) -> BinaryIO:
        return cast(BinaryIO, self.process.stdout)

    def _send(self, *frames: Any) -> None:
        requests = cast(BinaryIO, self.process.stdin)
        for frame in frames:
            write_frame(requests, frame)

    @contextlib.contextmanager
    def _in_time(self) -> Iterator[None]:
        """Wait for the child no longer than is left, by killing it then: no wait outlives that."""
        timer = threading.Timer(self.left, self._too_late)
        timer.daemon = self.waiting = True
        timer.start()
        started = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self.waiting = False
            timer.cancel()
            self.left = max(0.0, self.left - (time.monotonic() - started))

    def _too_late(self) -> None:
        with self._lock:
            if self.waiting:
                self.late = True
                self.process.kill()

    def _fault(self, error: Exception, seconds: float, memory: int) -> Fault:
        """Say why there is no answer; the process has ended."""
        code = self.process.returncode
        if self.late:
            message = f"its parser took more than {seconds:g} seconds; raise --max-seconds"
            return Fault("too_slow", message)
        if isinstance(error, MemoryError) or code == OUT_OF_MEMORY:
            message = f"its parser took more than {memory >> 20} MiB; split the file"
            return Fault("too_much_memory", message)
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        return Fault("crashed", f"its parser crashed: the process ended {how}")

    def release(self) -> None:
        """Hand it back; in the middle of a call it cannot be used again."""
        with self._lock:
            if not self.busy and self.process.poll() is None:
                self._idle.append(self)
                return
        self.kill()

    def kill(self) -> None:
        """End it, and wait until it is gone."""
        self.process.kill()
        self.process.wait()
        with self._lock:
            self.forget()

    def forget(self) -> None:
        """Let go of a process that has ended, or is another's."""
        self._all.discard(self)
        cast(BinaryIO, self.process.stdin).close()
        cast(BinaryIO, self.process.stdout).close()


atexit.register(_Child.end_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_Child.forget_all)
