"""What holds for every flight: conserved quantities in vacuum, frames there and back, time reversed, no NaN ever."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cupola.core.batch import fall_many
from cupola.core.earth import (
    EQUATORIAL_RADIUS,
    J2,
    MU,
    Vector,
    central_angle,
    ecef_to_eci,
    ecef_to_geodetic,
    eci_to_ecef,
    geodetic_to_ecef,
    local_basis,
)
from cupola.core.rocket import coast

LATITUDES = st.floats(-math.pi / 2, math.pi / 2)
LONGITUDES = st.floats(-math.pi, math.pi)
ANGLES = st.floats(0.0, math.tau)
quick = settings(deadline=None, max_examples=60)


def _start(latitude: float, longitude: float, altitude: float, speed: float, azimuth: float, climb: float) -> Vector:
    r = np.array(geodetic_to_ecef(latitude, longitude, altitude))
    east, north, up = local_basis(latitude, longitude)
    level = math.sin(azimuth) * east + math.cos(azimuth) * north
    return np.concatenate([r, speed * (math.sin(climb) * up + math.cos(climb) * level)])


def _energy(r: Vector, v: Vector) -> float:
    size = float(np.linalg.norm(r))
    sin2 = (r[2] / size) ** 2
    bulge = 0.5 * J2 * (EQUATORIAL_RADIUS / size) ** 2 * (3.0 * sin2 - 1.0)
    return float(0.5 * v @ v - MU / size * (1.0 - bulge))


vacuum_starts = st.builds(
    _start, LATITUDES, LONGITUDES, st.floats(150e3, 1_500e3), st.floats(500.0, 7.5e3), ANGLES, st.floats(-1.5, 1.5)
)


@quick
@given(vacuum_starts)
def test_energy_and_the_polar_part_of_the_angular_momentum_are_conserved(start: Vector) -> None:
    flight = coast(start[:3], start[3:], 0.0, math.inf, 4_000.0)
    before = _energy(start[:3], start[3:])
    # J2 turns with the Earth about its axis: only that component of the angular momentum stays.
    polar = start[0] * start[4] - start[1] * start[3]
    for i in range(0, len(flight.t), 7):
        # 10 J/kg are 1 m of height; leaving J2 out costs up to 1e5.
        assert _energy(flight.r[i], flight.v[i]) == pytest.approx(before, abs=10.0)
        assert flight.r[i, 0] * flight.v[i, 1] - flight.r[i, 1] * flight.v[i, 0] == pytest.approx(polar, abs=1e4)


@quick
@given(st.lists(vacuum_starts, min_size=1, max_size=5))
def test_the_batch_conserves_them_too(starts: list[Vector]) -> None:
    ends = fall_many(np.array(starts), 0.0, 0.0, 4_000.0)
    for start, end in zip(starts, ends.states, strict=True):
        assert _energy(end[:3], end[3:]) == pytest.approx(_energy(start[:3], start[3:]), abs=50.0)
        polar = start[0] * start[4] - start[1] * start[3]
        assert end[0] * end[4] - end[1] * end[3] == pytest.approx(polar, abs=5e4)


@quick
@given(vacuum_starts, st.floats(1.0, 600.0))
def test_a_coast_flown_back_returns_to_its_start(start: Vector, seconds: float) -> None:
    away = coast(start[:3], start[3:], 0.0, math.inf, seconds)
    back = coast(away.r[-1], -away.v[-1], 0.0, math.inf, away.end_s, floor=-1e4)
    assert back.end_s == pytest.approx(away.end_s)
    np.testing.assert_allclose(back.r[-1], start[:3], rtol=0.0, atol=0.05)
    np.testing.assert_allclose(-back.v[-1], start[3:], rtol=0.0, atol=1e-4)


@quick
@given(LATITUDES, LONGITUDES, st.floats(-500.0, 1e7), st.floats(0.0, 1e5))
def test_frames_there_and_back(latitude: float, longitude: float, altitude: float, time_s: float) -> None:
    r = np.array(geodetic_to_ecef(latitude, longitude, altitude))
    again = eci_to_ecef(ecef_to_eci(r, time_s), time_s)
    np.testing.assert_allclose(again, r, rtol=0.0, atol=1e-7)
    np.testing.assert_allclose(geodetic_to_ecef(*ecef_to_geodetic(*again)), r, rtol=0.0, atol=1e-5)
    assert ecef_to_geodetic(*again)[2] == pytest.approx(altitude, abs=1e-5)


@quick
@given(LATITUDES, LONGITUDES, ANGLES, st.floats(math.radians(20.0), math.radians(60.0)))
def test_a_faster_shot_flies_farther(latitude: float, longitude: float, azimuth: float, climb: float) -> None:
    # Up to 6.5 km/s: beyond, at low elevations, a shot comes near to the far side of the Earth.
    ranges = []
    for speed in np.linspace(1e3, 6.5e3, 8):
        start = _start(latitude, longitude, 1.0, float(speed), azimuth, climb)
        flight = coast(start[:3], start[3:], 0.0, math.inf)
        end = flight.r[-1] / np.linalg.norm(flight.r[-1])
        first = start[:3] / np.linalg.norm(start[:3])
        ranges.append(
            central_angle(
                math.asin(first[2]), math.atan2(first[1], first[0]), math.asin(end[2]), math.atan2(end[1], end[0])
            )
        )
    assert np.all(np.diff(ranges) > 0.0)


any_start = st.builds(
    _start,
    LATITUDES,
    LONGITUDES,
    st.floats(0.0, 2e7),
    st.floats(0.0, 1.2e4),
    ANGLES,
    st.floats(-math.pi / 2, math.pi / 2),
)
any_drag = st.one_of(st.just(0.0), st.floats(-6.0, 0.0).map(lambda power: 10.0**power))


@quick
@given(any_start, any_drag, st.floats(0.0, 3e3))
def test_no_legal_coast_gives_nan(start: Vector, inverse_beta: float, seconds: float) -> None:
    beta = math.inf if inverse_beta == 0.0 else 1.0 / inverse_beta
    flight = coast(start[:3], start[3:], 10.0, beta, seconds)
    for part in (flight.t, flight.r, flight.v, flight.a):
        assert np.all(np.isfinite(part))
    assert flight.end_s <= 10.0 + seconds


@quick
@given(st.lists(st.tuples(any_start, any_drag, st.floats(0.0, 3e3)), min_size=1, max_size=40))
def test_no_legal_batch_gives_nan(bodies: list[tuple[Vector, float, float]]) -> None:
    starts, drags, seconds = zip(*bodies, strict=True)
    ends = fall_many(np.array(starts), 10.0, np.array(drags), 10.0 + np.array(seconds))
    assert np.all(np.isfinite(ends.states))
    assert np.all((ends.times_s >= 10.0) & (ends.times_s <= 10.0 + np.array(seconds)))
    assert np.all(ends.landed | (ends.times_s == 10.0 + np.array(seconds)))
