"""The smallest layer of tracking satellites as a picture: by orbit, by size, and along the flights."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

from cupola.report.draw import plain
from cupola.report.picture import GRID, write_picture
from cupola.report.theme import ink
from cupola.studies.stereo import Judged, Layers, stereo_by_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito (2008)
_STYLE = {**GRID, "savefig.dpi": 100}


def draw_layers(found: Layers, target: Path) -> None:
    """Write the picture of an answer; the suffix of ``target`` (.png, .svg, .pdf) says in which form.

    The same answer gives the same bytes.
    """
    write_picture(lambda figure: _paint(figure, found), target, size=(13.0, 8.6), style=_STYLE)


def _paint(figure: "Figure", found: Layers) -> None:
    need = found.question.spec.requirement
    figure.text(0.05, 0.95, plain(found.document["name"], 100), fontsize=15.0, fontweight="bold")
    wanted = (
        f"wanted: never longer than {need.gap:g} s without two lines of sight that cross at "
        f"{math.degrees(need.minimum_crossing):g}°, {need.probability:.0%} of the times"
    )
    size = "" if found.best is None else f"{found.best.walker.total} satellites; "
    figure.text(0.05, 0.918, plain(size + wanted, 150), fontsize=10.5, color=ink("muted"))
    shown = [each for each in (found.best, *found.given) if each is not None]
    searched = bool(found.tried)
    if searched:
        _paint_orbits(figure.add_axes((0.06, 0.53, 0.40, 0.33)), found)
        _paint_sizes(figure.add_axes((0.56, 0.53, 0.40, 0.33)), found)
    if shown:
        box = (0.06, 0.085, 0.90, 0.33) if searched else (0.06, 0.09, 0.90, 0.75)
        _paint_flights(figure.add_axes(box), found, shown[0])
    figure.text(
        0.97, 0.012, "Notional models from open sources, by Cupola.", ha="right", fontsize=8.0, color=ink("muted")
    )


def _paint_orbits(axes: "Axes", found: Layers) -> None:
    """Draw the smallest size over inclination, over all numbers of planes, a line for every height."""
    for index, height in enumerate(sorted({each.altitude for each in found.tried})):
        least: dict[float, int] = {}
        for each in found.tried:
            if each.altitude == height and each.walker is not None:
                tilt = math.degrees(each.inclination)
                least[tilt] = min(least.get(tilt, each.walker.total), each.walker.total)
        if least:
            tilts = sorted(least)
            axes.plot(
                tilts, [least[tilt] for tilt in tilts], marker="o", ms=4.0, lw=1.6,
                color=_LINES[index % len(_LINES)], label=f"{height / 1e3:g} km",
            )  # fmt: skip
    if found.best is not None:
        walker = found.best.walker
        axes.plot(
            math.degrees(walker.inclination), walker.total, marker="*", ms=17.0, color=ink("ink"), mec="#ffffff", ls="",
            label=f"smallest: {walker.total} in {walker.planes} planes", zorder=6,
        )  # fmt: skip
    axes.set_ylim(0.0, None)
    axes.set_xlabel("inclination (degrees)")
    axes.set_ylabel("satellites needed")
    axes.set_title("Satellites needed, by orbit (best number of planes)", fontsize=10.0, loc="left")
    if axes.lines:
        axes.legend(fontsize=8.5, framealpha=0.9)


def _paint_sizes(axes: "Axes", found: Layers) -> None:
    """Draw what fewer and more satellites of the best layer's planes give."""
    if not found.curve:
        axes.text(
            0.5, 0.5, "no layer up to the limit is enough", transform=axes.transAxes, ha="center", color=ink("leak")
        )
        return
    sizes = [each.walker.total for each in found.curve]
    axes.plot(
        sizes, [100.0 * each.share_met for each in found.curve], marker="o", ms=4.0, lw=2.0, color=_LINES[0],
        label="no gap longer than wanted, % of the times",
    )  # fmt: skip
    held = [
        100.0 * min(one.held.mean() / len(part.times) for one, part in zip(each.custody, found.watched, strict=True))
        for each in found.curve
    ]
    axes.plot(sizes, held, marker="s", ms=4.0, lw=2.0, color=_LINES[2], label="in stereo, % of the worst flight")
    axes.axhline(
        100.0 * found.question.spec.requirement.probability, color=ink("leak"), lw=1.2, ls="--", label="wanted"
    )
    axes.set_ylim(0.0, 103.0)
    axes.set_xlabel("satellites, in the best layer's planes")
    axes.set_ylabel("%")
    axes.set_title("Fewer and more of them", fontsize=10.0, loc="left")
    axes.legend(fontsize=8.5, framealpha=0.9, loc="lower right")


def _paint_flights(axes: "Axes", found: Layers, layer: Judged) -> None:
    """Draw how often every flight is in stereo at each moment of it."""
    phases = found.question.spec.phases
    for index, (flight, part, held) in enumerate(zip(found.flights, found.watched, layer.custody, strict=True)):
        colour = _LINES[index % len(_LINES)]
        axes.plot(
            part.times / 60.0, 100.0 * stereo_by_time(held, phases), color=colour, lw=1.8, label=plain(flight.name, 50)
        )
        axes.plot(flight.flight.burnout.time_s / 60.0, 2.0, marker="^", ms=7.0, color=colour, ls="")
    axes.set_ylim(0.0, 103.0)
    axes.set_xlim(0.0, None)
    axes.set_xlabel("minutes after launch (triangles: burnout)")
    axes.set_ylabel("% of the times in stereo")
    axes.set_title(f"Along the flights, with {layer.walker.total} satellites", fontsize=10.0, loc="left")
    axes.legend(fontsize=8.5, framealpha=0.9, loc="lower right")
