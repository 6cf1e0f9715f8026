"""The codebook: the themes an article can be about, as data that users replace with their own."""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from newsclf.errors import CodebookError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Codebook", "Group", "Keyword", "Theme"]

_ID = re.compile(r"[a-z][a-z0-9_]*")


class Keyword(NamedTuple):
    """A term that speaks for a theme, or against it when its weight is negative."""

    text: str
    weight: float = 1.0


class Group(NamedTuple):
    """A family of themes."""

    id: str
    name_zh: str
    name_en: str = ""


@dataclass(frozen=True)
class Theme:
    """One governance theme: its name, its borders, and the words of its trade.

    Attributes
    ----------
    id : str
        Stable snake_case name.
    name_zh, name_en : str
        Chinese and English name.
    group : str
        Id of the group the theme belongs to.
    scope_zh, scope_en : str
        What the theme covers, in a sentence.
    includes, excludes : tuple of str
        Examples inside and outside; an exclude may point to the theme it belongs to (``→ id``).
    keywords : tuple of Keyword
    mappings : dict
        Crosswalks to other classifications, by their short name.
    """

    id: str
    name_zh: str
    name_en: str = ""
    group: str = ""
    scope_zh: str = ""
    scope_en: str = ""
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    mappings: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def definition(self) -> str:
        """Name, scope and includes as one text: what a tagger without labels starts from."""
        return "\n".join((self.name_zh, self.scope_zh, *self.includes))


@dataclass(frozen=True)
class Codebook:
    """A versioned set of themes.

    >>> codebook = Codebook.load("governance")
    >>> "health" in codebook.ids, codebook["health"].name_zh
    (True, '医疗卫生与健康')
    >>> codebook.resolve("教育")
    'education'
    """

    name: str
    version: str
    themes: tuple[Theme, ...]
    groups: tuple[Group, ...] = ()
    language: str = "zh"
    out_of_scope: str = ""
    mapping_sources: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, source: str | Path = "governance") -> Codebook:
        """Load a codebook by name, or from a JSON file.

        Raises
        ------
        CodebookError
            The file is missing, no JSON, or breaks a rule; the message names the place.
        """
        from pathlib import Path

        if isinstance(source, str) and _ID.fullmatch(source):
            packaged = Path(__file__).parents[1] / "codebooks" / f"{source}.json"
            if packaged.is_file():
                return cls._parse(packaged.read_text(encoding="utf-8"), source)
        path = Path(source)
        if not path.is_file():
            raise CodebookError(
                f"no codebook {str(source)!r}: expected the name of a packaged codebook "
                '("governance") or the path of a JSON file'
            )
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (UnicodeDecodeError, OSError) as error:
            raise CodebookError(f"{path}: cannot be read as UTF-8 text: {error}") from error
        return cls._parse(text, str(path))

    @classmethod
    def _parse(cls, text: str, where: str) -> Codebook:
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise CodebookError(f"{where}: not valid JSON: {error}") from error
        return cls.from_dict(record, where=where)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any], *, where: str = "codebook") -> Codebook:
        """Build a codebook from its JSON form and check every rule.

        A rule broken anywhere raises `CodebookError` that names the theme and the field.
        """
        reader = _CodebookReader(where)
        record = reader.mapping(record, "the codebook")
        groups = tuple(
            Group(**reader.strings(g, f"groups[{i}]", ("id", "name_zh"), ("name_en",)))
            for i, g in enumerate(reader.items(record, "groups"))
        )
        themes = tuple(reader.theme(t, i) for i, t in enumerate(reader.items(record, "themes")))
        if not themes:
            reader.fail("themes", "at least one theme", "none")
        reader.distinct("groups", [g.id for g in groups])
        # `resolve` finds themes by id and by name, so neither may mean two of them.
        names = [n for t in themes for n in {t.id, t.name_zh, t.name_en} if n]
        reader.distinct("theme ids and names", names)
        known = {g.id for g in groups}
        for theme in themes:
            if theme.group and theme.group not in known:
                reader.fail(f"theme {theme.id}: group", f"one of {sorted(known)}", theme.group)
        head = reader.strings(
            record, "the codebook", ("name", "version"), ("language", "out_of_scope")
        )
        sources = reader.mapping(record.get("mapping_sources", {}), "mapping_sources")
        return cls(themes=themes, groups=groups, mapping_sources=dict(sources), **head)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form; ``Codebook.from_dict(c.to_dict()) == c``."""
        return {
            "name": self.name,
            "version": self.version,
            "language": self.language,
            "out_of_scope": self.out_of_scope,
            "mapping_sources": dict(self.mapping_sources),
            "groups": [
                {"id": g.id, "name_zh": g.name_zh, "name_en": g.name_en} for g in self.groups
            ],
            "themes": [_theme_to_dict(t) for t in self.themes],
        }

    @property
    def ids(self) -> tuple[str, ...]:
        """Theme ids, in order: the column order of every array of scores."""
        return tuple(t.id for t in self.themes)

    @functools.cached_property
    def _by_name(self) -> dict[str, Theme]:
        return {n: t for t in self.themes for n in (t.name_en, t.name_zh, t.id) if n}

    def resolve(self, name: str) -> str:
        """Return the id of the theme that `name` names: by id, Chinese or English name."""
        try:
            return self._by_name[name].id
        except (KeyError, TypeError):
            raise CodebookError(
                f"no theme {name!r} in codebook {self.name} {self.version}; "
                f"its themes are {', '.join(self.ids)}"
            ) from None

    def __getitem__(self, theme: str) -> Theme:
        return self._by_name[self.resolve(theme)]

    def __contains__(self, theme: object) -> bool:
        return theme in self._by_name

    def __iter__(self) -> Iterator[Theme]:
        return iter(self.themes)

    def __len__(self) -> int:
        return len(self.themes)

    def __str__(self) -> str:
        """One line a theme."""
        head = f"codebook {self.name} {self.version}: {len(self)} themes"
        return "\n".join([head, *(f"  {t.id:<24}{t.name_zh}" for t in self.themes)])

    def _repr_html_(self) -> str:
        from newsclf.records import html

        rows = [(t.name_zh, t.id, t.scope_zh or t.scope_en) for t in self.themes]
        return html.table(f"{self.name} {self.version}: {len(rows)}", rows)


def _theme_to_dict(theme: Theme) -> dict[str, Any]:
    return {
        "id": theme.id,
        "group": theme.group,
        "name_zh": theme.name_zh,
        "name_en": theme.name_en,
        "scope_zh": theme.scope_zh,
        "scope_en": theme.scope_en,
        "includes": list(theme.includes),
        "excludes": list(theme.excludes),
        "keywords": [
            k.text if k.weight == 1.0 else {"text": k.text, "weight": k.weight}
            for k in theme.keywords
        ],
        "mappings": dict(theme.mappings),
    }


class _CodebookReader:
    """Checks a codebook's JSON; every complaint says where, what was expected and what came."""

    def __init__(self, where: str) -> None:
        self.where = where

    def fail(self, place: str, expected: str, got: object) -> NoReturn:
        raise CodebookError(f"{self.where}: {place}: expected {expected}, got {got!r:.80}")

    def mapping(self, value: object, place: str) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            self.fail(place, "a JSON object", value)
        return value

    def items(self, record: Mapping[str, Any], name: str, place: str = "") -> list[Any]:
        value = record.get(name, [])
        if not isinstance(value, list):
            self.fail(f"{place}{name}", "a list", value)
        return value

    def strings(
        self, value: object, place: str, required: tuple[str, ...], optional: tuple[str, ...]
    ) -> dict[str, Any]:
        record = self.mapping(value, place)
        out = {}
        for name in (*required, *optional):
            if name not in record and name in optional:
                continue
            text = record.get(name)
            if not isinstance(text, str) or (name in required and not text.strip()):
                self.fail(f"{place}: {name}", "a string" + " with text" * (name in required), text)
            out[name] = text
        return out

    def distinct(self, place: str, names: list[str]) -> None:
        if len(set(names)) < len(names):
            self.fail(place, "no name twice", Counter(names).most_common(1)[0][0])

    def theme(self, value: object, index: int) -> Theme:
        record = self.mapping(value, f"themes[{index}]")
        head = self.strings(
            record,
            f"themes[{index}]",
            ("id", "name_zh"),
            ("name_en", "group", "scope_zh", "scope_en"),
        )
        place = f"theme {head['id']}: "
        if not _ID.fullmatch(head["id"]):
            self.fail(f"themes[{index}]: id", "snake_case (a-z, 0-9, _)", head["id"])
        lists: dict[str, Any] = {}
        for name in ("includes", "excludes"):
            lists[name] = tuple(self.items(record, name, place))
            if not all(isinstance(item, str) for item in lists[name]):
                self.fail(place + name, "a list of strings", lists[name])
        keywords = [
            Keyword(k) if isinstance(k, str) and k.strip() else self.keyword(k, place)
            for k in self.items(record, "keywords", place)
        ]
        self.distinct(place + "keywords", [k.text for k in keywords])
        return Theme(
            **head,
            **lists,
            keywords=tuple(keywords),
            mappings=dict(self.mapping(record.get("mappings", {}), place + "mappings")),
        )

    def keyword(self, value: object, place: str) -> Keyword:
        text, weight = value, 1.0
        if isinstance(value, (dict, Mapping)):  # a dict is told far sooner, and there are many
            text, weight = value.get("text"), value.get("weight", 1.0)
        if not isinstance(text, str) or not text.strip():
            self.fail(place + "keywords", 'a string or {"text": ..., "weight": ...}', value)
        number = isinstance(weight, (int, float)) and not isinstance(weight, bool)
        if not number or not -10 <= weight <= 10 or weight == 0:
            self.fail(f"{place}keyword {text}", "a weight from -10 to 10, not 0", weight)
        return Keyword(text, float(weight))
