"""Ground reach: tables against flights integrated one by one, shape of the envelope, site and timing, replay paths."""

import math

import numpy as np
import pytest

from cupola.core.earth import MEAN_RADIUS, Vector, ecef_to_eci, geodetic_to_ecef, great_circle_point
from cupola.interceptors.flyout import fan, fly, profile, turned, vehicle
from cupola.interceptors.reach import ReachTable, ground_reach, path
from cupola.interceptors.spec import GroundInterceptorSpec

GREELY = np.array(geodetic_to_ecef(math.radians(63.95), math.radians(-145.73), 0.0))


COURSES = {-1.0: (0.0, 270.0), 0.0: (45.0, 0.0), 1.0: (0.0, 90.0)}
"""Turn -> latitude and azimuth in deg of the flights of a table"""


def seen(spec: GroundInterceptorSpec, kick: float, times: Vector, turn: float) -> tuple[Vector, Vector, Vector, Vector]:
    """One flight of a table's turn, as seen from the ground."""
    latitude, azimuth = map(math.radians, COURSES[turn])
    flight = turned(spec, kick, float(times[-1]) + 1.0, turn)
    return profile(flight, times[times <= flight.end_s], latitude=latitude, longitude=0.0, azimuth=azimuth)


@pytest.mark.parametrize("name", ["midcourse", "terminal"])
@pytest.mark.parametrize("turn", [-1.0, 0.0, 1.0])
def test_table_agrees_with_direct_integration(name: str, turn: float, request: pytest.FixtureRequest) -> None:
    """Flights between the table's own rays: 0.2 % of flight time where the flight is the shortest one to its point."""
    spec: GroundInterceptorSpec = request.getfixturevalue(name)
    table, kicks = ReachTable.build(spec), fan(spec, turn).kick
    burnout = vehicle(spec).burnout_s
    rng = np.random.default_rng(2)
    checked = 0
    for place in rng.uniform(2.0, len(kicks) - 4.0, 60):
        kick = float(np.interp(place, np.arange(len(kicks)), kicks))
        times = np.linspace(burnout * 1.03, spec.maximum_flight_time, 12)
        ground_range, altitude, level, climb = seen(spec, kick, times, turn)
        times = times[: len(level)]
        got = table.time_of_flight(ground_range, altitude, turn)
        speed = table.speed_left(ground_range, altitude, turn)
        assert np.all((got <= times * 1.002) | np.isinf(got))
        shortest = np.abs(got - times) < 0.002 * times
        checked += int(shortest.sum())
        assert np.allclose(speed[shortest], np.hypot(level, climb)[shortest], rtol=0.01)
        inside = np.isfinite(got) & (climb > 0.0) & (ground_range < 0.3 * spec.maximum_range)
        assert np.all(shortest[inside]), "rising flights are the shortest to where they come"
    assert checked > 100


def test_table_range_agrees_with_direct_integration(midcourse: GroundInterceptorSpec) -> None:
    """The edge of the envelope at a height is the largest range any flight reaches there, within 1 %."""
    table, kicks = ReachTable.build(midcourse), fan(midcourse, 0.0).kick
    altitudes = (150e3, 300e3, 500e3)
    farthest = dict.fromkeys(altitudes, 0.0)
    times = np.linspace(vehicle(midcourse).burnout_s, midcourse.maximum_flight_time, 200)
    for kick in np.interp(np.arange(0.03, len(kicks) - 1, 0.4), np.arange(len(kicks)), kicks):
        ground_range, heights, _, _ = seen(midcourse, float(kick), times, 0.0)
        for altitude in altitudes:
            for k in np.flatnonzero(np.diff(np.sign(heights - altitude))):
                share = (altitude - heights[k]) / (heights[k + 1] - heights[k])
                there = float(ground_range[k] + share * (ground_range[k + 1] - ground_range[k]))
                farthest[altitude] = max(farthest[altitude], there)
    ranges = np.linspace(0.0, midcourse.maximum_range, 2_000)
    for altitude in altitudes:
        edge = ranges[np.isfinite(table.time_of_flight(ranges, altitude))].max()
        assert edge == pytest.approx(min(farthest[altitude], midcourse.maximum_range), rel=0.01)


@pytest.mark.parametrize("latitude_deg", [-50.0, 0.0, 64.0])
def test_what_hangs_overhead_is_in_reach_although_the_earth_turns_away(
    terminal: GroundInterceptorSpec, latitude_deg: float
) -> None:
    table, altitude = ReachTable.build(terminal), 0.6 * terminal.maximum_altitude
    where = math.radians(latitude_deg), 0.2
    site, above = (np.array(geodetic_to_ecef(*where, h)) for h in (0.0, altitude))
    got = ground_reach(terminal, table, site, 0.0, np.array([900.0]), ecef_to_eci(above, 900.0)[None])
    assert got.flight_time[0] == pytest.approx(float(table.time_of_flight(0.0, altitude)), rel=1e-3)


def test_limits_hold_for_the_point_of_intercept(midcourse: GroundInterceptorSpec) -> None:
    """Range and ceiling are what a map shows between site and target, in every direction."""
    table = ReachTable.build(midcourse)
    latitude, longitude = math.radians(50.0), 0.4
    site = np.array(geodetic_to_ecef(latitude, longitude, 0.0))
    shorter = midcourse.model_copy(update={"maximum_range": 1_000e3, "maximum_altitude": 600e3})
    low = ReachTable.build(shorter)
    for azimuth in np.radians(np.arange(0.0, 360.0, 45.0)):
        for range_m, altitude, inside in (
            (990e3, 300e3, True), (1_010e3, 300e3, False), (500e3, 598e3, True), (500e3, 602e3, False),
        ):  # fmt: skip
            there = great_circle_point(latitude, longitude, float(azimuth), range_m / MEAN_RADIUS)
            r = ecef_to_eci(np.array(geodetic_to_ecef(*there, altitude)), 3_000.0)[None]
            assert np.isfinite(ground_reach(midcourse, table, site, 0.0, np.array([3_000.0]), r).flight_time[0])
            got = ground_reach(shorter, low, site, 0.0, np.array([3_000.0]), r)
            assert np.isfinite(got.flight_time[0]) == inside, (azimuth, range_m, altitude)


def test_table_is_made_once_and_refuses_the_unreachable(midcourse: GroundInterceptorSpec) -> None:
    table = ReachTable.build(midcourse)
    assert ReachTable.build(GroundInterceptorSpec.model_validate(midcourse.model_dump(mode="json"))) is table
    far = table.time_of_flight(np.array([-1.0, 2_300e3, 100e3]), np.array([200e3, 200e3, 50e3]))
    assert np.all(np.isinf(far))
    assert math.isnan(float(table.speed_left(2_300e3, 200e3)))
    assert math.isinf(float(table.time_of_flight(0.0, 91e3))), "it still burns there"


def _flight(
    spec: GroundInterceptorSpec, share: float, azimuth: float, launch_s: float, times: Vector
) -> tuple[Vector, Vector]:
    kick = share * float(fan(spec, 0.0).kick[-1])
    trajectory = fly(
        spec,
        kick,
        spec.maximum_flight_time,
        latitude=math.radians(63.95),
        longitude=math.radians(-145.73),
        altitude=0.0,
        azimuth=azimuth,
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
    assert np.linalg.norm(got.arrival_velocity - v, axis=1).max() < 30.0
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
    assert np.linalg.norm(points - truth, axis=1).max() < 5e3


def test_what_flies_alike_shares_a_table(midcourse: GroundInterceptorSpec) -> None:
    """Campaigns draw kill probabilities for every run, which change no flight; the mass of what kills does."""
    table, vehicle_on_top = ReachTable.build(midcourse), midcourse.kill_vehicle
    luckier = vehicle_on_top.model_copy(update={"kill_probability": 0.123})
    assert ReachTable.build(midcourse.model_copy(update={"kill_vehicle": luckier, "reliability": 0.5})) is table
    heavier = vehicle_on_top.model_copy(update={"mass": 1.5 * vehicle_on_top.mass})
    assert ReachTable.build(midcourse.model_copy(update={"kill_vehicle": heavier})) is not table
