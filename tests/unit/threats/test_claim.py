"""Verdicts on reported flights, and the equivalent booster behind them, against closed forms and integrated flights."""

import math
import re

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq, fsolve

from cupola.core.earth import (
    EQUATORIAL_RADIUS,
    J2,
    MEAN_RADIUS,
    MU,
    Vector,
    central_angle,
    ecef_to_geodetic,
    geodetic_to_ecef,
    great_circle_point,
    local_basis,
)
from cupola.scenario.catalogue import entry, names
from cupola.threats.ballistic import fly_ballistic
from cupola.threats.claim import BRISKEST, EXHAUST_SPEED, SHAPE_SHARE, SLOWEST, check_claim, excess_of
from cupola.threats.flight import InfeasibleFlight
from cupola.threats.impulsive import SPHERE_RADIUS, flight_to_apogee, minimum_energy

# Apogee km, range km, total s as the launching state reported them.
REPORTED = [
    (2_111.5, 787.0, 1_801.0),
    (2_802.0, 933.0, 2_340.0),
    (3_724.9, 998.0, 2_832.0),
    (4_475.0, 950.0, 3_180.0),
    (4_475.0, 950.0, 3_240.0),
    (5_768.5, 989.0, 4_015.0),
    (6_040.9, 999.2, 4_135.0),
    (6_518.2, 1_002.3, 4_415.0),
    (6_648.4, 1_001.2, 4_491.0),
    (7_687.5, 1_001.2, 5_156.0),
]


@pytest.mark.parametrize(("apogee", "ground_range", "time"), REPORTED)
def test_reported_flights_are_possible(apogee: float, ground_range: float, time: float) -> None:
    check = check_claim(apogee * 1e3, ground_range * 1e3, time, (50.0, 50.0, 0.5))
    assert check.verdict == "possible"
    assert check.excess_s == pytest.approx(time - flight_to_apogee(apogee * 1e3, ground_range * 1e3).time_s)
    # The burns that analysts give these missiles lie between two and six minutes.
    assert 120.0 < check.burn_s < 360.0


@pytest.mark.parametrize(
    ("apogee", "ground_range", "time", "verdict", "words"),
    [
        (6_040.9, 999.2, 3_900.0, "impossible", r"3,946\.8 s, 46\.8 s longer than reported"),
        (6_248.5, 1_090.0, 4_052.0, "impossible", r"4,074\.7 s, 22\.7 s longer than reported"),
        (6_040.9, 999.2, 3_960.0, "doubtful", "even a very brisk booster"),
        (6_040.9, 999.2, 4_500.0, "doubtful", "very slow booster"),
        (400.0, 19_900.0, 5_400.0, "doubtful", "hardly belong to one ballistic flight"),
        (1_319.5, 10_000.0, 1_850.0, "impossible", "longer than reported"),
        (1_319.5, 10_000.0, 2_060.0, "possible", "burn of about"),
        (69.1, 250.0, 281.0, "possible", "burn of about"),
    ],
)
def test_verdicts(apogee: float, ground_range: float, time: float, verdict: str, words: str) -> None:
    check = check_claim(apogee * 1e3, ground_range * 1e3, time, (50.0, 50.0, 0.5))
    assert check.verdict == verdict
    assert re.search(words, check.reason), check.reason


def test_a_time_just_short_is_forgiven_only_by_rounding() -> None:
    time = minimum_energy(10_000e3).time_s
    apogee = minimum_energy(10_000e3).apogee
    exact = check_claim(apogee, 10_000e3, time - 2.5)
    assert exact.verdict == "impossible"
    assert exact.tolerance_s == pytest.approx(SHAPE_SHARE * time)
    assert check_claim(apogee, 10_000e3, time - 2.5, (0.0, 0.0, 30.0)).verdict != "impossible"
    assert check_claim(apogee, 10_000e3, time - 2.5, (5e3, 0.0, 0.0)).verdict != "impossible"


@pytest.mark.parametrize(("burn", "apogee", "ground_range"), [(60.0, 90e3, 300e3), (240.0, 6_000e3, 1_000e3)])
def test_the_equivalent_booster_ends_on_the_impulsive_ellipse(burn: float, apogee: float, ground_range: float) -> None:
    flight = flight_to_apogee(apogee, ground_range)
    climb = math.sin(flight.elevation)

    def flown(log_ratio: float) -> tuple[float, float, float]:
        """Integrate one stage up a straight line; gravity as at half its burnout height, which is iterated."""
        flow = -math.expm1(-log_ratio) / burn
        height = 0.0
        for _ in range(25):
            gravity = MU / (SPHERE_RADIUS + 0.5 * height) ** 2 * climb

            def rate(t: float, y: Vector, gravity: float = gravity) -> list[float]:
                return [y[1], EXHAUST_SPEED * flow / (1.0 - flow * t) - gravity]

            end = solve_ivp(rate, (0.0, burn), [0.0, 0.0], rtol=1e-8, atol=1e-4).y[:, -1]
            height = end[0] * climb
        return (
            height,
            end[1],
            math.sqrt(flight.speed**2 - 2.0 * MU * (1 / SPHERE_RADIUS - 1 / (SPHERE_RADIUS + height))),
        )

    ratio = brentq(lambda x: flown(x)[1] - flown(x)[2], 0.5, 6.0, xtol=1e-9)
    height, _, _ = flown(ratio)
    energy = 0.5 * flight.speed**2 - MU / SPHERE_RADIUS
    momentum = SPHERE_RADIUS * flight.speed * math.cos(flight.elevation)

    def slowness(r: float) -> float:
        return 1.0 / math.sqrt(2.0 * (energy + MU / r) - (momentum / r) ** 2)

    climbed, _ = quad(slowness, SPHERE_RADIUS, SPHERE_RADIUS + height, epsabs=1e-9)
    assert excess_of(flight, burn) == pytest.approx(burn - climbed, abs=0.02)


@pytest.mark.parametrize(
    ("name", "apogee"),
    [("icbm-liquid-notional", 4_475e3), ("icbm-liquid-notional", 6_000e3), ("icbm-solid-notional", 4_475e3)],
)
def test_the_implied_burn_is_near_that_of_the_integrated_flight(name: str, apogee: float) -> None:
    # From the pole the turning Earth adds nothing. The equivalent stage is good to the 20 % that the command states.
    pole = (math.radians(89.999), 0.0, 0.0)
    aim = great_circle_point(pole[0], 0.0, 0.0, 950e3 / MEAN_RADIUS)
    flight = fly_ballistic(entry("threats", name).spec, pole, aim, apogee)
    check = check_claim(flight.apogee_m, flight.range_m, flight.flight_time_s)
    assert check.verdict == "possible"
    assert check.burn_s == pytest.approx(flight.burnout.time_s, rel=0.2)


def test_a_flight_due_west_along_the_equator_still_outlasts_its_two_body_time() -> None:
    # The worst case for a verdict that takes the Earth to stand still: a long flat flight against its turning.
    spec = entry("threats", "icbm-solid-notional").spec
    aim = great_circle_point(0.0, 0.0, math.radians(270.0), 9_000e3 / MEAN_RADIUS)
    flight = fly_ballistic(spec, (0.0, 0.0, 0.0), aim)
    check = check_claim(flight.apogee_m, flight.range_m, flight.flight_time_s)
    assert check.turning_earth_s[0] < -60.0
    assert check.verdict != "impossible"


@pytest.mark.parametrize("latitude", [0.0, 45.0, 90.0])
@pytest.mark.parametrize(("apogee", "ground_range"), [(6_040.9e3, 999.2e3), (1_319.5e3, 10_000e3)])
def test_the_shape_of_the_earth_moves_the_time_by_less_than_allowed(
    latitude: float, apogee: float, ground_range: float
) -> None:
    flight = flight_to_apogee(apogee, ground_range)
    start = np.array(geodetic_to_ecef(math.radians(latitude), 0.0, 0.0))
    east, _, up = local_basis(math.radians(latitude), 0.0)

    def force(t: float, y: Vector) -> Vector:
        x, r = y[:3], float(np.linalg.norm(y[:3]))
        bulge = 1.5 * J2 * (EQUATORIAL_RADIUS / r) ** 2
        ratio = 5.0 * (x[2] / r) ** 2
        pull = np.array([1.0 - ratio, 1.0 - ratio, 3.0 - ratio])
        return np.concatenate([y[3:], -MU / r**3 * x * (1.0 + bulge * pull)])

    def ground(t: float, y: Vector) -> float:
        return float(ecef_to_geodetic(*y[:3])[2])

    def top(t: float, y: Vector) -> float:
        return float(y[:3] @ y[3:])

    ground.terminal, ground.direction = True, -1.0  # type: ignore[attr-defined]

    def shot(x: Vector) -> tuple[float, float, float]:
        v = x[0] * (math.sin(x[1]) * up + math.cos(x[1]) * east)
        run = solve_ivp(
            force,
            (0.0, 9e3),
            np.concatenate([start + 1e-3 * up, v]),
            "DOP853",
            rtol=1e-12,
            atol=1e-6,
            events=(ground, top),
        )
        end, high = run.y_events[0][-1], run.y_events[1][0]
        place = ecef_to_geodetic(*end[:3])
        swept = MEAN_RADIUS * central_angle(math.radians(latitude), 0.0, place[0], place[1])
        return float(ecef_to_geodetic(*high[:3])[2]), swept, float(run.t_events[0][-1])

    def residual(x: Vector) -> list[float]:
        height, swept, _ = shot(x)
        return [(height - apogee) / 1e3, (swept - ground_range) / 1e3]

    x = fsolve(residual, [flight.speed, flight.elevation], xtol=1e-9)
    assert max(map(abs, residual(x))) < 1e-3
    assert abs(shot(x)[2] - flight.time_s) < SHAPE_SHARE * flight.time_s


BALLISTIC = [name for name in names("threats") if entry("threats", name).spec.kind == "ballistic"]


@pytest.mark.parametrize("name", BALLISTIC)
def test_no_flight_of_a_catalogue_missile_is_called_impossible_or_doubtful(name: str) -> None:
    spec, start = entry("threats", name).spec, (math.radians(39.0), math.radians(125.7), 0.0)
    flown = 0
    for ground_range in (250e3, 1_000e3, 3_000e3, 7_000e3, 11_000e3):
        for azimuth in (0.0, 1.5, 3.0, 4.5):
            aim = great_circle_point(*start[:2], azimuth, ground_range / MEAN_RADIUS)
            try:
                flight = fly_ballistic(spec, start, aim)
            except InfeasibleFlight:
                continue
            check = check_claim(flight.apogee_m, flight.range_m, flight.flight_time_s)
            assert check.verdict == "possible", (ground_range, azimuth, check.reason)
            flown += 1
    assert flown >= 2


def test_the_boosters_of_the_catalogue_lie_well_within_what_is_taken_as_plausible() -> None:
    accelerations = {}
    for name in BALLISTIC:
        spec = entry("threats", name).spec
        # The ideal speed of the stages, less what gravity takes: as a rule of thumb a seventh.
        mass = spec.bus_mass + spec.reentry_vehicles * spec.reentry_vehicle.mass
        ideal = 0.0
        for stage in reversed(spec.stages):
            full = mass + stage.inert_mass + stage.propellant_mass
            ideal += 9.80665 * stage.specific_impulse * math.log(full / (mass + stage.inert_mass))
            mass = full
        burn = sum(stage.burn_time + stage.coast_after for stage in spec.stages)
        accelerations[name] = ideal * 6.0 / 7.0 / burn
    assert len(accelerations) > 8
    assert min(accelerations.values()) > SLOWEST, accelerations
    assert max(accelerations.values()) < BRISKEST, accelerations


@pytest.mark.parametrize(
    ("apogee", "ground_range", "time"), [(-1.0, 1e6, 100.0), (1e6, 0.0, 100.0), (1e6, 2.1e7, 100.0), (1e6, 1e6, 0.0)]
)
def test_figures_that_no_flight_has_are_refused(apogee: float, ground_range: float, time: float) -> None:
    with pytest.raises(ValueError, match="got"):
        check_claim(apogee, ground_range, time)
