"""The tracking of one object as a picture: error beside stated sigma, consistency, models, and the impact point."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cupola.report.draw import plain
from cupola.report.picture import write_picture
from cupola.report.theme import ink
from cupola.studies.tracking import ObjectTracking
from cupola.studies.tracking_document import MODELS, SQUARE_DIMENSION, band

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIZE = (11.0, 8.6)
# Okabe and Ito (2008), as in the pictures of flights.
_COLOURS = {"boost": "#d55e00", "coast": "#7a8793", "re-entry": "#e69f00", "glide": "#009e73", "cruise": "#0072b2"}
_ERROR, _SIGMA = "#d55e00", "#0072b2"


def draw_tracking(item: ObjectTracking, target: Path) -> None:
    """Write the picture of one tracked object; the suffix of ``target`` (.png, .svg, .pdf) says in which form.

    Raises ``ValueError`` for an object that no confirmed track ever followed: there is nothing to draw.
    """
    if not len(item.after_s):
        raise ValueError(f"got {item.object_id}, which was never tracked, accepted are objects with a confirmed track")
    write_picture(lambda figure: _paint(figure, item), target, size=_SIZE)


def _paint(figure: "Figure", item: ObjectTracking) -> None:
    name = plain(f"{item.object_id}: {item.threat} to {item.aim}", 90)
    figure.text(0.06, 0.955, name, fontsize=14.0, fontweight="bold")
    figure.text(
        0.06,
        0.925,
        f"custody {100.0 * item.custody:.0f} % of {item.flight_s / 60.0:,.1f} min, {len(item.after_s):,} updates, "
        f"{item.switches} changes of track number",
        color=ink("muted"),
    )
    panels = figure.subplots(2, 2, sharex=True)
    figure.subplots_adjust(left=0.08, right=0.975, top=0.88, bottom=0.085, hspace=0.2, wspace=0.22)
    _paint_errors(panels[0, 0], item)
    _paint_squares(panels[0, 1], item)
    _paint_models(panels[1, 0], item)
    _paint_impacts(panels[1, 1], item)
    for axes in panels[1]:
        axes.set_xlabel("Time from launch (min)")
    panels[0, 0].set_xlim(0.0, item.flight_s / 60.0)
    figure.text(0.975, 0.012, "Notional models from open sources, by Cupola.", ha="right", fontsize=8.0)


def _gapped(item: ObjectTracking, *columns: Any) -> tuple[Any, ...]:
    """Return time in minutes and columns, broken where custody was lost for more than a minute."""
    breaks = np.flatnonzero(np.diff(item.after_s) > 60.0) + 1
    return tuple(np.insert(np.asarray(c, dtype=np.float64), breaks, np.nan) for c in (item.after_s / 60.0, *columns))


def _paint_errors(axes: "Axes", item: ObjectTracking) -> None:
    time, error, sigma = _gapped(item, item.error_m, item.sigma_m)
    axes.plot(time, error / 1e3, color=_ERROR, lw=1.2, label="error")
    axes.plot(time, sigma / 1e3, color=_SIGMA, lw=1.4, label="stated, one sigma")
    axes.plot(time, 2.0 * sigma / 1e3, color=_SIGMA, lw=1.0, ls=(0, (4, 2)), label="two sigma")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:,.4g}")
    axes.set_ylabel("Position error (km)")
    _legend(axes)


def _legend(axes: "Axes") -> None:
    """Put the legend above the axes, where no line can run under it."""
    axes.legend(frameon=False, fontsize=9.0, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, handlelength=1.4)


def _paint_squares(axes: "Axes", item: ObjectTracking) -> None:
    low, high = band(SQUARE_DIMENSION)
    axes.axhspan(low, high, color=_SIGMA, alpha=0.15, lw=0.0, label="95 % of an honest track")
    time, square = _gapped(item, item.square)
    axes.plot(time, square, color=_ERROR, lw=1.1, label="normalised error squared")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:,.4g}")
    axes.set_ylabel("NEES, position and velocity (6)")
    _legend(axes)


def _paint_models(axes: "Axes", item: ObjectTracking) -> None:
    for i, name in enumerate(MODELS):
        if item.weight[:, i].max() > 0.02:
            time, weight = _gapped(item, item.weight[:, i])
            axes.plot(time, weight, color=_COLOURS[name], lw=1.6, label=name)
    axes.set_ylim(0.0, 1.05)
    axes.set_ylabel("Probability of each motion model")
    _legend(axes)


def _paint_impacts(axes: "Axes", item: ObjectTracking) -> None:
    axes.set_ylabel("Impact-point error (km)")
    if not item.impacts:
        axes.text(0.5, 0.5, "no impact point was foretold", ha="center", transform=axes.transAxes)
        return
    time = np.array([row.after_s for row in item.impacts]) / 60.0
    ballistic = np.array([row.condition == "ballistic" for row in item.impacts])
    axes.fill_between(
        time,
        0.0,
        1.0,
        where=ballistic,
        transform=axes.get_xaxis_transform(),
        color=ink("rule"),
        alpha=0.6,
        lw=0.0,
        label="if ballistic",
    )
    axes.plot(time, [row.error_m / 1e3 for row in item.impacts], color=_ERROR, lw=1.4, label="error")
    axes.plot(time, [row.major_m / 1e3 for row in item.impacts], color=_SIGMA, lw=1.4, label="longer axis, one sigma")
    axes.plot(
        time, [row.circular_error_m / 1e3 for row in item.impacts], color=_SIGMA, lw=1.0, ls=(0, (4, 2)), label="CEP"
    )
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:,.4g}")
    _legend(axes)
