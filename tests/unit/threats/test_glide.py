import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cupola.core.atmosphere import standard_air
from cupola.core.earth import (
    MEAN_RADIUS,
    Vector,
    ecef_to_geodetic,
    eci_to_ecef,
    gravity,
    great_circle_point,
    surface_velocity,
)
from cupola.core.trajectory import Trajectory
from cupola.scenario.catalogue import cited, entry
from cupola.threats.flight import Flight, InfeasibleFlight, altitudes_of
from cupola.threats.glide import fly_glide
from cupola.threats.glide_plane import equilibrium_height, glide_from
from cupola.threats.glide_spec import GlideSpec
from cupola.threats.heating import stagnation_peak
from cupola.threats.kinds import fly

LAUNCH = (math.radians(40.0), math.radians(100.0), 1_000.0)
# Ground ranges in km that each entry is asked to fly in every direction from everywhere.
REACHES = {"glide-notional": (3_500.0, 9_000.0), "glide-medium-notional": (700.0, 1_700.0)}


def spec_of(name: str, mode: str = "equilibrium") -> GlideSpec:
    spec = entry("threats", name).spec
    assert isinstance(spec, GlideSpec)
    return spec.model_copy(update={"mode": mode})


def aim_at(kilometres: float, azimuth_deg: float, launch: tuple[float, float, float] = LAUNCH) -> tuple[float, float]:
    return great_circle_point(launch[0], launch[1], math.radians(azimuth_deg), kilometres * 1e3 / MEAN_RADIUS)


@pytest.fixture(scope="module", name="flight")
def _flight() -> Flight:
    return fly_glide(spec_of("glide-notional"), LAUNCH, aim_at(9_000.0, 20.0))


def phase_times(path: Trajectory, name: str) -> Vector:
    phase = next(p for p in path.phases if p.name == name)
    return np.linspace(phase.start_s, phase.end_s, 400)


def air_speed(path: Trajectory, times: Vector) -> Vector:
    r, v, _ = path.states(times)
    return np.asarray(np.linalg.norm(v - surface_velocity(r), axis=1))


def climb(path: Trajectory, times: Vector) -> Vector:
    return np.asarray(np.gradient(altitudes_of(path.states(times)[0]), times))


def check(flight: Flight, deepest_km: float = 14.0, highest_km: float = 65.0) -> None:
    """What every glide owes: the hit, a whole path, a plausible height and no undamped swing."""
    path = flight.payloads[0].trajectory
    assert flight.miss_m < 1_000.0
    for rows in (path.t, path.r, path.v, path.a, flight.payloads[0].skin.temperature):
        assert np.all(np.isfinite(rows))
    assert np.all(np.diff(path.t) >= 0.0)
    _, _, altitude = ecef_to_geodetic(*eci_to_ecef(path.r[-1], path.end_s))
    assert abs(altitude) < 0.01
    names = [p.name for p in path.phases]
    assert names in (["midcourse", "pull-up", "glide", "dive"], ["pull-up", "glide", "dive"])
    gliding = altitudes_of(path.states(phase_times(path, "glide"))[0])
    assert gliding.min() > deepest_km * 1e3
    assert gliding.max() < highest_km * 1e3
    assert (altitudes_of(path.states(np.linspace(path.start_s, path.end_s - 1.0, 500))[0]) > 0.0).all()


def test_it_lands_on_the_aim_point(flight: Flight) -> None:
    check(flight)
    assert flight.miss_m < 10.0
    assert flight.range_m == pytest.approx(9_000e3, abs=1e3)
    assert 500.0 < flight.impact_speed_m_s < 2_000.0


def test_phases_run_on_without_a_gap(flight: Flight) -> None:
    phases = [*flight.booster.phases, *flight.payloads[0].trajectory.phases]
    assert [p.name for p in phases] == [
        *("boost-1", "boost-2", "boost-3", "bus"),
        *("midcourse", "pull-up", "glide", "dive"),
    ]
    assert [p.end_s for p in phases[:-1]] == [p.start_s for p in phases[1:]]
    assert phases[-1].end_s == flight.flight_time_s
    assert flight.booster.phases[2].end_s == flight.burnout.time_s == flight.cutoff_s
    path = flight.payloads[0].trajectory
    np.testing.assert_array_equal(flight.booster.r[-1], path.r[0])
    np.testing.assert_array_equal(flight.booster.v[-1], path.v[0])
    entry_s = path.phases[1].start_s
    assert altitudes_of(path.states(np.array([entry_s]))[0])[0] == pytest.approx(100e3, abs=20.0)


def test_an_equilibrium_glide_follows_the_equilibrium_height(flight: Flight) -> None:
    """Half-way down the glide height, speed and bank are those at which lift carries what is left of the weight."""
    path, glider = flight.payloads[0].trajectory, flight.spec.glider
    times = phase_times(path, "glide")[120:360]
    assert np.abs(climb(path, times)).max() < 60.0
    for time in times[::40]:
        r, v, a = (x[0] for x in path.states(np.array([time])))
        wind = v - surface_velocity(r)
        speed = float(np.linalg.norm(wind))
        lift = a - np.array(gravity(*r))
        lift = lift - (lift @ wind) / speed**2 * wind
        up = r / np.linalg.norm(r)
        weight = float(-np.array(gravity(*r)) @ up - (v @ v - (v @ up) ** 2) / np.linalg.norm(r))
        assert lift @ up == pytest.approx(weight, rel=0.1)
        bank = math.acos(min(float(lift @ up) / float(np.linalg.norm(lift)), 1.0))
        assert bank < 0.6
        wings_level = equilibrium_height(glider.lift_to_drag, 1.0 / glider.ballistic_coefficient, speed)
        assert abs(altitudes_of(r[None])[0] - wings_level) < 4e3


def test_skipping_swings_and_equilibrium_does_not(flight: Flight) -> None:
    skipping = fly_glide(spec_of("glide-notional", "skip"), LAUNCH, flight.aim)
    check(skipping, highest_km=100.0)
    swings = [
        climb(f.payloads[0].trajectory, phase_times(f.payloads[0].trajectory, "glide")[100:250])
        for f in (flight, skipping)
    ]
    assert np.count_nonzero(np.diff(np.sign(swings[1]))) >= 4
    assert np.ptp(swings[1]) > 10.0 * np.ptp(swings[0])


def test_energy_falls_as_drag_works(flight: Flight) -> None:
    """d(u2/2 + potential - (omega rho)2/2)/dt = -D u along the glide, the acceleration from the nodes themselves."""
    path, glider = flight.payloads[0].trajectory, flight.spec.glider
    times = phase_times(path, "glide")[1:-1:7]
    r, v, a = path.states(times)
    wind = v - surface_velocity(r)
    speed = np.linalg.norm(wind, axis=1)
    felt = a - np.array([gravity(*x) for x in r])
    drag = 0.5 * standard_air(altitudes_of(r))[0] * speed**2 / glider.ballistic_coefficient
    power = np.einsum("kc,kc->k", felt, wind)
    np.testing.assert_allclose(power, -drag * speed, rtol=2e-3)
    lift = np.linalg.norm(felt + (drag / speed)[:, None] * wind, axis=1)
    assert (lift <= glider.lift_to_drag * drag * 1.002).all()


def test_loads_and_heat_stay_within_the_limits(flight: Flight) -> None:
    path, glider = flight.payloads[0].trajectory, flight.spec.glider
    r, v, a = path.states(path.t)
    wind = v - surface_velocity(r)
    felt = a - np.array([gravity(*x) for x in r])
    across = felt - np.einsum("kc,kc->k", felt, wind)[:, None] / np.einsum("kc,kc->k", wind, wind)[:, None] * wind
    assert np.linalg.norm(across, axis=1).max() <= glider.greatest_lift * 1.001
    assert stagnation_peak(glider, path) < glider.greatest_heating
    cold = glider.model_copy(update={"greatest_heating": 5e6})
    with pytest.raises(InfeasibleFlight, match=r"greatest_heating: the nose takes \d+\.\d MW/m2 .* up to 5.0 MW/m2"):
        fly_glide(flight.spec.model_copy(update={"glider": cold}), LAUNCH, flight.aim)


def test_the_skin_glows_along_the_glide(flight: Flight) -> None:
    skin = flight.payloads[0].skin
    assert skin is not None
    path = flight.payloads[0].trajectory
    assert len(skin.times_s) < 300
    assert np.all(np.diff(skin.times_s) > 0.0)
    assert (skin.times_s[0], skin.times_s[-1]) == (path.start_s, path.end_s)
    glide = next(p for p in path.phases if p.name == "glide")
    early, late = np.interp([glide.start_s + 200.0, glide.end_s - 20.0], skin.times_s, skin.temperature)
    assert 1_300.0 < early < 1_900.0
    assert 700.0 < late < 1_200.0
    assert skin.temperature.min() >= flight.spec.glider.body.temperature


@pytest.mark.parametrize("offset", [-15.0, -6.0, 8.0, 15.0])
def test_cross_range_is_flown_by_bank(offset: float) -> None:
    aim = aim_at(6_000.0, 70.0)
    straight = fly_glide(spec_of("glide-notional"), LAUNCH, aim)
    turned = fly_glide(spec_of("glide-notional"), LAUNCH, aim, course_offset_rad=math.radians(offset))
    check(turned)
    turn = (turned.azimuth - straight.azimuth + math.pi) % math.tau - math.pi
    assert turn == pytest.approx(math.radians(offset), abs=1e-6)


def test_the_bank_is_reversed_along_the_glide() -> None:
    flight = fly_glide(spec_of("glide-medium-notional"), LAUNCH, aim_at(1_400.0, 45.0))
    path = flight.payloads[0].trajectory
    times = phase_times(path, "glide")
    r, v, a = path.states(times)
    wind = v - surface_velocity(r)
    right = np.cross(wind, r)
    felt = a - np.array([gravity(*x) for x in r])
    side = np.sign(np.einsum("kc,kc->k", felt, right))
    assert np.count_nonzero(np.diff(side)) >= 2


def test_the_asked_apogee_is_flown() -> None:
    for apogee in (95e3, 120e3):
        flight = fly(spec_of("glide-notional"), LAUNCH, aim_at(8_000.0, 300.0), apogee)
        assert flight.apogee_m == pytest.approx(apogee, abs=300.0)
        check(flight)


@pytest.mark.parametrize(
    ("name", "kilometres", "apogee", "words"),
    [
        (
            "glide-notional",
            16_000.0,
            None,
            r"range asked 16,000 km, greatest range in that direction .* about 1\d,\d+ km; hint",
        ),
        (
            "glide-medium-notional",
            4_000.0,
            None,
            r"greatest range in that direction at an apogee of 60 km about [12],\d+ km; hint",
        ),
        ("glide-notional", 8_000.0, 900e3, r"apogee: got 900 km, accepted is 45 to 250 km"),
        ("glide-notional", 300.0, None, r"range asked 300 km.*hint"),
        ("glide-notional", 0.0, None, "aim point is the launch point"),
    ],
)
def test_what_cannot_be_flown_says_what_can(name: str, kilometres: float, apogee: float | None, words: str) -> None:
    with pytest.raises(InfeasibleFlight, match=words):
        fly_glide(spec_of(name), LAUNCH, aim_at(kilometres, 60.0), apogee)


def test_the_same_flight_twice_is_the_same_to_the_bit(flight: Flight) -> None:
    again = fly_glide(flight.spec, LAUNCH, flight.aim)
    np.testing.assert_array_equal(again.payloads[0].trajectory.r, flight.payloads[0].trajectory.r)
    np.testing.assert_array_equal(again.payloads[0].skin.temperature, flight.payloads[0].skin.temperature)


def test_range_grows_with_the_start_speed() -> None:
    spec = spec_of("glide-notional")
    glides = [glide_from(spec, speed) for speed in np.linspace(1_500.0, 7_400.0, 25)]
    for what in ("start_altitude_m", "range_m", "flight_time_s"):
        assert np.all(np.diff([getattr(glide, what) for glide in glides]) > 0.0), what
    for speed in (20.0, 8_000.0):
        with pytest.raises(ValueError, match=r"start_speed: got .* hint"):
            glide_from(spec, speed)


def test_farther_aim_points_take_more_speed_and_time() -> None:
    flights = [fly_glide(spec_of("glide-notional"), LAUNCH, aim_at(k, 45.0)) for k in (4_000.0, 7_000.0, 10_000.0)]
    assert np.all(np.diff([f.burnout.speed_m_s for f in flights]) > 0.0)
    assert np.all(np.diff([f.flight_time_s for f in flights]) > 0.0)


@pytest.mark.parametrize("name", sorted(REACHES))
def test_every_entry_cites_its_sources(name: str) -> None:
    item = entry("threats", name)
    cited({value.source for value in item.values})
    body = item.spec.glider.body
    assert body.radar_side.x_band > body.radar_rear.x_band > body.radar.x_band


def test_a_planned_bank_beyond_the_limit_is_refused() -> None:
    data = spec_of("glide-notional").model_dump(mode="json")
    data["glider"]["planned_bank"] = "65 deg"
    with pytest.raises(ValueError, match=r"planned_bank: got .* accepted is below greatest_bank"):
        GlideSpec.model_validate(data)


@settings(deadline=None, max_examples=120)
@example("glide-notional", "equilibrium", 40.0, 100.0, 0.0, 0.9)
@example("glide-notional", "equilibrium", 60.0, 179.9, 2.0, 0.8)
@example("glide-notional", "skip", -30.0, -60.0, 180.0, 0.6)
@example("glide-notional", "equilibrium", 0.0, 0.0, 90.0, 1.0)
@example("glide-notional", "equilibrium", 0.0, 0.0, 270.0, 1.0)
@example("glide-medium-notional", "skip", 89.0, 10.0, 180.0, 0.5)
@given(
    st.sampled_from(sorted(REACHES)),
    st.sampled_from(["equilibrium", "skip"]),
    st.floats(-89.5, 89.5),
    st.floats(-180.0, 180.0),
    st.floats(0.0, 360.0),
    st.floats(0.0, 1.0),
)
def test_any_point_in_reach_is_hit(
    name: str, mode: str, latitude: float, longitude: float, azimuth: float, share: float
) -> None:
    low, high = REACHES[name]
    launch = (math.radians(latitude), math.radians(longitude), 0.0)
    spec = spec_of(name, mode)
    flight = fly_glide(spec, launch, aim_at(low + share * (high - low), azimuth, launch))
    path = flight.payloads[0].trajectory
    assert flight.miss_m < 1_000.0
    assert np.all(np.isfinite(path.r))
    assert flight.apogee_m == pytest.approx(spec.insertion_apogee, abs=500.0)
    if mode == "equilibrium":
        check(flight)
