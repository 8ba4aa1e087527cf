"""Maps of the kept run on real coastlines: the whole raid, where it is met first, and what it is aimed at."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cupola.report.draw import add_legend, joined, legend_columns, plain, render
from cupola.report.places import paint_places
from cupola.report.projection import land_rings
from cupola.report.scene import Cut, Scene, flying, gets_through
from cupola.report.theme import ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

Array = NDArray[np.float64]


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
    paint_land(axes, scene.rings, cut)
    paint_graticule(axes, cut)
    _paint_satellites(axes, scene.replay.get("space_interceptors", ()), cut)
    _paint_tracks(axes, scene, cut)
    _paint_shots(axes, scene, cut)
    paint_places(axes, scene, cut)


def paint_land(axes: "Axes", rings: Sequence[Array], cut: Cut) -> None:
    """Fill the land as one path, in which lakes are holes by their direction, and draw its shores."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    near = land_rings(rings, cut.projection, cut.reach_km, cut.frame)
    if not near:
        return
    codes = np.full(sum(len(ring) + 1 for ring in near), Path.LINETO, dtype=np.uint8)
    ends = np.cumsum([len(ring) + 1 for ring in near])
    codes[ends - 1] = Path.CLOSEPOLY
    codes[np.append(0, ends[:-1])] = Path.MOVETO
    path = Path(np.concatenate([part for ring in near for part in (ring, ring[:1])]), codes)
    axes.add_patch(PathPatch(path, facecolor=ink("land"), edgecolor=ink("coast"), lw=0.6, zorder=1))


def paint_graticule(axes: "Axes", cut: Cut) -> None:
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
    _paint_pole(axes, cut)


def _paint_pole(axes: "Axes", cut: Cut) -> None:
    for latitude, name in ((90.0, "North Pole"), (-90.0, "South Pole")):
        x, y = cut.projection.project(np.array([latitude]), np.array([0.0]))
        if cut.holds(x, y - 30.0 * cut.km_per_pixel)[0]:
            axes.plot(x, y, marker="+", ms=7.0, color=ink("muted"), zorder=3)
            axes.text(
                float(x[0]),
                float(y[0]) - 16.0 * cut.km_per_pixel,
                name,
                ha="center",
                fontsize=10.5,
                color=ink("muted"),
                zorder=3,
            )


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
    objects = flying(scene)
    crowd = min(1.0, 0.35 + 8.0 / max(len(objects), 1))
    for leaked in (False, True):
        lines = [
            cut.projection.project(track[:, 1], track[:, 2])
            for obj in objects
            if gets_through(scene, obj) is leaked
            for track in [np.array(obj["track"], dtype=float)]
        ]
        colour = ink("leak") if leaked else ink("muted")
        axes.plot(*joined(lines), color=colour, lw=1.4 if leaked else 1.0, alpha=crowd, zorder=5 if leaked else 4)


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
