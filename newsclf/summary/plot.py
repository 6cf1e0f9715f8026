"""The counts of a summary as heat maps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsclf.errors import InputError, MissingExtra
from newsclf.outputs import open_output

__all__ = ["Cell", "draw"]

Cell = tuple[str, str]
"""A month or a place, and the id of a theme."""

_FORMATS = (".png", ".svg", ".pdf")
_MOST = 30
# Families with the characters of simplified Chinese, as systems call them.
_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "SimSun",
    "Noto Sans CJK JP",
    "Noto Serif CJK SC",
    "AR PL UMing CN",
)


def draw(
    path: Path,
    *,
    months: Mapping[Cell, int],
    places: Mapping[Cell, int],
    names: Mapping[str, str],
    font: str | Path | None = None,
) -> None:
    """Draw articles by theme and month, and by theme and place, as two heat maps.

    Parameters
    ----------
    path : Path
        Ends in .png, .svg or .pdf.
    months, places : mapping of (str, str) to int
        Articles by month or place, and theme id; "" where month or place is not known, which is
        not shown. At most 30 places are, those with the most articles.
    names : mapping of str to str
        Names of the themes by their ids.
    font : path, optional
        A font file with Chinese characters; one of the system's unless named.

    Raises
    ------
    InputError
        There is no font with Chinese characters, or the file cannot be written.
    MissingExtra
        matplotlib is not installed.
    """
    if path.suffix.lower() not in _FORMATS:
        raise InputError(f"{path}: expected a picture named {', '.join(_FORMATS)}")
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtra("drawing", "plot") from None
    chosen = _font(font)
    themes = {theme: names[theme] for theme in _by_size(months)[1]}
    shown_months = sorted({month for month, _ in months if month})
    shown_places = [place for place in _by_size(places)[0] if place][:_MOST]
    columns = max(len(shown_months), len(shown_places))
    size = (4 + 0.3 * columns, 4 + 0.6 * max(len(themes), 4))
    figure = Figure(figsize=size, layout="constrained")
    upper, lower = figure.subplots(2)
    for axes, title, counts, shown in (
        (upper, "月份 month", months, shown_months),
        (lower, "地点 place", places, shown_places),
    ):
        axes.set_title(title, fontproperties=chosen)
        _draw_counts(axes, counts, shown, themes, chosen)
    with open_output(path) as stream:
        figure.savefig(stream, format=path.suffix[1:].lower(), dpi=120)


def _by_size(counts: Mapping[Cell, int]) -> tuple[list[str], list[str]]:
    """Return months or places, and themes, those with the most articles first."""
    by_value: Counter[str] = Counter()
    by_theme: Counter[str] = Counter()
    for (value, theme), count in counts.items():
        by_value[value] += count
        by_theme[theme] += count
    values, themes = ([key for key, _ in c.most_common()] for c in (by_value, by_theme))
    return values, themes


def _draw_counts(
    axes: Any,
    counts: Mapping[Cell, int],
    columns: list[str],
    themes: Mapping[str, str],
    font: Any,
) -> None:
    if not columns:
        axes.set_axis_off()
        return
    cells = [[counts.get((column, theme), 0) for column in columns] for theme in themes]
    image = axes.imshow(cells, aspect="auto", cmap="viridis", vmin=0)
    axes.set_xticks(range(len(columns)), columns, rotation=90, fontproperties=font)
    axes.set_yticks(range(len(themes)), themes.values(), fontproperties=font)
    axes.figure.colorbar(image, ax=axes, label="articles")


def _font(path: str | Path | None) -> Any:
    from matplotlib import font_manager

    if path is not None:
        if not Path(path).is_file():
            raise InputError(f"{path}: expected a font file, such as .ttf or .otf")
        return font_manager.FontProperties(fname=str(path))
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    for family in _FAMILIES:
        if family in installed:
            return font_manager.FontProperties(family=family)
    raise InputError(
        "found no font with Chinese characters; install one, such as Noto Sans CJK, "
        "or name its file with --font"
    )
