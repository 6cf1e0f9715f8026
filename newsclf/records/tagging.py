"""What comes out: the themes of an article, and how sure they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Tag", "Tagging"]


class Tag(NamedTuple):
    """One theme of an article with its calibrated probability."""

    theme: str
    name: str
    probability: float


class _OfRow:
    """A row of probabilities, by theme id, that no mapping has been made of yet."""

    __slots__ = ("_ids", "_row")


@dataclass(frozen=True, slots=True)
class Tagging(_OfRow):
    """The result for one article; no tag at all is a valid answer (abstention).

    Attributes
    ----------
    tags : tuple of Tag
        The themes the article is about, likeliest first.
    groups : tuple of str
        Ids of the groups of these themes, in the same order, each once.
    probabilities : mapping of str to float
        Calibrated probability of every theme of the codebook.
    model : str
        Name and version of the model.
    """

    id: str
    title: str | None
    tags: tuple[Tag, ...]
    groups: tuple[str, ...]
    probabilities: Mapping[str, float] = field(repr=False)
    model: str

    @classmethod
    def of_row(
        cls,
        id: str,
        title: str | None,
        tags: tuple[Tag, ...],
        groups: tuple[str, ...],
        model: str,
        ids: tuple[str, ...],
        row: NDArray[np.float32],
    ) -> Tagging:
        """Make a tagging of a row of probabilities, in the order of `ids`."""
        self = cls.__new__(cls)
        put = object.__setattr__
        put(self, "id", id)
        put(self, "title", title)
        put(self, "tags", tags)
        put(self, "groups", groups)
        put(self, "model", model)
        put(self, "_ids", ids)
        put(self, "_row", row)
        return self

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            """Make the mapping of probabilities of the row when it is first asked for."""
            # Most who tag want the tags alone, and the mapping is half of what tagging costs here.
            if name != "probabilities":
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            made = dict(zip(self._ids, self._row.tolist(), strict=True))
            object.__setattr__(self, name, made)
            return made

    @property
    def themes(self) -> tuple[str, ...]:
        """Theme ids, likeliest first."""
        return tuple(tag.theme for tag in self.tags)

    def to_dict(self, *, probabilities: bool = False) -> dict[str, Any]:
        """Return the JSON line that ``newsclf tag`` writes."""
        record: dict[str, Any] = {
            "id": self.id,
            "title": self.title or "",
            "themes": [
                {"id": t.theme, "name": t.name, "probability": round(t.probability, 4)}
                for t in self.tags
            ],
            "model": self.model,
        }
        if probabilities:
            record["probabilities"] = {k: round(p, 4) for k, p in self.probabilities.items()}
        return record

    def __str__(self) -> str:
        """Title and themes on one line."""
        tags = "  ".join(f"{t.name} {t.probability:.2f}" for t in self.tags) or "(no theme)"
        return "  ".join(filter(None, (self.id, self.title, tags)))

    def _repr_html_(self) -> str:
        from newsclf.records import html

        def build(count: int) -> str:
            bars = [html.bar(tag.name, tag.theme, tag.probability) for tag in self.tags[:count]]
            return html.box(
                html.strong(self.title or self.id),
                *(bars or ["<div>未归入任何主题 (no theme)</div>"]),
                html.more(len(self.tags) - len(bars)),
                html.small(" · ".join((self.model, *self.groups))),
            )

        return html.fitting(build, (24, 12, 6, 3))
