"""Writes run folders with made-up but plausible contents, so that the report can be tested without flying anything.

Missiles follow great circles with a smooth rise, a burnout after three minutes and a parabola-like fall; layers stop
them with given chances. Nothing here is physics that anyone should quote.
"""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cupola.campaign.tables import row_schema
from cupola.core.chance import stream
from cupola.core.earth import central_angle, great_circle_azimuth, great_circle_point
from cupola.engine.record import ObjectRow, ShotRow

KOREA = (40.0, 127.0)
CITIES = (
    ("New York", 40.71, -74.01, 8_804_190),
    ("Los Angeles", 34.05, -118.24, 3_898_747),
    ("Chicago", 41.85, -87.65, 2_746_388),
    ("Houston", 29.76, -95.36, 2_304_580),
    ("Phoenix", 33.45, -112.07, 1_608_139),
    ("Philadelphia", 39.95, -75.16, 1_603_797),
    ("San Antonio", 29.42, -98.49, 1_434_625),
    ("San Diego", 32.72, -117.16, 1_386_932),
    ("Dallas", 32.78, -96.81, 1_304_379),
    ("Seattle", 47.61, -122.33, 737_015),
)
BURNOUT_S = 175.0


@dataclass(frozen=True, kw_only=True)
class SyntheticLayer:
    name: str
    model: str
    kind: str  # "space" or "ground"
    stops: float
    when: float  # share of the flight at which it intercepts
    shots: int = 2
    ceiling: float = 1_500e3


SPACE = SyntheticLayer(name="boost", model="sbi", kind="space", stops=0.55, when=0.08)
MIDCOURSE = SyntheticLayer(name="midcourse", model="gbi", kind="ground", stops=0.45, when=0.62, shots=3)
UPPER = SyntheticLayer(name="upper wide area", model="sm3", kind="ground", stops=0.25, when=0.9, ceiling=900e3)
TERMINAL = SyntheticLayer(name="terminal", model="thaad", kind="ground", stops=0.3, when=0.985, ceiling=150e3)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What to make up."""

    name: str = "Notional national system against ten ICBMs"
    runs: int = 40
    missiles: int = 10
    layers: tuple[SyntheticLayer, ...] = (SPACE, MIDCOURSE, UPPER, TERMINAL)
    origin: tuple[float, float] = KOREA
    cities: tuple[tuple[str, float, float, int], ...] = CITIES
    decoys: int = 1
    satellites: int = 2400
    tracked: bool = True
    unengaged: float = 0.1
    seed: int = 7
    compare: bool = True
    leak_reason: str = "all-shots-missed"
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class _Rows:
    objects: list[ObjectRow] = field(default_factory=list)
    shots: list[ShotRow] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    tracks: dict[str, list[list[float]]] = field(default_factory=dict)


def write_run_folder(folder: Path, case: Case) -> Path:
    """Write the run folder of a case and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = _Rows()
    for run in range(case.runs):
        for missile in range(case.missiles):
            _missile(rows, case, run, missile)
    runs = _run_rows(case, rows)
    _table(folder / "runs.parquet", runs)
    _table(folder / "objects.parquet", [_row(o) for o in rows.objects], ObjectRow)
    _table(folder / "shots.parquet", [_row(s) for s in rows.shots], ShotRow)
    (folder / "replay.json").write_text(json.dumps(_replay(case, rows)), encoding="utf-8")
    (folder / "summary.json").write_text(json.dumps(_summary(case, rows, runs)), encoding="utf-8")
    write_scenario(folder / "scenario.yaml", case)
    return folder


def write_scenario(path: Path, case: Case) -> None:
    from synthetic_scenario import scenario_of

    from cupola.scenario.load import dump

    path.write_text(dump(scenario_of(case)), encoding="utf-8")


def _row(row: ObjectRow | ShotRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def _table(path: Path, rows: list[dict[str, Any]], of: type[ObjectRow] | type[ShotRow] | None = None) -> None:
    pq.write_table(pa.Table.from_pylist(rows, schema=row_schema(of) if of else None), path)


def _flight(case: Case, missile: int) -> tuple[Any, float]:
    """Return a function time since launch -> (lat, lon, alt), and the flight time."""
    lat0, lon0 = (math.radians(v) for v in case.origin)
    lat0 += 0.004 * (missile % 3 - 1)
    lon0 += 0.006 * (missile % 4 - 1.5)
    city = case.cities[missile % len(case.cities)]
    lat1, lon1 = math.radians(city[1]), math.radians(city[2])
    angle, azimuth = central_angle(lat0, lon0, lat1, lon1), great_circle_azimuth(lat0, lon0, lat1, lon1)
    flight, apogee = 500.0 + 800.0 * angle, 150e3 + 700e3 * angle

    def place(t: float) -> tuple[float, float, float]:
        if t < BURNOUT_S:
            share, altitude = 0.045 * (t / BURNOUT_S) ** 2.4, 230e3 * (t / BURNOUT_S) ** 2.1
        else:
            u = (t - BURNOUT_S) / (flight - BURNOUT_S)
            share = 0.045 + 0.955 * u
            altitude = 230e3 * (1 - u) + (apogee - 100e3) * 4.0 * u * (1 - u)
        lat, lon = great_circle_point(lat0, lon0, azimuth, angle * share)
        return math.degrees(lat), math.degrees(lon), altitude

    return place, flight


def _missile(rows: _Rows, case: Case, run: int, missile: int) -> None:
    rng = stream(case.seed, run, "synthetic", str(missile))
    place, flight = _flight(case, missile)
    city = case.cities[missile % len(case.cities)]
    name, start = f"M{missile + 1:02d}", 2.0 * missile * float(rng.random())
    stopped_by, stopped_at, fired = "", flight, False
    for layer in case.layers:
        if stopped_by:
            break
        stops = rng.random() < layer.stops
        when = float(np.clip(layer.when + 0.004 * rng.normal(), 0.03, 0.995)) * flight
        if layer.kind == "space":
            when = min(when, BURNOUT_S - 5.0)
        if not case.tracked or rng.random() < case.unengaged:
            continue
        fired = True
        in_boost = when < BURNOUT_S
        for k in range(layer.shots):
            kill = bool(stops and k == layer.shots - 1)
            _shot(rows, case, run, start, place, layer, f"{name}" if in_boost else f"{name}-RV1", when, kill, rng)
        if stops:
            stopped_by, stopped_at = layer.name, when
    boosted = bool(stopped_by) and stopped_at < BURNOUT_S
    common = {
        "run": run,
        "missile": name,
        "threat": "icbm-solid-notional",
        "launch_time_s": start,
        "launch_lat_deg": place(0)[0],
        "launch_lon_deg": place(0)[1],
        "aim": city[0],
        "aim_lat_deg": city[1],
        "aim_lon_deg": city[2],
        "aim_population": city[3],
        "first_detection_s": start + 38.0 + 6.0 * float(rng.random()) if case.tracked else math.nan,
        "first_detection_by": "opir-geo/2" if case.tracked else "",
        "firm_track_s": start + 55.0 + 12.0 * float(rng.random()) if case.tracked else math.nan,
        "track_sigma_m": 900.0,
    }
    kill = dict(zip(("kill_lat_deg", "kill_lon_deg", "kill_alt_m"), place(stopped_at), strict=True))
    none = {"kill_lat_deg": math.nan, "kill_lon_deg": math.nan, "kill_alt_m": math.nan}
    space_shots = sum(s.run == run and s.object == name for s in rows.shots[-12:])
    rows.objects.append(
        ObjectRow(
            **common,
            object=name,
            role="booster",
            lethal=False,
            shooters_in_reach=3 + int(8 * rng.random()),
            shots=space_shots,
            end_time_s=start + (stopped_at if boosted else BURNOUT_S + 10.0),
            outcome="killed" if boosted else "spent",
            layer=stopped_by if boosted else "",
            reason="none",
            **(kill if boosted else none),
        )
    )
    bodies = [(f"{name}-RV1", "warhead")] + [(f"{name}-D{d + 1}", "decoy") for d in range(case.decoys)]
    for body, role in bodies:
        lethal = role == "warhead"
        outcome = (
            "died-with-booster" if boosted else "killed" if stopped_by and lethal else "leaked" if lethal else "spent"
        )
        leak = (
            (case.leak_reason if fired else "no-track" if not case.tracked else "out-of-reach")
            if case.layers
            else "no-defense"
        )
        rows.objects.append(
            ObjectRow(
                **common,
                object=body,
                role=role,
                lethal=lethal,
                shooters_in_reach=2,
                shots=0,
                end_time_s=start + (stopped_at if stopped_by and (lethal or boosted) else flight),
                outcome=outcome,
                layer=stopped_by if outcome in ("killed", "died-with-booster") else "",
                reason=leak if outcome == "leaked" else "none",
                **(kill if outcome == "killed" else none),
            )
        )
    if run == 0:
        _keep(rows, case, name, bodies, place, start, flight, stopped_at if stopped_by else flight, boosted)


def _keep(
    rows: _Rows,
    case: Case,
    name: str,
    bodies: list[tuple[str, str]],
    place: Any,
    start: float,
    flight: float,
    end: float,
    boosted: bool,
) -> None:
    def track(a: float, b: float) -> list[list[float]]:
        return [[start + t, *place(t)] for t in np.append(np.arange(a, b, 10.0), b)]

    rows.tracks[name] = track(0.0, end if boosted else BURNOUT_S + 10.0)
    rows.events.append({"time_s": start, "kind": "launch", "subject": name, "actor": ""})
    if boosted:
        return
    rows.events.append({"time_s": start + BURNOUT_S, "kind": "burnout", "subject": name, "actor": ""})
    for body, role in bodies:
        rows.tracks[body] = track(BURNOUT_S + 10.0, end if role == "warhead" else flight)
    if end == flight:
        rows.events.append({"time_s": start + flight, "kind": "impact", "subject": f"{name}-RV1", "actor": ""})


def _shot(
    rows: _Rows,
    case: Case,
    run: int,
    start: float,
    place: Any,
    layer: SyntheticLayer,
    target: str,
    when: float,
    kill: bool,
    rng: Any,
) -> None:
    at = place(when)
    if layer.kind == "space":
        flight = 40.0 + 50.0 * float(rng.random())
        launch = (at[0] + 3.0 * rng.normal(), at[1] + 4.0 * rng.normal(), 400e3)
    else:
        flight = min(600.0 * when / 1500.0 + 30.0, when - 60.0)
        launch = (63.95, -145.73, 300.0) if layer.model == "gbi" else (at[0] - 1.0, at[1], 0.0)
    rows.shots.append(
        ShotRow(
            run=run,
            shot=sum(1 for s in rows.shots[-400:] if s.run == run) + 1,
            layer=layer.name,
            weapon=layer.model,
            shooter=f"{layer.model}/{int(rng.integers(2000))}",
            object=target,
            order_time_s=start + when - flight - 2.0,
            launch_time_s=start + when - flight,
            intercept_time_s=start + when,
            launch_lat_deg=launch[0],
            launch_lon_deg=launch[1],
            launch_alt_m=launch[2],
            intercept_lat_deg=at[0],
            intercept_lon_deg=at[1],
            intercept_alt_m=at[2],
            closing_speed_m_s=9000.0,
            predicted_sigma_m=2000.0,
            handover_error_m=500.0,
            divert_used_m_s=300.0,
            kill=kill,
            outcome="kill" if kill else ("missed", "failed-launch", "outside-basket")[int(rng.integers(3))],
        )
    )


def _run_rows(case: Case, rows: _Rows) -> list[dict[str, Any]]:
    out = []
    for run in range(case.runs):
        objects = [o for o in rows.objects if o.run == run]
        shots = [s for s in rows.shots if s.run == run]
        rng = stream(case.seed, run, "synthetic", "reach")
        row: dict[str, Any] = {
            "run": run,
            "seed": case.seed,
            "lethal": sum(o.lethal for o in objects),
            "leaked": sum(o.outcome == "leaked" for o in objects),
            "shots": len(shots),
            "space_interceptors_in_reach": int(rng.poisson(24)) if any(x.kind == "space" for x in case.layers) else 0,
        }
        for layer in case.layers:
            mine = [s for s in shots if s.layer == layer.name]
            row[f"{layer.name}.engaged"] = len({s.object for s in mine})
            row[f"{layer.name}.killed"] = len({s.object for s in mine if s.kill})
            row[f"{layer.name}.killed_lethal"] = sum(o.lethal and o.layer == layer.name for o in objects)
            row[f"{layer.name}.shots"] = len(mine)
        out.append(row)
    return out


def _replay(case: Case, rows: _Rows) -> dict[str, Any]:
    kept = {o.object: o for o in rows.objects if o.run == 0}
    rng = stream(case.seed, 0, "synthetic", "satellites")
    lat = np.degrees(np.arcsin(0.77 * np.sin(rng.uniform(0, 2 * np.pi, case.satellites))))
    lon = rng.uniform(-180, 180, case.satellites)
    space = any(x.kind == "space" for x in case.layers)
    shots = [s for s in rows.shots if s.run == 0]
    return {
        "run": 0,
        "name": case.name,
        "objects": [
            {
                "id": name,
                "missile": o.missile,
                "role": o.role,
                "lethal": o.lethal,
                "outcome": o.outcome,
                "layer": o.layer,
                "reason": o.reason,
                "aim": [o.aim_lat_deg, o.aim_lon_deg],
                "launch": [o.launch_lat_deg, o.launch_lon_deg],
                "track": rows.tracks.get(name, []),
            }
            for name, o in kept.items()
        ],
        "shots": [
            {
                "shot": s.shot,
                "layer": s.layer,
                "weapon": s.weapon,
                "shooter": s.shooter,
                "object": s.object,
                "launch_time_s": s.launch_time_s,
                "intercept_time_s": s.intercept_time_s,
                "launch": [s.launch_lat_deg, s.launch_lon_deg, s.launch_alt_m],
                "intercept": [s.intercept_lat_deg, s.intercept_lon_deg, s.intercept_alt_m],
                "kill": s.kill,
                "outcome": s.outcome,
            }
            for s in shots
        ],
        "events": rows.events,
        "sites": [
            {"name": "Clear", "kind": "sensor", "lat": 64.29, "lon": -149.19},
            {"name": "Beale", "kind": "sensor", "lat": 39.14, "lon": -121.35},
            {"name": "Cape Cod", "kind": "sensor", "lat": 41.75, "lon": -70.54},
            {"name": "Shemya", "kind": "sensor", "lat": 52.74, "lon": 174.09},
            {"name": "Fort Greely", "kind": "interceptor", "lat": 63.95, "lon": -145.73},
            {"name": "Vandenberg", "kind": "interceptor", "lat": 34.74, "lon": -120.57},
        ],
        "space_interceptors": [[float(a), float(b), 400e3] for a, b in zip(lat, lon, strict=True)] if space else [],
        "sensors_in_space": [],
    }


def _summary(case: Case, rows: _Rows, runs: list[dict[str, Any]]) -> dict[str, Any]:
    def estimate(values: Any, scale: float = 1.0) -> dict[str, float]:
        x = np.asarray(values, dtype=float) / scale
        half = 1.96 * float(x.std()) / math.sqrt(len(x)) + 0.01
        return {"mean": float(x.mean()), "low": max(0.0, float(x.mean()) - half), "high": float(x.mean()) + half}

    lethal, leaked = runs[0]["lethal"], [row["leaked"] for row in runs]
    layers, left = {}, np.array([row["lethal"] for row in runs])
    for layer in case.layers:
        column = {
            k: [row[f"{layer.name}.{k}"] for row in runs] for k in ("engaged", "killed", "killed_lethal", "shots")
        }
        left = left - np.array(column["killed_lethal"])
        kills, shots = sum(column["killed"]), sum(column["shots"])
        ratio = {"mean": shots / kills, "low": 0.8 * shots / kills, "high": 1.3 * shots / kills} if kills else None
        intervals = {k: estimate(v) for k, v in column.items()} | {
            "leaked_past": estimate(left),
            "shots_per_kill": ratio,
        }
        layers[layer.name] = {k: v["mean"] if v else None for k, v in intervals.items()} | {"intervals": intervals}
    reasons: dict[str, float] = {}
    for o in rows.objects:
        if o.outcome == "leaked":
            reasons[o.reason] = reasons.get(o.reason, 0.0) + 1.0 / case.runs
    ours = {"missiles_engaged": estimate([9, 10]), "missiles_killed": estimate([5, 6])}
    return {
        "runs": case.runs,
        "seed": case.seed,
        "objects": lethal,
        "leaked": estimate(leaked),
        "leak_fraction": estimate(leaked, lethal),
        "no_leak": estimate([value == 0 for value in leaked]),
        "shots": float(np.mean([row["shots"] for row in runs])),
        "layers": layers,
        "out": "runs/synthetic",
        "scenario": {"name": case.name, "hash": "0" * 12},
        "intervals": {k: estimate([row[k] for row in runs]) for k in ("shots", "space_interceptors_in_reach")},
        "reasons": reasons,
        "compare": {"claim": "", "missiles_engaged": 10.0, "ours": ours} if case.compare else None,
        "kept_runs": [0],
        "replay_run": 0,
        "version": "0.1.0",
    }
