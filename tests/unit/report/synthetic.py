"""Writes run folders with made-up but plausible contents, so that the report can be tested without flying anything."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from synthetic_raid import Case, Rows, play_missile
from synthetic_scenario import scenario_of

from cupola.campaign.tables import row_schema
from cupola.core.chance import stream
from cupola.engine.record import ObjectRow, ShotRow
from cupola.scenario.load import dump


def write_run_folder(folder: Path, case: Case) -> Path:
    """Write the run folder of a case and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = Rows()
    for run in range(case.runs):
        for missile in range(case.missiles):
            play_missile(rows, case, run, missile)
    runs = _run_rows(case, rows)
    pq.write_table(pa.Table.from_pylist(runs), folder / "runs.parquet")
    pq.write_table(_table(rows.objects, ObjectRow), folder / "objects.parquet")
    pq.write_table(_table(rows.shots, ShotRow), folder / "shots.parquet")
    (folder / "replay.json").write_text(json.dumps(_replay(case, rows)), encoding="utf-8")
    (folder / "summary.json").write_text(json.dumps(_summary(case, rows, runs)), encoding="utf-8")
    (folder / "scenario.yaml").write_text(dump(scenario_of(case)), encoding="utf-8")
    return folder


def _table(rows: list[ObjectRow] | list[ShotRow], of: type[ObjectRow] | type[ShotRow]) -> pa.Table:
    schema = row_schema(of)
    return pa.Table.from_pylist([{name: getattr(row, name) for name in schema.names} for row in rows], schema=schema)


def _run_rows(case: Case, rows: Rows) -> list[dict[str, Any]]:
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


def _replay(case: Case, rows: Rows) -> dict[str, Any]:
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


def _summary(case: Case, rows: Rows, runs: list[dict[str, Any]]) -> dict[str, Any]:
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
