"""The flight kernels against SciPy's DOP853 at a relative tolerance of 1e-12 on the same forces: below 10 m everywhere.

Compared between the nodes as well, so that the dense interpolation is held to the same bound. The forces themselves are
checked against a plain rewriting that finds the altitude by the full geodetic conversion.
"""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.core.atmosphere import air
from cupola.core.earth import ROTATION_RATE, Vector, ecef_to_geodetic, geodetic_to_ecef, gravity
from cupola.core.integrate import END, KICK, START, drag_coefficient, fall_acceleration, powered_acceleration
from cupola.core.rocket import ascend, coast, launch_state, segments_of
from cupola.core.trajectory import Trajectory
from cupola.scenario.catalogue import entry
from cupola.threats.ballistic import vehicle_for

CASES = [(i, name) for i, name in enumerate(["icbm-solid-notional", "icbm-liquid-notional", "srbm-scud-b-class"] * 3)]


def _fall_exactly(state: Vector, start: float, times: Vector, beta: float) -> Vector:
    out = np.empty(3)

    def rate(_: float, y: Vector) -> Vector:
        fall_acceleration(y, 1.0 / beta, ROTATION_RATE, out)
        return np.concatenate([y[3:], out])

    # A cap on the step keeps the adaptive method from jumping over the atmosphere.
    solution = solve_ivp(
        rate, (start, times[-1]), state, method="DOP853", rtol=1e-12, atol=1e-6, t_eval=times, max_step=20.0
    )
    return np.asarray(solution.y[:3].T)


def _between_nodes(flight: Trajectory) -> Vector:
    middles = 0.5 * (flight.t[1:] + flight.t[:-1])
    return np.unique(np.concatenate([middles[:: max(len(middles) // 60, 1)], flight.t[-1:]]))


@pytest.mark.parametrize("case", range(12))
def test_unpowered_flight(case: int) -> None:
    rng = np.random.default_rng(case)
    latitude, longitude = math.asin(rng.uniform(-1, 1)), rng.uniform(-math.pi, math.pi)
    r = np.array(geodetic_to_ecef(latitude, longitude, rng.uniform(80e3, 400e3)))
    up = r / np.linalg.norm(r)
    level = np.cross(up, rng.normal(size=3))
    level /= np.linalg.norm(level)
    climb = math.radians(rng.uniform(8.0, 80.0))
    v = rng.uniform(2e3, 7.2e3) * (math.sin(climb) * up + math.cos(climb) * level)
    beta = float(np.exp(rng.uniform(math.log(800.0), math.log(15e3))))
    flight = coast(r, v, 50.0, beta)
    times = _between_nodes(flight)
    exact = _fall_exactly(np.concatenate([r, v]), 50.0, times, beta)
    assert np.max(np.linalg.norm(flight.states(times)[0] - exact, axis=1)) < 10.0


def test_a_light_decoy_down_to_60_km() -> None:
    r, v = np.array([6.6e6, 0.0, 0.0]), np.array([3e3, 5e3, 3e3])
    flight = coast(r, v, 0.0, 3.0, floor=60e3)
    times = _between_nodes(flight)
    exact = _fall_exactly(np.concatenate([r, v]), 0.0, times, 3.0)
    assert np.max(np.linalg.norm(flight.states(times)[0] - exact, axis=1)) < 10.0


@pytest.mark.parametrize(("case", "name"), CASES)
def test_powered_flight(case: int, name: str) -> None:
    rng = np.random.default_rng(100 + case)
    spec = entry("threats", name).spec
    vehicle = vehicle_for(spec)
    latitude, longitude, azimuth = math.asin(rng.uniform(-1, 1)), rng.uniform(-3.1, 3.1), rng.uniform(0.0, math.tau)
    kick = math.radians(rng.uniform(0.3, 0.9) if "liquid" in name else rng.uniform(2.0, 9.0))
    rise, pitch = spec.vertical_rise_time, spec.pitch_over_time
    flight = ascend(vehicle, latitude, longitude, 300.0, azimuth, kick, rise, pitch)
    state, aim = launch_state(latitude, longitude, 300.0, azimuth, kick, ROTATION_RATE)
    worst, out = 0.0, np.empty(3)
    for segment in segments_of(vehicle, rise, pitch, math.inf):

        def rate(t: float, y: Vector, segment: Vector = segment) -> Vector:
            powered_acceleration(t, y, segment, aim, vehicle.drag, ROTATION_RATE, out)
            return np.concatenate([y[3:], out])

        times = np.linspace(segment[START], segment[END], 30)
        solution = solve_ivp(rate, (times[0], times[-1]), state, method="DOP853", rtol=1e-12, atol=1e-6, t_eval=times)
        state = solution.y[:, -1]
        errors = np.linalg.norm(flight.states(times)[0] - solution.y[:3].T, axis=1)
        worst = max(worst, float(errors.max()))
    assert worst < 10.0


def test_forces_written_out_plainly() -> None:
    rng = np.random.default_rng(5)
    spec = entry("threats", "icbm-solid-notional").spec
    vehicle = vehicle_for(spec)
    segments = segments_of(vehicle, 5.0, 15.0, math.inf)
    omega = np.array([0.0, 0.0, ROTATION_RATE])
    out = np.empty(3)
    for _ in range(50):
        latitude, longitude = math.asin(rng.uniform(-1, 1)), rng.uniform(-3.1, 3.1)
        r = np.array(geodetic_to_ecef(latitude, longitude, rng.uniform(0.0, 150e3)))
        v = rng.normal(size=3) * 2e3
        _, aim = launch_state(latitude, longitude, 0.0, 1.0, 0.2, ROTATION_RATE)
        row = segments[rng.integers(len(segments))]
        time = row[START] + 0.3 * (row[END] - row[START])
        thrust, mass = row[3], row[5] - row[4] * (time - row[START])
        density, pressure, sound = air(ecef_to_geodetic(*r)[2])
        wind = v - np.cross(omega, r)
        speed = float(np.linalg.norm(wind))
        cd = drag_coefficient(speed / sound, vehicle.drag)
        expected = np.array(gravity(*r)) - 0.5 * density * cd * row[7] / mass * speed * wind
        direction = wind / speed
        turn = ROTATION_RATE * time
        spin = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]])
        if row[2] == 0:
            direction = spin @ aim[:3]
        elif row[2] == KICK:
            side = spin @ aim[3:6]
            side = side - (side @ direction) * direction
            direction = math.cos(0.2) * direction + math.sin(0.2) * side / np.linalg.norm(side)
        expected = expected + (thrust - pressure * row[6]) / mass * direction
        powered_acceleration(time, np.concatenate([r, v]), row, aim, vehicle.drag, ROTATION_RATE, out)
        np.testing.assert_allclose(out, expected, atol=2e-3, rtol=1e-5)
