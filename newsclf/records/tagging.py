"""What comes out: the themes of an article, and how sure they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    # Theme ids, and their probabilities.
    _Row = tuple[tuple[str, ...], NDArray[np.float32]]

__all__ = ["Tag", "Tagging"]


class Tag(NamedTuple):
    """One theme of an article with its calibrated probability."""

    theme: str
    name: str
    probability: float


class _Given:
    """The probabilities of a tagging, as they were given: a mapping, or theme ids and a row."""

    __slots__ = ("_given",)
    _given: Mapping[str, float] | _Row


def _mapping(tagging: _Given) -> Mapping[str, float]:
    """Return the probabilities of a tagging as a mapping, made when it is first asked for."""
    # Most who tag want the tags alone, and the mapping takes twice as long as the rest (2.0 : 1).
    given = tagging._given
    if isinstance(given, tuple):
        ids, row = given
        given = dict(zip(ids, row.tolist(), strict=True))
        object.__setattr__(tagging, "_given", given)
    return given


@dataclass(frozen=True, init=False)
class Tagging(_Given):
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

    __slots__ = ("groups", "id", "model", "tags", "title")

    id: str
    title: str | None
    tags: tuple[Tag, ...]
    groups: tuple[str, ...]
    model: str
    probabilities: Mapping[str, float] = field(default=cast(Any, property(_mapping)), repr=False)

    def __init__(
        self,
        id: str,
        title: str | None,
        tags: tuple[Tag, ...],
        groups: tuple[str, ...],
        probabilities: Mapping[str, float] | _Row,
        model: str,
    ) -> None:
        put = object.__setattr__
        put(self, "id", id)
        put(self, "title", title)
        put(self, "tags", tags)
        put(self, "groups", groups)
        put(self, "model", model)
        put(self, "_given", probabilities)

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
        return cls(id, title, tags, groups, (ids, row), model)

    def __reduce__(self) -> tuple[type[Tagging], tuple[Any, ...]]:
        values = (self.id, self.title, self.tags, self.groups, self.probabilities, self.model)
        return type(self), values

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
