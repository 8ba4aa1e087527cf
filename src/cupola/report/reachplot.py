"""What an interceptor reaches as a picture: fans of flight time and speed, or circles by time."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from cupola.core.earth import Vector
from cupola.report.draw import plain
from cupola.report.picture import write_picture
from cupola.report.theme import ink
from cupola.studies.reach import Fan, GroundReach, SpaceReach, farthest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.projections.polar import PolarAxes

_COLOURS = ("#0072b2", "#d55e00", "#009e73")  # Okabe and Ito (2008)
_STEPS = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 180.0, 300.0)


def draw_reach(found: GroundReach | SpaceReach, target: Path) -> None:
    """Write the picture of an interceptor's reach; the suffix of ``target`` (.png, .svg, .pdf) says in which form.

    The same reach gives the same bytes.
    """
    write_picture(lambda figure: _paint(figure, found), target, size=(11.0, 5.6))


def _paint(figure: "Figure", found: GroundReach | SpaceReach) -> None:
    if isinstance(found, SpaceReach):
        _paint_space(figure, found)
    else:
        _paint_ground(figure, found)
    figure.text(0.03, 0.94, plain(found.title, 95), fontsize=13.0, fontweight="bold")
    figure.text(
        0.975, 0.015, "Notional models from open sources, by Cupola.", ha="right", fontsize=8.0, color=ink("muted")
    )


def _paint_ground(figure: "Figure", found: GroundReach) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    by_azimuth = {fan.azimuth_deg: fan for fan in found.fans}
    where = f"from {plain(found.site, 60)}, over the turning Earth" if found.site else "across the Earth's rotation"
    figure.text(0.03, 0.9, f"Shortest flights {where}: seconds after launch", color=ink("muted"))
    speeds = np.concatenate([fan.speed_m_s[np.isfinite(fan.speed_m_s)] for fan in found.fans]) / 1e3
    norm = Normalize(float(speeds.min()), float(speeds.max()))
    axes = figure.add_axes((0.07, 0.13, 0.5 if found.site else 0.78, 0.7))
    if found.site:
        _paint_fan(axes, by_azimuth[270.0], -1.0, norm)
        _paint_fan(axes, by_azimuth[90.0], 1.0, norm)
        axes.set_xlabel("Ground range (km): west, left; east, right")
        axes.axvline(0.0, color=ink("muted"), lw=0.8)
    else:
        _paint_fan(axes, found.fans[0], 1.0, norm)
        axes.set_xlabel("Ground range (km)")
    axes.set_ylim(0.0, None)
    axes.set_ylabel("Altitude (km)")
    axes.xaxis.set_major_formatter(lambda x, _: f"{abs(x):,.0f}")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    bar = figure.add_axes((0.6 if found.site else 0.88, 0.2, 0.012, 0.5))
    figure.colorbar(ScalarMappable(norm=norm, cmap="cividis"), cax=bar)
    bar.set_title("km/s left", fontsize=9.0, loc="left")
    if found.site:
        _paint_rose(figure, found)


def _paint_fan(axes: "Axes", fan: Fan, side: float, norm: Any) -> None:
    """Fill by the speed left, with contours of flight time at round steps."""
    x, y = side * fan.range_m / 1e3, fan.altitude_m / 1e3
    speed = np.ma.masked_invalid(fan.speed_m_s.T / 1e3)
    if speed.mask.all():
        return
    axes.pcolormesh(x, y, speed, norm=norm, cmap="cividis", shading="nearest", alpha=0.6, rasterized=True)
    time_s: Vector = np.ma.masked_invalid(np.where(np.isfinite(fan.time_s), fan.time_s, np.nan).T)
    low, high = float(time_s.min()), float(time_s.max())
    step = next((each for each in _STEPS if (high - low) / each <= 8.0), 600.0)
    levels = np.arange(np.ceil(low / step) * step, high, step)
    if len(levels):
        lines = axes.contour(x, y, time_s, levels=levels, colors=ink("ink"), linewidths=0.9)
        axes.clabel(lines, fmt="%.0f s", fontsize=8.5, colors=ink("ink"))


def _paint_rose(figure: "Figure", found: GroundReach) -> None:
    """Draw how far each direction reaches at three altitudes."""
    axes = cast("PolarAxes", figure.add_axes((0.69, 0.12, 0.27, 0.66), projection="polar"))
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    altitudes = found.fans[0].altitude_m
    for colour, share in zip(_COLOURS, (0.1, 0.4, 0.7), strict=True):
        j = round(share * (len(altitudes) - 1))
        edge = np.array([farthest(fan)[j] for fan in found.fans]) / 1e3
        azimuth = np.radians([fan.azimuth_deg for fan in found.fans if fan.azimuth_deg is not None])
        axes.plot(
            np.append(azimuth, azimuth[0] + 2.0 * np.pi),
            np.append(edge, edge[0]),
            color=colour,
            lw=1.6,
            marker="o",
            ms=3.5,
            label=f"{altitudes[j] / 1e3:,.0f} km up",
        )
    axes.set_ylim(0.0, 1.05 * found.spec.maximum_range / 1e3)
    axes.set_xticks(np.radians([0.0, 90.0, 180.0, 270.0]), ["N", "E", "S", "W"])
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.tick_params(axis="y", labelsize=8.0)
    axes.set_title("Farthest range (km)", fontsize=10.0, pad=14.0)
    axes.legend(frameon=False, fontsize=8.5, loc="upper center", bbox_to_anchor=(0.5, -0.07), ncols=3, handlelength=1.2)


def _paint_space(figure: "Figure", found: SpaceReach) -> None:
    figure.text(
        0.03,
        0.9,
        f"Circle that one interceptor covers at {found.intercept_altitude_m / 1e3:,.0f} km, by time since release",
        color=ink("muted"),
    )
    axes = figure.add_axes((0.08, 0.13, 0.89, 0.72))
    for colour, orbit, radius in zip(_COLOURS, found.orbit_altitudes_m, found.radius_m.T, strict=False):
        axes.plot(found.time_s, radius / 1e3, color=colour, lw=2.0, label=f"from an orbit {orbit / 1e3:,.0f} km up")
    axes.plot(
        found.time_s,
        found.displacement_m / 1e3,
        color=ink("muted"),
        lw=1.3,
        ls=(0, (4, 2)),
        label="largest displacement from its orbit",
    )
    axes.set_xlim(0.0, float(found.time_s[-1]))
    axes.set_ylim(0.0, None)
    axes.set_xlabel("Time since release (s)")
    axes.set_ylabel("Radius (km)")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.legend(frameon=False, loc="upper left")
