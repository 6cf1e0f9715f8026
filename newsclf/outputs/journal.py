"""How far a run has come, on disk, so that it can go on after a kill."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from newsclf.errors import InputError
from newsclf.outputs.atomic import atomic_file
from newsclf.outputs.jsonl import json_line
from newsclf.outputs.names import beside, target

__all__ = ["Progress", "RunJournal"]


@dataclass(frozen=True)
class Progress:
    """Where a run stands: what was read, and how much of each output that has become.

    Attributes
    ----------
    read : int
        Rows and rejects taken from the input.
    rows, units : int
        Rows tagged; lines written for them.
    codes : mapping of str to int
        Rejects by code.
    finished : bool
        The outputs are whole; all that is left is to give them their names.
    output_bytes, rejects_bytes : int
        Lengths of the outputs.
    output_name : str
        Where each input has an output of its own: the one that `output_bytes` is about.
    """

    read: int = 0
    rows: int = 0
    units: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)
    output_bytes: int = 0
    rejects_bytes: int = 0
    finished: bool = False
    output_name: str = ""

    @property
    def rejected(self) -> int:
        """Rows rejected."""
        return sum(self.codes.values())


class RunJournal:
    """The journal of one output, ``OUT.journal``, beside ``OUT.partial``.

    The outputs are put on the disk first, the journal after them: whenever the run is cut off,
    the outputs hold at least what the journal says, and what they hold beyond it is cut away.

    Parameters
    ----------
    output : Path
    key : mapping
        What the run depends on (inputs, model, options): a run goes on only where all are the same.
    """

    def __init__(self, output: Path, key: Mapping[str, Any]) -> None:
        self.path = beside(target(output), ".journal")
        self.key = dict(key)

    def load(self) -> Progress:
        """Return where the last run stopped; the beginning, if there was none.

        Raises
        ------
        InputError
            The journal belongs to other inputs, another model or other options, or is damaged.
        """
        try:
            record = json.loads(self.path.read_bytes())
            progress = Progress(**record["progress"])
            key = record["key"]
        except FileNotFoundError:
            return Progress()
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise InputError(
                f"{self.path}: not a journal of newsclf ({error}); remove it to start afresh"
            ) from error
        changed = [name for name, value in self.key.items() if key.get(name) != value]
        if changed:
            raise InputError(
                f"{self.path}: cannot go on, for {' and '.join(changed)} changed since that run; "
                "undo the change, or remove the journal to start afresh"
            )
        return progress

    def save(self, progress: Progress) -> None:
        """Put down where the run stands; its outputs must be on the disk by now."""
        with atomic_file(self.path) as stream:
            stream.write(json_line({"progress": asdict(progress), "key": self.key}))

    def remove(self) -> None:
        """The run is over."""
        self.path.unlink(missing_ok=True)
