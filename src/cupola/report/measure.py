"""Counts that the figures show, taken from the tables of a run folder."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.report.read import Layer, RunFolder, Table

Array = NDArray[np.float64]

_NAMES = 1 << 32
"""More object names than any campaign has."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What one layer does to the warheads that come to it, means per run."""

    layer: Layer
    entering: float
    shot_at: float
    stopped: float


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Warheads on their way through the layers, means per run."""

    launched: float
    stages: tuple[Stage, ...]
    leaked: float


@dataclass(frozen=True, kw_only=True)
class AimPoint:
    """One aim point over all runs: warheads aimed and arriving per run, and the number of runs in which it is hit."""

    name: str
    latitude_deg: float
    longitude_deg: float
    population: int
    aimed: float
    arrived: float
    runs_hit: int


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When one kind of event comes, in s after launch of the missile concerned: percentiles 5, 25, 50, 75, 95."""

    label: str
    layer: Layer | None
    percentiles: tuple[float, float, float, float, float]
    count: int


def flow_of(folder: RunFolder) -> Flow:
    """Return the mean flow of warheads through the layers."""
    lethal = folder.objects.where(folder.objects["lethal"].astype(bool))
    launched = entering = float(folder.runs["lethal"].mean())
    stages = []
    for layer in folder.layers:
        stopped = float(folder.runs[f"{layer.name}.killed_lethal"].mean())
        shot_at = float(np.count_nonzero(_shot_at(lethal, folder.shots, layer.name))) / folder.detailed_runs
        stages.append(Stage(layer=layer, entering=entering, shot_at=shot_at, stopped=stopped))
        entering = max(0.0, round(entering - stopped, 9))
    return Flow(launched=launched, stages=tuple(stages), leaked=float(folder.runs["leaked"].mean()))


def _shot_at(objects: Table, shots: Table, layer: str) -> NDArray[np.bool_]:
    """Return which objects a layer fired at, themselves or the missile that carried them."""
    fired = shots.where(shots.equals("layer", layer))
    names: dict[str, int] = {}
    targets = _keys(fired, "object", names)
    return np.isin(_keys(objects, "object", names), targets) | np.isin(_keys(objects, "missile", names), targets)


def _keys(table: Table, column: str, vocabulary: dict[str, int]) -> NDArray[np.int64]:
    """Return one whole number per row that stands for (run, object name); equal numbers mean the same object."""
    codes, values = table.words[column]
    numbers = np.array([vocabulary.setdefault(value, len(vocabulary)) for value in values] or [0], dtype=np.int64)
    return table["run"].astype(np.int64) * _NAMES + numbers[codes]


def aim_points(folder: RunFolder) -> list[AimPoint]:
    """Return every aim point, the most often hit first, then the most populous."""
    lethal = folder.objects.where(folder.objects["lethal"].astype(bool))
    runs = folder.detailed_runs
    codes, names = lethal.words["aim"]
    leaked = lethal.equals("outcome", "leaked")
    out = []
    for code, name in enumerate(names):
        rows = codes == code
        if not rows.any():
            continue
        first = int(np.argmax(rows))
        out.append(
            AimPoint(
                name=name,
                latitude_deg=float(lethal["aim_lat_deg"][first]),
                longitude_deg=float(lethal["aim_lon_deg"][first]),
                population=int(lethal["aim_population"][first]),
                aimed=float(np.count_nonzero(rows)) / runs,
                arrived=float(np.count_nonzero(rows & leaked)) / runs,
                runs_hit=len(np.unique(lethal["run"][rows & leaked])),
            )
        )
    return sorted(out, key=lambda aim: (-aim.runs_hit, -aim.population, aim.name))


def launch_times(folder: RunFolder) -> Array:
    """Return for every shot the launch time in s of the missile it was fired at, shape (shots,)."""
    names: dict[str, int] = {}
    keys = _keys(folder.objects, "object", names)
    order = np.argsort(keys)
    wanted = _keys(folder.shots, "object", names)
    if len(wanted) == 0:
        return np.empty(0)
    found = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(order) - 1)]
    times = folder.objects["launch_time_s"][found].astype(float)
    return np.where(keys[found] == wanted, times, np.nan)


def moments(folder: RunFolder) -> list[Moment]:
    """Return the clock of the engagement over all runs, in order of their medians."""
    objects, shots = folder.objects, folder.shots
    boosters = objects.where(objects.equals("role", "booster"))
    lethal = objects.where(objects["lethal"].astype(bool))
    rows: list[tuple[str, Layer | None, Array]] = [
        ("First detection", None, _since(boosters, "first_detection_s")),
        ("Firm track", None, _since(boosters, "firm_track_s")),
        ("Warhead arrives", None, _since(lethal, "end_time_s")[lethal.equals("outcome", "leaked")]),
    ]
    launched = launch_times(folder)
    for layer in folder.layers:
        mine = shots.equals("layer", layer.name)
        rows.append((f"{layer.name}: release", layer, (shots["launch_time_s"] - launched)[mine]))
        rows.append((f"{layer.name}: intercept", layer, (shots["intercept_time_s"] - launched)[mine]))
    out = [moment for label, layer, times in rows if (moment := _moment(label, layer, times)) is not None]
    return sorted(out, key=lambda moment: (moment.percentiles[2], moment.label))


def _since(table: Table, column: str) -> Array:
    return np.asarray(table[column] - table["launch_time_s"], dtype=np.float64)


def _moment(label: str, layer: Layer | None, times: Array) -> Moment | None:
    known = times[np.isfinite(times)]
    if len(known) == 0:
        return None
    p5, p25, p50, p75, p95 = (float(q) for q in np.percentile(known, (5, 25, 50, 75, 95)))
    return Moment(label=label, layer=layer, percentiles=(p5, p25, p50, p75, p95), count=len(known))


def shot_outcomes(folder: RunFolder) -> list[tuple[Layer, str, float]]:
    """Return (layer, outcome code, mean shots per run) of every outcome that occurred, by layer, kills first."""
    runs = folder.detailed_runs
    out = []
    for layer in folder.layers:
        mine = folder.shots.equals("layer", layer.name)
        codes, values = folder.shots.words["outcome"]
        counts = [(code, float(np.count_nonzero(mine & (codes == i))) / runs) for i, code in enumerate(values)]
        counts = sorted((c for c in counts if c[1] > 0.0), key=lambda c: (c[0] != "kill", -c[1], c[0]))
        out += [(layer, code, mean) for code, mean in counts]
    return out
