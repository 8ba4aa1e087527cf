"""Space-based reach: the fly-out law, the prefilter against brute force, limits, and paths."""

import math
from typing import Any

import numpy as np
import pytest

from cupola.core.earth import EQUATORIAL_RADIUS, MU, Vector
from cupola.core.kepler import propagate
from cupola.interceptors.space_based import flyout_distance, path, reach, shot, solve
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits import constellation
from cupola.orbits.spec import WalkerSpec

G0 = 9.80665


def interceptor(**change: Any) -> SpaceInterceptorSpec:
    base: dict[str, Any] = {
        "title": "test",
        "layer": "boost",
        "acceleration": "15 g_0",
        "speed": "6 km/s",
        "minimum_altitude": "110 km",
        "engages": ["boost"],
        "maximum_flight_time": "300 s",
        "reliability": 0.9,
        "kill_vehicle": {
            "mass": "72 kg",
            "divert": "2.5 km/s",
            "divert_acceleration": "10 g_0",
            "seeker_range": "200 km",
            "seeker_field": "30 km",
            "kill_probability": 0.8,
        },
    }
    return SpaceInterceptorSpec.model_validate({**base, **change})


def climb(times: Vector, latitude: float = 0.7, longitude: float = 2.2) -> tuple[Vector, Vector]:
    """A missile-like climb from 40 to 260 km over ten degrees of longitude."""
    share = (times - times[0]) / (times[-1] - times[0])
    radius = 6_371e3 + 40e3 + 220e3 * share
    lon = longitude + 0.15 * share
    r = np.stack(
        [
            radius * math.cos(latitude) * np.cos(lon),
            radius * math.cos(latitude) * np.sin(lon),
            radius * math.sin(latitude),
        ],
        axis=1,
    )
    return r, np.gradient(r, times, axis=0)


def shell(total: int = 3_900, planes: int = 39) -> tuple[Vector, Vector]:
    spec = WalkerSpec.model_validate(
        {
            "total": total,
            "planes": planes,
            "phasing": 1,
            "altitude": "300 km",
            "altitude_top": "500 km",
            "inclination": "50 deg",
        }
    )
    return constellation.positions(constellation.of(spec), 0.0)


def test_flyout_distance_is_the_aei_rule() -> None:
    """Harrison (2025), defaults: burn 40.79 s, fly-out 597.63 km in 120 s at 15 g and 6 km/s."""
    assert pytest.approx(40.79, abs=0.005) == 6_000.0 / (15.0 * G0)
    assert flyout_distance(15.0 * G0, 6_000.0, 120.0) == pytest.approx(597.63e3, abs=5.0)
    assert flyout_distance(15.0 * G0, 6_000.0, 20.0) == pytest.approx(0.5 * 15.0 * G0 * 400.0)


def test_shot_tends_to_the_aei_rule_as_gravity_vanishes() -> None:
    """Far from the Earth gravity's gradient is 1e-9 of low orbit's: there the law must be exact, in every direction."""
    r, v = np.array([7e9, 0.0, 0.0]), np.array([0.0, math.sqrt(MU / 7e9), 0.0])
    free, _ = propagate(r, v, 120.0)
    for direction in np.vstack([np.eye(3), -np.eye(3)]):
        distance = flyout_distance(15.0 * G0, 6_000.0, 120.0)
        found = solve(interceptor(), r, v, 120.0, free + distance * direction)
        assert np.linalg.norm(found.delta_v) == pytest.approx(6_000.0, abs=0.01)
        assert found.delta_v @ direction == pytest.approx(6_000.0, abs=0.01)


def test_gravity_gradient_helps_upward_and_hinders_sideways() -> None:
    """In low orbit a displacement grows as 1 + n2 T2 / 3 along the vertical and 1 - n2 T2 / 6 across it (Hill's
    equations)."""
    a = EQUATORIAL_RADIUS + 400e3
    r, v = np.array([a, 0.0, 0.0]), np.array([0.0, math.sqrt(MU / a), 0.0])
    time, small = 240.0, 1e3
    free, _ = propagate(r, v, time)
    n2t2 = MU / a**3 * time**2
    up = free / np.linalg.norm(free)
    needs = []
    for direction in (up, np.array([0.0, 0.0, 1.0])):
        near = np.linalg.norm(solve(interceptor(), r, v, time, free + (small + 10e3) * direction).delta_v)
        far = np.linalg.norm(solve(interceptor(), r, v, time, free - 10e3 * direction).delta_v)
        needs.append((near + far) * time / (small + 20e3))
    assert needs[0] == pytest.approx(1.0 / (1.0 + n2t2 / 3.0), rel=0.01)
    assert needs[1] == pytest.approx(1.0 / (1.0 - n2t2 / 6.0), rel=0.01)


def test_target_on_the_satellites_own_path_needs_nothing() -> None:
    a = EQUATORIAL_RADIUS + 400e3
    r, v = np.array([0.0, a, 0.0]), np.array([-math.sqrt(MU / a), 0.0, 0.0])
    free, _ = propagate(r, v, 200.0)
    assert np.linalg.norm(solve(interceptor(), r, v, 200.0, free).delta_v) < 5.0


def test_reach_is_what_a_look_at_every_pair_finds() -> None:
    spec = interceptor()
    r_sat, v_sat = shell()
    times = np.linspace(30.0, 290.0, 14)
    target, speed = climb(times)
    got = reach(spec, r_sat, v_sat, np.ones(len(r_sat), dtype=bool), 0.0, times, target, speed)
    feasible = 0
    for i in range(len(r_sat)):
        dv = np.full(len(times), np.inf)
        closing = np.full(len(times), np.nan)
        for k, t in enumerate(times):
            if np.linalg.norm(target[k]) < 6_371e3 + 80e3:
                continue
            need, _, _, _, wx, wy, wz, low = shot(*r_sat[i], *v_sat[i], *target[k], float(t), spec.acceleration)
            if need <= spec.speed and low >= spec.minimum_altitude:
                dv[k], closing[k] = need, np.linalg.norm(np.array([wx, wy, wz]) - speed[k])
        if np.isinf(dv).all():
            assert got.first[i] == got.best[i] == -1
            assert math.isnan(got.delta_v[i])
            continue
        feasible += 1
        assert got.first[i] == int(np.argmax(np.isfinite(dv)))
        assert got.best[i] == int(np.argmin(dv))
        assert got.delta_v[i] == pytest.approx(dv.min(), rel=1e-9)
        assert got.closing_speed[i] == pytest.approx(closing[int(np.argmin(dv))], rel=1e-9)
    assert feasible > 50


def test_limits_bind() -> None:
    r_sat, v_sat = shell(1_950)
    ready = np.ones(len(r_sat), dtype=bool)
    times = np.linspace(60.0, 290.0, 12)
    target, speed = climb(times)

    def count(spec: SpaceInterceptorSpec, release: float = 0.0) -> int:
        return int((reach(spec, r_sat, v_sat, ready, release, times, target, speed).first >= 0).sum())

    everything = count(interceptor())
    assert everything > 0
    assert count(interceptor(speed="4 km/s")) < everything
    assert count(interceptor(maximum_flight_time="150 s")) < everything
    assert count(interceptor(minimum_altitude="200 km")) < everything
    assert count(interceptor(minimum_altitude="500 km")) == 0
    assert count(interceptor(), release=100.0) < everything
    assert count(interceptor(), release=300.0) == 0
    ready[:] = False
    assert count(interceptor()) == 0


def test_a_path_through_the_atmosphere_is_refused() -> None:
    """Two points at 130 km, 35 deg apart: the interceptor that must hurry dips far below 110 km on the way."""
    a = EQUATORIAL_RADIUS + 130e3
    r, v = np.array([a, 0.0, 0.0]), np.array([0.0, -math.sqrt(MU / a), 0.0])
    aim = a * np.array([math.cos(0.3), math.sin(0.3), 0.0])
    found = solve(interceptor(acceleration="100 g_0"), r, v, 150.0, aim)
    assert found.lowest_altitude < 90e3
    fast = interceptor(acceleration="100 g_0", speed="30 km/s")
    once = reach(fast, r[None], v[None], np.array([True]), 0.0, np.array([150.0]), aim[None], np.zeros((1, 3)))
    assert once.first[0] == -1
    high = interceptor(acceleration="100 g_0", speed="30 km/s", minimum_altitude="0 km")
    assert (
        reach(high, r[None], v[None], np.array([True]), 0.0, np.array([150.0]), aim[None], np.zeros((1, 3))).first[0]
        == 0
    )


def test_path_runs_from_the_satellite_to_the_target() -> None:
    spec = interceptor()
    r_sat, v_sat = shell(1_950)
    times = np.linspace(60.0, 290.0, 12)
    target, speed = climb(times)
    got = reach(spec, r_sat, v_sat, np.ones(len(r_sat), dtype=bool), 20.0, times, target, speed)
    i = int(np.flatnonzero(got.first >= 0)[0])
    k = int(got.first[i])
    t, r = path(spec, r_sat[i], v_sat[i], 20.0, float(times[k]), target[k])
    assert t[0] == 20.0
    assert t[-1] == times[k]
    assert np.linalg.norm(r[0] - r_sat[i]) < 1e-6
    assert np.linalg.norm(r[-1] - target[k]) < 1e-6
    assert np.linalg.norm(np.diff(r, axis=0), axis=1).max() / (t[1] - t[0]) < 14e3


def test_solve_refuses_what_no_burn_reaches() -> None:
    r, v = shell(1_950)
    with pytest.raises(ValueError, match="no burn"):
        solve(interceptor(), r[0], v[0], 30.0, -r[0])
