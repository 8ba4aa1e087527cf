"""The flight kernels against SciPy's DOP853 at a relative tolerance of 1e-12 on the same forces: below 10 m everywhere.

Compared between the nodes as well, so that the dense interpolation is held to the same bound. The forces themselves are
checked against a plain rewriting that finds the altitude by the full geodetic conversion.
"""

import math

import numpy as np
import pytest
from numba import njit
from scipy.integrate import solve_ivp

from cupola.core.atmosphere import air
from cupola.core.earth import MU, ROTATION_RATE, STANDARD_GRAVITY, Vector, ecef_to_geodetic, geodetic_to_ecef, gravity
from cupola.core.integrate import END, KICK, START, drag_coefficient, fall_acceleration, powered_acceleration
from cupola.core.rocket import ascend, coast, launch_state, segments_of
from cupola.core.trajectory import Trajectory
from cupola.scenario.catalogue import entry, names
from cupola.threats.ballistic import vehicle_for

BALLISTIC = [name for name in names("threats") if entry("threats", name).spec.kind == "ballistic"]
BODIES = 170


@njit(error_model="numpy")
def _fall_rate(_: float, y: Vector, inverse_beta: float) -> Vector:
    out = np.empty(6)
    out[:3] = y[3:]
    fall_acceleration(y, inverse_beta, ROTATION_RATE, out[3:])
    return out


@njit(error_model="numpy")
def _boost_rate(time: float, y: Vector, segment: Vector, aim: Vector, drag: Vector) -> Vector:
    out = np.empty(6)
    out[:3] = y[3:]
    powered_acceleration(time, y, segment, aim, drag, ROTATION_RATE, out[3:])
    return out


def _fall_exactly(state: Vector, start: float, times: Vector, beta: float) -> Vector:
    # A cap on the step keeps the adaptive method from jumping over the atmosphere.
    solution = solve_ivp(
        _fall_rate,
        (start, times[-1]),
        state,
        method="DOP853",
        rtol=1e-12,
        atol=1e-6,
        t_eval=times,
        max_step=20.0,
        args=(1.0 / beta,),
    )
    return np.asarray(solution.y[:3].T)


def _between_nodes(flight: Trajectory) -> Vector:
    middles = 0.5 * (flight.t[1:] + flight.t[:-1])
    return np.unique(np.concatenate([middles[:: max(len(middles) // 60, 1)], flight.t[-1:]]))


def _body(case: int) -> tuple[Vector, Vector, float]:
    """Return position, velocity and ballistic coefficient over the hard range.

    A third are lofted to apogees of up to 8,000 km, a third skim in at a few degrees, a third are anything between;
    every ninth is a light decoy.
    """
    rng = np.random.default_rng(case)
    latitude, longitude = math.asin(rng.uniform(-1, 1)), rng.uniform(-math.pi, math.pi)
    r = np.array(geodetic_to_ecef(latitude, longitude, rng.uniform(80e3, 400e3)))
    up = r / np.linalg.norm(r)
    level = np.cross(up, rng.normal(size=3))
    level /= np.linalg.norm(level)
    climb, speed = math.radians(rng.uniform(8.0, 80.0)), rng.uniform(2e3, 7.2e3)
    if case % 3 == 0:
        climb = math.radians(rng.uniform(70.0, 89.0))
        speed = math.sqrt(2.0 * MU * (1.0 / np.linalg.norm(r) - 1.0 / (6.371e6 + rng.uniform(2e6, 8e6))))
    elif case % 3 == 1:
        climb = -math.radians(rng.uniform(2.0, 8.0))
    beta = float(np.exp(rng.uniform(math.log(50.0), math.log(15e3))))
    if case % 9 == 5:
        beta = rng.uniform(2.0, 50.0)
    return r, speed * (math.sin(climb) * up + math.cos(climb) * level), beta


def test_unpowered_flight() -> None:
    worst = np.empty(BODIES)
    highest = 0.0
    for case in range(BODIES):
        r, v, beta = _body(case)
        flight = coast(r, v, 50.0, beta)
        times = _between_nodes(flight)
        exact = _fall_exactly(np.concatenate([r, v]), 50.0, times, beta)
        worst[case] = np.linalg.norm(flight.states(times)[0] - exact, axis=1).max()
        highest = max(highest, float(np.linalg.norm(exact, axis=1).max()) - 6.371e6)
    assert highest > 7e6
    assert np.percentile(worst, 50) < 1.0
    assert worst.max() < 10.0, (int(worst.argmax()), _body(int(worst.argmax())))


def test_a_light_decoy_down_to_60_km() -> None:
    r, v = np.array([6.6e6, 0.0, 0.0]), np.array([3e3, 5e3, 3e3])
    flight = coast(r, v, 0.0, 3.0, floor=60e3)
    times = _between_nodes(flight)
    exact = _fall_exactly(np.concatenate([r, v]), 0.0, times, 3.0)
    assert np.max(np.linalg.norm(flight.states(times)[0] - exact, axis=1)) < 10.0


@pytest.mark.parametrize("name", BALLISTIC)
def test_powered_flight(name: str) -> None:
    rng = np.random.default_rng(len(name))
    spec = entry("threats", name).spec
    vehicle, rise, pitch = vehicle_for(spec), spec.vertical_rise_time, spec.pitch_over_time
    for _ in range(-(-(200 - BODIES) // len(BALLISTIC))):
        latitude, longitude, azimuth = math.asin(rng.uniform(-1, 1)), rng.uniform(-3.1, 3.1), rng.uniform(0.0, math.tau)
        # The faster a rocket leaves the pad, the more it has to be pushed over; a kick too large flies it down.
        lift = vehicle.thrust[0] / vehicle.launch_mass / STANDARD_GRAVITY - 1.0
        kick = math.radians(rng.uniform(0.8, 1.8) * lift)
        flight = ascend(vehicle, latitude, longitude, 300.0, azimuth, kick, rise, pitch)
        assert flight.end_s == pytest.approx(vehicle.burnout_s)
        state, aim = launch_state(latitude, longitude, 300.0, azimuth, kick, ROTATION_RATE)
        for segment in segments_of(vehicle, rise, pitch, math.inf):
            times = np.linspace(segment[START], segment[END], 30)
            solution = solve_ivp(
                _boost_rate,
                (times[0], times[-1]),
                state,
                method="DOP853",
                rtol=1e-12,
                atol=1e-6,
                t_eval=times,
                max_step=1.0,
                args=(segment, aim, vehicle.drag),
            )
            state = solution.y[:, -1]
            errors = np.linalg.norm(flight.states(times)[0] - solution.y[:3].T, axis=1)
            assert errors.max() < 2.0
        # What is wrong with the velocity grows for half an hour: 5 mm/s are 10 m by then.
        assert np.linalg.norm(flight.v[-1] - state[3:]) < 5e-3


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
