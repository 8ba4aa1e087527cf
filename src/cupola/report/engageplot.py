"""One engagement as a picture: the map, altitude over time, and when each group of interceptors had its chance."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cupola.campaign.engagement import Engagement, Shot
from cupola.campaign.shooters import Shooter
from cupola.campaign.wording import clock
from cupola.report.draw import plain
from cupola.report.labels import Label, place
from cupola.report.map import paint_graticule, paint_land
from cupola.report.picture import write_picture
from cupola.report.projection import centred_on
from cupola.report.scene import Cut, across_the_page, cut_around
from cupola.report.theme import LayerStyle, ink, layer_style
from cupola.scenario.data import coastlines

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _MAP, _ALTITUDE, _ROW = 11.0, (740, 300), 2.6, 0.235
_TOP, _BOTTOM, _GAP = 0.75, 0.75, 0.62
_ROWS = 14
"""Groups that are shown; those that fired come first, then those that had a chance"""


def draw_engagement(engagement: Engagement, target: Path) -> None:
    """Write the picture of an engagement; the suffix of ``target`` (.png, .svg, .pdf) says in which form.

    The same engagement gives the same bytes.
    """
    rows = _rows(engagement)
    map_height = 0.94 * _WIDTH * _MAP[1] / _MAP[0]
    chart = _ROW * max(len(rows), 1) + 0.1
    height = _TOP + map_height + _GAP + _ALTITUDE + 0.25 + chart + _BOTTOM

    def paint(figure: "Figure") -> None:
        map_axes = figure.add_axes((0.03, 1.0 - (_TOP + map_height) / height, 0.94, map_height / height))
        low = (_BOTTOM + chart + 0.25) / height
        altitude = figure.add_axes((0.21, low, 0.76, _ALTITUDE / height))
        windows = figure.add_axes((0.21, _BOTTOM / height, 0.76, chart / height), sharex=altitude)
        _paint(figure, engagement, rows, (map_axes, altitude, windows), height)

    write_picture(paint, target, size=(_WIDTH, height))


def _by_end(engagement: Engagement) -> list[Shot]:
    """Return the shots, those that killed last: they lie on top."""
    return sorted(engagement.shots, key=lambda shot: shot.kill)


def _rows(engagement: Engagement) -> list[Shooter]:
    """Return the groups worth a row, in the engagement's order."""
    telling = [each for each in engagement.shooters if each.fired or each.windows]
    telling.sort(key=lambda each: -each.fired)
    shown = {each.group for each in telling[:_ROWS]}
    return [each for each in engagement.shooters if each.group in shown]


def _paint(
    figure: "Figure",
    engagement: Engagement,
    rows: list[Shooter],
    axes: "tuple[Axes, Axes, Axes]",
    height: float,
) -> None:
    styles = _styles(engagement)
    figure.text(0.03, 1.0 - 0.33 / height, plain(engagement.title, 95), fontsize=12.0, fontweight="bold")
    figure.text(
        0.03,
        1.0 - 0.58 / height,
        plain(f"run {engagement.run}, seed {engagement.seed}: {engagement.verdict}", 140),
        fontsize=9.5,
        color=ink("muted"),
    )
    _paint_map(axes[0], engagement, rows, styles)
    _paint_altitude(axes[1], engagement, styles)
    _paint_windows(axes[2], engagement, rows, styles)
    for panel in axes[1:]:
        _paint_moments(panel, engagement)
    _legend(axes[1], engagement, styles)
    chances = [window.last_intercept_s for each in rows for window in each.windows or ()]
    last = max([engagement.end_s, *chances, *(shot.intercept_s for shot in engagement.shots)])
    axes[1].set_xlim(0.0, 1.02 * last / 60.0)
    figure.text(
        0.97, 0.1 / height, "Notional models from open sources, by Cupola. Coastlines: Natural Earth.",
        ha="right", fontsize=8.0, color=ink("muted"),
    )  # fmt: skip


def _styles(engagement: Engagement) -> dict[str, LayerStyle]:
    layers = dict.fromkeys([each.layer for each in engagement.shooters])
    return {layer: layer_style(i) for i, layer in enumerate(layers)}


def _paint_map(axes: "Axes", engagement: Engagement, rows: list[Shooter], styles: dict[str, LayerStyle]) -> None:
    track, shots = engagement.track, _by_end(engagement)
    ways = [track[:, 1:3], *(shot.path[:, 1:3] for shot in shots)]
    points = [(float(a), float(b)) for way in ways for a, b in way[:: max(len(way) // 40, 1)]]
    middle = centred_on(*np.array(points).T)
    ends = track[[0, -1], 1], track[[0, -1], 2]
    cut = cut_around(
        points, width=_MAP[0], heights=(_MAP[1], _MAP[1]), projection=across_the_page(middle, *ends), margin=0.1,
        least_km=120.0,
    )  # fmt: skip
    left, bottom, right, top = cut.frame
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    axes.set_facecolor(ink("sea"))
    for spine in axes.spines.values():
        spine.set_visible(False)
    paint_land(axes, coastlines(), cut)
    paint_graticule(axes, cut)
    x, y = cut.projection.project(track[:, 1], track[:, 2])
    axes.plot(x, y, color=_threat_colour(engagement), lw=2.2, zorder=5)
    halo: dict[str, Any] = {"mec": ink("paper"), "mew": 1.0, "ls": "none"}
    labels = [Label(text="launch", x=0.0, y=0.0), Label(text="end", x=0.0, y=0.0)]
    spots = [(float(x[0]), float(y[0])), (float(x[-1]), float(y[-1]))]
    axes.plot(x[:1], y[:1], marker="^", ms=9.0, color=ink("ink"), zorder=7, **halo)
    axes.plot(x[-1:], y[-1:], marker="X", ms=9.0, color=ink("ink"), zorder=7, **halo)
    named: set[str] = set()
    for shot in shots:
        style = styles[shot.layer]
        u, w = cut.projection.project(shot.path[:, 1], shot.path[:, 2])
        axes.plot(u, w, color=style.colour, lw=1.2, alpha=0.8, zorder=6)
        axes.plot(u[:1], w[:1], marker="s", ms=5.0, color=style.colour, zorder=6, **halo)
        _mark(axes, shot, style, float(u[-1]), float(w[-1]))
        site = next((each.site for each in rows if each.group == shot.group), "")
        name = site or shot.shooter
        if name not in named and (site or len(shots) <= 6):
            named.add(name)
            labels.append(Label(text=plain(name, 24), x=0.0, y=0.0))
            spots.append((float(u[0]), float(w[0])))
    _write(axes, cut, labels, spots, [(track[:, 1], track[:, 2])])


def _mark(axes: "Axes", shot: Shot, style: LayerStyle, x: float, y: float) -> None:
    """Mark an intercept: filled where it killed, hollow where it did not."""
    fill, edge, size = (style.colour, ink("paper"), 9.0) if shot.kill else (ink("paper"), style.colour, 6.0)
    axes.plot([x], [y], marker=style.marker, ms=size, color=fill, mec=edge, mew=1.2, ls="none", zorder=8)


def _write(axes: "Axes", cut: Cut, labels: list[Label], spots: list[tuple[float, float]], lines: list[Any]) -> None:
    """Write names beside their points where there is room, clear of each other and of the object's track."""
    x, y = (np.array(part) for part in zip(*spots, strict=True))
    px, py = cut.pixels(x, y)
    at = [Label(text=label.text, x=float(a), y=float(b), gap=8.0) for label, a, b in zip(labels, px, py, strict=True)]
    taken = [(a - 5.0, b - 5.0, a + 5.0, b + 5.0) for a, b in zip(px.tolist(), py.tolist(), strict=True)]
    avoid = []
    for latitude, longitude in lines:
        u, w = cut.pixels(*cut.projection.project(latitude, longitude))
        avoid += [(a - 3.0, b - 3.0, a + 3.0, b + 3.0) for a, b in zip(u[::4].tolist(), w[::4].tolist(), strict=True)]
    frame = (2.0, 2.0, cut.width - 2.0, cut.height - 2.0)
    for spot in place(at, frame, taken, avoid, size=10.0)[0]:
        axes.text(
            cut.frame[0] + spot.x * cut.km_per_pixel,
            cut.frame[1] + spot.y * cut.km_per_pixel,
            spot.label.text,
            ha=spot.align,
            fontsize=9.5,
            zorder=9,
            bbox={"boxstyle": "round,pad=0.1", "facecolor": ink("paper"), "edgecolor": "none", "alpha": 0.75},
        )


def _threat_colour(engagement: Engagement) -> str:
    return ink("leak") if engagement.leaked else ink("muted")


def _paint_altitude(axes: "Axes", engagement: Engagement, styles: dict[str, LayerStyle]) -> None:
    track = engagement.track
    axes.plot(track[:, 0] / 60.0, track[:, 3] / 1e3, color=_threat_colour(engagement), lw=2.2, zorder=4)
    for shot in _by_end(engagement):
        style = styles[shot.layer]
        axes.plot(shot.path[:, 0] / 60.0, shot.path[:, 3] / 1e3, color=style.colour, lw=1.3, alpha=0.8, zorder=5)
        _mark(axes, shot, style, shot.intercept_s / 60.0, shot.intercept_alt_m / 1e3)
    axes.set_ylim(0.0, None)
    axes.set_ylabel("Altitude (km)")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.tick_params(labelbottom=False)


def _paint_windows(axes: "Axes", engagement: Engagement, rows: list[Shooter], styles: dict[str, LayerStyle]) -> None:
    for i, each in enumerate(rows):
        style, y = styles[each.layer], -float(i)
        for window in each.windows or ():
            start, end = window.first_release_s / 60.0, window.last_release_s / 60.0
            axes.barh(y, max(end - start, 0.02), left=start, height=0.56, color=style.colour, alpha=0.3, lw=0.0)
        for shot in (shot for shot in _by_end(engagement) if shot.group == each.group):
            times = np.array([shot.release_s, shot.intercept_s]) / 60.0
            axes.plot(times, [y, y], color=style.colour, lw=1.0, zorder=5)
            axes.plot(times[:1], [y], marker="|", ms=11.0, mew=1.8, color=style.colour, zorder=6)
            _mark(axes, shot, style, float(times[1]), y)
    axes.set_yticks([-float(i) for i in range(len(rows))], [plain(each.group, 26) for each in rows])
    for label, each in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_color(styles[each.layer].colour)
        label.set_fontsize(9.0)
    axes.tick_params(axis="y", length=0.0)
    axes.grid(False, axis="y")
    axes.set_ylim(-max(len(rows), 1) + 0.4, 0.6)
    hidden = len(engagement.shooters) - len(rows)
    more = f"; {hidden} group{'' if hidden == 1 else 's'} without a chance not shown" if hidden else ""
    told = "Bars: releases that would have met it, had nothing stopped it, by reach alone"
    axes.set_xlabel(f"Minutes after launch. {told}{more}", fontsize=9.5)
    if not rows:
        axes.text(0.5, 0.0, "no group of interceptors had a chance", ha="center", transform=axes.transAxes)


def _paint_moments(axes: "Axes", engagement: Engagement) -> None:
    for time_s, _, dash in _moments(engagement):
        axes.axvline(time_s / 60.0, color=ink("ink"), lw=0.9, ls=(0, dash), zorder=3)


def _moments(engagement: Engagement) -> list[tuple[float, str, tuple[float, ...]]]:
    """Return when the defense knew and was free to act: time, name and dash of each moment that came."""
    moments = [
        (engagement.detected_s, "detected", (1.0, 2.0)),
        (engagement.firm_s, "firm track", (4.0, 2.0)),
        (engagement.authority_s, "authority", (8.0, 2.0)),
    ]
    return [moment for moment in moments if np.isfinite(moment[0])]


def _legend(axes: "Axes", engagement: Engagement, styles: dict[str, LayerStyle]) -> None:
    """Put the legend above the axes, where no line can run under it."""
    from matplotlib.lines import Line2D

    edge = ink("paper")
    handles = [Line2D([], [], color=_threat_colour(engagement), lw=2.2, label=engagement.object)]
    for time_s, name, dash in _moments(engagement):
        handles.append(Line2D([], [], color=ink("ink"), lw=0.9, ls=(0, dash), label=f"{name} {clock(time_s)}"))
    for layer in dict.fromkeys(shot.layer for shot in engagement.shots):
        look: dict[str, Any] = {"color": styles[layer].colour, "marker": styles[layer].marker, "mec": edge}
        handles.append(Line2D([], [], lw=1.3, ms=6.0, label=plain(layer, 18), **look))
    if any(not shot.kill for shot in engagement.shots):
        handles.append(
            Line2D([], [], ls="none", marker="o", ms=6.0, color=edge, mec=ink("ink"), label="hollow: no kill")
        )
    axes.legend(
        handles=handles, frameon=False, fontsize=9.0, loc="lower left", bbox_to_anchor=(-0.2, 1.0), ncols=len(handles),
        handlelength=1.6, columnspacing=1.3,
    )  # fmt: skip
