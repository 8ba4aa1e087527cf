"""One made-up missile of a synthetic run folder: its flight, the shots at it and what became of it.

Missiles follow great circles with a smooth rise, a burnout after three minutes and a parabola-like fall; layers stop
them with given chances. Nothing here is physics that anyone should quote.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

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
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Rows:
    """What all runs leave; tracks and events of run 0 only."""

    objects: list[ObjectRow] = field(default_factory=list)
    shots: list[ShotRow] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    tracks: dict[str, list[list[float]]] = field(default_factory=dict)


Place = Callable[[float], tuple[float, float, float]]


@dataclass(kw_only=True)
class Missile:
    """One missile of one run; ``place`` gives latitude, longitude (deg) and altitude (m) at a time after launch."""

    case: Case
    run: int
    name: str
    city: tuple[str, float, float, int]
    rng: np.random.Generator
    start: float
    flight: float
    place: Place
    stopped_by: str = ""
    stopped_at: float = math.inf
    fired_at: bool = False

    @property
    def boosted(self) -> bool:
        return self.stopped_at < BURNOUT_S


def play_missile(rows: Rows, case: Case, run: int, index: int) -> None:
    """Play one missile of one run and add its rows."""
    rng = stream(case.seed, run, "synthetic", str(index))
    place, flight = _flight(case, index)
    missile = Missile(
        case=case,
        run=run,
        name=f"M{index + 1:02d}",
        city=case.cities[index % len(case.cities)],
        rng=rng,
        start=2.0 * index * float(rng.random()),
        flight=flight,
        place=place,
    )
    for layer in case.layers:
        if not missile.stopped_by:
            _engage(rows, missile, layer)
    _add_objects(rows, missile)
    if run == 0:
        _keep(rows, missile)


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


def _engage(rows: Rows, missile: Missile, layer: SyntheticLayer) -> None:
    case, rng = missile.case, missile.rng
    stops = rng.random() < layer.stops
    when = float(np.clip(layer.when + 0.004 * rng.normal(), 0.03, 0.995)) * missile.flight
    if layer.kind == "space":
        when = min(when, BURNOUT_S - 5.0)
    if not case.tracked or rng.random() < case.unengaged:
        return
    missile.fired_at = True
    for k in range(layer.shots):
        _shoot(rows, missile, layer, when, kill=bool(stops and k == layer.shots - 1))
    if stops:
        missile.stopped_by, missile.stopped_at = layer.name, when


def _shoot(rows: Rows, missile: Missile, layer: SyntheticLayer, when: float, *, kill: bool) -> None:
    rng, at = missile.rng, missile.place(when)
    if layer.kind == "space":
        flight = 40.0 + 50.0 * float(rng.random())
        launch = (at[0] + 3.0 * rng.normal(), at[1] + 4.0 * rng.normal(), 400e3)
    else:
        flight = min(0.4 * when + 30.0, when - 60.0)
        launch = (63.95, -145.73, 300.0) if layer.model == "gbi" else (at[0] - 1.0, at[1], 0.0)
    failures = ("missed", "failed-launch", "outside-basket")
    rows.shots.append(
        ShotRow(
            run=missile.run,
            shot=len(rows.shots),
            layer=layer.name,
            weapon=layer.model,
            shooter=f"{layer.model}/{int(rng.integers(2000))}",
            object=missile.name if when < BURNOUT_S else f"{missile.name}-RV1",
            order_time_s=missile.start + when - flight - 2.0,
            launch_time_s=missile.start + when - flight,
            intercept_time_s=missile.start + when,
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
            outcome="kill" if kill else failures[int(rng.integers(3))],
        )
    )


def _add_objects(rows: Rows, missile: Missile) -> None:
    common = _common(missile)
    boosted, stopped = missile.boosted, bool(missile.stopped_by)
    nowhere = (math.nan, math.nan, math.nan)

    def add(name: str, role: str, outcome: str, end: float, in_reach: int) -> None:
        dead = outcome in ("killed", "died-with-booster")
        kill = missile.place(missile.stopped_at) if dead else nowhere
        rows.objects.append(
            ObjectRow(
                **common,
                object=name,
                role=role,
                lethal=role == "warhead",
                shooters_in_reach=in_reach,
                shots=0,
                end_time_s=missile.start + end,
                outcome=outcome,
                layer=missile.stopped_by if dead else "",
                kill_lat_deg=kill[0],
                kill_lon_deg=kill[1],
                kill_alt_m=kill[2],
                reason=_reason(missile) if outcome == "leaked" else "none",
            )
        )

    reach = 3 + int(8 * missile.rng.random())
    if boosted:
        add(missile.name, "booster", "killed", missile.stopped_at, reach)
    else:
        add(missile.name, "booster", "spent", BURNOUT_S + 10.0, reach)
    for name, role in _bodies(missile):
        if boosted:
            add(name, role, "died-with-booster", missile.stopped_at, 0)
        elif role == "warhead" and stopped:
            add(name, role, "killed", missile.stopped_at, 2)
        else:
            add(name, role, "leaked" if role == "warhead" else "spent", missile.flight, 2)


def _common(missile: Missile) -> dict[str, Any]:
    rng, tracked = missile.rng, missile.case.tracked
    latitude, longitude, _ = missile.place(0.0)
    seen, held = 38.0 + 6.0 * float(rng.random()), 55.0 + 12.0 * float(rng.random())
    return {
        "run": missile.run,
        "missile": missile.name,
        "threat": "salvo",
        "launch_time_s": missile.start,
        "launch_lat_deg": latitude,
        "launch_lon_deg": longitude,
        "aim": missile.city[0],
        "aim_lat_deg": missile.city[1],
        "aim_lon_deg": missile.city[2],
        "aim_population": missile.city[3],
        "first_detection_s": missile.start + seen if tracked else math.nan,
        "first_detection_by": "warning" if tracked else "",
        "firm_track_s": missile.start + held if tracked else math.nan,
        "track_sigma_m": 900.0,
    }


def _reason(missile: Missile) -> str:
    if not missile.case.layers:
        return "no-defense"
    if not missile.case.tracked:
        return "no-track"
    return "all-shots-missed" if missile.fired_at else "out-of-reach"


def _bodies(missile: Missile) -> list[tuple[str, str]]:
    decoys = [(f"{missile.name}-D{d + 1}", "decoy") for d in range(missile.case.decoys)]
    return [(f"{missile.name}-RV1", "warhead"), *decoys]


def _keep(rows: Rows, missile: Missile) -> None:
    def track(a: float, b: float) -> list[list[float]]:
        return [[missile.start + float(t), *missile.place(float(t))] for t in np.append(np.arange(a, b, 10.0), b)]

    def note(time_s: float, kind: str, subject: str) -> None:
        rows.events.append({"time_s": missile.start + time_s, "kind": kind, "subject": subject, "actor": ""})

    end = min(missile.stopped_at, missile.flight)
    rows.tracks[missile.name] = track(0.0, end if missile.boosted else BURNOUT_S + 10.0)
    note(0.0, "launch", missile.name)
    if missile.boosted:
        return
    note(BURNOUT_S, "burnout", missile.name)
    for body, role in _bodies(missile):
        rows.tracks[body] = track(BURNOUT_S + 10.0, end if role == "warhead" else missile.flight)
    if not missile.stopped_by:
        note(missile.flight, "impact", f"{missile.name}-RV1")
