import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cupola.core.atmosphere import height
from cupola.core.earth import MEAN_RADIUS, MU, ecef_to_geodetic, eci_to_ecef, great_circle_point
from cupola.core.trajectory import Trajectory
from cupola.scenario.catalogue import entry
from cupola.threats.ballistic import fly_ballistic, vehicle_for
from cupola.threats.bus import release
from cupola.threats.flight import Flight, InfeasibleFlight
from cupola.threats.impulsive import minimum_energy
from cupola.threats.shooting import COARSE, Shooter
from cupola.threats.spec import BallisticSpec, DecoySpec

PYONGYANG = (math.radians(39.03), math.radians(125.75), 30.0)
WASHINGTON = (math.radians(38.9), math.radians(-77.04))


def _spec(name: str) -> BallisticSpec:
    spec = entry("threats", name).spec
    assert isinstance(spec, BallisticSpec)
    return spec


def _decoy(name: str) -> DecoySpec:
    spec = entry("decoys", name).spec
    assert isinstance(spec, DecoySpec)
    return spec


@pytest.fixture(scope="module", name="flight")
def _flight() -> Flight:
    return fly_ballistic(_spec("icbm-solid-notional"), PYONGYANG, WASHINGTON)


@pytest.fixture(scope="module", name="many")
def _many() -> Flight:
    return fly_ballistic(_spec("icbm-solid-china-notional"), (0.66, 1.76, 1500.0), WASHINGTON)


def _altitude(flight: Trajectory, time: float) -> float:
    return height(*flight.state(time)[0])


def test_it_lands_on_the_aim_point(flight: Flight) -> None:
    end = flight.payloads[0].trajectory
    latitude, longitude, altitude = ecef_to_geodetic(*eci_to_ecef(end.r[-1], end.end_s))
    assert abs(altitude) < 0.01
    assert math.hypot(latitude - WASHINGTON[0], (longitude - WASHINGTON[1]) * math.cos(latitude)) * 6.4e6 < 100.0
    assert flight.miss_m < 100.0
    assert flight.flight_time_s == end.end_s


def test_a_solid_from_north_korea_flies_as_the_open_literature_says(flight: Flight) -> None:
    assert flight.range_m == pytest.approx(11_040e3, rel=0.005)
    assert flight.burnout.time_s < 170.0
    # The least-energy ellipse of this range, which the true flight leaves only through its burnout height.
    assert flight.apogee_m == pytest.approx(minimum_energy(flight.range_m).apogee, rel=0.06)
    assert 140e3 < flight.burnout.altitude_m < 300e3
    assert 6_900.0 < flight.burnout.speed_m_s < 7_400.0


def test_phases_run_on_without_a_gap(flight: Flight) -> None:
    vehicle = flight.payloads[0].trajectory
    assert [p.name for p in flight.booster.phases] == ["boost-1", "boost-2", "boost-3", "bus"]
    assert [p.name for p in vehicle.phases] == ["midcourse", "re-entry"]
    phases = [*flight.booster.phases, *vehicle.phases]
    assert [p.end_s for p in phases[:-1]] == pytest.approx([p.start_s for p in phases[1:]])
    assert flight.booster.phases[2].end_s == flight.burnout.time_s == flight.cutoff_s
    assert flight.booster.end_s == pytest.approx(flight.burnout.time_s + flight.spec.deployment_delay)
    np.testing.assert_array_equal(flight.booster.r[-1], vehicle.r[0])
    np.testing.assert_array_equal(flight.booster.v[-1], vehicle.v[0])
    assert _altitude(vehicle, vehicle.phases[1].start_s) == pytest.approx(100e3, abs=20.0)


def _energy_at(shooter: Shooter, kick: float, azimuth: float) -> float:
    return shooter.reach(kick, azimuth)[1]


@pytest.mark.parametrize("name", ["icbm-solid-notional", "icbm-liquid-notional"])
def test_no_other_kick_reaches_the_aim_with_less_energy(name: str) -> None:
    spec = _spec(name)
    flight = fly_ballistic(spec, PYONGYANG, WASHINGTON)
    beta = spec.reentry_vehicle.ballistic_coefficient
    rise, pitch = spec.vertical_rise_time, spec.pitch_over_time
    shooter = Shooter(vehicle_for(spec), rise, pitch, beta, PYONGYANG, WASHINGTON)
    best = _energy_at(shooter, flight.kick, flight.azimuth)
    r, v = flight.booster.state(flight.burnout.time_s)
    assert best == pytest.approx(0.5 * v @ v - MU / np.linalg.norm(r), rel=2e-3)
    for factor in (0.7, 0.85, 1.15):
        cutoff, energy = shooter.reach(factor * flight.kick, flight.azimuth)
        assert math.isinf(cutoff) or energy > best


@pytest.mark.parametrize("apogee", [600e3, 2_500e3])
def test_the_asked_apogee_is_flown(apogee: float) -> None:
    flight = fly_ballistic(_spec("icbm-solid-notional"), PYONGYANG, WASHINGTON, apogee)
    assert flight.apogee_m == pytest.approx(apogee, abs=100.0)
    assert flight.miss_m < 100.0
    lower = min(_altitude(flight.payloads[0].trajectory, t) for t in np.linspace(300.0, 900.0, 7))
    assert lower < apogee


# What the launching state reported: apogee, range, total time (s), ours within 15 s of it.
@pytest.mark.parametrize("azimuth", [75.0, 90.0])
@pytest.mark.parametrize(
    ("name", "apogee", "ground_range", "earliest", "latest"),
    [
        ("icbm-liquid-notional", 3_724.9e3, 998.0e3, 2_832, 2_832),
        ("icbm-liquid-notional", 4_475.0e3, 950.0e3, 3_180, 3_240),
        ("icbm-liquid-notional", 6_040.9e3, 999.2e3, 4_135, 4_135),
        ("icbm-liquid-notional", 6_045.0e3, 1_000.2e3, 4_151, 4_151),
        ("icbm-solid-notional", 6_648.4e3, 1_001.2e3, 4_491, 4_491),
        ("icbm-solid-notional", 6_518.2e3, 1_002.3e3, 4_415, 4_415),
        ("icbm-solid-notional", 7_687.5e3, 1_001.2e3, 5_156, 5_156),
    ],
)
def test_reported_lofted_flights(
    name: str, apogee: float, ground_range: float, earliest: float, latest: float, azimuth: float
) -> None:
    aim = great_circle_point(*PYONGYANG[:2], math.radians(azimuth), ground_range / MEAN_RADIUS)
    flight = fly_ballistic(_spec(name), PYONGYANG, aim, apogee)
    assert earliest - 15.0 <= flight.flight_time_s <= latest + 15.0
    assert flight.apogee_m == pytest.approx(apogee, abs=100.0)
    assert flight.miss_m < 100.0


def test_a_lofted_missile_waits_between_its_stages_and_another_does_not() -> None:
    spec = _spec("icbm-solid-notional")
    lofted, plain = (fly_ballistic(spec, PYONGYANG, WASHINGTON, apogee) for apogee in (3_500e3, None))
    waits = [phase for phase in lofted.booster.phases if phase.name.startswith("coast")]
    assert [phase.end_s - phase.start_s for phase in waits] == pytest.approx([waits[0].end_s - waits[0].start_s] * 2)
    assert 0.0 < waits[0].end_s - waits[0].start_s <= spec.lofted_coast
    assert not any(phase.name.startswith("coast") for phase in plain.booster.phases)


def test_what_waiting_may_not_use_up_is_left_unburnt() -> None:
    spec = _spec("icbm-liquid-notional")
    aim = great_circle_point(*PYONGYANG[:2], 1.4, 998e3 / MEAN_RADIUS)
    flights = [
        fly_ballistic(spec.model_copy(update={"lofted_coast_share": share}), PYONGYANG, aim, 3_724.9e3)
        for share in (0.0, 0.5, 1.0)
    ]
    left = [flight.full_burn_s - flight.burnout.time_s for flight in flights]
    assert left[1] == pytest.approx(0.5 * left[0], rel=0.1)
    assert left[2] < 0.06 * left[0]
    assert flights[0].flight_time_s < flights[1].flight_time_s < flights[2].flight_time_s


@pytest.mark.parametrize("apogee", [7_000e3, 9_000e3])
def test_an_intercontinental_flight_is_lofted_as_asked(apogee: float) -> None:
    flight = fly_ballistic(_spec("icbm-solid-notional"), PYONGYANG, WASHINGTON, apogee)
    assert flight.miss_m < 100.0
    assert flight.apogee_m == pytest.approx(apogee, abs=100.0)


def test_the_far_side_of_the_earth_is_not_taken_for_the_aim() -> None:
    spec = _spec("icbm-liquid-heavy-notional")
    launch, antipode = (math.radians(39.0), 0.0, 0.0), (math.radians(-44.84), math.pi)
    try:
        flight = fly_ballistic(spec, launch, antipode)
    except InfeasibleFlight:
        return
    assert flight.miss_m < 1_000.0


def test_several_vehicles_share_the_aim_and_not_the_path(many: Flight) -> None:
    assert len(many.payloads) == 3
    assert many.miss_m < 1_000.0
    first, second, _ = (payload.trajectory for payload in many.payloads)
    time = first.start_s + 600.0
    assert 500.0 < float(np.linalg.norm(first.state(time)[0] - second.state(time)[0])) < 10e3
    assert second.end_s > first.end_s


@pytest.mark.parametrize(
    ("name", "aim", "apogee", "words"),
    [
        (
            "srbm-scud-b-class",
            WASHINGTON,
            None,
            r"range asked 11,0\d\d km, greatest range in that direction about 3\d\d km; hint",
        ),
        (
            "minuteman-iii-class",
            (0.83, -2.13),
            9e6,
            r"with an apogee of 9,000 km: this missile flies .* from about \d+ to 2,\d+ km",
        ),
        ("icbm-solid-notional", (0.6829, 2.1980), None, "range: .* too short"),
        ("icbm-solid-notional", PYONGYANG[:2], None, "aim point is the launch point"),
    ],
)
def test_what_cannot_be_flown_says_what_can(
    name: str, aim: tuple[float, float], apogee: float | None, words: str
) -> None:
    with pytest.raises(InfeasibleFlight, match=words):
        fly_ballistic(_spec(name), PYONGYANG, aim, apogee)


def test_decoys_on_board_cost_energy(flight: Flight) -> None:
    heavier = fly_ballistic(flight.spec, PYONGYANG, WASHINGTON, extra_payload_kg=240.0)
    assert heavier.burnout.time_s > flight.burnout.time_s + 0.5


@pytest.mark.parametrize(("name", "ends_at"), [("decoy-light-notional", 60e3), ("decoy-credible-notional", 0.0)])
def test_decoys_leave_the_bus_and_drift_apart(flight: Flight, name: str, ends_at: float) -> None:
    decoy = _decoy(name)
    direction = np.array([0.6, 0.0, 0.8])
    path = release(flight, decoy, direction)
    np.testing.assert_allclose(path.v[0] - flight.booster.v[-1], decoy.separation_speed * direction, atol=1e-9)
    assert _altitude(path, path.end_s) == pytest.approx(ends_at, abs=0.1)
    apart = path.state(path.start_s + 300.0)[0] - flight.payloads[0].trajectory.state(path.start_s + 300.0)[0]
    assert np.linalg.norm(apart) == pytest.approx(300.0 * decoy.separation_speed, rel=0.1)


REACHES = {
    "icbm-solid-notional": (800e3, 13_000e3),
    "icbm-liquid-notional": (800e3, 13_000e3),
    "srbm-scud-b-class": (120e3, 270e3),
}


@settings(deadline=None, max_examples=30)
@example("icbm-solid-notional", 89.0, 10.0, 180.0, 0.9)
@example("icbm-liquid-notional", -60.0, 179.5, 90.0, 0.7)
@example("icbm-solid-notional", 10.0, -179.0, 350.0, 1.0)
@given(
    st.sampled_from(sorted(REACHES)),
    st.floats(-89.9, 89.9),
    st.floats(-180.0, 180.0),
    st.floats(0.0, 360.0),
    st.floats(0.0, 1.0),
)
def test_any_point_in_reach_is_hit(name: str, latitude: float, longitude: float, azimuth: float, share: float) -> None:
    spec = _spec(name)
    low, high = REACHES[name]
    launch = (math.radians(latitude), math.radians(longitude), 0.0)
    aim = great_circle_point(launch[0], launch[1], math.radians(azimuth), (low + share * (high - low)) / MEAN_RADIUS)
    flight = fly_ballistic(spec, launch, aim)
    assert flight.miss_m < 100.0
    assert 0.0 < flight.burnout.time_s <= flight.full_burn_s


def test_the_trial_flights_are_near_the_stored_ones() -> None:
    spec = _spec("icbm-solid-notional")
    beta = spec.reentry_vehicle.ballistic_coefficient
    shooter = Shooter(vehicle_for(spec), 5.0, 15.0, beta, PYONGYANG, WASHINGTON)
    flight = fly_ballistic(spec, PYONGYANG, WASHINGTON)
    impact, end, apogee = shooter.drop(
        shooter.boost(flight.kick, flight.azimuth, COARSE), flight.burnout.time_s, COARSE
    )
    assert math.hypot(*shooter.miss(impact)) < 3e3
    assert end == pytest.approx(flight.flight_time_s, abs=1.0)
    assert apogee == pytest.approx(flight.apogee_m, abs=1e3)
