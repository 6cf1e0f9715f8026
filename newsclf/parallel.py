"""Work in threads and processes, with its results in order."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

__all__ = ["chunks", "in_order", "in_parallel"]

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


def in_parallel(
    function: Callable[..., Any],
    tasks: Iterable[tuple[Any, ...]],
    jobs: int,
    *,
    threads: bool = False,
) -> Any:
    """Yield ``function(*task)`` for each task, in order, on as many processes or threads."""
    if jobs == 1:
        return itertools.starmap(function, tasks)
    from joblib import Parallel, delayed

    prefer = "threads" if threads else "processes"
    return Parallel(n_jobs=jobs, prefer=prefer, return_as="generator")(
        delayed(function)(*task) for task in tasks
    )


def chunks(items: Iterable[_Work], size: int) -> Iterator[list[_Work]]:
    """Cut a stream into lists of `size`, the last one perhaps shorter."""
    stream = iter(items)
    while chunk := list(itertools.islice(stream, size)):
        yield chunk
