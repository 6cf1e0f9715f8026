"""One writer for each output, whatever process it is in."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from newsclf.errors import InputError
from newsclf.outputs.names import hidden, target

__all__ = ["only_writer"]


@contextlib.contextmanager
def only_writer(output: Path) -> Iterator[None]:
    """Hold the lock on an output, a file or a folder; the system frees it when the process ends.

    Raises
    ------
    InputError
        Somebody else holds it, or it cannot be made.
    """
    import filelock

    path = hidden(target(output), ".lock")
    # filelock would make the folder, and a slip in its name would go unseen.
    if not path.parent.is_dir():
        raise InputError(f"{output}: cannot be written: there is no folder {path.parent}")
    lock = filelock.FileLock(path, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise InputError(
            f"{output}: another run of newsclf is writing it already; wait for its end (go on in "
            "its page if it is newsclf label), or name another output with -o"
        ) from None
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror}") from error
    try:
        yield
    finally:
        # While it is held: whoever gets hold of the removed file is told to try again.
        path.unlink(missing_ok=True)
        lock.release()
