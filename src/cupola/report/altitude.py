"""The kept run as altitude over time, with a lane of ticks for every kind of event below."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cupola.report.draw import add_legend, axis_title, joined, legend_columns, plain, render
from cupola.report.read import DRAWN_ROLES, Layer, RunFolder
from cupola.report.theme import ink

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH = 920
_CHART, _LANE, _FOOT, _HEAD = 330.0, 19.0, 46.0, 44.0
_LEFT, _RIGHT = 190.0, 18.0


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One row of ticks: times in s, drawn filled, or hollow where ``hollow``."""

    label: str
    times_s: NDArray[np.float64]
    hollow: NDArray[np.bool_]
    colour: str
    marker: str


@dataclass(frozen=True, kw_only=True)
class KeptRun:
    """What the charts of the kept run draw."""

    replay: dict[str, Any]
    lanes: tuple[Lane, ...]
    layers: tuple[Layer, ...]
    burnouts: dict[str, float]


def kept_run(folder: RunFolder) -> KeptRun:
    """Collect the events of the kept run."""
    run = int(folder.replay.get("run", 0))
    objects = folder.objects.where(folder.objects["run"] == run)
    boosters = objects.where(objects.equals("role", "booster"))
    leaked = objects.where(objects.equals("outcome", "leaked"))
    lanes = [
        _lane("first detection", boosters["first_detection_s"], ink("ink"), "|"),
        _lane("firm track", boosters["firm_track_s"], ink("ink"), "|"),
        _lane("burnout", np.array(sorted(folder.burnouts.values())), ink("muted"), "|"),
    ]
    for layer in folder.layers:
        shots = [shot for shot in folder.replay.get("shots", ()) if shot["layer"] == layer.name]
        released = np.array([shot["launch_time_s"] for shot in shots], dtype=float)
        met = np.array([shot["intercept_time_s"] for shot in shots], dtype=float)
        missed = np.array([not shot["kill"] for shot in shots], dtype=bool)
        lanes.append(_lane(f"{plain(layer.name, 15)}: release", released, layer.style.colour, "|"))
        lanes.append(_lane(f"{plain(layer.name, 15)}: intercept", met, layer.style.colour, layer.style.marker, missed))
    lanes.append(_lane("warhead arrives", leaked["end_time_s"], ink("leak"), "v"))
    return KeptRun(replay=folder.replay, lanes=tuple(lanes), layers=folder.layers, burnouts=folder.burnouts)


def _lane(label: str, times: NDArray[Any], colour: str, marker: str, hollow: NDArray[np.bool_] | None = None) -> Lane:
    values = np.asarray(times, dtype=float)
    known = np.isfinite(values)
    empty = np.zeros(len(values), dtype=bool) if hollow is None else hollow
    return Lane(label=label, times_s=values[known], hollow=empty[known], colour=colour, marker=marker)


def flight_figure(kept: KeptRun) -> str:
    """Return the SVG of the whole run."""
    ends = [obj["track"][-1][0] for obj in _drawn(kept) if obj["track"]]
    return _figure(
        kept,
        name="flight",
        title=f"Run {kept.replay.get('run', 0)} from launch to impact",
        start=0.0,
        end=max(ends, default=60.0),
        unit=60.0,
    )


def boost_figure(kept: KeptRun) -> str:
    """Return the SVG of the first minutes, until a little after the last burnout or boost-phase intercept."""
    space = {layer.name for layer in kept.layers if layer.in_space}
    met = [shot["intercept_time_s"] for shot in kept.replay.get("shots", ()) if shot["layer"] in space]
    boosters = [
        obj["track"][-1][0] for obj in kept.replay.get("objects", ()) if obj["role"] == "booster" and obj["track"]
    ]
    end = max([*kept.burnouts.values(), *met, *boosters], default=240.0)
    return _figure(
        kept,
        name="boost",
        title=f"The first minutes of run {kept.replay.get('run', 0)}",
        start=0.0,
        end=1.06 * end,
        unit=1.0,
    )


def _drawn(kept: KeptRun) -> list[dict[str, Any]]:
    return [obj for obj in kept.replay.get("objects", ()) if obj["role"] in DRAWN_ROLES and obj["track"]]


def _figure(kept: KeptRun, *, name: str, title: str, start: float, end: float, unit: float) -> str:
    lanes = [lane for lane in kept.lanes if np.any((lane.times_s >= start) & (lane.times_s <= end))]
    height = _HEAD + _CHART + 14.0 + _LANE * len(lanes) + _FOOT

    def paint(figure: "Figure") -> None:
        width = (_WIDTH - _LEFT - _RIGHT) / _WIDTH
        bottom = _FOOT + _LANE * len(lanes) + 14.0
        chart = figure.add_axes((_LEFT / _WIDTH, bottom / height, width, _CHART / height))
        _paint_chart(chart, kept, start, end, unit)
        rows = figure.add_axes((_LEFT / _WIDTH, _FOOT / height, width, max(_LANE * len(lanes), 1.0) / height))
        _paint_lanes(rows, lanes, start, end, unit)

    return render(
        paint, name=name, title=title, description=_described(kept, lanes, start, end), width=_WIDTH, height=int(height)
    )


def _described(kept: KeptRun, lanes: list[Lane], start: float, end: float) -> str:
    missiles = sum(obj["role"] == "booster" for obj in kept.replay.get("objects", ()))
    parts = [f"Altitude over time of {missiles} missiles and their warheads."]
    for lane in lanes:
        count = int(np.count_nonzero((lane.times_s >= start) & (lane.times_s <= end)))
        parts.append(f"{lane.label}: {count}, first at {lane.times_s.min():.0f} s.")
    return " ".join(parts)


def _paint_chart(axes: "Axes", kept: KeptRun, start: float, end: float, unit: float) -> None:
    objects = _drawn(kept)
    crowd = min(1.0, 0.35 + 6.0 / max(len(objects), 1))
    families = {obj["missile"] for obj in objects if obj["outcome"] == "leaked"}
    top = 50.0
    for leaked in (False, True):
        lines = []
        for obj in objects:
            if (obj["missile"] in families if obj["role"] == "booster" else obj["outcome"] == "leaked") is not leaked:
                continue
            track = np.array(obj["track"], dtype=float)
            inside = track[:, 0] <= end + 20.0
            lines.append((track[inside, 0] / unit, track[inside, 3] / 1e3))
            top = max([top, *lines[-1][1]])
        colour = ink("leak") if leaked else ink("muted")
        axes.plot(*joined(lines), color=colour, lw=1.3 if leaked else 0.9, alpha=crowd)
    for layer in kept.layers:
        shots = [shot for shot in kept.replay.get("shots", ()) if shot["layer"] == layer.name]
        _paint_shots(axes, shots, layer, unit)
        top = max([top, *(shot["intercept"][2] / 1e3 for shot in shots if shot["intercept_time_s"] <= end)])
    _time_axis(axes, start, end, unit)
    axes.set_ylim(0.0, 1.07 * top)
    axes.tick_params(length=0, pad=5, labelbottom=False)
    axes.grid(axis="both")
    axes.spines["left"].set_visible(False)
    axis_title(axes, "altitude, km")
    _legend(axes, kept, end)


def _paint_shots(axes: "Axes", shots: list[dict[str, Any]], layer: Layer, unit: float) -> None:
    for kill in (False, True):
        mine = [shot for shot in shots if bool(shot["kill"]) is kill]
        axes.plot(
            [shot["intercept_time_s"] / unit for shot in mine],
            [shot["intercept"][2] / 1e3 for shot in mine],
            ls="none",
            marker=layer.style.marker,
            ms=7.5 if kill else 5.5,
            color=layer.style.colour if kill else ink("paper"),
            mec=ink("paper") if kill else layer.style.colour,
            mew=1.0,
            zorder=4 if kill else 3,
        )


def _legend(axes: "Axes", kept: KeptRun, end: float) -> None:
    from matplotlib.lines import Line2D

    seen = {shot["layer"] for shot in kept.replay.get("shots", ()) if shot["intercept_time_s"] <= end}
    handles = [
        Line2D([], [], color=ink("leak"), lw=1.6, label="gets through"),
        Line2D([], [], color=ink("muted"), lw=1.0, label="stopped"),
    ]
    handles += [
        Line2D(
            [], [], ls="none", marker=layer.style.marker, ms=7, color=layer.style.colour, label=plain(layer.name, 18)
        )
        for layer in kept.layers
        if layer.name in seen
    ]
    if seen:
        handles.append(
            Line2D([], [], ls="none", marker="o", ms=5.5, color=ink("paper"), mec=ink("muted"), label="hollow: miss")
        )
    columns = legend_columns([str(handle.get_label()) for handle in handles], _WIDTH - _LEFT - _RIGHT - 60.0)
    add_legend(axes, handles, columns=columns, corner="lower right", at=(1.0, 1.02))


def _time_axis(axes: "Axes", start: float, end: float, unit: float) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_xlim(start, end * 1.015 / unit)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True, steps=[1, 2, 3, 5, 10]))


def _paint_lanes(axes: "Axes", lanes: list[Lane], start: float, end: float, unit: float) -> None:
    _time_axis(axes, start, end, unit)
    axes.set_ylim(max(len(lanes), 1) - 0.3, -0.7)
    axes.set_yticks([])
    axes.tick_params(length=0, pad=5)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    axes.set_xlabel(
        "minutes after the first possible launch" if unit == 60.0 else "seconds after the first possible launch",
        labelpad=5,
    )
    left = axes.get_yaxis_transform()
    for row, lane in enumerate(lanes):
        inside = (lane.times_s >= start) & (lane.times_s <= end)
        times, hollow = lane.times_s[inside] / unit, lane.hollow[inside]
        tick = lane.marker == "|"
        size = 9.0 if tick else 6.0
        edge = lane.colour if tick else ink("paper")
        axes.plot(
            times[hollow],
            np.full(int(hollow.sum()), row),
            ls="none",
            marker=lane.marker,
            ms=5.0,
            color=ink("paper"),
            mec=lane.colour,
            mew=1.0,
        )
        axes.plot(
            times[~hollow],
            np.full(int((~hollow).sum()), row),
            ls="none",
            marker=lane.marker,
            ms=size,
            color=lane.colour,
            mec=edge,
            mew=1.2 if tick else 0.7,
        )
        axes.text(-0.012, row, lane.label, transform=left, ha="right", va="center", fontsize=11.5)
