"""Maps of the kept run on real coastlines: the whole raid, where it is met first, and what it is aimed at."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cupola.report.draw import add_legend, joined, legend_columns, plain, render
from cupola.report.labels import Box, Label, place
from cupola.report.projection import Azimuthal, centred_on, land_rings
from cupola.report.read import Layer
from cupola.report.theme import ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

Array = NDArray[np.float64]

_LABEL = 11.5


@dataclass(frozen=True, kw_only=True)
class City:
    """An aim point of the kept run and how many warheads reached it."""

    name: str
    latitude_deg: float
    longitude_deg: float
    population: int
    arrived: int


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What there is to draw, independent of the cut."""

    replay: dict[str, Any]
    layers: tuple[Layer, ...]
    cities: tuple[City, ...]
    rings: Sequence[Array]


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A projection and the rectangle (left, bottom, right, top) in km that a map shows."""

    projection: Azimuthal
    frame: Box
    width: int
    height: int

    @property
    def reach_km(self) -> float:
        """Distance in km from the projection's centre to the farthest corner."""
        left, bottom, right, top = self.frame
        return math.hypot(max(abs(left), abs(right)), max(abs(bottom), abs(top)))

    @property
    def km_per_pixel(self) -> float:
        """Scale of the map."""
        return (self.frame[2] - self.frame[0]) / self.width

    def holds(self, x: Array, y: Array) -> NDArray[np.bool_]:
        """Return which points lie inside."""
        left, bottom, right, top = self.frame
        return (x >= left) & (x <= right) & (y >= bottom) & (y <= top)


def scene_of(
    replay: dict[str, Any], layers: tuple[Layer, ...], cities: Sequence[City], rings: Sequence[Array]
) -> Scene:
    """Return the scene of the kept run."""
    return Scene(replay=replay, layers=layers, cities=tuple(cities), rings=rings)


def cut_around(
    points_deg: Sequence[tuple[float, float]], *, width: int, height: int, margin: float = 0.06, least_km: float = 900.0
) -> Cut:
    """Return the cut that holds all points (latitude, longitude in degrees), at least ``least_km`` high."""
    lat, lon = np.array(points_deg, dtype=float).T
    projection = centred_on(lat, lon)
    x, y = projection.project(lat, lon)
    left, right, bottom, top = float(x.min()), float(x.max()), float(y.min()), float(y.max())
    half_w, half_h = (right - left) / 2.0 * (1.0 + 2.0 * margin), (top - bottom) / 2.0 * (1.0 + 2.0 * margin)
    half_h = max(half_h, half_w * height / width, least_km / 2.0)
    half_w = half_h * width / height
    cx, cy = (left + right) / 2.0, (bottom + top) / 2.0
    return Cut(
        projection=projection, frame=(cx - half_w, cy - half_h, cx + half_w, cy + half_h), width=width, height=height
    )


def raid_points(scene: Scene) -> list[tuple[float, float]]:
    """Return latitude and longitude of everything the overview must hold."""
    objects = [obj for obj in scene.replay.get("objects", ()) if obj["role"] != "decoy"]
    points = [tuple(obj[key]) for obj in objects for key in ("launch", "aim")]
    points += [(row[1], row[2]) for obj in objects for row in obj["track"][::8]]
    points += [(shot["intercept"][0], shot["intercept"][1]) for shot in scene.replay.get("shots", ())]
    return [(float(a), float(b)) for a, b in points]


def map_figure(scene: Scene, cut: Cut, *, name: str, title: str, description: str, legend: bool) -> str:
    """Return the SVG of one map."""
    handles = _legend(scene) if legend else []
    columns = legend_columns([str(handle.get_label()) for handle in handles], cut.width) if handles else 1
    foot = 12 + 19 * -(-len(handles) // columns) if handles else 0
    total = cut.height + foot

    def paint(figure: "Figure") -> None:
        axes = figure.add_axes((0.0, foot / total, 1.0, cut.height / total))
        _paint_map(axes, scene, cut)
        if handles:
            add_legend(axes, handles, columns=columns, corner="upper left", at=(0.0, -10.0 / cut.height))

    return render(paint, name=name, title=title, description=description, width=cut.width, height=total)


def _paint_map(axes: "Axes", scene: Scene, cut: Cut) -> None:
    left, bottom, right, top = cut.frame
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(ink("sea"))
    for spine in axes.spines.values():
        spine.set_visible(False)
    _paint_land(axes, scene.rings, cut)
    _paint_graticule(axes, cut)
    _paint_satellites(axes, scene.replay.get("space_interceptors", ()), cut)
    _paint_tracks(axes, scene, cut)
    _paint_shots(axes, scene, cut)
    _paint_places(axes, scene, cut)


def _paint_land(axes: "Axes", rings: Sequence[Array], cut: Cut) -> None:
    """Fill the land as one path, in which lakes are holes by their direction, and draw its shores."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    near = land_rings(rings, cut.projection, cut.reach_km, cut.frame)
    if not near:
        return
    path = Path.make_compound_path(*(Path(np.vstack((ring, ring[:1])), closed=True) for ring in near))
    axes.add_patch(PathPatch(path, facecolor=ink("land"), edgecolor=ink("coast"), lw=0.6, zorder=1))


def _paint_graticule(axes: "Axes", cut: Cut) -> None:
    """Draw every 15 or 30 degrees, for orientation only."""
    step = 30 if cut.reach_km > 4000.0 else 15 if cut.reach_km > 1500.0 else 5
    limit = 180.0 * 60.0 * 1.852 * 0.9
    lines = [(np.linspace(-88.0, 88.0, 177), np.full(177, float(lon))) for lon in range(-180, 180, step)]
    lines += [(np.full(361, float(lat)), np.linspace(-180.0, 180.0, 361)) for lat in range(-90 + step, 90, step)]
    for lat, lon in lines:
        x, y = cut.projection.project(lat, lon)
        far = np.hypot(x, y) > limit
        x[far], y[far] = np.nan, np.nan
        if cut.holds(x, y).any():
            axes.plot(x, y, color=ink("rule"), lw=0.6, zorder=2)


def _paint_satellites(axes: "Axes", places: Sequence[Sequence[float]], cut: Cut) -> None:
    """Draw every space interceptor as one dot; a single path keeps thousands of them small."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not len(places):
        return
    table = np.array(places, dtype=float)
    x, y = cut.projection.project(table[:, 0], table[:, 1])
    inside = cut.holds(x, y)
    if not inside.any():
        return
    # A line to (almost) itself with round ends is a dot; an exact zero length would be dropped while drawing.
    points = np.column_stack((x[inside], y[inside]))
    ends = points + np.array([0.02 * cut.km_per_pixel, 0.0])
    vertices = np.stack((points, ends), axis=1).reshape(-1, 2)
    path = Path(vertices, np.tile(np.array([Path.MOVETO, Path.LINETO], dtype=np.uint8), len(points)))
    path.should_simplify = False
    axes.add_patch(PathPatch(path, facecolor="none", edgecolor=ink("dot"), lw=1.7, capstyle="round", zorder=3))


def _paint_tracks(axes: "Axes", scene: Scene, cut: Cut) -> None:
    objects = _flying(scene)
    crowd = min(1.0, 0.35 + 8.0 / max(len(objects), 1))
    family = {obj["missile"] for obj in objects if obj["outcome"] == "leaked"}
    for leaked in (False, True):
        lines = [
            cut.projection.project(track[:, 1], track[:, 2])
            for obj in objects
            if (obj["missile"] in family if obj["role"] == "booster" else obj["outcome"] == "leaked") is leaked
            for track in [np.array(obj["track"], dtype=float)]
        ]
        colour = ink("leak") if leaked else ink("muted")
        x, y = joined(lines)
        axes.plot(x, y, color=colour, lw=1.4 if leaked else 1.0, alpha=crowd, zorder=5 if leaked else 4)


def _paint_shots(axes: "Axes", scene: Scene, cut: Cut) -> None:
    for layer in scene.layers:
        shots = [shot for shot in scene.replay.get("shots", ()) if shot["layer"] == layer.name]
        if not shots:
            continue
        start = np.array([shot["launch"][:2] for shot in shots], dtype=float)
        end = np.array([shot["intercept"][:2] for shot in shots], dtype=float)
        kill = np.array([bool(shot["kill"]) for shot in shots])
        x0, y0 = cut.projection.project(start[:, 0], start[:, 1])
        x1, y1 = cut.projection.project(end[:, 0], end[:, 1])
        faint = 0.5 if len(shots) < 60 else 0.25
        lines = [(np.array([a, c]), np.array([b, d])) for a, b, c, d in zip(x0, y0, x1, y1, strict=True)]
        axes.plot(*joined(lines), color=layer.style.colour, lw=0.7, alpha=faint, zorder=6)
        style: dict[str, Any] = {"ls": "none", "marker": layer.style.marker, "mew": 1.0}
        axes.plot(x1[~kill], y1[~kill], ms=4.5, color=ink("paper"), mec=layer.style.colour, zorder=7, **style)
        axes.plot(x1[kill], y1[kill], ms=7.5, color=layer.style.colour, mec=ink("paper"), zorder=8, **style)


def _paint_places(axes: "Axes", scene: Scene, cut: Cut) -> None:
    """Draw cities, launch areas and sites with as many names as fit, the most telling first."""
    labels: list[tuple[Label, str, bool]] = []
    taken: list[Box] = []

    def add(text: str, lat: float, lon: float, *, colour: str, bold: bool, size: float) -> tuple[float, float] | None:
        x, y = (float(v[0]) for v in cut.projection.project(np.array([lat]), np.array([lon])))
        if not cut.holds(np.array([x]), np.array([y]))[0]:
            return None
        px, py = (x - cut.frame[0]) / cut.km_per_pixel, (y - cut.frame[1]) / cut.km_per_pixel
        taken.append((px - size / 2, py - size / 2, px + size / 2, py + size / 2))
        labels.append((Label(text=text, x=px, y=py, gap=size / 2 + 3.0), colour, bold))
        return x, y

    for text, lat, lon in _launch_areas(scene):
        if spot := add(text, lat, lon, colour=ink("ink"), bold=True, size=10.0):
            axes.plot(*spot, marker="P", ms=9.0, color=ink("ink"), mec=ink("paper"), mew=1.0, zorder=9)
    for city in sorted(scene.cities, key=lambda c: (-c.arrived, -c.population)):
        hit = city.arrived > 0
        colour = ink("leak") if hit else ink("ink")
        if spot := add(plain(city.name, 24), city.latitude_deg, city.longitude_deg, colour=colour, bold=hit, size=9.0):
            face = ink("leak") if hit else ink("paper")
            axes.plot(
                *spot,
                marker="o",
                ms=8.0 if hit else 6.0,
                color=face,
                mec=ink("paper") if hit else ink("ink"),
                mew=1.1,
                zorder=10,
            )
    for site in scene.replay.get("sites", ()):
        sensor = site["kind"] == "sensor"
        if spot := add(
            plain(site["name"], 24), float(site["lat"]), float(site["lon"]), colour=ink("muted"), bold=False, size=7.0
        ):
            axes.plot(
                *spot, marker="^" if sensor else "s", ms=5.5, color=ink("muted"), mec=ink("paper"), mew=0.7, zorder=9
            )
    _write(axes, scene, cut, labels, taken)


def _write(axes: "Axes", scene: Scene, cut: Cut, labels: list[tuple[Label, str, bool]], taken: list[Box]) -> None:
    look = {id(label): (colour, bold) for label, colour, bold in labels}
    frame = (4.0, 4.0, cut.width - 4.0, cut.height - 4.0)
    placed, _ = place([label for label, _, _ in labels], frame, taken, _busy(scene, cut), size=_LABEL)
    left, bottom = cut.frame[:2]
    for spot in placed:
        colour, bold = look[id(spot.label)]
        x, y = left + spot.x * cut.km_per_pixel, bottom + spot.y * cut.km_per_pixel
        if spot.far:
            start = (left + spot.label.x * cut.km_per_pixel, bottom + spot.label.y * cut.km_per_pixel)
            axes.plot([start[0], x], [start[1], y + 0.35 * _LABEL * cut.km_per_pixel], color=colour, lw=0.6, zorder=8)
        weight = "bold" if bold else "normal"
        axes.text(x, y, spot.label.text, ha=spot.align, fontsize=_LABEL, color=colour, fontweight=weight, zorder=11)


def _busy(scene: Scene, cut: Cut) -> list[Box]:
    """Return small boxes in pixels along tracks and around intercepts, which names should rather not cover."""
    places = [row[1:3] for obj in _flying(scene) for row in obj["track"]]
    places += [shot["intercept"][:2] for shot in scene.replay.get("shots", ())]
    if not places:
        return []
    table = np.array(places, dtype=float)
    x, y = cut.projection.project(table[:, 0], table[:, 1])
    inside = cut.holds(x, y)
    px, py = (x[inside] - cut.frame[0]) / cut.km_per_pixel, (y[inside] - cut.frame[1]) / cut.km_per_pixel
    cells = sorted({(round(float(a) / 4.0), round(float(b) / 4.0)) for a, b in zip(px, py, strict=True)})
    return [(4.0 * a - 2.0, 4.0 * b - 2.0, 4.0 * a + 2.0, 4.0 * b + 2.0) for a, b in cells]


def _flying(scene: Scene) -> list[dict[str, Any]]:
    return [obj for obj in scene.replay.get("objects", ()) if obj["role"] != "decoy" and obj["track"]]


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


def _legend(scene: Scene) -> "list[Line2D]":
    from matplotlib.lines import Line2D

    def mark(label: str, marker: str, colour: str, size: float = 7.0, edge: str = ink("paper")) -> Line2D:
        return Line2D([], [], ls="none", marker=marker, ms=size, color=colour, mec=edge, mew=0.9, label=label)

    kinds = {site["kind"] for site in scene.replay.get("sites", ())}
    handles = [
        Line2D([], [], color=ink("leak"), lw=1.8, label="gets through"),
        Line2D([], [], color=ink("muted"), lw=1.2, label="stopped"),
        mark("hit", "o", ink("leak"), 8.0),
        mark("spared", "o", ink("paper"), 6.0, ink("ink")),
    ]
    handles += [mark(plain(layer.name, 18), layer.style.marker, layer.style.colour) for layer in scene.layers]
    if "sensor" in kinds:
        handles.append(mark("radar", "^", ink("muted"), 6.0))
    if "interceptor" in kinds:
        handles.append(mark("interceptor site", "s", ink("muted"), 6.0))
    if len(scene.replay.get("space_interceptors", ())):
        handles.append(mark("space interceptor", "o", ink("dot"), 2.5, ink("dot")))
    return handles
