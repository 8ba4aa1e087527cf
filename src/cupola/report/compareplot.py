"""Two campaigns beside each other: what each does, what changes, and how sure that is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cupola.report.draw import axis_title, plain, render
from cupola.report.theme import ink
from cupola.report.words import Estimate, interval, measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _ROW, _HEAD, _FOOT = 920, 38.0, 40.0, 44.0


@dataclass(frozen=True, kw_only=True)
class Row:
    """One outcome of both: ``good`` is +1 when more of it is better, -1 when less is, 0 when it is neither."""

    label: str
    a: Estimate
    b: Estimate
    difference: Estimate
    good: int


def side_by_side_figure(rows: Sequence[Row], *, name: str, title: str, axis: str) -> str:
    """Return the SVG of outcomes in A and in B, and of what changes, with 95 % intervals."""
    height = int(_HEAD + _ROW * len(rows) + _FOOT)
    bottom, tall = _FOOT / height, _ROW * len(rows) / height

    def paint(figure: "Figure") -> None:
        left = figure.add_axes((0.21, bottom, 0.36, tall))
        right = figure.add_axes((0.63, bottom, 0.35, tall))
        for axes in (left, right):
            axes.set_ylim(len(rows) - 0.5, -0.5)
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.tick_params(length=0, pad=5)
            axes.grid(axis="x")
        _paint_both(left, rows, axis)
        _paint_change(right, rows)

    said = " ".join(
        f"{row.label}: A {measured(row.a.mean)}, B {measured(row.b.mean)}, change {_signed(row.difference.mean)} "
        f"({interval(row.difference)})."
        for row in rows
    )
    return render(paint, name=name, title=title, description=said, width=_WIDTH, height=height)


def _paint_both(axes: "Axes", rows: Sequence[Row], axis: str) -> None:
    known = [v for row in rows for e in (row.a, row.b) for v in (e.mean, e.low, e.high) if math.isfinite(v)]
    axes.set_xlim(0.0, max(1.08 * max(known, default=1.0), 1e-3))
    axes.set_xlabel(axis, labelpad=5)
    left = axes.get_yaxis_transform()
    for y, row in enumerate(rows):
        axes.text(-0.035, y, plain(row.label, 27), transform=left, ha="right", va="center", fontsize=12)
        for estimate, shift, marker, colour in ((row.a, -0.15, "o", ink("muted")), (row.b, 0.15, "D", ink("accent"))):
            _whisker(axes, estimate, y + shift, colour)
            face = ink("paper") if marker == "o" else colour
            axes.plot([estimate.mean], [y + shift], marker=marker, ms=6.5, color=colour, mfc=face, mew=1.6, zorder=3)
    for x, marker, name, colour in ((0.0, "o", "A", ink("muted")), (0.12, "D", "B", ink("accent"))):
        face = ink("paper") if marker == "o" else colour
        above = 1.0 + 18.0 / (_ROW * len(rows))
        axes.plot(
            [x], [above], marker=marker, ms=6.5, color=colour, mfc=face, mew=1.6, transform=axes.transAxes,
            clip_on=False,
        )  # fmt: skip
        axes.text(x + 0.03, above, name, transform=axes.transAxes, va="center", fontsize=12)


def _paint_change(axes: "Axes", rows: Sequence[Row]) -> None:
    known = [abs(v) for row in rows for v in (row.difference.mean, row.difference.low, row.difference.high)]
    top = max([v for v in known if math.isfinite(v)], default=0.0) or 1.0
    axes.set_xlim(-1.25 * top, 1.25 * top)
    axes.axvline(0.0, color=ink("ink"), lw=1.0)
    axes.set_xlabel("B less A, a run, with 95 % interval", labelpad=5)
    for y, row in enumerate(rows):
        colour = _judged(row)
        _whisker(axes, row.difference, y, colour)
        axes.plot([row.difference.mean], [y], marker="D", ms=7, color=colour, mec=ink("paper"), zorder=3)
        axes.text(row.difference.mean, y - 0.2, _signed(row.difference.mean), ha="center", va="bottom", fontsize=11.5)
    for x, word, align in ((0.0, "fewer in B", "left"), (1.0, "more in B", "right")):
        above = 1.0 + 18.0 / (_ROW * len(rows))
        axes.text(
            x, above, word, transform=axes.transAxes, ha=align, va="center", fontsize=11.5, color=ink("muted")
        )  # fmt: skip


def _judged(row: Row) -> str:
    """Return the colour of a change: better, worse, or not shown to be either."""
    low, high = row.difference.low, row.difference.high
    if row.good == 0 or not (low > 0.0 or high < 0.0):
        return ink("muted")
    return ink("layer-2") if (row.difference.mean > 0.0) == (row.good > 0) else ink("leak")


def _whisker(axes: "Axes", estimate: Estimate, y: float, colour: str) -> None:
    if math.isfinite(estimate.low) and math.isfinite(estimate.high):
        axes.plot([estimate.low, estimate.high], [y, y], color=colour, lw=2.2, solid_capstyle="butt")


def _signed(value: float) -> str:
    return "–" if not math.isfinite(value) else "0" if value == 0.0 else f"{'+' if value > 0 else '−'}{_size(value)}"


def _size(value: float) -> str:
    return measured(abs(value))


def run_by_run_figure(change: NDArray[np.int64], *, noun: str) -> str:
    """Return the SVG of the share of runs at each change from A to B; fewer is better."""
    values, counts = np.unique(change, return_counts=True)
    share = counts / len(change)
    said = " ".join(f"{_signed(float(v))}: {100.0 * s:.0f} %." for v, s in zip(values, share, strict=True))

    def paint(figure: "Figure") -> None:
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        axes = figure.add_axes((0.1, 0.165, 0.88, 0.68))
        colours = [ink("layer-2") if v < 0 else ink("leak") if v > 0 else ink("stream") for v in values]
        axes.bar(values, share, width=0.82, color=colours, lw=0)
        reach = max(float(np.abs(values).max()), 1.0) + 0.7
        axes.set_xlim(-reach, reach)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=9, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _signed(value).removesuffix(".0")))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100.0 * value:.0f} %"))
        axes.spines["left"].set_visible(False)
        axes.tick_params(length=0, pad=4)
        axes.grid(axis="y")
        axes.set_xlabel(f"{noun}: B less A in the same run", labelpad=6)
        axis_title(axes, "share of runs", pad=12.0)

    return render(paint, name="pairs", title="What changes, run by run", description=said, width=448, height=320)
