"""The account of a batch: outcomes written, counted, and put on the disk now and then."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from newsclf.feed import TaggedRow
from newsclf.inputs import Reject, Row
from newsclf.outputs import FolderWriter, Progress, Sinks, Writer, json_line

__all__ = ["BatchResult", "Tally"]

CHECKPOINT_SECONDS = 2.0


@dataclass(frozen=True)
class BatchResult:
    """The account of a batch: ``rows == tagged + rejected``, always.

    Attributes
    ----------
    tagged, rejected : int
        Rows of the input, by outcome.
    units : int
        Lines of the output; more than `tagged` where pages were split.
    codes : mapping of str to int
        Rejects by code.
    skipped : mapping of str to int
        What was passed over in folders, by kind.
    seconds : float
    """

    tagged: int
    rejected: int
    units: int
    codes: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        """Rows of the input."""
        return self.tagged + self.rejected

    def __str__(self) -> str:
        """One line."""
        text = f"{self.rows} rows: {self.tagged} tagged, {self.rejected} rejected"
        if self.codes:
            text += " (" + ", ".join(f"{n} {code}" for code, n in self.codes.items()) + ")"
        if self.units != self.tagged:
            text += f", {self.units} units"
        if self.skipped:
            text += "; passed over: " + ", ".join(f"{n} {k}" for k, n in self.skipped.items())
        return f"{text}; {self.seconds:.1f} s"


class Tally:
    """Writes outcomes and keeps the account of them."""

    def __init__(
        self,
        on_reject: Callable[[Reject], None] | None,
        on_progress: Callable[[Progress, Row], None] | None,
    ) -> None:
        self.on_reject = on_reject
        self.on_progress = on_progress

    def begin(self, sinks: Sinks) -> None:
        """Take the account up where an earlier run left it."""
        self.sinks = sinks
        start = sinks.start
        self.rows, self.units, self.finished = start.rows, start.units, start.finished
        self.codes = Counter(start.codes)
        self.rejects_bytes = start.rejects_bytes
        self.saved = time.monotonic()

    @property
    def progress(self) -> Progress:
        """The account so far."""
        return Progress(
            read=self.rows + self.codes.total(),
            rows=self.rows,
            units=self.units,
            codes=dict(self.codes),
            rejects_bytes=self.rejects_bytes,
            finished=self.finished,
        )

    def write(
        self,
        outcomes: Iterable[TaggedRow | Reject],
        writer: Writer | FolderWriter,
        names: Mapping[str, str],
    ) -> None:
        """Write every outcome, and to the end of the file."""
        for outcome in outcomes:
            if isinstance(outcome, Reject):
                self._reject(outcome)
            else:
                self._row(outcome, writer, names)
            if time.monotonic() - self.saved >= CHECKPOINT_SECONDS:
                self.sinks.checkpoint(self.progress)
                self.saved = time.monotonic()
        if isinstance(writer, FolderWriter):
            writer.complete(names.values())
        else:
            writer.close()
        self.finished = True
        self.sinks.checkpoint(self.progress)

    def _row(
        self, outcome: TaggedRow, writer: Writer | FolderWriter, names: Mapping[str, str]
    ) -> None:
        row, units, taggings = outcome
        if isinstance(writer, FolderWriter):
            writer.turn(names[row.source])
        for unit, tagging in zip(units, taggings, strict=True):
            writer.write(tagging, unit, row.columns)
        self.rows += 1
        self.units += len(units)
        if self.on_progress:
            self.on_progress(self.progress, row)

    def _reject(self, reject: Reject) -> None:
        self.codes[reject.code] += 1
        if self.sinks.rejects is not None:
            line = json_line(reject.to_dict())
            self.sinks.rejects.write(line)
            self.rejects_bytes += len(line)
        if self.on_reject:
            self.on_reject(reject)

    def result(self, skipped: Mapping[str, int], seconds: float) -> BatchResult:
        """Return the account of the run."""
        return BatchResult(
            tagged=self.rows,
            rejected=self.codes.total(),
            units=self.units,
            codes=dict(self.codes),
            skipped=dict(skipped),
            seconds=seconds,
        )
