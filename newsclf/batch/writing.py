"""What came of the rows: encoded in threads, then written and counted in their order."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, islice, repeat
from operator import attrgetter
from typing import Any, NamedTuple

from newsclf.batch.rows import TaggedRows
from newsclf.inputs import Reject, Row
from newsclf.outputs import FolderWriter, Format, Progress, Sinks, Writer, json_line

__all__ = ["BatchResult", "ResultWriter", "encode"]

CHECKPOINT_SECONDS = 2.0
_COLUMNS, _SOURCE = attrgetter("columns"), attrgetter("source")


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


class Encoded(NamedTuple):
    """What came of the rows of a portion, ready to be written.

    Attributes
    ----------
    results : list of (str, encoded)
        What is to be written, by source, as encoded by the format of the output.
    tagged, units : int
        Rows tagged; lines that they make.
    rejects : list of Reject
    rows : list of Row
        The rows tagged, if somebody asked for them.
    """

    results: list[tuple[str, Any]]
    tagged: int
    units: int
    rejects: list[Reject]
    rows: list[Row]


def encode(tagged: TaggedRows, format: Format, with_rows: bool) -> Encoded:
    """Encode what is to be written; threads may do so at once."""
    rows, lengths = tagged.rows, iter(tagged.lengths)
    columns = chain.from_iterable(map(repeat, map(_COLUMNS, rows), tagged.lengths))
    taggings = zip(tagged.taggings, tagged.units, columns, strict=True)
    results = []
    for source, some in groupby(map(_SOURCE, rows)):
        units = sum(n for _, n in zip(some, lengths, strict=False))
        results.append((source, format.encode(islice(taggings, units))))
    # What waits to be written is held no longer as objects, unless they are asked for.
    kept = rows if with_rows else []
    return Encoded(results, len(rows), len(tagged.units), tagged.rejects, kept)


class ResultWriter:
    """Writes what came of the rows, counts it, and puts both on the disk now and then.

    Parameters
    ----------
    sinks : Sinks
        The counts go on where an earlier run left them.
    format : Format
    on_reject, on_progress : callable, optional
        As in `newsclf.tag_file`.
    """

    def __init__(
        self,
        sinks: Sinks,
        format: Format,
        on_reject: Callable[[Reject], None] | None = None,
        on_progress: Callable[[Progress, Sequence[Row]], None] | None = None,
    ) -> None:
        start = sinks.start
        self.sinks = sinks
        self.format = format
        self.on_reject = on_reject
        self.on_progress = on_progress
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

    def write(self, portions: Iterable[Encoded], names: Mapping[str, str]) -> None:
        """Write all that comes, and to the end of the files.

        Parameters
        ----------
        portions : iterable of Encoded
        names : mapping of str to str
            The name of the file for each source, where each has one of its own.
        """
        output = self.sinks.output
        writer: Writer | FolderWriter
        if isinstance(output, FolderWriter):
            writer = output
        else:
            writer = self.format.writer(output, header=not self.sinks.start.output_bytes)
        for portion in portions:
            self._write(portion, writer, names)
            if time.monotonic() - self.saved >= CHECKPOINT_SECONDS:
                self.sinks.checkpoint(self.progress)
                self.saved = time.monotonic()
        if isinstance(writer, FolderWriter):
            writer.complete(names.values())
        else:
            writer.close()
        self.finished = True
        self.sinks.checkpoint(self.progress)

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

    def _write(
        self, portion: Encoded, writer: Writer | FolderWriter, names: Mapping[str, str]
    ) -> None:
        for source, encoded in portion.results:
            if isinstance(writer, FolderWriter):
                writer.turn(names[source])
            writer.write(encoded)
        for reject in portion.rejects:
            self._reject(reject)
        self.rows += portion.tagged
        self.units += portion.units
        if self.on_progress and portion.rows:
            self.on_progress(self.progress, portion.rows)

    def _reject(self, reject: Reject) -> None:
        self.codes[reject.code] += 1
        if self.sinks.rejects is not None:
            line = json_line(reject.to_dict())
            self.sinks.rejects.write(line)
            self.rejects_bytes += len(line)
        if self.on_reject:
            self.on_reject(reject)
