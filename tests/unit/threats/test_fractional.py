import math

import numpy as np
import pytest

from cupola.core.burns import SpaceStageSpec, fly_burn
from cupola.core.earth import (
    MEAN_RADIUS,
    ecef_to_geodetic,
    eci_to_ecef,
    gravity,
    great_circle_azimuth,
    great_circle_point,
)
from cupola.scenario.catalogue import entry
from cupola.threats.bus import release
from cupola.threats.flight import Flight, InfeasibleFlight, altitude_of
from cupola.threats.fractional import fly_fractional
from cupola.threats.fractional_injection import LONGEST_RISE, Injector, fractional_vehicle, velocity_spent
from cupola.threats.fractional_spec import FractionalOrbitalSpec
from cupola.threats.kinds import fly
from cupola.threats.raid import PackedRaid, objects_of

LONG = entry("threats", "fractional-orbital-notional").spec
SHORT = LONG.model_copy(update={"route": "short"})
BAIKONUR = (math.radians(46.0), math.radians(63.0), 100.0)
WASHINGTON = (math.radians(38.9), math.radians(-77.04))


def _degrees(latitude: float, longitude: float) -> tuple[float, float]:
    return math.radians(latitude), math.radians(longitude)


@pytest.fixture(scope="module", name="flight")
def _flight() -> Flight:
    return fly_fractional(LONG, BAIKONUR, WASHINGTON)


def _latitudes(flight: Flight) -> list[float]:
    path = flight.trajectory
    times = np.linspace(0.0, path.end_s, 300)
    fixed = [eci_to_ecef(r, t) for r, t in zip(path.states(times)[0], times, strict=True)]
    return [math.degrees(ecef_to_geodetic(*r)[0]) for r in fixed]


def _plausible(flight: Flight, altitude: float) -> None:
    payload = flight.payloads[0].trajectory
    assert flight.miss_m < 1e3
    for part in (flight.booster, payload):
        assert all(np.isfinite(x).all() for x in (part.t, part.r, part.v, part.a))
        assert np.all(np.diff(part.t) >= 0.0)
    orbit = payload.r[payload.t <= payload.phases[0].end_s]
    heights = [altitude_of(r) for r in orbit]
    assert min(heights) > 120e3
    # A circle at the pole sees J2 and the flattening raise it by 40 km over the other pole.
    assert altitude - 30e3 < min(heights) < max(heights) < altitude + 45e3
    felt = flight.booster.a - np.array([gravity(*r) for r in flight.booster.r])
    assert np.linalg.norm(felt, axis=1).max() < 12.0 * 9.81


def test_phases_run_on_from_launch_to_impact(flight: Flight) -> None:
    payload = flight.payloads[0].trajectory
    assert [p.name for p in flight.booster.phases] == ["boost-1", "boost-2", "coast-2", "boost-3", "bus"]
    assert [p.name for p in payload.phases] == ["orbit", "deorbit", "midcourse", "re-entry"]
    phases = [*flight.booster.phases, *payload.phases]
    assert [p.end_s for p in phases[:-1]] == pytest.approx([p.start_s for p in phases[1:]])
    assert flight.burnout.time_s == flight.booster.phases[3].end_s
    assert payload.phases[1].end_s - payload.phases[1].start_s == pytest.approx(LONG.retro.burn_time)
    np.testing.assert_array_equal(flight.booster.r[-1], payload.r[0])
    assert altitude_of(payload.state(payload.phases[3].start_s)[0]) == pytest.approx(100e3, abs=20.0)


def test_the_long_way_goes_over_the_south(flight: Flight) -> None:
    _plausible(flight, 180e3)
    assert min(_latitudes(flight)) < -55.0
    assert 4_000.0 < flight.flight_time_s < 5_300.0
    assert flight.miss_m < 50.0


def test_it_comes_in_flat_and_from_below_a_ballistic_path(flight: Flight) -> None:
    payload = flight.payloads[0].trajectory
    r, v = payload.state(payload.phases[3].start_s)
    angle = math.degrees(math.asin(r @ v / np.linalg.norm(r) / np.linalg.norm(v)))
    assert -6.0 < angle < -1.0
    assert flight.apogee_m < 250e3


def test_the_short_way_is_the_other_way() -> None:
    aim = _degrees(34.0, -60.0)
    pad = (*_degrees(40.5, 100.0), 1_000.0)
    north, south = fly(SHORT, pad, aim), fly(LONG, pad, aim)
    _plausible(north, 180e3)
    _plausible(south, 180e3)
    assert max(_latitudes(north)) > 70.0
    assert min(_latitudes(south)) < -60.0
    assert abs(math.remainder(north.azimuth - south.azimuth, math.tau)) > math.radians(120.0)
    assert north.flight_time_s + south.flight_time_s == pytest.approx(2.0 * math.pi / 1.186e-3 + 900.0, rel=0.1)


@pytest.mark.parametrize("course", [0.0, 60.0, 150.0, 280.0])
@pytest.mark.parametrize("apart", [150e3, 800e3])
def test_near_the_antipode_and_over_the_pad_there_is_a_course(course: float, apart: float) -> None:
    for place in ((-BAIKONUR[0], BAIKONUR[1] - math.pi), BAIKONUR[:2]):
        aim = great_circle_point(*place, math.radians(course), apart / MEAN_RADIUS)
        assert fly_fractional(LONG, BAIKONUR, aim).miss_m < 1e3


def test_the_least_range_of_the_short_way_is_flown() -> None:
    with pytest.raises(InfeasibleFlight, match="least range") as refused:
        fly_fractional(SHORT, BAIKONUR, _degrees(85.0, -100.0))
    least = 1e3 * float(str(refused.value).split("stage about ")[1].split(" km")[0].replace(",", ""))
    bearing = great_circle_azimuth(*BAIKONUR[:2], *_degrees(85.0, -100.0))
    beyond = great_circle_point(*BAIKONUR[:2], bearing, 1.05 * least / MEAN_RADIUS)
    assert fly_fractional(SHORT, BAIKONUR, beyond).miss_m < 1e3


# Latitude and longitude of pad and aim in deg, altitude asked in km: sites at 40 to 60 deg, over the South Pole,
# eastward, westward, across the date line, to the equator and from the other hemisphere.
@pytest.mark.parametrize(
    ("pad", "aim", "altitude"),
    [
        ((60.0, 60.0), (41.9, -87.6), None),
        ((40.5, 100.0), (34.0, -118.2), 150.0),
        ((52.0, 104.0), (58.0, -76.0), None),
        ((50.0, 40.0), (47.6, -122.3), 220.0),
        ((45.0, 40.0), (40.0, 70.0), None),
        ((45.0, 125.0), (48.0, 100.0), None),
        ((40.0, 179.0), (21.3, -157.9), None),
        ((55.0, -130.0), (0.0, 10.0), None),
        ((-45.0, 20.0), (50.0, 0.0), 200.0),
    ],
)
def test_round_the_earth(pad: tuple[float, float], aim: tuple[float, float], altitude: float | None) -> None:
    asked = None if altitude is None else 1e3 * altitude
    flight = fly_fractional(LONG, (*_degrees(*pad), 300.0), _degrees(*aim), asked)
    _plausible(flight, asked or LONG.orbit_altitude)


def test_a_sweep_of_sites_and_aims() -> None:
    rng = np.random.default_rng(11)
    for _ in range(25):
        pad = (math.radians(rng.uniform(40.0, 60.0)), rng.uniform(-math.pi, math.pi), rng.uniform(0.0, 2e3))
        aim = (math.asin(rng.uniform(-0.95, 0.95)), rng.uniform(-math.pi, math.pi))
        altitude = rng.uniform(160e3, 240e3)
        _plausible(fly_fractional(LONG, pad, aim, altitude), altitude)


def test_against_the_turning_earth_it_needs_more() -> None:
    injector = Injector(LONG, BAIKONUR, 180e3)
    east, west = injector.cheapest(0.5 * math.pi), injector.cheapest(1.5 * math.pi)
    # Twice the speed of the ground at this latitude, 323 m/s, less what a free choice of the kick makes good.
    assert west.velocity - east.velocity == pytest.approx(646.0, rel=0.15)
    assert max(east.rise_s, west.rise_s) < LONGEST_RISE


def test_no_other_kick_needs_less() -> None:
    injector = Injector(LONG, BAIKONUR, 200e3)
    best = injector.cheapest(1.0)
    for factor in (0.5, 0.8, 0.95, 0.99, 1.01, 1.05, 1.3):
        other = injector.ascent(factor * best.kick, 1.0)
        assert other is None or other.rise_s > LONGEST_RISE or other.velocity > best.velocity


def test_velocity_spent_is_the_rocket_equation() -> None:
    vehicle = fractional_vehicle(LONG)
    assert velocity_spent(vehicle, 0.0) == 0.0
    assert velocity_spent(vehicle, vehicle.burnout_s) == pytest.approx(vehicle.ideal_speed)
    assert 0.0 < velocity_spent(vehicle, 60.0) < velocity_spent(vehicle, 200.0) < vehicle.ideal_speed


def _with(**changes: object) -> FractionalOrbitalSpec:
    return FractionalOrbitalSpec.model_validate(LONG.model_dump(mode="json") | changes)


@pytest.mark.parametrize(
    ("spec", "aim", "altitude", "words"),
    [
        (LONG, WASHINGTON, 100e3, r"apogee: got an orbit at 100 km, accepted is above 120 km"),
        (
            LONG,
            WASHINGTON,
            500e3,
            r"orbit: at 500 km on a course of \d+ deg .* must add [\d,]+ m/s and has 587 m/s; hint",
        ),
        (LONG, WASHINGTON, 5_000e3, r"deorbit: from 5,000 km the retro stage must give [\d,]+ m/s and gives 395 m/s"),
        (
            SHORT,
            _degrees(51.5, 0.0),
            None,
            r"range asked 4,\d+ km on the short way, least range .* about 9,\d+ km; hint",
        ),
        (LONG, _degrees(-45.8, -128.5), None, r"range: no course was found to an aim point 180 deg round the Earth"),
        (LONG, BAIKONUR[:2], None, "aim point is the launch point or opposite it"),
        (LONG, (-BAIKONUR[0], BAIKONUR[1] - math.pi), None, "aim point is the launch point or opposite it"),
        (
            _with(reentry_vehicle=LONG.reentry_vehicle.model_dump(mode="json") | {"mass": "9000 kg"}),
            WASHINGTON,
            None,
            r"orbit: |deorbit: ",
        ),
    ],
)
def test_what_cannot_be_flown_says_what_is_missing(
    spec: FractionalOrbitalSpec, aim: tuple[float, float], altitude: float | None, words: str
) -> None:
    with pytest.raises(InfeasibleFlight, match=words):
        fly_fractional(spec, BAIKONUR, aim, altitude)


def test_decoys_are_refused(flight: Flight) -> None:
    with pytest.raises(InfeasibleFlight, match="decoys: got 30 kg"):
        fly(LONG, BAIKONUR, WASHINGTON, extra_payload_kg=30.0)
    with pytest.raises(InfeasibleFlight, match=r"got debris .* of kind 'fractional-orbital', accepted are none"):
        release(flight, entry("decoys", "debris-notional").spec, np.eye(3)[0])


def test_the_same_request_gives_the_same_flight(flight: Flight) -> None:
    again = fly_fractional(LONG, BAIKONUR, WASHINGTON)
    np.testing.assert_array_equal(again.trajectory.r, flight.trajectory.r)


def test_it_becomes_objects_of_a_raid(flight: Flight) -> None:
    objects = objects_of(flight, missile_id="M01", threat="f", launch_s=0.0, aims=[("x", 1)])
    raid = PackedRaid.of(objects)
    assert [o.role for o in objects] == ["booster", "warhead"]
    assert objects[1].body is LONG.orbital_body
    burning = flight.booster.phases[3]
    assert raid.evaluate(0.5 * (burning.start_s + burning.end_s)).plume[0] > 0.0
    assert not raid.evaluate(0.5 * (flight.burnout.time_s + flight.flight_time_s)).plume.any()
    low = raid.evaluate(flight.flight_time_s - 300.0)
    assert low.exists.tolist() == [False, True]
    assert low.altitude[1] < 150e3


@pytest.mark.parametrize("duration", [0.0, -1.0, 81.0])
def test_a_burn_lasts_no_longer_than_its_propellant(duration: float) -> None:
    stage = SpaceStageSpec(propellant_mass="400 kg", inert_mass="200 kg", specific_impulse="300 s", burn_time="80 s")
    r, v = np.array([MEAN_RADIUS + 200e3, 0.0, 0.0]), np.array([0.0, 7_800.0, 0.0])
    with pytest.raises(ValueError, match="duration: got"):
        fly_burn(r, v, 0.0, stage, payload=1_000.0, steer="along", duration=duration)
