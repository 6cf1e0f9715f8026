"""Newspaper pages made of known articles, so that what the splitter finds can be scored.

A page is set like the dumps of real ones: every paragraph is broken into lines of a width, lines
fill columns of a depth, and where a column ends inside a paragraph the dump goes on after a blank
line. Width, depth, first offset and the habits of the page are drawn anew for each page.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

LEVELS: dict[str, frozenset[str]] = {
    "plain": frozenset(),
    "bylines": frozenset({"bylines"}),
    "captions": frozenset({"bylines", "captions"}),
    "orphans": frozenset({"bylines", "orphans"}),
    "mixed": frozenset({"bylines", "captions", "orphans"}),
    "indented": frozenset({"bylines", "captions", "orphans", "indents"}),
    "compact": frozenset({"bylines", "captions", "orphans", "compact"}),
    "bare captions": frozenset({"bylines", "captions", "bare captions"}),
    "hidden cuts": frozenset({"bylines", "captions", "orphans", "hidden cuts"}),
    "interleaved": frozenset({"bylines", "captions", "orphans", "interleaved"}),
    "interleaved unsigned": frozenset({"captions", "orphans", "interleaved"}),
}
SURNAMES = [*"王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严", "欧阳", "诸葛"]  # fmt: skip
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲燕佳怡晨曦昊宇轩梓涵诗琪文博志远海峰建国春梅晓琳雨欣思源"  # fmt: skip
NOT_FIRST = "，。、；：！？”’）》」』,.;:!?)%％"
FINAL = re.compile(r"[。！？…][”’」』）)]*$")


@dataclass(frozen=True)
class Source:
    """An article to set: title and complete paragraphs."""

    id: str
    title: str
    paragraphs: tuple[str, ...]


@dataclass
class Unit:
    """What a reader should find."""

    type: str
    title: str | None = None
    authors: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    pieces: list[tuple[int, int]] = field(default_factory=list)
    partner: Unit | None = field(default=None, repr=False)  # what it is interleaved with

    def facts(self) -> tuple[object, ...]:
        return (
            self.type,
            self.title,
            tuple(self.authors),
            tuple(self.paragraphs),
            tuple(self.captions),
        )


@dataclass
class GeneratedPage:
    """A dump and the units on it, in the order in which they begin."""

    text: str
    units: list[Unit]


@dataclass(frozen=True)
class Piece:
    """One line of the dump: its text, its unit, the blank lines above it."""

    text: str
    unit: Unit
    gap: int
    first: bool = False  # begins a paragraph


def load_sources(files: Iterable[Path], *, report: bool | None = None) -> list[Source]:
    """Read articles that can be set; `report` picks one side of a split by hash of the text."""
    found = []
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            source = _source(row)
            if source is None:
                continue
            digest = hashlib.sha256(source.paragraphs[0].encode()).digest()
            if report is None or (digest[0] % 2 == 1) == report:
                found.append(source)
    return found


def _source(row: dict[str, str]) -> Source | None:
    title = row["title"].strip()
    pieces = [p.strip() for p in re.split(r"\n|\u3000\u3000", row["text"])]
    paragraphs = tuple(p for p in pieces if p)
    if paragraphs and not FINAL.search(paragraphs[-1]):
        paragraphs = paragraphs[:-1]  # the corpora cut long articles
    whole = all(FINAL.search(p) and len(p) >= 12 and "\t" not in p for p in paragraphs)
    marks = re.search(r"[（(][^（）()]*[)）]$|记者|通讯员|摄|图为|供图", "\n".join(paragraphs))
    balanced = all(p.count("“") == p.count("”") for p in paragraphs)
    fit = 6 <= len(title) <= 36 and not re.search(r"[。；：，,]$", title)
    size = sum(map(len, paragraphs))
    if not paragraphs or not whole or marks or not balanced or not fit or size < 120:
        return None
    return Source(str(row["id"]), title, paragraphs)


def make_page(sources: list[Source], rng: random.Random, level: str) -> GeneratedPage:
    """Set a page of some of the sources."""
    setter = _Setter(sources, rng, LEVELS[level])
    return setter.set()


class _Setter:
    def __init__(self, sources: list[Source], rng: random.Random, traits: frozenset[str]) -> None:
        self.rng = rng
        self.traits = traits
        self.width = rng.randint(11, 26)
        self.depth = rng.randint(5, 16)
        self.line = self.depth - rng.randint(0, self.depth - 1)
        self.gap = 0 if "compact" in traits else 1
        self.attached = rng.random()  # share of closing bylines on the line of the last word
        self.ascii = rng.random() < 0.5
        self.stock = iter(rng.sample(sources, min(len(sources), 24)))
        self.pieces: list[Piece] = []
        self.units: list[Unit] = []

    def set(self) -> GeneratedPage:
        rng = self.rng
        for _ in range(rng.randint(4, 8)):
            if "orphans" in self.traits and rng.random() < 0.2:
                self.orphan()
            if "interleaved" in self.traits and rng.random() < 0.5:
                self.interleave()
            else:
                self.emit(self.article(next(self.stock)))
            if "captions" in self.traits and rng.random() < 0.25:
                self.loose_caption()
        if "orphans" in self.traits and rng.random() < 0.4:
            self.orphan()
        return self.page()

    def page(self) -> GeneratedPage:
        text = "\n" * self.rng.randint(0, 2)
        for i, piece in enumerate(self.pieces):
            text += "\n" * (piece.gap + 1) if i else ""
            if "indents" in self.traits and piece.first:
                text += "\u3000\u3000"
            piece.unit.pieces.append((len(text), len(text) + len(piece.text)))
            text += piece.text
        order = sorted(self.units, key=lambda unit: unit.pieces[0])
        return GeneratedPage(text + "\n", order)

    def dress(self, text: str) -> str:
        return text.translate({0xFF0C: ",", 0xFF1B: ";", 0xFF1A: ":"}) if self.ascii else text

    def name(self) -> str:
        rng = self.rng
        given = "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2))))
        return rng.choice(SURNAMES) + given

    def emit(self, pieces: list[Piece]) -> None:
        self.pieces.extend(pieces)

    def orphan(self) -> None:
        title = self.dress(next(self.stock).title)
        unit = Unit("headline", title)
        self.units.append(unit)
        self.emit([Piece(title, unit, self.gap)])

    def loose_caption(self) -> None:
        """Set a picture text about something else under the last article."""
        sentence = re.split(r"(?<=。)", next(self.stock).paragraphs[0])[0]
        if not 20 <= len(sentence) <= 110 or "”" in sentence:
            return
        unit = Unit("caption", paragraphs=[self.dress(sentence)])
        credit = ""
        if self.rng.random() < 0.5:
            unit.authors = [self.name()]
            credit = self.rng.choice(("({})", "（{} 摄）", "（{}）")).format(unit.authors[0])
        elif self.rng.random() < 0.5 or "bare captions" in self.traits:
            unit.paragraphs = ["图为" + unit.paragraphs[0]]
        self.units.append(unit)
        self.emit([Piece(unit.paragraphs[0] + credit, unit, self.room())])

    def room(self) -> int:
        """Return the blank lines that a picture leaves above its text."""
        return self.gap if "bare captions" in self.traits else self.gap + self.rng.choice((2, 2, 3))

    def article(
        self, source: Source, *, kind: str = "article", skip: int = 0, caption: bool = True
    ) -> list[Piece]:
        """Set one article, or its tail after `skip` characters of the first paragraph."""
        rng = self.rng
        paragraphs = [self.dress(p) for p in source.paragraphs]
        paragraphs[0] = paragraphs[0][skip:]
        unit = Unit(kind, paragraphs=paragraphs)
        self.units.append(unit)
        head: list[Piece] = []
        if kind == "article":
            unit.title = self.dress(source.title)
            head.append(Piece(unit.title, unit, self.gap))
        top = kind == "article" and "bylines" in self.traits and rng.random() < 0.2
        if top:
            unit.authors = [self.name() for _ in range(rng.choice((1, 1, 2)))]
            head.append(Piece(" ".join(unit.authors), unit, self.gap))
        body = self.columns(paragraphs, unit)
        if caption and "captions" in self.traits and rng.random() < 0.4:
            self.picture(body, unit)
        if "bylines" in self.traits and not top:
            unit.authors = [self.name() for _ in range(rng.choice((1, 1, 1, 2, 3)))]
            unit.authors = list(dict.fromkeys(unit.authors))
            self.sign(body, unit)
        return head + body

    def sign(self, body: list[Piece], unit: Unit) -> None:
        left, right = self.rng.choice(("()", "（）"))
        byline = f"{left}{' '.join(unit.authors)}{right}"
        if self.rng.random() < self.attached:
            last = body[-1]
            body[-1] = Piece(last.text + byline, unit, last.gap, last.first)
        else:
            body.append(Piece(byline, unit, self.gap))

    def picture(self, body: list[Piece], unit: Unit) -> None:
        """Put a picture text of the article between two pieces of its text."""
        if len(body) < 2:
            return
        core = re.sub(r"\s", "，", unit.title or "").rstrip("！？!?")
        text = f"{core}。" if "bare captions" not in self.traits else f"图为{core}现场。"
        unit.captions = [text]
        broken = [i for i in range(1, len(body)) if not FINAL.search(body[i - 1].text)]
        at = self.rng.choice(broken) if broken else self.rng.randint(1, len(body) - 1)
        body.insert(at, Piece(text, unit, self.room()))

    def columns(self, paragraphs: list[str], unit: Unit) -> list[Piece]:
        return [
            Piece(text, unit, self.gap, first=i == 0)
            for paragraph in paragraphs
            for i, text in enumerate(self.broken(paragraph))
        ]

    def broken(self, paragraph: str) -> Iterator[str]:
        """Yield the pieces of a paragraph between column ends."""
        start = end = 0
        for line_end in self.lines(paragraph):
            end = line_end
            self.line -= 1
            if self.line > 0:
                continue
            self.line = self.depth
            seen = paragraph[start:end]
            plain = FINAL.search(seen) and seen.count("“") == seen.count("”")
            if plain and "hidden cuts" not in self.traits:
                self.line = 1  # nobody can tell such a cut from the end of a paragraph
            elif end < len(paragraph):
                yield seen
                start = end
        if start < len(paragraph):
            yield paragraph[start:]

    def lines(self, paragraph: str) -> Iterator[int]:
        """Yield the ends of the printed lines of a paragraph."""
        end = self.width - 2
        while end < len(paragraph):
            while end < len(paragraph) and paragraph[end] in NOT_FIRST:
                end += 1
            yield end
            end += self.width
        yield len(paragraph)

    def interleave(self) -> None:
        """Set an article with the tail of another one inside."""
        host = self.article(next(self.stock))
        unit = host[0].unit
        gaps = [
            i
            for i in range(1, len(host))
            if host[i].text not in unit.captions
            and host[i - 1].text != unit.title
            and not host[i].text.startswith(("(", "（"))
            and host[i - 1].text != " ".join(unit.authors)
        ]
        broken = [i for i in gaps if not FINAL.search(host[i - 1].text)]
        source = next(self.stock)
        first = source.paragraphs[0]
        if not gaps or len(first) < 30:
            self.emit(host)
            return
        skip = self.rng.randint(8, len(first) - 12)
        while skip and first[skip] in NOT_FIRST:
            skip -= 1
        tail = self.article(source, kind="fragment", skip=max(skip, 1), caption=False)
        fragment = tail[0].unit
        unit.partner, fragment.partner = fragment, unit
        at = self.rng.choice(broken if broken and self.rng.random() < 0.7 else gaps)
        self.emit(host[:at] + tail + host[at:])
