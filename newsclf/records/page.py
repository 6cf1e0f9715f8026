"""A page of a newspaper, and the articles found on it."""

from __future__ import annotations

from dataclasses import dataclass, field

from newsclf.records.article import Article, UnitType

__all__ = ["Page"]


@dataclass(frozen=True)
class Page:
    """The text dump of one newspaper page and the units found on it.

    Attributes
    ----------
    name : str
        File name of the dump, or "" for a string.
    text : str
        The dump, unchanged; the spans of the articles count its characters.
    articles : tuple of Article
        Every unit in the order of the dump: whole articles, fragments, captions and lone
        headlines (see `Article.type`); :meth:`of_type` picks.
    """

    name: str
    text: str = field(repr=False)
    articles: tuple[Article, ...] = ()

    def of_type(self, *types: UnitType) -> tuple[Article, ...]:
        """Return the units of these types only, such as ``page.of_type("article")``."""
        return tuple(a for a in self.articles if a.type in types)

    def __str__(self) -> str:
        """One line a unit."""
        lines = [f"{self.name or 'page'}: {len(self.articles)} units"]
        for a in self.articles:
            head = a.title or a.text[:30]
            lines.append("  ".join(filter(None, (a.id, a.type, head, " ".join(a.flags)))))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from newsclf.records import html

        rows = [(a.id, a.type, a.title or a.text, " ".join(a.flags)) for a in self.articles]
        return html.table(f"{self.name or 'page'}: {len(rows)}", rows)
