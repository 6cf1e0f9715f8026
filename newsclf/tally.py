"""The account of a batch: outcomes written, counted, and put on the disk now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from newsclf.articles import Article
from newsclf.feed import TaggedRow
from newsclf.inputs import Reject, Row
from newsclf.outputs import FolderWriter, Layout, Progress, Sinks, Writer, json_line

if TYPE_CHECKING:
    from newsclf.tagging import Tagging

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
        self.progress = sinks.start
        self.saved = time.monotonic()

    def write(
        self,
        outcomes: Iterable[TaggedRow | Reject],
        writer: Writer | FolderWriter,
        layout: Layout,
        names: Mapping[str, str],
    ) -> None:
        """Write every outcome, and to the end of the file."""
        for outcome in outcomes:
            if isinstance(outcome, Reject):
                self._reject(outcome)
            else:
                if isinstance(writer, FolderWriter):
                    writer.turn(names[outcome.row.source])
                for unit, tagging in zip(outcome.units, outcome.taggings, strict=True):
                    writer.write(_record(tagging, unit, outcome.row, layout))
                self._count(rows=1, units=len(outcome.units))
                if self.on_progress:
                    self.on_progress(self.progress, outcome.row)
            if time.monotonic() - self.saved >= CHECKPOINT_SECONDS:
                self.sinks.checkpoint(self.progress)
                self.saved = time.monotonic()
        if isinstance(writer, FolderWriter):
            writer.complete(names.values())
        else:
            writer.close()
        self.progress = replace(self.progress, finished=True)
        self.sinks.checkpoint(self.progress)

    def _reject(self, reject: Reject) -> None:
        codes = dict(self.progress.codes)
        codes[reject.code] = codes.get(reject.code, 0) + 1
        size = 0
        if self.sinks.rejects is not None:
            line = json_line(reject.to_dict())
            self.sinks.rejects.write(line)
            size = len(line)
        self._count(codes=codes, rejects_bytes=size)
        if self.on_reject:
            self.on_reject(reject)

    def _count(
        self,
        rows: int = 0,
        units: int = 0,
        codes: Mapping[str, int] | None = None,
        rejects_bytes: int = 0,
    ) -> None:
        old = self.progress
        self.progress = Progress(
            read=old.read + 1,
            rows=old.rows + rows,
            units=old.units + units,
            codes=old.codes if codes is None else codes,
            rejects_bytes=old.rejects_bytes + rejects_bytes,
        )

    def result(self, skipped: Mapping[str, int], seconds: float) -> BatchResult:
        """Return the account of the run."""
        progress = self.progress
        return BatchResult(
            tagged=progress.rows,
            rejected=progress.rejected,
            units=progress.units,
            codes=dict(progress.codes),
            skipped=dict(skipped),
            seconds=seconds,
        )


def _record(tagging: Tagging, unit: Article, row: Row, layout: Layout) -> dict[str, Any]:
    record = tagging.to_dict(probabilities=bool(layout.probabilities))
    if layout.pages:
        page = {"id": unit.id, "page": unit.page, "type": unit.type, "flags": list(unit.flags)}
        record = {**page, **record}
    if layout.keep:
        record["input"] = dict(row.columns)
    return record
