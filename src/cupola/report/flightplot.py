"""A flight as a picture: altitude over ground distance, speed over time, and the ground track on a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cupola.core.earth import MEAN_RADIUS, Vector
from cupola.core.trajectory import Phase
from cupola.report.draw import plain
from cupola.report.flighttable import rows_of
from cupola.report.map import paint_graticule, paint_land
from cupola.report.picture import write_picture
from cupola.report.projection import centred_on
from cupola.report.scene import Cut, across_the_page, cut_around
from cupola.report.theme import ink
from cupola.scenario.data import coastlines
from cupola.threats.flight import Flight

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SAMPLES = 1500
# Okabe and Ito (2008): eight colours told apart in every common kind of colour blindness; black is left for the axes.
_ORANGE, _GREY, _BLUE, _AMBER, _GREEN = "#d55e00", "#7a8793", "#0072b2", "#e69f00", "#009e73"
_PINK, _SKY, _OLIVE, _PURPLE = "#cc79a7", "#56b4e9", "#8a7d00", "#5b3fa0"
# What flights have in common looks the same in every picture; other phases take the colours that are left.
_KNOWN = {
    "boost": _ORANGE,
    "coast": _GREY,
    "bus": _PURPLE,
    "midcourse": _BLUE,
    "orbit": _BLUE,
    "re-entry": _AMBER,
    "pull-up": _PINK,
    "climb": _PINK,
    "glide": _GREEN,
    "cruise": _GREEN,
    "descent": _AMBER,
    "dive": _SKY,
    "drop": _OLIVE,
    "deorbit": _OLIVE,
}
_OTHERS = (_OLIVE, _PURPLE, _PINK, _SKY, _AMBER, _GREEN, _BLUE)
_SIZE = (11.0, 9.4)
_MAP = (748, 286)  # CSS pixels, the shape of the map's axes on the page
_STYLE = {
    "axes.linewidth": 0.8,
    "axes.labelcolor": ink("ink"),
    "lines.solid_capstyle": "round",
    "savefig.dpi": 160,
}


@dataclass(frozen=True, kw_only=True)
class Track:
    """What the panels draw: columns (n,) of the flight from launch to the first impact, and its phases."""

    time: Vector
    latitude: Vector
    longitude: Vector
    altitude: Vector
    ground_speed: Vector
    speed: Vector
    distance: Vector
    """From the launch point in km: straight over the globe, or along the track where that is no longer telling."""
    along: bool
    phases: tuple[Phase, ...]

    def part(self, phase: Phase) -> slice:
        """Return the samples of a phase, both ends included."""
        first, last = np.searchsorted(self.time, [phase.start_s, phase.end_s])
        return slice(int(first), int(last) + 1)


def draw_flight(flight: Flight, document: dict[str, Any], target: Path) -> None:
    """Write the picture of a flight; the suffix of ``target`` (.png, .svg, .pdf) says in which form.

    ``document`` is what ``cupola fly --json`` prints. The same flight gives the same bytes.
    """
    write_picture(lambda figure: _paint(figure, flight, document), target, size=_SIZE, style=_STYLE)


def track_of(flight: Flight) -> Track:
    """Return the samples that the panels draw, dense in time and exact at the phases' ends."""
    path = flight.trajectory
    marks = [edge for phase in path.phases for edge in (phase.start_s, phase.end_s)]
    # Powered flight and re-entry are short beside the rest, and curve the most.
    inner = [np.linspace(phase.start_s, phase.end_s, 60) for phase in path.phases]
    time = np.unique(np.concatenate([np.linspace(path.start_s, path.end_s, SAMPLES), marks, *inner]))
    rows = rows_of(path, time)
    lat, lon = np.radians(rows[:, 1]), np.radians(rows[:, 2])
    straight = _angles(lat[0], lon[0], lat, lon)
    steps = _angles(lat[:-1], lon[:-1], lat[1:], lon[1:])
    length = np.concatenate([[0.0], np.cumsum(steps)])
    # A path that folds back, or runs more than half-way round, would be drawn over itself.
    along = bool(length[-1] > 1.5 * max(straight[-1], 1e-9) or straight.max() > 2.9)
    along = along and rows[:, 3].max() < 1_000.0
    return Track(
        time=time,
        latitude=rows[:, 1],
        longitude=rows[:, 2],
        altitude=rows[:, 3],
        ground_speed=rows[:, 4],
        speed=rows[:, 5],
        distance=MEAN_RADIUS / 1e3 * (length if along else straight),
        along=along,
        phases=path.phases,
    )


def colours_of(phases: Sequence[Phase]) -> dict[str, str]:
    """Return a colour for each kind of phase (``boost`` for ``boost-1``, ``boost-2``), in order of appearance."""
    families = list(dict.fromkeys(family(phase) for phase in phases))
    others = [name for name in families if name not in _KNOWN]
    taken = {_KNOWN[name] for name in families if name in _KNOWN}
    free = [colour for colour in _OTHERS if colour not in taken] or list(_OTHERS)
    colours = {name: free[index % len(free)] for index, name in enumerate(others)}
    if {"midcourse", "orbit"} <= set(families):
        colours["midcourse"] = _SKY
    return {name: colours.get(name) or _KNOWN[name] for name in families}


def family(phase: Phase) -> str:
    """Return a phase's name without its number."""
    head, dash, number = phase.name.rpartition("-")
    return head if dash and number.isdigit() else phase.name


def _angles(lat1: Any, lon1: Any, lat2: Vector, lon2: Vector) -> Vector:
    """Return central angles in rad between points in rad (haversine: sound for short steps)."""
    half = np.sin(0.5 * (lat2 - lat1)) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin(0.5 * (lon2 - lon1)) ** 2
    return np.asarray(2.0 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def _paint(figure: "Figure", flight: Flight, document: dict[str, Any]) -> None:
    track = track_of(flight)
    colours = colours_of(track.phases)
    left, width, gap = 0.08, 0.885, 0.1
    half = (width - gap) / 2.0
    _paint_title(figure, document)
    height_axes = figure.add_axes((left, 0.572, half, 0.315))
    speed_axes = figure.add_axes((left + half + gap, 0.572, half, 0.315))
    map_axes = figure.add_axes((0.03, 0.035, 0.94, 0.94 * _SIZE[0] * _MAP[1] / _MAP[0] / _SIZE[1]))
    _paint_altitude(height_axes, track, colours, document)
    _paint_speed(speed_axes, track, colours)
    _paint_map(map_axes, track, colours)
    _paint_phases(figure, track, colours)
    figure.text(
        0.97,
        0.012,
        "Notional model from open sources, by Cupola. Coastlines: Natural Earth.",
        ha="right",
        fontsize=8.0,
        color=ink("muted"),
    )


def _paint_title(figure: "Figure", document: dict[str, Any]) -> None:
    name = plain(document["title"], 100)
    notional = "" if "notional" in name.lower() else " (notional)"
    figure.text(0.03, 0.957, f"{name}{notional}", fontsize=14.0, fontweight="bold")
    minutes = document["flight_time_s"] / 60.0
    figure.text(
        0.03,
        0.928,
        f"From {_place(document['from'])} to {_place(document['to'])}: apogee {_kilometres(document['apogee_km'])}, "
        f"range {_kilometres(document['range_km'])}, {minutes:,.1f} min",
        fontsize=10.5,
        color=ink("muted"),
    )


def _paint_altitude(axes: "Axes", track: Track, colours: dict[str, str], document: dict[str, Any]) -> None:
    for phase in track.phases:
        part = track.part(phase)
        axes.plot(track.distance[part], track.altitude[part], color=colours[family(phase)], lw=2.2)
    where = "Distance along the ground track" if track.along else "Ground distance from the launch point"
    axes.set_xlabel(f"{where} (km)")
    axes.set_ylabel("Altitude (km)")
    axes.set_ylim(0.0, 1.15 * max(float(track.altitude.max()), 1e-3))
    axes.grid(True)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:,.4g}" if track.altitude.max() < 10.0 else "{x:,.0f}")
    best = int(np.argmax(track.altitude))
    at_the_edge = track.distance[best] < 0.15 * track.distance.max()
    text = f"apogee {_kilometres(document['apogee_km'])}"
    _note(axes, track.distance[best], track.altitude[best], text, (2.0, 9.0) if at_the_edge else (0.0, 9.0))
    burnout = document["burnout"]
    x = float(np.interp(burnout["time_s"], track.time, track.distance))
    # Where a rocket is dropped or burns near the ground the two marks would lie on each other.
    if burnout["altitude_km"] < 0.9 * track.altitude[best]:
        right = x < 0.5 * float(track.distance.max())
        _note(axes, x, burnout["altitude_km"], f"burnout {burnout['time_s']:,.0f} s", (9.0 if right else -9.0, -3.0))


def _note(axes: "Axes", x: float, y: float, text: str, offset: tuple[float, float]) -> None:
    axes.plot([x], [y], marker="o", ms=5.0, color=ink("ink"), zorder=6)
    axes.annotate(
        text,
        (x, y),
        offset,
        textcoords="offset points",
        ha="center" if offset[0] == 0.0 else "left" if offset[0] > 0.0 else "right",
        fontsize=9.0,
        zorder=5.5,
        bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
    )


def _paint_speed(axes: "Axes", track: Track, colours: dict[str, str]) -> None:
    minutes = track.time[-1] - track.time[0] > 600.0
    unit = 60.0 if minutes else 1.0
    for phase in track.phases:
        axes.axvspan(phase.start_s / unit, phase.end_s / unit, color=colours[family(phase)], alpha=0.17, lw=0.0)
    axes.plot(track.time / unit, track.speed, color=ink("ink"), lw=1.8, label="inertial")
    axes.plot(track.time / unit, track.ground_speed, color=ink("ink"), lw=1.5, ls=(0, (4, 2)), label="over the ground")
    axes.set_xlabel(f"Time from launch ({'min' if minutes else 's'})")
    axes.set_ylabel("Speed (km/s)")
    axes.set_xlim(track.time[0] / unit, track.time[-1] / unit)
    axes.set_ylim(0.0, 1.2 * float(max(track.speed.max(), track.ground_speed.max())))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.grid(True)
    axes.legend(loc="upper right", ncols=2, frameon=False, fontsize=9.0, borderaxespad=0.2)


def _paint_phases(figure: "Figure", track: Track, colours: dict[str, str]) -> None:
    """Name the phases once for all panels, in the order flown, with when each begins."""
    from matplotlib.patches import Patch

    first: dict[str, float] = {}
    for phase in track.phases:
        first.setdefault(family(phase), phase.start_s)
    handles = [Patch(color=colour, label=f"{name} from {first[name]:,.0f} s") for name, colour in colours.items()]
    figure.legend(
        handles=handles,
        loc="center",
        bbox_to_anchor=(0.5, 0.488),
        ncols=min(len(handles), 6),
        frameon=False,
        fontsize=9.5,
        handlelength=1.1,
        columnspacing=1.6,
    )


def _paint_map(axes: "Axes", track: Track, colours: dict[str, str]) -> None:
    ends = np.array([track.latitude[0], track.latitude[-1]]), np.array([track.longitude[0], track.longitude[-1]])
    middle = centred_on(track.latitude, track.longitude)
    points = list(zip(track.latitude[::10].tolist(), track.longitude[::10].tolist(), strict=True))
    points.append((float(ends[0][1]), float(ends[1][1])))
    cut = cut_around(
        points,
        width=_MAP[0],
        heights=(_MAP[1], _MAP[1]),
        projection=across_the_page(middle, *ends),
        margin=0.12,
        least_km=60.0,
    )
    left, bottom, right, top = cut.frame
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(ink("sea"))
    for spine in axes.spines.values():
        spine.set_visible(False)
    paint_land(axes, coastlines(), cut)
    paint_graticule(axes, cut)
    x, y = cut.projection.project(track.latitude, track.longitude)
    for phase in track.phases:
        part = track.part(phase)
        axes.plot(x[part], y[part], color=colours[family(phase)], lw=2.4, zorder=5)
    halo: dict[str, Any] = {"mec": ink("paper"), "mew": 1.2, "zorder": 7}
    axes.plot(x[:1], y[:1], marker="^", ms=10.0, color=ink("ink"), ls="none", **halo)
    axes.plot(x[-1:], y[-1:], marker="X", ms=10.0, color=ink("ink"), ls="none", **halo)
    for index, text in ((0, "launch"), (-1, "impact")):
        _name(axes, cut, float(x[index]), float(y[index]), text, toward=float(x[0 if index else -1]))
    _paint_scale(axes, cut, x[[0, -1]], y[[0, -1]])


def _name(axes: "Axes", cut: Cut, x: float, y: float, text: str, *, toward: float) -> None:
    """Write a name on the side of a point away from the rest of the track, within the map."""
    right = x >= toward
    axes.annotate(
        text,
        (x, y),
        (11.0 if right else -11.0, -3.5),
        textcoords="offset points",
        ha="left" if right else "right",
        fontsize=10.0,
        fontweight="bold",
        zorder=8,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": ink("paper"), "edgecolor": "none", "alpha": 0.75},
    )


def _paint_scale(axes: "Axes", cut: Cut, x: Vector, y: Vector) -> None:
    """Draw a bar of round length (distances from the centre of this projection are true) clear of the ends ``x, y``."""
    left, bottom, right, top = cut.frame
    most = 0.16 * (right - left)
    power = 10.0 ** np.floor(np.log10(most))
    length = float(max(factor * power for factor in (1.0, 2.0, 5.0) if factor * power <= most))
    inset = 18.0 * cut.km_per_pixel
    crowded = bool(np.any((x < left + 0.4 * (right - left)) & (y < bottom + 0.3 * (top - bottom))))
    start, height = right - inset - length if crowded else left + inset, bottom + 14.0 * cut.km_per_pixel
    axes.plot([start, start + length], [height, height], color=ink("ink"), lw=2.0, solid_capstyle="butt", zorder=8)
    axes.text(start, height + 5.0 * cut.km_per_pixel, f"{length:,.0f} km", fontsize=9.0, va="bottom", zorder=8)


def _place(point: dict[str, float]) -> str:
    lat, lon = point["latitude_deg"], point["longitude_deg"]
    return f"{abs(lat):.1f}° {'S' if lat < 0.0 else 'N'}, {abs(lon):.1f}° {'W' if lon < 0.0 else 'E'}"


def _kilometres(value: float) -> str:
    return f"{value:,.0f} km" if value >= 100.0 else f"{value:.1f} km" if value >= 1.0 else f"{value * 1e3:.0f} m"
