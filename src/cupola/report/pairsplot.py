"""Pairs of speed and delay that would make a published number true, as curves under the end of the burn."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cupola.report.draw import plain
from cupola.report.picture import GRID, write_picture
from cupola.report.theme import ink
from cupola.studies.orbital import Sized
from cupola.studies.orbital_pairs import Pairs

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito (2008)
_DASHES = ("-", (0, (5, 2)), (0, (2, 1.5)), (0, (6, 2, 1, 2)))
_STYLE = {**GRID, "savefig.dpi": 100}


def draw_pairs(found: Sized, pairs: Pairs, target: Path) -> None:
    """Write the picture of the pairs; the suffix of ``target`` (.png, .svg, .pdf) says in which form.

    The same answer gives the same bytes.
    """
    write_picture(lambda figure: _paint(figure, found, pairs), target, size=(11.0, 7.0), style=_STYLE)


def _paint(figure: "Figure", found: Sized, pairs: Pairs) -> None:
    asked = found.question.spec.pairs
    wanted = 0.0 if asked is None else asked.per_missile
    figure.text(0.05, 0.945, plain(found.document["name"], 95), fontsize=14.0, fontweight="bold")
    said = f"Every point of a curve makes {wanted:g} interceptors in orbit for each missile true; {_shells(found)}"
    figure.text(
        0.05, 0.905, plain(said, 140),
        fontsize=10.0, color=ink("muted"),
    )  # fmt: skip
    axes = figure.add_axes((0.075, 0.1, 0.885, 0.75))
    _paint_curves(axes, pairs)
    figure.text(
        0.97, 0.015, "Notional models from open sources, by Cupola.", ha="right", fontsize=8.0, color=ink("muted")
    )


def _paint_curves(axes: "Axes", pairs: Pairs) -> None:
    speeds = pairs.speeds / 1e3
    for g, group in enumerate(pairs.groups):
        colour = _LINES[g % len(_LINES)]
        burnout = pairs.burnout_s[g]
        axes.axhline(burnout, color=colour, lw=0.9, ls=":", alpha=0.9)
        axes.text(speeds[0], burnout, f" {plain(group, 40)} burns out", va="bottom", fontsize=8.5, color=colour)
        for (name, shots), delays in pairs.curves.items():
            if name != group:
                continue
            dashes = _DASHES[sorted({s for _, s in pairs.curves}).index(shots) % len(_DASHES)]
            label = f"{plain(group, 34)}: {shots} shot{'s' if shots > 1 else ''} for each missile"
            axes.plot(speeds, delays, color=colour, lw=2.2, ls=dashes, marker="o", ms=3.0, label=label)
    top = max((b for b in pairs.burnout_s if math.isfinite(b)), default=float(pairs.delays[-1]))
    axes.set_xlim(float(speeds[0]), float(speeds[-1]))
    axes.set_ylim(0.0, 1.08 * top)
    axes.set_xlabel("speed of the interceptor (km/s)")
    axes.set_ylabel("launch to release (s): detection, track, decision, message")
    if not any(np.isfinite(delays).any() for delays in pairs.curves.values()):
        axes.text(0.5, 0.5, "no pair gives this number", transform=axes.transAxes, ha="center", color=ink("leak"))
        return
    axes.legend(loc="lower right", fontsize=9.0, framealpha=0.9)
    axes.set_title(
        "Above a curve too few are in reach for the claim; below it, more than it needs", fontsize=10.0, loc="left"
    )


def _shells(found: Sized) -> str:
    given = found.given
    if given is None:
        return ""
    first = given.walkers[0]
    top = first.altitude if first.altitude_top is None else first.altitude_top
    heights = f"{first.altitude / 1e3:g}" + ("" if top == first.altitude else f" to {top / 1e3:g}")
    tilts = ", ".join(f"{math.degrees(walker.inclination):g}°" for walker in given.walkers)
    return f"orbits at {heights} km, {tilts}"
