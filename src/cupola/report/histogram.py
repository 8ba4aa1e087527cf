"""How a count varies from run to run."""

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cupola.report.draw import axis_title, render
from cupola.report.theme import ink
from cupola.report.words import Estimate, measured, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 448, 320
_MOST_BARS = 41


def histogram_figure(
    values: NDArray[np.int64],
    *,
    name: str,
    title: str,
    axis: str,
    role: str,
    mean: Estimate,
    upper: int | None = None,
) -> str:
    """Return the SVG of the share of runs at each count; ``upper`` is the largest possible count when there is one."""
    edges = _edges(values, upper)
    share = np.histogram(values, edges)[0] / len(values)

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.1, 0.165, 0.88, 0.62))
        _paint_bars(axes, edges, share, role)
        _paint_mean(axes, mean, float(share.max()))
        axes.set_xlabel(axis, labelpad=6)
        axis_title(axes, "share of runs", pad=36.0)

    return render(paint, name=name, title=title, description=_described(values, mean), width=_WIDTH, height=_HEIGHT)


def _described(values: NDArray[np.int64], mean: Estimate) -> str:
    return (
        f"Over {number(len(values))} runs: mean {number(mean.mean)}, smallest {number(float(values.min()))}, "
        f"largest {number(float(values.max()))}, median {number(float(np.median(values)))}."
    )


def _edges(values: NDArray[np.int64], upper: int | None) -> NDArray[np.float64]:
    """Return bar edges around whole numbers, several counts to a bar when there are many."""
    low = 0 if upper is not None else int(values.min())
    high = max(int(values.max()), upper or 0)
    if upper is None:
        pad = max(1, math.ceil(0.05 * (high - low)))
        low, high = max(0, low - pad), high + pad
    width = max(1, math.ceil((high - low + 1) / _MOST_BARS))
    return np.arange(low, high + width + 1, width).astype(np.float64) - 0.5


def _paint_bars(axes: "Axes", edges: NDArray[np.float64], share: NDArray[np.float64], role: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    width = float(edges[1] - edges[0])
    axes.bar((edges[:-1] + edges[1:]) / 2.0, share, width=0.82 * width, color=ink(role), lw=0)
    axes.set_xlim(float(edges[0]) - 0.25 * width, float(edges[-1]) + 0.25 * width)
    axes.set_ylim(0.0, 1.06 * float(share.max()))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=11, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100.0 * value:.0f} %"))
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=0, pad=4)
    axes.grid(axis="y")


def _paint_mean(axes: "Axes", mean: Estimate, top: float) -> None:
    """Mark the mean and its 95 % interval above the bars."""
    y = 1.11 * top
    if math.isfinite(mean.low) and math.isfinite(mean.high):
        axes.plot([mean.low, mean.high], [y, y], color=ink("ink"), lw=1.6, clip_on=False, solid_capstyle="butt")
    axes.plot([mean.mean], [y], marker="o", ms=6, color=ink("ink"), clip_on=False)
    left, right = axes.get_xlim()
    place = (mean.mean - left) / (right - left)
    align = "left" if place < 0.2 else "right" if place > 0.8 else "center"
    known = math.isfinite(mean.low) and math.isfinite(mean.high)
    limits = f" (95 %: {measured(mean.low)} to {measured(mean.high)})" if known else ""
    axes.text(mean.mean, 1.145 * top, f"mean {measured(mean.mean)}{limits}", ha=align, fontsize=11.5, color=ink("ink"))


def exceedance_figure(values: NDArray[np.int64], *, upper: int) -> str:
    """Return the SVG of the share of runs in which at least k warheads get through, with 95 % intervals."""
    from cupola.campaign.statistics import wilson

    step = max(1, math.ceil(upper / 12))
    counts = np.arange(1, upper + 1, step)
    shares = [wilson(int(np.count_nonzero(values >= k)), len(values)) for k in counts]
    described = " ".join(f"At least {k}: {percent(share.mean)}." for k, share in zip(counts, shares, strict=True))

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.1, 0.165, 0.88, 0.62))
        for k, share in zip(counts, shares, strict=True):
            axes.plot([k, k], [share.low, share.high], color=ink("leak"), lw=1.4)
        axes.plot(
            counts, [share.mean for share in shares], ls="none", marker="o", ms=7, color=ink("leak"), mec=ink("paper")
        )
        axes.set_xlim(1 - 0.6 * step, float(counts[-1]) + 0.6 * step)
        axes.set_ylim(-0.02, 1.06)
        axes.set_xticks(counts)
        axes.set_yticks([0.0, 0.25, 0.5, 0.75, 1.0], ["0 %", "25 %", "50 %", "75 %", "100 %"])
        axes.spines["left"].set_visible(False)
        axes.tick_params(length=0, pad=4)
        axes.grid(axis="y")
        axes.set_xlabel("at least so many warheads get through", labelpad=6)
        axis_title(axes, "share of runs", pad=14.0)

    title = "The chance that at least so many get through"
    return render(paint, name="exceed", title=title, description=described, width=_WIDTH, height=_HEIGHT)


def reached_figure(in_reach: NDArray[np.int64], destroyed: NDArray[np.bool_], *, role: str) -> str:
    """Return the SVG of missiles by the most interceptors in reach of each at one time, parted by their fate.

    ``in_reach`` and ``destroyed`` hold one entry per missile and run, shape (missiles,).
    """
    edges = _edges(in_reach, int(in_reach.max()))
    every, lost = np.histogram(in_reach, edges)[0], np.histogram(in_reach[destroyed], edges)[0]
    middle, width = (edges[:-1] + edges[1:]) / 2.0, 0.82 * float(edges[1] - edges[0])
    none = float(np.mean(in_reach == 0))

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.1, 0.165, 0.88, 0.62))
        share = every / len(in_reach)
        _paint_bars(axes, edges, share, "stream")
        axes.bar(middle, lost / len(in_reach), width=width, color=ink(role), lw=0)
        axes.set_xlabel("most interceptors in reach of a missile at once", labelpad=6)
        axis_title(axes, "share of missiles", pad=14.0)
        for colour, word, x in ((ink(role), "destroyed in space", 0.38), (ink("stream"), "not", 0.8)):
            axes.plot([x], [1.1], marker="s", ms=8, color=colour, transform=axes.transAxes, clip_on=False)
            axes.text(x + 0.025, 1.1, word, transform=axes.transAxes, va="center", fontsize=11.5)

    described = (
        f"{percent(none)} of the missiles never had an interceptor in reach; median "
        f"{number(float(np.median(in_reach)))}. "
        f"{percent(float(np.mean(destroyed)))} were destroyed in space."
    )
    title = "Missiles by the number of interceptors in reach"
    return render(paint, name="reached", title=title, description=described, width=_WIDTH, height=_HEIGHT)
