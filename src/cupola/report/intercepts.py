"""When and how high interceptors meet their targets, over many runs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cupola.report.draw import axis_title, render
from cupola.report.read import Layer, Table
from cupola.report.words import clock, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

_MOST_POINTS = 1500
_HEIGHTS_KM = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_TIMES_S = (30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)


def intercepts_figure(shots: Table, since_launch_s: Array, layers: Sequence[Layer]) -> str:
    """Return the SVG of intercept altitude over time since the target's launch; the first shots stand for many."""
    seen = np.isfinite(since_launch_s) & (since_launch_s > 0.0) & (shots["intercept_alt_m"] > 0.0)
    shots, since = shots.where(seen), since_launch_s[seen]
    first = np.arange(len(shots)) < _MOST_POINTS
    shots, since = shots.where(first), since[first]

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.12, 0.165, 0.86, 0.7))
        _paint_points(axes, shots, since, layers)

    return render(
        paint,
        name="intercepts",
        title="When and how high interceptors meet their targets",
        description=_described(shots, since, layers),
        width=448,
        height=340,
    )


def _described(shots: Table, since: Array, layers: Sequence[Layer]) -> str:
    parts = []
    for layer in layers:
        mine = shots.equals("layer", layer.name)
        if mine.any():
            height = number(float(np.median(shots["intercept_alt_m"][mine])) / 1e3)
            parts.append(f"{layer.name}: median {clock(float(np.median(since[mine])))} after launch at {height} km.")
    return " ".join(parts)


def _paint_points(axes: "Axes", shots: Table, since: Array, layers: Sequence[Layer]) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    height = shots["intercept_alt_m"] / 1e3
    kill = shots["kill"].astype(bool)
    for layer in layers:
        mine = shots.equals("layer", layer.name)
        crowd = float(np.clip(60.0 / max(int(mine.sum()), 1), 0.18, 0.9))
        style: dict[str, Any] = {"ls": "none", "marker": layer.style.marker}
        axes.plot(
            since[mine & ~kill],
            height[mine & ~kill],
            ms=3.6,
            color="none",
            mec=layer.style.colour,
            mew=0.7,
            alpha=crowd,
            **style,
        )
        axes.plot(
            since[mine & kill],
            height[mine & kill],
            ms=4.6,
            color=layer.style.colour,
            mew=0.0,
            alpha=min(1.0, 1.6 * crowd),
            **style,
        )
    low_t, high_t = 0.7 * float(since.min()), 1.4 * float(since.max())
    low_h, high_h = 0.6 * float(height.min()), 1.7 * float(height.max())
    axes.set_xlim(low_t, high_t)
    axes.set_ylim(low_h, high_h)
    ticks = [t for t in _TIMES_S if low_t <= t <= high_t]
    axes.set_xticks(ticks, [clock(t) for t in ticks])
    heights = [h for h in _HEIGHTS_KM if low_h <= h <= high_h]
    axes.set_yticks(heights, [f"{h:,}" for h in heights])
    axes.set_xticks([], minor=True)
    axes.set_yticks([], minor=True)
    axes.tick_params(length=0, pad=4)
    axes.grid(axis="both")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("after launch of the missile (logarithmic)", labelpad=6)
    axis_title(axes, "altitude, km (logarithmic)")
