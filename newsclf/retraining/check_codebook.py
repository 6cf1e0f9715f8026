"""Weak spots of a codebook: themes that overlap, keywords no text has, borders that contradict."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from newsclf.records.article import Article, LabelledArticle, each_article
from newsclf.records.codebook import Codebook, Theme
from newsclf.text.normalization import normalize
from newsclf.text.traditional import simplified

__all__ = ["Finding", "check_codebook"]

Kind = Literal["contradiction", "overlap", "unseen", "everywhere"]

_DECISIVE = 2.0  # a keyword of this weight is meant to decide
_SHARED = 0.2  # part of a theme's keyword weight that may stand in another theme as well
_COMMON = 0.25  # part of the texts beyond which a keyword tells themes apart no more
_FEW = 200  # texts below which a missing keyword says nothing of the keyword
_LISTED = 12
_PARTS = re.compile(r"[、，,；;。/]|等$")
_POINTER = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Finding:
    """One weak spot.

    Attributes
    ----------
    kind : {"contradiction", "overlap", "unseen", "everywhere"}
    themes : tuple of str
        The themes concerned.
    message : str
        What was found.
    """

    kind: Kind
    themes: tuple[str, ...]
    message: str

    @property
    def serious(self) -> bool:
        """Whether the codebook says two things at once; the rest is for judgement."""
        return self.kind == "contradiction"

    def __str__(self) -> str:
        """Kind, themes and message on one line."""
        return f"{self.kind}  {' / '.join(self.themes)}: {self.message}"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"kind": self.kind, "themes": list(self.themes), "message": self.message}


def check_codebook(
    codebook: Codebook, pool: Iterable[str | Article | LabelledArticle] | None = None
) -> list[Finding]:
    """Find weak spots of a codebook.

    Parameters
    ----------
    codebook : Codebook
    pool : iterable of str, Article or LabelledArticle, optional
        Texts that the codebook is for: which keywords do they have?

    Returns
    -------
    list of Finding
        contradiction
            A keyword against a theme outweighs one for it that holds it, or lies in its own name,
            scope or includes; an example is both included and excluded; an ``→ id`` names no theme
            or the theme itself; two themes send the same example to each other.
        overlap
            A keyword of weight 2 or more in two themes; two themes that share a fifth of the
            smaller one's keyword weight; the same example included by two themes.
        unseen, everywhere
            Keywords that no text of the pool holds, or that a quarter of them hold (with 200
            texts or more).
    """
    findings = [f for theme in codebook for f in _within(theme, codebook)]
    findings += _sent_around(codebook)
    findings += _overlaps(codebook)
    if pool is not None:
        findings += _in_pool(codebook, pool)
    return findings


def _within(theme: Theme, codebook: Codebook) -> Iterator[Finding]:
    speaks_for = [k for k in theme.keywords if k.weight > 0]
    own = {"name": theme.name_zh, "scope": theme.scope_zh}
    own |= {f"include {text!r}": text for text in theme.includes}
    for keyword in (k for k in theme.keywords if k.weight < 0):
        against = keyword.text
        for other in speaks_for:
            if against in other.text and keyword.weight + other.weight < 0:
                message = f"{against!r} outweighs {other.text!r}, which holds it and speaks for it"
                yield Finding("contradiction", (theme.id,), message)
        for place, text in own.items():
            if against in text:
                message = f"{against!r} speaks against it and lies in its {place}"
                yield Finding("contradiction", (theme.id,), message)
    included = _examples(theme.includes)
    for text, targets in _sent_away(theme):
        for example in sorted(included & _examples([text])):
            message = f"{example!r} is both included and excluded"
            yield Finding("contradiction", (theme.id,), message)
        for target in targets:
            if target == theme.id:
                yield Finding("contradiction", (theme.id,), f"{text!r} is sent to the theme itself")
            elif target not in codebook.ids:
                message = f"{text!r} is sent to {target!r}, which is no theme"
                yield Finding("contradiction", (theme.id,), message)


def _sent_away(theme: Theme) -> Iterator[tuple[str, list[str]]]:
    """Yield what a theme excludes, and the themes it names for that."""
    for line in theme.excludes:
        text, _, pointer = line.partition("→")
        yield text.strip(), _POINTER.findall(pointer)


def _examples(lines: Iterable[str]) -> set[str]:
    parts = (part.strip() for line in lines for part in _PARTS.split(line))
    return {part for part in parts if len(part) > 1}


def _sent_around(codebook: Codebook) -> Iterator[Finding]:
    sent: dict[tuple[str, str], set[str]] = defaultdict(set)
    for theme in codebook:
        for text, targets in _sent_away(theme):
            for target in targets:
                sent[theme.id, target] |= _examples([text])
    for (one, other), examples in sent.items():
        for example in sorted(examples & sent.get((other, one), set())):
            if one < other:
                message = f"each sends {example!r} to the other"
                yield Finding("contradiction", (one, other), message)


def _overlaps(codebook: Codebook) -> Iterator[Finding]:
    weights = {t.id: {k.text: k.weight for k in t.keywords if k.weight > 0} for t in codebook}
    included = {t.id: _examples(t.includes) for t in codebook}
    for one, other in itertools.combinations(codebook.ids, 2):
        shared = weights[one].keys() & weights[other].keys()
        decisive = [t for t in shared if min(weights[one][t], weights[other][t]) >= _DECISIVE]
        if decisive:
            yield Finding(
                "overlap", (one, other), f"decisive keywords of both: {_listed(decisive)}"
            )
        smaller = min(sum(weights[one].values()), sum(weights[other].values()))
        common = sum(min(weights[one][t], weights[other][t]) for t in shared)
        if shared and common >= _SHARED * smaller:
            message = f"share {common / smaller:.0%} of their keywords: {_listed(shared)}"
            yield Finding("overlap", (one, other), message)
        if both := included[one] & included[other]:
            yield Finding("overlap", (one, other), f"both include {_listed(both)}")


def _in_pool(
    codebook: Codebook, pool: Iterable[str | Article | LabelledArticle]
) -> Iterator[Finding]:
    texts = [normalize(str(simplified(article))) for article in each_article(pool)]
    whole = "\n".join(texts)
    for theme in codebook:
        keywords = [k.text for k in theme.keywords]
        seen = [text for text in keywords if normalize(text) in whole]
        missing = [text for text in keywords if text not in seen]
        if keywords and not seen:
            yield Finding("unseen", (theme.id,), f"none of its keywords is in {len(texts)} texts")
        elif missing and len(texts) >= _FEW:
            message = (
                f"{len(missing)} of {len(keywords)} keywords are in none of {len(texts)} texts"
            )
            yield Finding("unseen", (theme.id,), f"{message}: {_listed(missing)}")
        sample = texts[:: max(1, len(texts) // 1000)]
        for text in seen if len(texts) >= _FEW else ():
            share = sum(normalize(text) in t for t in sample) / len(sample)
            if share >= _COMMON:
                message = f"{text!r} is in {share:.0%} of the texts and tells little"
                yield Finding("everywhere", (theme.id,), message)


def _listed(texts: Iterable[str]) -> str:
    ordered = sorted(texts)
    more = f" and {len(ordered) - _LISTED} more" if len(ordered) > _LISTED else ""
    return ", ".join(ordered[:_LISTED]) + more
