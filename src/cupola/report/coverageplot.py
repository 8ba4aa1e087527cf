"""Coverage as a picture: maps on real coastlines of how often each place is in view, and for how long it is not."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cupola.core.earth import Vector
from cupola.report.draw import plain
from cupola.report.flighttable import rows_of
from cupola.report.picture import write_picture
from cupola.report.theme import ink
from cupola.scenario.data import coastlines
from cupola.studies.coverage import Coverage, ShellMap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SMALLEST_ISLAND = 1.5  # deg; smaller ones are specks on a map of the world
_TRACKS = ("#d55e00", "#000000", "#cc79a7", "#56b4e9", "#8a7d00")
_STYLE = {
    "axes.spines.top": True,
    "axes.spines.right": True,
    "axes.axisbelow": "line",
    "axes.linewidth": 0.8,
    "axes.labelcolor": ink("ink"),
    "savefig.dpi": 110,
}


def draw_coverage(found: Coverage, target: Path) -> None:
    """Write the maps of a coverage answer, one row of two per shell; the suffix of ``target`` says in which form.

    The same answer gives the same bytes.
    """
    size = (14.0, 1.05 + 4.0 * len(found.maps))
    write_picture(lambda figure: _paint(figure, found), target, size=size, style=_STYLE)


def _paint(figure: "Figure", found: Coverage) -> None:
    height = 1.05 + 4.0 * len(found.maps)
    document = found.document
    figure.text(0.03, 1.0 - 0.42 / height, plain(document["name"], 110), fontsize=14.0, fontweight="bold")
    sensors = ", ".join(f"{sensor['count']} {sensor['name']}" for sensor in document["sensors"])
    figure.text(
        0.03,
        1.0 - 0.72 / height,
        plain(f"{sensors}; {document['duration_s'] / 3600.0:g} h in steps of {document['step_s']:g} s", 150),
        fontsize=10.5,
        color=ink("muted"),
    )
    for row, each in enumerate(found.maps):
        bottom = (0.55 + 4.0 * (len(found.maps) - 1 - row)) / height
        left = figure.add_axes((0.045, bottom, 0.40, 3.25 / height))
        right = figure.add_axes((0.535, bottom, 0.40, 3.25 / height))
        _paint_shares(figure, left, found, each)
        _paint_gaps(figure, right, found, each)
    figure.text(
        0.97,
        0.12 / height,
        "Notional sensors from open sources, by Cupola. Coastlines: Natural Earth.",
        ha="right",
        fontsize=8.0,
        color=ink("muted"),
    )


def _paint_shares(figure: "Figure", axes: "Axes", found: Coverage, each: ShellMap) -> None:
    summary = found.document["shells"][found.maps.index(each)]
    image = _paint_values(axes, found, 100.0 * each.covered, "viridis", 0.0, 100.0)
    axes.set_title(
        f"In view at {each.shell.altitude / 1e3:g} km, {each.shell.shows}: {summary['fraction_covered']:.1%} of area "
        f"and time, {summary['fraction_stereo']:.1%} in stereo",
        fontsize=10.0,
        loc="left",
    )
    _paint_bar(figure, axes, image, "% of the time")
    _paint_tracks(axes, found)


def _paint_gaps(figure: "Figure", axes: "Axes", found: Coverage, each: ShellMap) -> None:
    minutes = each.longest_gap_s / 60.0
    top = max(float(np.nanmax(minutes)), found.document["step_s"] / 60.0)
    image = _paint_values(axes, found, minutes, "magma_r", 0.0, top)
    never = bool(np.nanmax(each.longest_gap_s) >= found.document["duration_s"])
    worst = "some places are never in view" if never else f"{top:,.0f} min at worst"
    axes.set_title(f"Longest time out of view: {worst}", fontsize=10.0, loc="left")
    _paint_bar(figure, axes, image, "minutes")


def _paint_values(axes: "Axes", found: Coverage, values: Vector, colours: str, low: float, high: float) -> Any:
    image = axes.imshow(
        values,
        origin="lower",
        extent=(-180.0, 180.0, -90.0, 90.0),
        cmap=colours,
        vmin=low,
        vmax=high,
        interpolation="nearest",
        aspect="auto",
    )
    for ring in coastlines():
        if np.ptp(ring, axis=0).max() < _SMALLEST_ISLAND:
            continue
        axes.plot(*_unwrapped(ring[:, 0], ring[:, 1]), color="#ffffff", lw=1.1, alpha=0.55)
        axes.plot(*_unwrapped(ring[:, 0], ring[:, 1]), color=ink("ink"), lw=0.45)
    axes.set_xlim(-180.0, 180.0)
    axes.set_ylim(-90.0, 90.0)
    axes.set_facecolor(ink("sea"))
    axes.set_xticks(
        range(-180, 181, 60), [f"{abs(x)}°{'W' if x < 0 else 'E' if x else ''}" for x in range(-180, 181, 60)]
    )
    axes.set_yticks(range(-90, 91, 30), [f"{abs(y)}°{'S' if y < 0 else 'N' if y else ''}" for y in range(-90, 91, 30)])
    for sensor in found.question.groups:
        for site in sensor.sites:
            axes.plot(*np.degrees([site.longitude, site.latitude]), marker="^", ms=7.0, color="#ffffff", mec=ink("ink"))
    return image


def _paint_bar(figure: "Figure", axes: "Axes", image: Any, title: str) -> None:
    box = axes.get_position()
    bar = figure.add_axes((box.x1 + 0.008, box.y0, 0.010, box.height))
    figure.colorbar(image, cax=bar).set_label(title)


def _paint_tracks(axes: "Axes", found: Coverage) -> None:
    """Draw the ground track of every flight, thin; thick where every launch time keeps it in custody."""
    from cupola.studies.coverage_custody import judged

    for index, each in enumerate(found.custody):
        colour = _TRACKS[index % len(_TRACKS)]
        kept = [judged(each, launch) for launch in each.sightings]
        rows = rows_of(each.flown.flight.trajectory, kept[0].times_s)
        lat, lon = rows[:, 1], rows[:, 2]
        always = np.all([one.custody for one in kept], axis=0)
        axes.plot(*_unwrapped(lon, lat), color="#ffffff", lw=3.0)
        axes.plot(*_unwrapped(lon, lat), color=colour, lw=1.0, ls=(0, (2, 1.5)))
        axes.plot(*_unwrapped(np.where(always, lon, np.nan), lat), color=colour, lw=2.2, label=each.flown.name)
    if found.custody:
        axes.legend(
            loc="lower left", fontsize=8.5, framealpha=0.9, title="in custody (dots: not always)", title_fontsize=8.5
        )


def _unwrapped(longitude: Vector, latitude: Vector) -> tuple[Vector, Vector]:
    """Return a line with a gap where it leaves the map at the date line."""
    longitude = (np.asarray(longitude, dtype=np.float64) + 180.0) % 360.0 - 180.0
    jumps = np.flatnonzero(np.abs(np.diff(longitude)) > 180.0) + 1
    return np.insert(longitude, jumps, np.nan), np.insert(np.asarray(latitude, dtype=np.float64), jumps, np.nan)
