import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cupola.core import surface
from cupola.core.earth import (
    ROTATION_RATE,
    STANDARD_GRAVITY,
    Vector,
    eci_to_ecef,
    geodetic_of,
    local_basis,
)
from cupola.core.geodesic import geodesic, geodesic_point
from cupola.core.trajectory import Trajectory
from cupola.scenario.catalogue import cited, entry, unstated
from cupola.threats import cruise
from cupola.threats.bus import release
from cupola.threats.cruise import fly_cruise, turn_radius
from cupola.threats.cruise_spec import CruiseSpec
from cupola.threats.flight import Flight, InfeasibleFlight
from cupola.threats.kinds import fly
from cupola.threats.raid import PackedRaid, objects_of

NAMES = (
    "cruise-subsonic-notional",
    "cruise-subsonic-air-notional",
    "cruise-sea-notional",
    "cruise-supersonic-notional",
    "cruise-scramjet-notional",
    "drone-one-way-notional",
)
LAUNCH = (math.radians(62.0), math.radians(-170.0), 0.0)


def spec_of(name: str) -> CruiseSpec:
    spec = entry("threats", name).spec
    assert isinstance(spec, CruiseSpec)
    return spec


def beyond(distance: float, azimuth: float = 2.0) -> tuple[float, float]:
    latitude, longitude, _ = geodesic_point(LAUNCH[0], LAUNCH[1], azimuth, distance)
    return latitude, longitude


def weaving(
    launch: tuple[float, float, float], azimuth: float, legs: list[float], bends: list[float]
) -> list[tuple[float, float]]:
    """Points reached by legs in m, the course changed by bends in rad between them."""
    points = []
    latitude, longitude, course = launch[0], launch[1], azimuth
    for leg, bend in zip(legs, [*bends, 0.0], strict=True):
        latitude, longitude, course = geodesic_point(latitude, longitude, course, leg)
        points.append((latitude, longitude))
        course += bend
    return points


def over_ground(path: Trajectory, times: Vector) -> tuple[Vector, Vector, Vector]:
    """Height (k,), velocity and acceleration (k, 3) relative to the turning Earth in east, north, up."""
    r, v, a = path.states(times)
    omega = np.array([0.0, 0.0, ROTATION_RATE])
    relative = v - np.cross(omega, r)
    felt = a - 2.0 * np.cross(omega, relative) - np.cross(omega, np.cross(omega, r))
    fixed = np.array(
        [[eci_to_ecef(x, t) for x in rows] for rows, t in zip(zip(r, relative, felt, strict=True), times, strict=True)]
    )
    places = geodetic_of(fixed[:, 0].copy())
    bases = [local_basis(p[0], p[1]) for p in places]
    return (
        places[:, 2],
        np.array([b @ x for b, x in zip(bases, fixed[:, 1], strict=True)]),
        np.array([b @ x for b, x in zip(bases, fixed[:, 2], strict=True)]),
    )


def inside(path: Trajectory, count: int = 3) -> Vector:
    """Times inside every interval between nodes, ``count`` each, none on a node."""
    steps = np.diff(path.t)
    keep = steps > 1e-3
    shares = (np.arange(count) + 0.5) / count
    return (path.t[:-1][keep, None] + steps[keep, None] * shares).ravel()


def check_physics(flight: Flight) -> None:
    """No gap, no kink, velocity the derivative of position, acceleration of velocity, and every limit kept."""
    spec = flight.spec
    path = flight.trajectory
    assert np.isfinite(path.r).all()
    assert np.isfinite(path.v).all()
    assert np.isfinite(path.a).all()
    assert (np.diff(path.t) >= 0.0).all()
    doubled = np.flatnonzero(np.diff(path.t) == 0.0)
    np.testing.assert_allclose(path.r[doubled], path.r[doubled + 1], atol=1e-6)
    np.testing.assert_allclose(path.v[doubled], path.v[doubled + 1], atol=1e-6)
    height, velocity, acceleration = over_ground(path, inside(path))
    speed = np.linalg.norm(velocity, axis=1)
    ahead = velocity / speed[:, None]
    along = np.einsum("kc,kc->k", acceleration, ahead)
    across = acceleration - along[:, None] * ahead
    sideways = np.cross(ahead, [0.0, 0.0, 1.0])
    sideways /= np.linalg.norm(sideways, axis=1)[:, None]
    lateral = np.einsum("kc,kc->k", across, sideways)
    # Level flight around the Earth bends down by v2/R: the limit is on what comes on top.
    vertical = np.einsum("kc,kc->k", across, np.cross(sideways, ahead)) + speed**2 / 6.37e6
    after = inside(path) > flight.booster.end_s
    assert np.abs(along[after]).max() <= spec.longitudinal_acceleration * 1.001 + 1e-3
    assert np.abs(lateral[after]).max() <= STANDARD_GRAVITY * math.tan(spec.bank_angle) * 1.003 + 0.01
    assert np.abs(vertical[after]).max() <= spec.normal_acceleration * 1.01 + 0.02
    if spec.boost is not None:
        turning = np.hypot(lateral[~after], vertical[~after])
        assert turning.max() <= max(spec.boost.turn_acceleration, STANDARD_GRAVITY) * 1.01 + 0.02
        assert along[~after].max() == pytest.approx(spec.boost.acceleration, rel=1e-3)
    climb = np.arcsin(velocity[after, 2] / speed[after])
    assert climb.max() <= max(spec.climb_angle, math.asin(min(1.0, flight_climb(flight)))) + 2e-3
    assert climb.min() >= -max(spec.terminal.dive_angle, spec.descent_angle, abs(flight_climb(flight))) - 2e-3
    assert height.min() > -0.01


def flight_climb(flight: Flight) -> float:
    """Sine of the climb angle at release."""
    _, velocity, _ = over_ground(flight.booster, np.array([flight.booster.end_s]))
    return float(velocity[0, 2] / np.linalg.norm(velocity[0]))


@pytest.mark.parametrize("name", NAMES)
def test_each_flies_to_its_aim_in_named_phases(name: str) -> None:
    spec = spec_of(name)
    aim = beyond(0.6 * spec.maximum_range)
    flight = fly(spec, LAUNCH, aim)
    check_physics(flight)
    assert flight.miss_m < 0.01
    assert flight.trajectory.phases[0].name == ("drop" if spec.launch_mode == "air" else "boost-1")
    names = [phase.name for phase in flight.payloads[0].trajectory.phases]
    assert names[0] in ("climb", "descent")
    assert names[1] == "cruise"
    assert names[-1] == "dive"
    assert ("low" in names) == (spec.low is not None)
    phases = flight.trajectory.phases
    assert [p.end_s for p in phases[:-1]] == [p.start_s for p in phases[1:]]
    assert flight.propellant == ("liquid" if spec.launch_mode == "air" else "solid")
    assert (flight.plume is None) == (spec.launch_mode == "air")
    assert flight.azimuth == pytest.approx(2.0, abs=1e-9)
    np.testing.assert_array_equal(flight.booster.r[-1], flight.payloads[0].trajectory.r[0])


def in_smaller_steps(flight: Flight, waypoints: list[tuple[float, float]], parts: int) -> Trajectory:
    """The same flight with every segment of the kernel cut into equal parts, each with nodes of its own."""

    def finer(start: Vector, height: float, climb: float, speed: float, segments: Vector) -> tuple[Vector, Vector]:
        cut = np.repeat(segments, parts, axis=0)
        cut[:, surface.LENGTH] /= parts
        nodes, ends = surface.fly_segments(start, height, climb, speed, cut)
        return nodes, ends[parts - 1 :: parts]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cruise, "fly_segments", finer)
        return fly_cruise(flight.spec, flight.launch, flight.aim, waypoints=waypoints).trajectory


@pytest.mark.parametrize("name", NAMES)
def test_position_velocity_and_acceleration_are_derivatives_of_each_other(name: str) -> None:
    """Node to node, not within an interpolant: Hermite's quadrature of the velocity gives the step in position to the
    fifth order in the time step, the trapezium of the acceleration that in velocity to the third.
    """
    spec = spec_of(name)
    points = weaving(LAUNCH, 1.0, [0.15 * spec.maximum_range] * 4, [0.6, -0.9, 0.5])
    flight = fly_cruise(spec, LAUNCH, points[-1], waypoints=points[:-1])
    path = in_smaller_steps(flight, points[:-1], 2_000)
    step = np.diff(path.t)
    keep = np.flatnonzero((step > 1e-3) & (step < 0.5))
    assert len(keep) > 5_000
    h = step[keep, None]
    r, v, a = path.r, path.v, path.a
    moved = (r[keep + 1] - r[keep]) / h
    assert np.abs(moved - 0.5 * (v[keep] + v[keep + 1]) - h / 12.0 * (a[keep] - a[keep + 1])).max() < 2e-5
    gained = (v[keep + 1] - v[keep]) / h
    assert np.abs(gained - 0.5 * (a[keep] + a[keep + 1])).max() < 2e-3


@pytest.mark.parametrize("name", NAMES)
def test_sparse_nodes_stay_on_the_exact_path(name: str) -> None:
    spec = spec_of(name)
    points = weaving(LAUNCH, 4.0, [0.2 * spec.maximum_range] * 3, [1.2, -0.7])
    flight = fly_cruise(spec, LAUNCH, points[-1], waypoints=points[:-1])
    exact = in_smaller_steps(flight, points[:-1], 100)
    assert len(exact.t) > 1.5 * len(flight.trajectory.t)
    apart = flight.trajectory.states(exact.t)[0] - exact.r
    assert np.linalg.norm(apart, axis=1).max() < 0.05


def test_the_time_of_flight_is_that_of_the_lengths_flown() -> None:
    spec = spec_of("cruise-subsonic-notional")
    distance = 1_800e3
    flight = fly_cruise(spec, LAUNCH, beyond(distance))
    cruise = next(p for p in flight.trajectory.phases if p.name == "cruise")
    start, end = (
        geodetic_of(eci_to_ecef(flight.trajectory.state(t)[0], t)[None, :])[0] for t in (cruise.start_s, cruise.end_s)
    )
    # At height h over a normal section of radius R the way is longer by h/R.
    length = geodesic(start[0], start[1], end[0], end[1])[0] * (1.0 + spec.cruise.altitude / 6.378e6)
    assert cruise.end_s - cruise.start_s == pytest.approx(length / 250.0, rel=1e-7)
    assert flight.booster.end_s == pytest.approx(spec.boost.duration, rel=1e-4)


@pytest.mark.parametrize("name", ["cruise-subsonic-notional", "cruise-sea-notional", "drone-one-way-notional"])
def test_cruise_keeps_its_height_and_speed(name: str) -> None:
    spec = spec_of(name)
    flight = fly_cruise(spec, LAUNCH, beyond(900e3, 0.3))
    path = flight.payloads[0].trajectory
    cruise = next(p for p in path.phases if p.name == "cruise")
    height, velocity, _ = over_ground(path, np.linspace(cruise.start_s + 60.0, cruise.end_s, 2_000))
    np.testing.assert_allclose(height, spec.cruise.altitude, atol=0.01)
    np.testing.assert_allclose(np.linalg.norm(velocity, axis=1), spec.cruise.speed_m_s, atol=1e-4)


def test_a_pop_up_reaches_its_height_before_the_dive() -> None:
    spec = spec_of("cruise-subsonic-notional")
    spec = spec.model_copy(update={"terminal": spec.terminal.model_copy(update={"pop_up": 800.0})})
    flight = fly_cruise(spec, LAUNCH, beyond(300e3))
    check_physics(flight)
    path = flight.payloads[0].trajectory
    dive = path.phases[-1]
    assert [p.name for p in path.phases[-2:]] == ["pop-up", "dive"]
    height, velocity, _ = over_ground(path, np.array([dive.start_s, dive.end_s - 1e-3]))
    assert height[0] == pytest.approx(800.0, abs=0.01)
    assert math.asin(-velocity[1, 2] / np.linalg.norm(velocity[1])) == pytest.approx(spec.terminal.dive_angle, abs=1e-3)


def test_high_low_flight_comes_down_in_time() -> None:
    spec = spec_of("cruise-supersonic-notional")
    flight = fly_cruise(spec, LAUNCH, beyond(400e3))
    low = next(p for p in flight.trajectory.phases if p.name == "low")
    height, velocity, _ = over_ground(flight.trajectory, np.linspace(low.start_s, low.end_s, 50))
    np.testing.assert_allclose(height, spec.low.altitude, atol=0.01)
    assert np.linalg.norm(velocity[-1]) == pytest.approx(spec.low.speed_m_s, abs=1e-6)
    start = geodetic_of(eci_to_ecef(flight.trajectory.state(low.start_s)[0], low.start_s)[None, :])[0]
    assert geodesic(start[0], start[1], *flight.aim)[0] == pytest.approx(spec.low.distance, abs=0.1)


def test_the_skin_warms_with_speed() -> None:
    skins = {}
    for name in NAMES:
        spec = spec_of(name)
        skins[name] = fly_cruise(spec, LAUNCH, beyond(0.5 * spec.maximum_range)).payloads[0].skin
    assert 285.0 < skins["cruise-subsonic-notional"].temperature[-1] < 320.0
    assert 400.0 < skins["cruise-supersonic-notional"].temperature.max() < 600.0
    assert 750.0 < skins["cruise-scramjet-notional"].temperature.max() < 1_200.0
    assert skins["drone-one-way-notional"].temperature.max() < 295.0


def test_a_raid_takes_it_as_any_other_threat() -> None:
    flight = fly_cruise(spec_of("cruise-sea-notional"), LAUNCH, beyond(500e3))
    objects = objects_of(flight, missile_id="M1", threat="cruise-sea-notional", launch_s=100.0, aims=[("x", 1)])
    raid = PackedRaid.of(objects)
    burning, flying = raid.evaluate(105.0), raid.evaluate(1_000.0)
    assert burning.exists.tolist() == [True, False]
    assert burning.plume[0] == pytest.approx(15e3, rel=1e-3)
    assert flying.exists.tolist() == [False, True]
    assert flying.altitude[1] == pytest.approx(50.0, abs=0.1)
    assert 300.0 < flying.body_temperature[1] < 320.0


@pytest.mark.parametrize(
    ("name", "distance", "options", "words"),
    [
        (
            "cruise-subsonic-notional",
            3_000e3,
            {},
            r"range: got a route of 3,000 km, but the greatest range is 2,500 km; hint",
        ),
        ("cruise-subsonic-notional", 10_000e3, {}, r"greatest range is 2,500 km"),
        (
            "cruise-subsonic-notional",
            100.0,
            {},
            r"range: got a route of 0.10 km, but launch, climb and descent take \d+\.\d+ km; hint",
        ),
        ("cruise-scramjet-notional", 40e3, {}, r"launch, climb and descent take \d+"),
        (
            "cruise-subsonic-notional",
            900e3,
            {"apogee_m": 1e5},
            r"apogee: got 100.0 km, but this threat flies on wings; hint",
        ),
        ("cruise-subsonic-notional", 0.1, {}, r"has no length; hint"),
    ],
)
def test_what_cannot_be_flown_says_what_can(name: str, distance: float, options: dict, words: str) -> None:
    with pytest.raises(InfeasibleFlight, match=words):
        fly(spec_of(name), LAUNCH, beyond(distance), **options)


def test_the_shortest_range_it_names_can_be_flown() -> None:
    spec = spec_of("drone-one-way-notional")
    with pytest.raises(InfeasibleFlight) as caught:
        fly_cruise(spec, LAUNCH, beyond(5e3))
    shortest = float(str(caught.value).split("take ")[1].split(" km")[0]) * 1e3
    assert fly_cruise(spec, LAUNCH, beyond(shortest + 10.0)).miss_m < 0.01


@pytest.mark.parametrize(
    ("legs", "bends", "words"),
    [
        ([100e3, 100e3], [math.radians(175.0)], "turn of 175 deg at way point 1 .* hint"),
        ([100e3, 3e3, 100e3], [1.5, 1.5], r"way point 2 with a radius of 6\.\d\d km .* hint"),
        ([100e3, 2e3], [0.5], r"waypoints: .* hint"),
        ([100e3, 0.2, 100e3], [0.1, 0.1], "leg 2 .* no length"),
        ([2.5e3, 300e3], [1.0], r"waypoints: .* hint"),
    ],
)
def test_turns_that_do_not_fit_are_refused(legs: list[float], bends: list[float], words: str) -> None:
    points = weaving(LAUNCH, 1.0, legs, bends)
    with pytest.raises(InfeasibleFlight, match=words):
        fly_cruise(spec_of("cruise-subsonic-notional"), LAUNCH, points[-1], waypoints=points[:-1])


def test_way_points_are_refused_for_what_is_thrown() -> None:
    with pytest.raises(InfeasibleFlight, match="waypoints: got 1 for a threat of kind 'ballistic'"):
        fly(entry("threats", "srbm-scud-b-class").spec, LAUNCH, beyond(200e3), waypoints=[beyond(100e3)])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"launch_mode": "air"}, "accepted is a carrier for air"),
        ({"boost": None}, "accepted is a booster"),
        ({"clearance": "60 m"}, "accepted is up to the lowest flight"),
        ({"terminal": {"dive_angle": "30 deg", "pop_up": "20 m"}}, "pop_up: got 20 m"),
        ({"cruise": {"altitude": "50 m"}}, "exactly one"),
        ({"cruise": {"altitude": "50 m", "speed": "250 m/s", "mach": 0.7}}, "exactly one"),
        ({"low": {"altitude": "80 m", "distance": "40 km", "mach": 0.7}}, "below the cruise altitude"),
        ({"terminal": {"dive_angle": "85 deg"}}, "less than or equal"),
    ],
)
def test_specs_that_do_not_fit_are_refused(change: dict, words: str) -> None:
    data = spec_of("cruise-subsonic-notional").model_dump(mode="json")
    with pytest.raises(ValidationError, match=words):
        CruiseSpec.model_validate({**data, **change})


def test_entries_cite_what_they_say_and_leave_nothing_unsaid() -> None:
    for name in NAMES:
        item = entry("threats", name)
        cited({value.source for value in item.values})
        assert unstated(item.spec) == []


def test_ten_thousand_kilometres_are_a_leg_like_any_other() -> None:
    spec = spec_of(NAMES[1]).model_copy(update={"maximum_range": 11_000e3})
    flight = fly_cruise(spec, LAUNCH, beyond(10_000e3, 0.1))
    check_physics(flight)
    assert flight.miss_m < 0.01
    assert len(flight.trajectory.t) < 2_500


def test_opposite_sides_of_the_earth_are_refused() -> None:
    spec = spec_of(NAMES[1]).model_copy(update={"maximum_range": 30_000e3})
    with pytest.raises(InfeasibleFlight, match=r"opposite sides of the Earth.*hint"):
        fly_cruise(spec, LAUNCH, (-LAUNCH[0], LAUNCH[1] + math.pi - 1e-5))


@pytest.mark.parametrize("altitude", [400.0, 2_500.0])
def test_a_launch_from_high_ground_comes_down_to_its_level(altitude: float) -> None:
    flight = fly_cruise(spec_of(NAMES[0]), (*LAUNCH[:2], altitude), beyond(300e3))
    check_physics(flight)
    path = flight.payloads[0].trajectory
    assert path.phases[0].name == "descent"
    height, _, _ = over_ground(path, np.array([path.phases[1].start_s, path.phases[1].end_s]))
    np.testing.assert_allclose(height, 50.0, atol=0.01)


def test_a_way_point_on_the_straight_way_changes_nothing() -> None:
    spec = spec_of(NAMES[0])
    direct = fly_cruise(spec, LAUNCH, beyond(600e3))
    by = fly_cruise(spec, LAUNCH, beyond(600e3), waypoints=[beyond(200e3), beyond(400e3)])
    assert by.flight_time_s == pytest.approx(direct.flight_time_s, abs=1e-6)


def test_twenty_turns_are_flown_one_after_the_other() -> None:
    points = weaving(LAUNCH, 0.5, [40e3] * 21, [1.0, -1.0] * 10)
    flight = fly_cruise(spec_of(NAMES[0]), LAUNCH, points[-1], waypoints=points[:-1])
    check_physics(flight)
    assert flight.miss_m < 0.01


def test_decoys_are_refused() -> None:
    with pytest.raises(InfeasibleFlight, match="decoys: got 20 kg"):
        fly(spec_of(NAMES[0]), LAUNCH, beyond(500e3), extra_payload_kg=20.0)
    flight = fly(spec_of(NAMES[0]), LAUNCH, beyond(500e3))
    with pytest.raises(InfeasibleFlight, match=r"got tank .* of kind 'cruise', accepted are none; hint"):
        release(flight, entry("decoys", "tank-notional").spec, np.eye(3)[0])


def test_a_spec_survives_its_json() -> None:
    for name in NAMES:
        spec = spec_of(name)
        assert CruiseSpec.model_validate_json(spec.model_dump_json()) == spec


@settings(deadline=None, max_examples=120)
@example("cruise-subsonic-notional", 89.9, 0.0, 0.0, 0.9, [])
@example("cruise-subsonic-notional", 90.0, 30.0, 180.0, 0.5, [1.0])
@example("cruise-sea-notional", -85.0, 179.9, 90.0, 0.9, [-1.5, 1.5])
@example("cruise-scramjet-notional", 0.0, -180.0, 270.0, 1.0, [])
@given(
    st.sampled_from(NAMES),
    st.floats(-90.0, 90.0),
    st.floats(-180.0, 180.0),
    st.floats(0.0, 360.0),
    st.floats(0.5, 0.98),
    st.lists(st.floats(-1.5, 1.5), max_size=4),
)
def test_any_route_within_range_is_flown(
    name: str, latitude: float, longitude: float, azimuth: float, share: float, bends: list[float]
) -> None:
    spec = spec_of(name)
    launch = (math.radians(latitude), math.radians(longitude), 0.0)
    leg = share * spec.maximum_range / (len(bends) + 1)
    if leg < 3.0 * turn_radius(spec, spec.cruise.speed_m_s) * math.tan(0.75):
        bends, leg = [], share * spec.maximum_range
    points = weaving(launch, math.radians(azimuth), [leg] * (len(bends) + 1), bends)
    flight = fly_cruise(spec, launch, points[-1], waypoints=points[:-1])
    check_physics(flight)
    assert flight.miss_m < 0.05
    # Corners are cut and boosts are slow: the time is that of the level speed within these.
    level = spec.cruise.speed_m_s
    asked = leg * (len(bends) + 1)
    cut = sum(turn_radius(spec, level) * (2.0 * math.tan(0.5 * abs(b)) - abs(b)) for b in bends)
    slow = spec.longitudinal_acceleration
    assert flight.flight_time_s > (asked - cut) / level * (0.99 if spec.terminal.dive_speed is None else 0.98)
    assert flight.flight_time_s < (asked - cut) / level * 1.05 + 2.0 * level / slow + 60.0
