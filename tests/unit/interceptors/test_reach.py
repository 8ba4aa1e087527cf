"""Ground reach: tables against flights integrated one by one, shape of the envelope, site and timing, replay paths."""

import math

import numpy as np
import pytest

from cupola.core.earth import ROTATION_RATE, Vector, ecef_to_eci, geodetic_to_ecef, surface_velocity
from cupola.core.kepler import propagate
from cupola.interceptors.flyout import fan, fly, planar, profile, vehicle
from cupola.interceptors.reach import ReachTable, carried, ground_reach, path
from cupola.interceptors.spec import GroundInterceptorSpec

GREELY = np.array(geodetic_to_ecef(math.radians(63.95), math.radians(-145.73), 0.0))


@pytest.mark.parametrize("name", ["midcourse", "terminal"])
def test_table_agrees_with_direct_integration(name: str, request: pytest.FixtureRequest) -> None:
    """Flights between the table's own rays: 0.2 % of flight time where the flight is the shortest one to its point."""
    spec: GroundInterceptorSpec = request.getfixturevalue(name)
    table, kicks = ReachTable.build(spec), fan(spec).kick
    burnout = vehicle(spec).burnout_s
    rng = np.random.default_rng(2)
    checked = 0
    for place in rng.uniform(2.0, len(kicks) - 4.0, 60):
        flight = planar(spec, float(np.interp(place, np.arange(len(kicks)), kicks)), spec.maximum_flight_time)
        times = np.linspace(burnout * 1.03, flight.end_s, 9)
        ground_range, altitude, level, climb = profile(flight, times)
        got = table.time_of_flight(ground_range, altitude)
        speed = table.speed_left(ground_range, altitude)
        assert np.all((got <= times * 1.002) | np.isinf(got))
        shortest = np.abs(got - times) < 0.002 * times
        checked += int(shortest.sum())
        assert np.allclose(speed[shortest], np.hypot(level, climb)[shortest], rtol=0.01)
        inside = np.isfinite(got) & (climb > 0.0) & (ground_range < 0.3 * spec.maximum_range)
        assert np.all(shortest[inside]), "rising flights are the shortest to where they come"
    assert checked > 100


def test_table_range_agrees_with_direct_integration(midcourse: GroundInterceptorSpec) -> None:
    """The edge of the envelope at a height is the largest range any flight reaches there, within 1 %."""
    table, kicks = ReachTable.build(midcourse), fan(midcourse).kick
    altitudes = (150e3, 300e3, 500e3)
    farthest = dict.fromkeys(altitudes, 0.0)
    for kick in np.interp(np.arange(0.03, len(kicks) - 1, 0.12), np.arange(len(kicks)), kicks):
        flight = planar(midcourse, float(kick), midcourse.maximum_flight_time)
        times = np.linspace(vehicle(midcourse).burnout_s, flight.end_s, 200)
        ground_range, heights, _, _ = profile(flight, times)
        for altitude in altitudes:
            for k in np.flatnonzero(np.diff(np.sign(heights - altitude))):
                share = (altitude - heights[k]) / (heights[k + 1] - heights[k])
                there = float(ground_range[k] + share * (ground_range[k + 1] - ground_range[k]))
                farthest[altitude] = max(farthest[altitude], there)
    ranges = np.linspace(0.0, midcourse.maximum_range, 2_000)
    for altitude in altitudes:
        edge = ranges[np.isfinite(table.time_of_flight(ranges, altitude))].max()
        assert edge == pytest.approx(min(farthest[altitude], midcourse.maximum_range), rel=0.01)


def test_table_is_made_once_and_refuses_the_unreachable(midcourse: GroundInterceptorSpec) -> None:
    table = ReachTable.build(midcourse)
    assert ReachTable.build(GroundInterceptorSpec.model_validate(midcourse.model_dump(mode="json"))) is table
    far = table.time_of_flight(np.array([-1.0, 2_300e3, 100e3]), np.array([200e3, 200e3, 50e3]))
    assert np.all(np.isinf(far))
    assert math.isnan(float(table.speed_left(2_300e3, 200e3)))
    assert math.isinf(float(table.time_of_flight(0.0, 91e3))), "it still burns there"


def test_carried_is_the_drift_of_a_free_body() -> None:
    """Two free bodies that part with the site's velocity: their distance after 500 s, by two-body propagation."""
    r, v = GREELY, np.array([2_000.0, 1_500.0, 5_000.0])
    extra = surface_velocity(GREELY)
    with_it, _ = propagate(r, v + extra, 500.0)
    without, _ = propagate(r, v, 500.0)
    got = np.array(carried(*r, *extra, *with_it, 500.0))
    assert np.linalg.norm(got - (with_it - without)) < 0.02 * np.linalg.norm(got)
    assert np.linalg.norm(got - 500.0 * extra) > 0.02 * np.linalg.norm(got)


def _flight(
    spec: GroundInterceptorSpec, share: float, azimuth: float, launch_s: float, times: Vector
) -> tuple[Vector, Vector]:
    kicks = fan(spec).kick
    kick = float(np.interp(share * (len(kicks) - 1), np.arange(len(kicks)), kicks))
    trajectory = fly(
        spec,
        kick,
        spec.maximum_flight_time,
        latitude=math.radians(63.95),
        longitude=math.radians(-145.73),
        altitude=0.0,
        azimuth=azimuth,
        rotation_rate=ROTATION_RATE,
    ).launched_at(launch_s)
    r, v, _ = trajectory.states(times)
    return r, v


@pytest.mark.parametrize("azimuth_deg", [0.0, 75.0, 180.0, 290.0])
def test_ground_reach_meets_a_flight_over_the_turning_earth(
    midcourse: GroundInterceptorSpec, azimuth_deg: float
) -> None:
    """Take a flight launched at 5,000 s, put targets on it, and ask when an interceptor must leave: at 5,000 s, within
    0.5 %."""
    table = ReachTable.build(midcourse)
    after = np.array([120.0, 200.0, 300.0])
    times = 5_000.0 + after
    r, v = _flight(midcourse, 0.35, math.radians(azimuth_deg), 5_000.0, times)
    got = ground_reach(midcourse, table, GREELY, 4_990.0, times, r)
    assert np.abs(got.flight_time - after).max() < 0.005 * after.max()
    assert np.all(got.feasible)
    assert got.first == 0
    assert np.linalg.norm(got.arrival_velocity - v, axis=1).max() < 60.0
    late = ground_reach(midcourse, table, GREELY, 5_100.0, times, r)
    assert late.first == -1
    assert not late.feasible.any()


def test_ground_reach_out_of_range(midcourse: GroundInterceptorSpec) -> None:
    table = ReachTable.build(midcourse)
    target = -ecef_to_eci(GREELY, 900.0)[None] * 1.05
    got = ground_reach(midcourse, table, GREELY, 0.0, np.array([900.0]), target)
    assert got.first == -1
    assert math.isinf(got.flight_time[0])
    assert np.isnan(got.arrival_velocity).all()
    with pytest.raises(ValueError, match="out of reach"):
        path(midcourse, table, GREELY, 0.0, 900.0, target[0])


def test_path_follows_the_flight(midcourse: GroundInterceptorSpec) -> None:
    table = ReachTable.build(midcourse)
    times = np.array([1_300.0])
    r, _ = _flight(midcourse, 0.4, 1.0, 1_000.0, times)
    t, points = path(midcourse, table, GREELY, 1_000.0, 1_300.0, r[0], points=11)
    assert t[0] == 1_000.0
    assert t[-1] == 1_300.0
    truth, _ = _flight(midcourse, 0.4, 1.0, 1_000.0, t)
    assert np.linalg.norm(points[0] - ecef_to_eci(GREELY, 1_000.0)) < 1.0
    assert np.linalg.norm(points[-1] - r[0]) < 1.0
    assert np.linalg.norm(points - truth, axis=1).max() < 15e3
