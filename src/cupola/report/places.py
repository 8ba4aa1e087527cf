"""Names on a map: launch areas, cities, radars and interceptor sites, as many as fit, the most telling first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cupola.report.draw import plain
from cupola.report.labels import Box, Label, place
from cupola.report.scene import Cut, Scene, flying
from cupola.report.theme import ink
from cupola.report.words import place_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LETTER = 11.5


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place with its marker, ``size`` in pixels; no ``text``: no name. A higher ``rank`` lies on top."""

    text: str
    latitude_deg: float
    longitude_deg: float
    marker: str
    size: float
    fill: str
    edge: str
    letters: str
    bold: bool = False
    rank: int = 9


def paint_places(axes: "Axes", scene: Scene, cut: Cut) -> None:
    """Draw every place in the cut and name those that matter most where there is room."""
    labels: list[tuple[Label, Spot]] = []
    taken: list[Box] = []
    for spot in _spots(scene):
        x, y = cut.projection.project(np.array([spot.latitude_deg]), np.array([spot.longitude_deg]))
        if not cut.holds(x, y)[0]:
            continue
        axes.plot(x, y, marker=spot.marker, ms=spot.size, color=spot.fill, mec=spot.edge, mew=1.0, zorder=spot.rank)
        px, py = cut.pixels(x, y)
        half = spot.size / 2.0 + 0.5
        taken.append((px[0] - half, py[0] - half, px[0] + half, py[0] + half))
        if spot.text:
            labels.append((Label(text=spot.text, x=float(px[0]), y=float(py[0]), gap=half + 3.0), spot))
    _write(axes, scene, cut, labels, taken)


def _spots(scene: Scene) -> list[Spot]:
    """Return the places by importance: launch areas, cities hit, other cities, sites that fired, radars, the rest."""
    ink_, paper, muted, red = ink("ink"), ink("paper"), ink("muted"), ink("leak")
    spots = [
        Spot(
            text=text,
            latitude_deg=lat,
            longitude_deg=lon,
            marker="P",
            size=9.0,
            fill=ink_,
            edge=paper,
            letters=ink_,
            bold=True,
        )
        for text, lat, lon in _launch_areas(scene)
    ]
    for city in sorted(scene.cities, key=lambda c: (-c.arrived, -c.population, c.name)):
        hit = city.arrived > 0
        spots.append(
            Spot(
                text=plain(city.name, 24),
                latitude_deg=city.latitude_deg,
                longitude_deg=city.longitude_deg,
                marker="o",
                size=8.0 if hit else 6.0,
                fill=red if hit else paper,
                edge=paper if hit else ink_,
                letters=red if hit else ink_,
                bold=hit,
                rank=10,
            )
        )
    return spots + _sites(scene, muted, paper)


def _sites(scene: Scene, muted: str, paper: str) -> list[Spot]:
    """Return the sites, each place once; named are those that fired and the radars that stand alone."""
    fired = {_cell_of(s["launch"][0], s["launch"][1]) for s in scene.replay.get("shots", ())}
    sites = {(_cell_of(site["lat"], site["lon"]), site["kind"]): site for site in scene.replay.get("sites", ())}
    batteries = {where for where, kind in sites if kind == "interceptor"}
    named = {city.name for city in scene.cities}
    spots = []
    for (where, kind), site in sites.items():
        if kind == "sensor" and where in batteries:
            continue
        shooter, name = kind == "interceptor" and where in fired, place_name(str(site["name"]))
        telling = shooter or kind == "sensor"
        spots.append(
            Spot(
                text=plain(name, 24) if telling and name not in named else "",
                latitude_deg=float(site["lat"]),
                longitude_deg=float(site["lon"]),
                marker="^" if kind == "sensor" else "s",
                size=6.0 if shooter else 5.0 if telling else 3.2,
                fill=muted,
                edge=paper if telling else muted,
                letters=muted,
                rank=9 if shooter else 8 if telling else 7,
            )
        )
    return sorted(spots, key=lambda spot: (-spot.rank, spot.text))


def _cell_of(latitude_deg: float, longitude_deg: float) -> tuple[int, int]:
    """Return a cell of a tenth of a degree: places in the same one are the same site."""
    return round(10.0 * latitude_deg), round(10.0 * longitude_deg)


def _write(axes: "Axes", scene: Scene, cut: Cut, labels: Sequence[tuple[Label, Spot]], taken: list[Box]) -> None:
    look = {id(label): spot for label, spot in labels}
    frame = (4.0, 4.0, cut.width - 4.0, cut.height - 4.0)
    placed, _ = place([label for label, _ in labels], frame, taken, _busy(scene, cut), size=_LETTER)
    left, bottom = cut.frame[:2]
    scale = cut.km_per_pixel
    for found in placed:
        spot = look[id(found.label)]
        x, y = left + found.x * scale, bottom + found.y * scale
        if found.far:
            ends = [left + found.label.x * scale, x], [bottom + found.label.y * scale, y + 0.35 * _LETTER * scale]
            axes.plot(*ends, color=spot.letters, lw=0.6, zorder=8)
        weight = "bold" if spot.bold else "normal"
        axes.text(x, y, spot.text, ha=found.align, fontsize=_LETTER, color=spot.letters, fontweight=weight, zorder=11)


def _busy(scene: Scene, cut: Cut) -> list[Box]:
    """Return small boxes in pixels along tracks and around intercepts, which names should rather not cover."""
    places = [row[1:3] for obj in flying(scene) for row in obj["track"]]
    places += [shot["intercept"][:2] for shot in scene.replay.get("shots", ())]
    if not places:
        return []
    table = np.array(places, dtype=float)
    x, y = cut.projection.project(table[:, 0], table[:, 1])
    inside = cut.holds(x, y)
    px, py = cut.pixels(x[inside], y[inside])
    cells = sorted({(round(float(a) / 4.0), round(float(b) / 4.0)) for a, b in zip(px, py, strict=True)})
    return [(4.0 * a - 2.0, 4.0 * b - 2.0, 4.0 * a + 2.0, 4.0 * b + 2.0) for a, b in cells]


def _launch_areas(scene: Scene) -> list[tuple[str, float, float]]:
    """Return (text, latitude, longitude) of the launch points, those within about 300 km taken together."""
    groups: list[list[tuple[float, float]]] = []
    for obj in scene.replay.get("objects", ()):
        if obj["role"] != "booster":
            continue
        lat, lon = (float(v) for v in obj["launch"])
        for group in groups:
            wide = (lon - group[0][1] + 180.0) % 360.0 - 180.0
            if math.hypot(lat - group[0][0], wide * math.cos(math.radians(lat))) < 3.0:
                group.append((lat, lon))
                break
        else:
            groups.append([(lat, lon)])
    out = []
    for group in groups:
        # The first point, not a mean: a mean of longitudes fails on the date line.
        lat, lon = group[0]
        out.append((f"{len(group)} launched" if len(group) > 1 else "launched", lat, lon))
    return out
