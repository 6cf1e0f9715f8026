"""What goes on beside the labelling: the output is kept written, the learning curve computed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool

from newsclf.web.curve import FEWEST
from newsclf.web.session import Session

__all__ = ["Curve", "Worker"]

_PAUSE = 1.0
_GROWTH = 1.25


@dataclass
class Curve:
    """The learning curve as far as it is known.

    Attributes
    ----------
    articles : int
        Labelled articles it was last computed from, 0 for never.
    points : list of dict
        See `newsclf.web.curve.Point`.
    running : bool
    failure : str or None
        The last line of what went wrong.
    """

    articles: int = 0
    points: list[dict[str, Any]] | None = None
    running: bool = False
    failure: str | None = None

    def due(self, articles: int) -> bool:
        """Whether there are enough labels, and a quarter more than last time."""
        return not self.running and articles >= max(FEWEST, _GROWTH * self.articles)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "fewest": FEWEST,
            "points": self.points,
            "running": self.running,
            "failure": self.failure,
        }


class Worker:
    """Keeps the output of a session written and its learning curve up to date."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.curve = Curve()
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def note_change(self) -> None:
        """Say that a judgement was made or taken back."""
        self._changed.set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work while the block runs; at its end the output is written a last time."""
        self._start(self._keep_written())
        self.note_change()
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await run_in_threadpool(self.session.store.publish)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_written(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await run_in_threadpool(self.session.store.publish)
            if self.curve.due(len(self.session.store.numbers("done"))):
                self.curve.running = True
                self._start(self._compute_curve())
            await asyncio.sleep(_PAUSE)

    async def _compute_curve(self) -> None:
        """Compute the curve in a process of its own, which a slow page would feel otherwise."""
        done = self.session.done()
        request = {
            "codebook": self.session.store.codebook.to_dict(),
            "labelled": [item.to_dict() for item in done],
        }
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "newsclf.web.curve"),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        try:
            out, err = await process.communicate(json.dumps(request).encode())
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise
        self.curve.articles, self.curve.running = len(done), False
        if process.returncode == 0:
            self.curve.points, self.curve.failure = json.loads(out), None
        else:
            lines = err.decode("utf-8", "replace").strip().splitlines()
            self.curve.failure = lines[-1] if lines else f"exit code {process.returncode}"
