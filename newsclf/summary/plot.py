"""The tables as a picture."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsclf.errors import InputError, MissingExtra
from newsclf.outputs import open_output

if TYPE_CHECKING:
    from newsclf.summary.table import Summary

__all__ = ["draw"]

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


def draw(summary: Summary, path: Path, font: str | Path | None = None) -> None:
    """Draw articles by theme and month, and by theme and place, as two heat maps.

    Parameters
    ----------
    summary : Summary
        At most 30 places are shown, those with the most articles.
    path : Path
        Ends in .png, .svg or .pdf.
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
    themes = _by_size(summary.months)[1]
    months = sorted({month for month, _ in summary.months if month})
    places = [place for place in _by_size(summary.places)[0] if place][:_MOST]
    size = (4 + 0.3 * max(len(months), len(places)), 4 + 0.6 * max(len(themes), 4))
    figure = Figure(figsize=size, layout="constrained")
    upper, lower = figure.subplots(2)
    _heat(upper, summary, summary.months, months, themes, "月份 month", chosen)
    _heat(lower, summary, summary.places, places, themes, "地点 place", chosen)
    with open_output(path) as stream:
        figure.savefig(stream, format=path.suffix[1:].lower(), dpi=120)


def _by_size(counts: Counter[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Return both kinds of keys, those with the most articles first."""
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for (a, b), count in counts.items():
        first[a] += count
        second[b] += count
    return [key for key, _ in first.most_common()], [key for key, _ in second.most_common()]


def _heat(
    axes: Any,
    summary: Summary,
    counts: Counter[tuple[str, str]],
    columns: list[str],
    themes: list[str],
    title: str,
    font: Any,
) -> None:
    axes.set_title(title, fontproperties=font)
    if not columns:
        axes.set_axis_off()
        return
    cells = [[counts[column, theme] for column in columns] for theme in themes]
    image = axes.imshow(cells, aspect="auto", cmap="viridis", vmin=0)
    axes.set_xticks(range(len(columns)), columns, rotation=90, fontproperties=font)
    names = [summary.names[theme] for theme in themes]
    axes.set_yticks(range(len(themes)), names, fontproperties=font)
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
