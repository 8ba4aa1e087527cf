"""Figures of studies: curves with intervals, heat maps, tornado charts, scatter."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cupola.report.draw import axis_title, plain, render
from cupola.report.theme import ink, layer_style
from cupola.report.words import Estimate, interval, measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

WIDTH, HEIGHT = 448, 330
_MOST_SERIES = 6
_MOST_WHISKERS = 100


@dataclass(frozen=True, kw_only=True)
class Series:
    """One curve: estimates at the places of the figure's axis; a place without one has none."""

    label: str
    estimates: Sequence[Estimate | None]


def curve_figure(
    places: Sequence[str],
    series: Sequence[Series],
    *,
    name: str,
    title: str,
    x_title: str,
    y_title: str,
    role: str,
    percent: bool = False,
) -> str:
    """Return the SVG of how an outcome moves with one factor. ``places`` are numbers or words, in order; one series is
    drawn in ``role``, several each in a colour and with a marker of its own.
    """
    at, numeric = _positions(places)
    shown = series[:_MOST_SERIES]

    def paint(figure: "Figure") -> None:
        legend = 20.0 * math.ceil(len(shown) / 2) if len(shown) > 1 else 0.0
        axes = figure.add_axes((0.115, 0.175, 0.86, 0.70 - legend / HEIGHT))
        for index, each in enumerate(shown):
            style = layer_style(index)
            colour = ink(role) if len(shown) == 1 else style.colour
            _paint_series(axes, at, each, colour, "o" if len(shown) == 1 else style.marker, _dodge(index, shown, at))
        _finish(axes, places, at, numeric, percent=percent)
        axes.set_xlabel(plain(x_title, 58), labelpad=6)
        axis_title(axes, y_title, pad=10.0 + legend)
        _legend(axes, shown)

    said = " ".join(
        f"{each.label + ', ' if each.label else ''}{place}: {measured(value.mean)} ({interval(value)})."
        for each in shown
        for place, value in zip(places, each.estimates, strict=True)
        if value is not None
    )
    return render(paint, name=name, title=title, description=said, width=WIDTH, height=HEIGHT)


def _positions(places: Sequence[str]) -> tuple[list[float], bool]:
    """Return where the places stand on the axis: by their numbers, or evenly when one is in words."""
    try:
        return [float(place) for place in places], len(places) > 1
    except ValueError:
        return [float(index) for index in range(len(places))], False


def _dodge(index: int, shown: Sequence[Series], at: Sequence[float]) -> float:
    """Return how far a series stands aside, so that intervals at one place do not hide each other."""
    return 0.012 * (max(at) - min(at) or 1.0) * (index - (len(shown) - 1) / 2.0) if len(shown) > 1 else 0.0


def _paint_series(axes: "Axes", at: Sequence[float], each: Series, colour: str, marker: str, aside: float) -> None:
    points = sorted((x + aside, e) for x, e in zip(at, each.estimates, strict=True) if e is not None)
    axes.plot([x for x, _ in points], [e.mean for _, e in points], color=colour, lw=1.6)
    for x, estimate in points:
        if math.isfinite(estimate.low) and math.isfinite(estimate.high):
            axes.plot([x, x], [estimate.low, estimate.high], color=colour, lw=1.5, solid_capstyle="butt")
        axes.plot([x], [estimate.mean], marker=marker, ms=7, color=colour, mec=ink("paper"), mew=1.0, zorder=3)


def _finish(axes: "Axes", places: Sequence[str], at: Sequence[float], numeric: bool, *, percent: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    if not numeric or len(places) <= 6:
        axes.set_xticks(list(at), [plain(place, 16) for place in places])
    span = (max(at) - min(at)) or 1.0
    axes.set_xlim(min(at) - 0.06 * span, max(at) + 0.06 * span)
    low, high = axes.get_ylim()
    axes.set_ylim(min(0.0, low), max(high, 1e-9))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.yaxis.set_major_formatter(_numbers(percent))
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=0, pad=4)
    axes.grid(axis="y")


def _numbers(percent: bool) -> "FuncFormatter":
    """Return how an axis writes its numbers: as shares, or with thousands and a true minus."""
    from matplotlib.ticker import FuncFormatter

    def written(value: float, _: int) -> str:
        return (f"{100.0 * value:.0f} %" if percent else f"{value:,.6g}").replace("-", "−")

    return FuncFormatter(written)


def _legend(axes: "Axes", shown: Sequence[Series]) -> None:
    from matplotlib.lines import Line2D

    if len(shown) < 2:
        return
    handles = []
    for index, each in enumerate(shown):
        style = layer_style(index)
        line = Line2D([], [], color=style.colour, marker=style.marker, ms=6, lw=1.4, label=plain(each.label, 30))
        handles.append(line)
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, frameon=False, fontsize=11.0,
        handlelength=1.4, columnspacing=1.2, borderaxespad=0.2, labelspacing=0.3,
    )  # fmt: skip


def heat_figure(
    columns: Sequence[str],
    rows: Sequence[str],
    values: Sequence[Sequence[float]],
    *,
    name: str,
    title: str,
    x_title: str,
    y_title: str,
    role: str,
    percent: bool = False,
) -> str:
    """Return the SVG of an outcome over two factors, ``values[row][column]``: the stronger the colour, the more."""
    known = [v for row in values for v in row if math.isfinite(v)]
    low, high = min(known), max(known)

    def written(value: float) -> str:
        return f"{100.0 * value:.0f} %" if percent else measured(value)

    def paint(figure: "Figure") -> None:
        from matplotlib.patches import Rectangle

        axes = figure.add_axes((0.15, 0.175, 0.83, 0.70))
        for y, row in enumerate(values):
            for x, value in enumerate(row):
                share = (value - low) / (high - low) if high > low else 0.5
                axes.add_patch(
                    Rectangle((x - 0.48, y - 0.47), 0.96, 0.94, color=ink(role), alpha=0.05 + 0.6 * share, lw=0)
                )
                if len(columns) <= 9:
                    axes.text(x, y, written(value), ha="center", va="center", fontsize=11.5)
        axes.set_xlim(-0.5, len(columns) - 0.5)
        axes.set_ylim(-0.5, len(rows) - 0.5)
        axes.set_xticks(range(len(columns)), [plain(c, 14) for c in columns])
        axes.set_yticks(range(len(rows)), [plain(r, 12) for r in rows])
        for side in axes.spines.values():
            side.set_visible(False)
        axes.tick_params(length=0, pad=4)
        axes.set_xlabel(plain(x_title, 58), labelpad=6)
        axis_title(axes, plain(y_title, 58), pad=10.0)

    said = " ".join(
        f"{r}, {c}: {written(v)}."
        for r, row in zip(rows, values, strict=True)
        for c, v in zip(columns, row, strict=True)
    )
    return render(paint, name=name, title=title, description=said, width=WIDTH, height=HEIGHT)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One factor of a tornado chart: what each of its values changes, with intervals."""

    label: str
    changes: Sequence[tuple[str, Estimate]]

    @property
    def reach(self) -> float:
        """The largest change either way."""
        return max(abs(change.mean) for _, change in self.changes)


def tornado_figure(
    bars: Sequence[Bar], *, name: str, title: str, x_title: str, good: int, percent: bool = False
) -> str:
    """Return the SVG of how far each factor alone moves an outcome from the base, the strongest on top.

    ``good`` is -1 when less of the outcome is better, +1 when more is, 0 when neither.
    """
    order = sorted(bars, key=lambda bar: -bar.reach)
    row = 46.0
    height = int(30.0 + row * len(order) + 46.0)
    known = [v for b in order for _, e in b.changes for v in (e.mean, e.low, e.high) if math.isfinite(v)]
    top = max((abs(v) for v in known), default=0.0) or 1.0

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.30, 46.0 / height, 0.68, row * len(order) / height))
        left = axes.get_yaxis_transform()
        for y, bar in enumerate(order):
            axes.text(-0.02, y, plain(bar.label, 36), transform=left, ha="right", va="center", fontsize=12)
            for index, (value, change) in enumerate(bar.changes):
                _paint_bar(axes, y, index, len(bar.changes), value, change, good, top)
        axes.axvline(0.0, color=ink("ink"), lw=1.0, zorder=2)
        axes.set_xlim(-1.5 * top, 1.5 * top)
        axes.xaxis.set_major_formatter(_numbers(percent))
        axes.set_ylim(len(order) - 0.5, -0.5)
        axes.set_yticks([])
        axes.grid(axis="x")
        axes.tick_params(length=0, pad=5)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(plain(x_title, 90), labelpad=6)

    said = " ".join(
        f"{bar.label} = {value}: {measured(change.mean)} ({interval(change)})."
        for bar in order
        for value, change in bar.changes
    )
    return render(paint, name=name, title=title, description=said, width=920, height=height)


def _paint_bar(
    axes: "Axes", y: int, index: int, count: int, value: str, change: Estimate, good: int, top: float
) -> None:
    thick = 0.72 / count
    at = y + (index - (count - 1) / 2.0) * thick
    better = good != 0 and (change.mean > 0.0) == (good > 0)
    colour = ink("stream") if good == 0 or change.mean == 0.0 else ink("layer-2" if better else "leak")
    axes.barh([at], [change.mean], height=0.86 * thick, color=colour, lw=0, alpha=0.75)
    if math.isfinite(change.low) and math.isfinite(change.high) and change.low < change.high:
        axes.plot([change.low, change.high], [at, at], color=ink("ink"), lw=1.1, solid_capstyle="butt", zorder=3)
    right = change.mean >= 0.0
    edge = max(v for v in (change.mean, change.high) if math.isfinite(v)) if right else min(
        v for v in (change.mean, change.low) if math.isfinite(v)
    )  # fmt: skip
    axes.text(
        edge + (0.015 if right else -0.015) * top, at, plain(value, 18), ha="left" if right else "right",
        va="center", fontsize=11, color=ink("muted"),
    )  # fmt: skip


def scatter_figure(
    places: Sequence[str],
    estimates: Sequence[Estimate],
    *,
    name: str,
    title: str,
    x_title: str,
    y_title: str,
    role: str,
    percent: bool = False,
) -> str:
    """Return the SVG of an outcome against one factor when others move as well: every point with its interval."""
    at, numeric = _positions(places)

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.115, 0.175, 0.86, 0.70))
        few = len(at) <= _MOST_WHISKERS
        for x, estimate in zip(at, estimates, strict=True):
            if few and math.isfinite(estimate.low) and math.isfinite(estimate.high):
                axes.plot([x, x], [estimate.low, estimate.high], color=ink(role), lw=1.0, alpha=0.45)
        axes.plot(at, [e.mean for e in estimates], ls="none", marker="o", ms=5.5, color=ink(role), mec=ink("paper"))
        _finish(axes, places, at, numeric, percent=percent)
        axes.set_xlabel(plain(x_title, 58), labelpad=6)
        axis_title(axes, y_title, pad=10.0)

    low = min(zip(estimates, places, strict=True), key=lambda pair: pair[0].mean)
    high = max(zip(estimates, places, strict=True), key=lambda pair: pair[0].mean)
    said = f"{len(at)} points; least {measured(low[0].mean)} at {low[1]}, most {measured(high[0].mean)} at {high[1]}."
    return render(paint, name=name, title=title, description=said, width=WIDTH, height=HEIGHT)
