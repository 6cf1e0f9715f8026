"""Work in threads, with its results in order and no more in hand than is worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

__all__ = ["in_order"]

_Work = TypeVar("_Work")
_Result = TypeVar("_Result")


def in_order(
    function: Callable[[_Work], _Result],
    items: Iterable[_Work],
    jobs: int,
    *,
    weigh: Callable[[_Work], int] = lambda _: 0,
    limit: int = 0,
) -> Iterator[_Result]:
    """Yield what `function` makes of each item, lazily and in order; threads where `jobs` > 1.

    Parameters
    ----------
    function : callable
        What it raises is raised here, in the place of its result.
    items : iterable
        Taken in the caller's thread, up to ``2 * jobs + 1`` ahead of the results.
    jobs : int
        Threads.
    weigh, limit : callable, int
        What an item weighs, and how much all that is in hand may; a heavier one goes alone.
    """
    if jobs == 1:
        yield from map(function, items)
        return
    from concurrent.futures import Future, ThreadPoolExecutor

    pool = ThreadPoolExecutor(jobs)
    held = 0
    waiting: deque[tuple[int, Future[_Result]]] = deque()

    def first() -> _Result:
        nonlocal held
        weight, future = waiting.popleft()
        held -= weight
        return future.result()

    try:
        for item in items:
            weight = weigh(item)
            while waiting and (len(waiting) > 2 * jobs or held + weight > limit):
                yield first()
            held += weight
            waiting.append((weight, pool.submit(function, item)))
        while waiting:
            yield first()
    finally:
        pool.shutdown(cancel_futures=True)
