"""Ballistic flight against two-body closed forms (exact rows, spherical Earth) and against conserved quantities."""

import math

import numpy as np
import pytest

from cupola.core.earth import EQUATORIAL_RADIUS, J2, MU, Vector
from cupola.core.rocket import coast
from cupola.threats.impulsive import SPHERE_RADIUS, flight_to_apogee, minimum_energy


@pytest.mark.parametrize(
    ("ground_range", "speed", "elevation", "apogee", "time"),
    [
        (1e6, 3016.1, 42.75, 239.9e3, 474.4),
        (5.5e6, 6075.2, 32.63, 1040.5e3, 1315.8),
        (1e7, 7198.1, 22.52, 1319.5e3, 1931.0),
    ],
)
def test_minimum_energy_rows(ground_range: float, speed: float, elevation: float, apogee: float, time: float) -> None:
    flight = minimum_energy(ground_range)
    assert flight.speed == pytest.approx(speed, abs=0.06)
    assert math.degrees(flight.elevation) == pytest.approx(elevation, abs=0.006)
    assert flight.apogee == pytest.approx(apogee, abs=60.0)
    assert flight.time_s == pytest.approx(time, abs=0.06)


@pytest.mark.parametrize(
    ("apogee", "ground_range", "time"),
    [(3724.9e3, 998e3, 2587.0), (4475e3, 950e3, 3017.0), (6040.9e3, 999.2e3, 3946.8)],
)
def test_lofted_rows(apogee: float, ground_range: float, time: float) -> None:
    assert flight_to_apogee(apogee, ground_range).time_s == pytest.approx(time, abs=0.06)


@pytest.mark.parametrize("ground_range", [3e5, 4e6, 1.2e7])
def test_no_flight_over_a_range_is_cheaper_than_the_minimum(ground_range: float) -> None:
    best = minimum_energy(ground_range)
    same = flight_to_apogee(best.apogee, ground_range)
    assert same.speed == pytest.approx(best.speed, rel=1e-9)
    assert same.elevation == pytest.approx(best.elevation, abs=1e-7)
    for factor in (0.8, 1.25):
        assert flight_to_apogee(factor * best.apogee, ground_range).speed > best.speed


@pytest.mark.parametrize("ground_range", [0.0, -1.0, 2.1e7, math.nan])
def test_ranges_off_the_sphere_are_refused(ground_range: float) -> None:
    with pytest.raises(ValueError, match="ground_range: got"):
        minimum_energy(ground_range)


def test_an_apogee_below_ground_is_refused() -> None:
    with pytest.raises(ValueError, match="apogee: got"):
        flight_to_apogee(-5.0, 1e6)


@pytest.mark.parametrize(("latitude", "apogee_rise"), [(0.0, 1), (0.9, 1)])
def test_a_coast_conserves_energy_and_polar_momentum(latitude: float, apogee_rise: int) -> None:
    r = 6.6e6 * np.array([math.cos(latitude), 0.0, math.sin(latitude)])
    v = np.array([3e3 * apogee_rise, 5.5e3, 2e3])
    flight = coast(r, v, 0.0, math.inf, floor=100e3)
    times = np.linspace(0.0, flight.end_s, 500)
    at, moving, _ = flight.states(times)
    energies = _energy(at, moving)
    # 1e-7 of the energy is 6 m/s2 x m: at 7 km/s a speed error below 1 mm/s.
    np.testing.assert_allclose(energies, _energy(r[None], v[None])[0], rtol=1e-7)
    momenta = at[:, 0] * moving[:, 1] - at[:, 1] * moving[:, 0]
    np.testing.assert_allclose(momenta, r[0] * v[1] - r[1] * v[0], rtol=1e-7)


def _energy(r: Vector, v: Vector) -> Vector:
    distance = np.linalg.norm(r, axis=1)
    oblate = J2 * (EQUATORIAL_RADIUS / distance) ** 2 * (1.5 * (r[:, 2] / distance) ** 2 - 0.5)
    return np.asarray(0.5 * np.sum(v * v, axis=1) - MU / distance * (1.0 - oblate))


def _free_flight_angle(speed: float, elevation: float, mu: float) -> float:
    """Return the ground angle between two passages of the surface (Bate, Mueller and White, eq. 6.2-9)."""
    q = speed**2 * SPHERE_RADIUS / mu
    squeeze = math.cos(elevation) ** 2
    return 2.0 * math.acos((1.0 - q * squeeze) / math.sqrt(1.0 + q * (q - 2.0) * squeeze))


@pytest.mark.parametrize("ground_range", [1e6, 5.5e6, 1e7])
def test_integrated_flights_lie_between_two_closed_forms(ground_range: float) -> None:
    # In the equator's plane J2 strengthens gravity by 1.5 J2 (Re/r)2: at most by its value at the surface, at least by
    # nothing.
    best = minimum_energy(ground_range)
    r = np.array([SPHERE_RADIUS, 0.0, 0.0])
    v = best.speed * np.array([math.sin(best.elevation), math.cos(best.elevation), 0.0])
    flight = coast(r, v, 0.0, math.inf, floor=SPHERE_RADIUS - EQUATORIAL_RADIUS)
    swept = math.atan2(flight.r[-1][1], flight.r[-1][0])
    heavier = MU * (1.0 + 1.5 * J2 * (EQUATORIAL_RADIUS / SPHERE_RADIUS) ** 2)
    weak, strong = (_free_flight_angle(best.speed, best.elevation, mu) for mu in (MU, heavier))
    assert weak * SPHERE_RADIUS == pytest.approx(ground_range, rel=1e-9)
    assert strong < swept < weak
