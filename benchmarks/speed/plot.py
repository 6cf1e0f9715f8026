"""One picture: the throughput of every peer."""

from __future__ import annotations

import sys
from pathlib import Path


def draw(figures: dict[str, float], path: Path) -> None:
    """Draw megabytes a second, by name, as bars."""
    try:
        import matplotlib
    except ImportError:
        print(f"{path.name} is not drawn: matplotlib is not installed", file=sys.stderr)
        return
    matplotlib.use("agg")
    from matplotlib import pyplot

    names = sorted(figures, key=figures.__getitem__)
    figure, axes = pyplot.subplots(figsize=(8, 0.36 * len(names) + 1))
    colours = ["#c1272d" if name.startswith("newsclf") else "#8a8a8a" for name in names]
    bars = axes.barh(names, [figures[name] for name in names], color=colours)
    base = figures["by hand, words only"]  # ratios travel from machine to machine, figures do not
    axes.bar_label(bars, [f"{figures[name] / base:.2g}×" for name in names], padding=3, fontsize=8)
    axes.set_xscale("log")
    axes.set_xlabel("MB of raw text a second, on one core (log scale)")
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=110, metadata={"Software": None})
