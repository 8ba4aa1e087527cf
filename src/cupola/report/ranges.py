"""Medians and spreads over all runs: when things happen, and what a kill costs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cupola.report.draw import plain, render
from cupola.report.measure import Moment
from cupola.report.read import Layer
from cupola.report.theme import ink
from cupola.report.words import Estimate, clock, measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _ROW = 920, 27.0
_TICKS_S = (5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)


def clock_figure(moments: Sequence[Moment], burn_s: float | None) -> str:
    """Return the SVG of the engagement's clock; ``burn_s`` marks the median burnout when known."""
    height = int(_ROW * len(moments) + 74)

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.235, 44.0 / height, 0.745, 1.0 - 66.0 / height))
        _paint_clock(axes, moments, burn_s)

    described = " ".join(
        f"{moment.label}: median {clock(moment.percentiles[2])}, nine in ten between "
        f"{clock(moment.percentiles[0])} and "
        f"{clock(moment.percentiles[4])}."
        for moment in moments
    )
    return render(
        paint, name="clock", title="The clock of the engagement", description=described, width=_WIDTH, height=height
    )


def _paint_clock(axes: "Axes", moments: Sequence[Moment], burn_s: float | None) -> None:
    axes.set_xscale("log")
    low = max(min(moment.percentiles[0] for moment in moments), 1.0)
    high = max(moment.percentiles[4] for moment in moments)
    axes.set_xlim(0.8 * low, 1.25 * high)
    axes.set_ylim(len(moments) - 0.4, -0.7)
    ticks = [tick for tick in _TICKS_S if 0.8 * low <= tick <= 1.25 * high]
    axes.set_xticks(ticks, [clock(tick) if tick < 60 else f"{tick // 60} min" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_yticks([])
    axes.tick_params(length=0, pad=5)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("after launch of the missile concerned (logarithmic)", labelpad=5)
    left = axes.get_yaxis_transform()
    for row, moment in enumerate(moments):
        p5, p25, p50, p75, p95 = moment.percentiles
        role = ink("ink") if moment.layer is None else moment.layer.style.colour
        colour = ink("leak") if moment.label == "Warhead arrives" else role
        marker = "o" if moment.layer is None else moment.layer.style.marker
        axes.plot([p5, p95], [row, row], color=colour, lw=1.3)
        axes.plot([p25, p75], [row, row], color=colour, lw=5.5, alpha=0.5, solid_capstyle="butt")
        axes.plot([p50], [row], marker=marker, ms=7, color=colour, mec=ink("paper"), mew=1.0)
        axes.text(-0.012, row, plain(moment.label, 30), transform=left, ha="right", va="center", fontsize=12)
    if burn_s is not None and 0.8 * low < burn_s < 1.25 * high:
        axes.axvline(burn_s, color=ink("muted"), lw=1.0, ls=(0, (4, 3)), zorder=0)
        axes.text(burn_s, -0.78, f"burnout {clock(burn_s)}", ha="center", va="bottom", fontsize=11, color=ink("muted"))


def shots_per_kill_figure(rows: Sequence[tuple[Layer, Estimate]]) -> str:
    """Return the SVG of the interceptors spent per object destroyed, by layer, with 95 % intervals."""
    height = int(34.0 * len(rows) + 70)

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.33, 46.0 / height, 0.645, 1.0 - 62.0 / height))
        _paint_ratios(axes, rows)

    described = " ".join(
        f"{layer.name}: {measured(ratio.mean)} ({measured(ratio.low)} to {measured(ratio.high)})."
        for layer, ratio in rows
    )
    return render(
        paint,
        name="ratio",
        title="Interceptors spent per object destroyed",
        description=described,
        width=448,
        height=height,
    )


def _paint_ratios(axes: "Axes", rows: Sequence[tuple[Layer, Estimate]]) -> None:
    from matplotlib.ticker import MaxNLocator

    known = [v for _, r in rows for v in (r.mean, r.low, r.high) if np.isfinite(v)]
    top = 1.12 * max(known)
    axes.set_xlim(0.0, top)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axes.grid(axis="x")
    axes.tick_params(length=0, pad=5)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("interceptors per object destroyed", labelpad=5)
    for row, (layer, ratio) in enumerate(rows):
        end = ratio.high if np.isfinite(ratio.high) else top
        start = ratio.low if np.isfinite(ratio.low) else 0.0
        axes.plot(
            [start, end], [row, row], color=layer.style.colour, lw=2.0, ls="-" if np.isfinite(ratio.high) else ":"
        )
        axes.plot(
            [ratio.mean], [row], marker=layer.style.marker, ms=9, color=layer.style.colour, mec=ink("paper"), mew=1.0
        )
        axes.text(ratio.mean, row - 0.24, measured(ratio.mean), ha="center", va="bottom", fontsize=11.5)
        axes.text(
            -0.025,
            row,
            plain(layer.name, 20),
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=12,
        )
