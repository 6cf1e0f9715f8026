"""What a reader has judged: kept in a journal at every step, published as labelled articles."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

from newsclf.errors import InputError, LabelError
from newsclf.labels.labelled import labelled_lines, read_labelled
from newsclf.outputs.atomic import atomic_file
from newsclf.outputs.digests import sha256_of
from newsclf.outputs.locks import only_writer
from newsclf.outputs.names import beside, target
from newsclf.records.article import Article, LabelledArticle
from newsclf.records.codebook import Codebook
from newsclf.web.journal import LabelJournal

__all__ = ["Judgement", "State", "Store"]

State = Literal["open", "done", "skipped"]

_FORMAT = "newsclf labels 1"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reader says of an article.

    Attributes
    ----------
    labels, borderline : tuple of str
        Theme ids, the primary theme first.
    state : {"open", "done", "skipped"}
        Only what is done is published; an open judgement is a draft.
    seen : bool
        Whether the reader could see what the model suggests.
    """

    labels: tuple[str, ...] = ()
    borderline: tuple[str, ...] = ()
    state: State = "open"
    seen: bool = False


class Store:
    """The judgements of one reader on a pool.

    Each step is a line of ``OUT.journal``, on the disk before `judge` returns; `publish` writes
    the labelled articles to OUT. A run that was killed goes on from the journal.

    Parameters
    ----------
    articles : sequence of Article
        The pool; may have grown since the last run.
    codebook : Codebook
    output : Path
        The labelled file, ``.jsonl``. Without a journal beside it, its labels are taken over.

    Raises
    ------
    InputError
        The output belongs to another pool, was changed by another program since, or cannot be
        written.
    LabelError
        The output holds a theme that the codebook does not.
    """

    def __init__(self, articles: Sequence[Article], codebook: Codebook, output: Path) -> None:
        self.articles = tuple(articles)
        self.codebook = codebook
        self.output = output
        self._judgements: dict[int, Judgement] = {}
        self._history: list[tuple[int, Judgement | None]] = []
        self._written: set[str] = set()
        self._lock = threading.RLock()
        self._closed = False
        with contextlib.ExitStack() as opened:
            opened.enter_context(only_writer(output))
            self._open(beside(target(output), ".journal"), opened)
            # The journal and the lock, which stay with this store until it is closed.
            self._held = opened.pop_all()

    def judgement(self, number: int) -> Judgement | None:
        """Return the judgement on an article of the pool, None where there is none yet."""
        with self._lock:
            return self._judgements.get(number)

    def numbers(self, *states: State) -> list[int]:
        """Return the numbers of the articles in these states, the latest judgement last."""
        with self._lock:
            return [n for n, d in self._judgements.items() if d.state in states]

    def labelled(self, number: int) -> LabelledArticle:
        """Return an article of the pool with its judgement."""
        judgement = self._judgements[number]
        return LabelledArticle(self.articles[number], judgement.labels, judgement.borderline)

    def judge(self, number: int, judgement: Judgement) -> None:
        """Note a judgement.

        Raises
        ------
        LabelError
            A theme is unknown, or stands twice.
        """
        themes = (*judgement.labels, *judgement.borderline)
        if unknown := [theme for theme in themes if theme not in self.codebook.ids]:
            raise LabelError(f"no theme {unknown[0]!r} in codebook {self.codebook.name}")
        if len(set(themes)) < len(themes):
            raise LabelError(f"a theme stands twice in {', '.join(themes)}; keep one")
        with self._lock:
            self._journal.append(self._entry(number, judgement))
            self._apply(number, judgement)

    def undo(self) -> int | None:
        """Take back the latest step, those of earlier runs too.

        Returns
        -------
        int or None
            The article it was about; None when there is nothing to take back.
        """
        with self._lock:
            if not self._history:
                return None
            self._journal.append({"undo": True})
            return self._revert()

    def publish(self) -> None:
        """Write what is done to the output, in the order of the pool."""
        with self._lock:
            done = sorted(n for n, d in self._judgements.items() if d.state == "done")
            if not done and not self.output.exists():
                return
            lines = labelled_lines([self.labelled(n) for n in done], str(self.output))
            with atomic_file(self.output) as stream:
                sha256 = hashlib.sha256()
                for line in lines:
                    stream.write(line)
                    sha256.update(line)
                # Noted first: a kill in between must not look like a change by another program.
                self._note_written(sha256.hexdigest())

    def close(self) -> None:
        """Publish, close the journal and give the output free; a second time does nothing."""
        if self._closed:
            return
        self._closed = True
        with self._held:
            self.publish()

    def _open(self, path: Path, opened: contextlib.ExitStack) -> None:
        positions = {article.sha256: n for n, article in enumerate(self.articles)}
        if path.exists():
            self._journal = LabelJournal(path)
            opened.callback(self._journal.close)
            self._replay(positions)
            self._refuse_changes()
            return
        before: list[LabelledArticle] = []
        if self.output.exists():
            before = read_labelled(self.output, codebook=self.codebook)
        if lost := [item.id for item in before if item.article.sha256 not in positions]:
            self._refuse_pool(lost)
        self._journal = LabelJournal(path)
        opened.callback(self._journal.close)
        self._begin(before, positions)

    def _entry(self, number: int, judgement: Judgement) -> dict[str, Any]:
        article = self.articles[number]
        return {"id": article.id, "sha256": article.sha256, **asdict(judgement)}

    def _apply(self, number: int, judgement: Judgement) -> None:
        self._history.append((number, self._judgements.pop(number, None)))
        self._judgements[number] = judgement

    def _revert(self) -> int:
        number, before = self._history.pop()
        del self._judgements[number]
        if before is not None:
            self._judgements[number] = before
        return number

    def _begin(self, before: list[LabelledArticle], positions: dict[str, int]) -> None:
        """Head a new journal, with the labels that the output holds already."""
        self._journal.append({"journal": _FORMAT, "codebook": self.codebook.name})
        for item in before:
            number = positions[item.article.sha256]
            taken = Judgement(item.labels, item.borderline, "done", seen=True)
            self._journal.append(self._entry(number, taken) | {"taken_over": True})
            self._judgements[number] = taken
        if before:
            self._note_written(sha256_of(self.output))

    def _note_written(self, digest: str) -> None:
        """Note the sha256 of what the output holds, or is about to hold."""
        if digest not in self._written:
            self._journal.append({"written": digest})
            self._written.add(digest)

    def _replay(self, positions: dict[str, int]) -> None:
        entries = self._journal.entries
        if entries and entries[0].get("journal") != _FORMAT:
            raise InputError(
                f"{self._journal.path}: expected a journal of {_FORMAT!r}, got {entries[0]!r:.80}; "
                "name another output with -o"
            )
        named = {e["sha256"]: str(e.get("id")) for e in entries if "sha256" in e}
        if lost := [name for sha256, name in named.items() if sha256 not in positions]:
            self._refuse_pool(lost)
        for line, entry in enumerate(entries[1:], 2):
            if entry.get("undo"):
                self._revert()
            elif "written" in entry:
                self._written.add(entry["written"])
            else:
                self._apply(positions[entry["sha256"]], self._read(line, entry))
                if entry.get("taken_over"):
                    self._history.clear()

    def _read(self, line: int, entry: dict[str, Any]) -> Judgement:
        labels, borderline = tuple(entry["labels"]), tuple(entry["borderline"])
        for theme in (*labels, *borderline):
            if theme not in self.codebook.ids:
                raise LabelError(
                    f"{self._journal.path}, line {line}: no theme {theme!r} in codebook "
                    f"{self.codebook.name} {self.codebook.version}; label with the codebook the "
                    "labels were made with, or name another output with -o"
                )
        return Judgement(labels, borderline, entry["state"], entry["seen"])

    def _refuse_pool(self, lost: list[str]) -> NoReturn:
        names = ", ".join(lost[:3]) + (" …" if len(lost) > 3 else "")
        raise InputError(
            f"{self.output}: belongs to another pool: {len(lost)} of its articles are not in this "
            f"one ({names}); name another output with -o, or give the pool it was begun with"
        )

    def _refuse_changes(self) -> None:
        if self.output.exists() and sha256_of(self.output) not in self._written:
            raise InputError(
                f"{self.output}: was changed by another program since newsclf wrote it; to go on "
                f"from the file as it stands, move {self._journal.path} away, to go on from the "
                "journal, move the file away"
            )
