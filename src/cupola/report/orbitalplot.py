"""The size of a space layer as a picture: where it reaches from, what it takes, by latitude and by delay."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cupola.core.earth import MEAN_RADIUS, Vector
from cupola.report.draw import plain
from cupola.report.flighttable import rows_of
from cupola.report.pairsplot import draw_pairs
from cupola.report.picture import GRID, write_picture
from cupola.report.theme import ink
from cupola.scenario.data import coastlines
from cupola.studies.orbital import Examined, Sized
from cupola.studies.orbital_profiles import LATITUDES_DEG

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito (2008)
_STYLE = {**GRID, "savefig.dpi": 100}
_NORTH, _SOUTH = "#0072b2", "#d55e00"


def draw_orbital(found: Sized, target: Path) -> None:
    """Write the picture of an answer, that of its pairs of speed and delay where it has some.

    The suffix of ``target`` (.png, .svg, .pdf) says in which form.

    The same answer gives the same bytes.
    """
    if found.pairs is not None:
        draw_pairs(found, found.pairs, target)
        return
    write_picture(lambda figure: _paint(figure, found), target, size=(13.0, 10.2), style=_STYLE)


def _paint(figure: "Figure", found: Sized) -> None:
    figure.text(0.05, 0.963, plain(found.document["name"], 100), fontsize=15.0, fontweight="bold")
    figure.text(0.05, 0.936, plain(_subtitle(found), 150), fontsize=10.5, color=ink("muted"))
    subject = found.subject
    if subject is None:
        figure.text(0.05, 0.89, plain(found.document["search"]["none_because"], 150), fontsize=11.0, color=ink("leak"))
    else:
        _paint_reach(figure.add_axes((0.06, 0.51, 0.40, 0.37)), found, subject)
        _paint_latitude(figure.add_axes((0.06, 0.075, 0.40, 0.33)), found, subject)
        _paint_delay(figure.add_axes((0.56, 0.075, 0.40, 0.33)), found, subject)
    axes = figure.add_axes((0.56, 0.53, 0.40, 0.35))
    if found.found is not None:
        _paint_search(axes, found)
    elif subject is not None:
        _paint_counts(axes, found, subject)
    figure.text(
        0.97, 0.012, "Notional models from open sources, by Cupola. Coastlines: Natural Earth.", ha="right",
        fontsize=8.0, color=ink("muted"),
    )  # fmt: skip


def _subtitle(found: Sized) -> str:
    need, subject = found.question.spec.requirement, found.subject
    weapon = found.question.interceptor
    wanted = f"{need.shots} in reach" + (
        f" for each of {need.salvo} missiles launched together" if need.salvo > 1 else ""
    )
    over = "at the worst flight" if need.over == "worst" else "over all flights"
    size = "" if subject is None else f"{subject.total:,} satellites; "
    mix = None if found.found is None else found.found.mix
    if mix is not None:
        size += f"a mix of {len(mix.walkers)} shells takes {mix.total:,}; "
    return f"{size}wanted: {wanted}, {need.probability:.0%} of the times, {over}; {weapon.speed / 1e3:g} km/s"


def _paint_reach(axes: "Axes", found: Sized, subject: Examined) -> None:
    """Draw where a satellite must be at launch, on a map that keeps distance and direction from the launch."""
    missile = found.missiles[subject.worst]
    start = missile.launch.latitude, missile.launch.longitude
    areas = [(_flat(each.places, start), each) for each in subject.outlines]
    reach = max((float(np.abs(flat).max()) for flat, _ in areas), default=1500.0)
    limit = 1.25 * max(reach, 800.0)
    for ring in coastlines():
        flat = _flat(np.radians(ring[:, ::-1]), start)
        if np.hypot(flat[:, 0], flat[:, 1]).min() < 2.0 * limit:
            axes.plot(flat[:, 0], flat[:, 1], color=ink("coast"), lw=0.7, zorder=1)
    said: set[bool] = set()
    for flat, each in areas:
        colour, word = (_NORTH, "flying north") if each.northbound else (_SOUTH, "flying south")
        label = "" if each.northbound in said else f"satellites {word}"
        said.add(each.northbound)
        axes.fill(flat[:, 0], flat[:, 1], fc=colour, ec=colour, alpha=0.35, lw=1.2, zorder=3, label=label)
    times = np.linspace(0.0, missile.end_s, 60)
    path = _flat(np.radians(rows_of(missile.path, times)[:, 1:3]), start)
    axes.plot(path[:, 0], path[:, 1], color=ink("leak"), lw=2.4, zorder=5, label="the missile while it may be met")
    axes.plot(0.0, 0.0, marker="^", ms=8.0, color=ink("leak"), mec="#ffffff", zorder=6)
    # The frame is 1.38 times as wide as high: one scale both ways.
    axes.set_xlim(-1.38 * limit, 1.38 * limit)
    axes.set_ylim(-limit, limit)
    axes.set_xlabel("km east of the launch")
    axes.set_ylabel("km north")
    axes.set_title(f"Where a satellite must be at launch: {plain(missile.name, 48)}", fontsize=10.0, loc="left")
    axes.legend(loc="lower right", fontsize=8.5, framealpha=0.9)


def _paint_search(axes: "Axes", found: Sized) -> None:
    """Draw the satellites needed over inclination, a line for every height of the grid."""
    if found.found is None:
        return
    tried = [each for each in found.found.tried if not each.refined]
    heights = sorted({each.altitude for each in tried})
    shown = 0
    for index, height in enumerate(heights):
        row = sorted((e for e in tried if e.altitude == height and e.walker is not None), key=lambda e: e.inclination)
        if not row:
            continue
        shown += 1
        axes.plot(
            [math.degrees(e.inclination) for e in row], [e.satellites for e in row],
            marker="o", ms=4.0, lw=1.6, color=_LINES[index % len(_LINES)], label=f"{height / 1e3:g} km",
        )  # fmt: skip
    best = found.found.best
    if best is not None and best.walker is not None:
        axes.plot(
            math.degrees(best.inclination), best.satellites, marker="*", ms=17.0, color=ink("ink"), mec="#ffffff",
            ls="", label=f"smallest: {best.walker.total:,}", zorder=6,
        )  # fmt: skip
    if found.given is not None:
        walkers = found.given.walkers
        tilt = math.degrees(sum(w.inclination * w.total for w in walkers) / found.given.total)
        axes.plot(
            tilt, found.given.total, marker="s", ms=8.0, color=ink("muted"), mec="#ffffff", ls="", zorder=6,
            label=f"given: {found.given.total:,}, {'enough' if found.given.enough else 'not enough'}",
        )  # fmt: skip
    if shown:
        axes.set_yscale("log")
        _plain_log(axes)
    axes.set_xlabel("inclination (degrees)")
    axes.set_ylabel("satellites needed")
    axes.set_title("Satellites needed, by orbit", fontsize=10.0, loc="left")
    axes.grid(True, which="both")
    if axes.lines:
        axes.legend(fontsize=8.5, framealpha=0.9, ncol=2)


def _plain_log(axes: "Axes") -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator

    low, high = axes.get_ylim()
    axes.set_ylim(low, high * 1.6)
    steps = (1.0, 2.0, 3.0, 5.0) if high / low < 30.0 else (1.0,)
    axes.yaxis.set_major_locator(LogLocator(base=10.0, subs=steps))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_minor_formatter(FuncFormatter(lambda value, _: ""))


def _paint_counts(axes: "Axes", found: Sized, subject: Examined) -> None:
    """Draw how often how many are in reach: of the worst missile, and of all."""
    every = np.concatenate([each.counts for each in subject.reached])
    worst = subject.reached[subject.worst].counts
    top = int(every.max()) + 1
    for values, colour, label in ((every, _LINES[5], "all missiles"), (worst, _LINES[1], "the worst one")):
        share = np.bincount(values, minlength=top + 1) / len(values)
        axes.step(np.arange(len(share)), 100.0 * share, where="mid", color=colour, lw=2.0, label=label)
    axes.axvline(found.question.spec.satellites_needed - 0.5, color=ink("leak"), lw=1.2, ls="--", label="needed")
    axes.set_xlabel("satellites in reach")
    axes.set_ylabel("% of the times")
    axes.set_title("How often how many are in reach", fontsize=10.0, loc="left")
    axes.legend(fontsize=8.5, framealpha=0.9)


def _paint_latitude(axes: "Axes", found: Sized, subject: Examined) -> None:
    carried = found.question.spec.per_satellite
    for index, (group, values) in enumerate(subject.latitude.items()):
        axes.plot(LATITUDES_DEG, carried * values, color=_LINES[index % len(_LINES)], lw=2.0, label=plain(group, 40))
    for index, latitude in enumerate(sorted({round(math.degrees(m.launch.latitude), 1) for m in found.missiles})):
        axes.axvline(abs(latitude), color=ink("dot"), lw=0.8, ls=":", label="" if index else "launches of the file")
    axes.axhline(found.question.spec.needed, color=ink("leak"), lw=1.2, ls="--", label="needed")
    axes.set_xlim(0.0, 90.0)
    axes.set_ylim(0.0, None)
    axes.set_xlabel("latitude of the launch (degrees)")
    axes.set_ylabel("interceptors in reach, mean")
    axes.set_title("Where it is thin: the same flight from other latitudes", fontsize=10.0, loc="left")
    axes.legend(fontsize=8.5, framealpha=0.9)


def _paint_delay(axes: "Axes", found: Sized, subject: Examined) -> None:
    carried = found.question.spec.per_satellite
    mean = carried * subject.after_delay.mean(axis=1)
    low, high = carried * subject.after_delay.min(axis=1), carried * subject.after_delay.max(axis=1)
    axes.fill_between(subject.delays_s, low, high, color=_LINES[0], alpha=0.18, lw=0.0, label="worst to best missile")
    axes.plot(subject.delays_s, mean, color=_LINES[0], lw=2.0, label="mean over the missiles")
    axes.axhline(found.question.spec.needed, color=ink("leak"), lw=1.2, ls="--", label="needed")
    axes.set_xlim(0.0, max(float(subject.delays_s[-1]), 1.0))
    axes.set_ylim(0.0, None)
    axes.set_xlabel("seconds later than in the file")
    axes.set_ylabel("interceptors in reach, mean")
    slope = carried * float(subject.slope.mean())
    share = "" if mean[0] == 0.0 else f": {100.0 * slope / mean[0]:+.1f} % for the first second"
    axes.set_title(f"What delay costs{share}", fontsize=10.0, loc="left")
    axes.legend(fontsize=8.5, framealpha=0.9)


def _flat(places: Vector, centre: tuple[float, float]) -> Vector:
    """Return km east and north (n, 2) of places (n, 2), latitude and longitude in rad, by distance and direction from a
    centre.
    """
    lat, lon = places[:, 0], places[:, 1] - centre[1]
    up = math.sin(centre[0]) * np.sin(lat) + math.cos(centre[0]) * np.cos(lat) * np.cos(lon)
    east = np.cos(lat) * np.sin(lon)
    north = math.cos(centre[0]) * np.sin(lat) - math.sin(centre[0]) * np.cos(lat) * np.cos(lon)
    level = np.hypot(east, north)
    scale = MEAN_RADIUS / 1e3 * np.where(level > 1e-12, np.arctan2(level, up) / np.maximum(level, 1e-12), 1.0)
    return np.stack([scale * east, scale * north], axis=1)
