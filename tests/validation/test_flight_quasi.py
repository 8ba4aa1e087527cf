"""Quasi-ballistic flight against SciPy's DOP853 at 1e-12 and against the closed form of the equilibrium glide.

Forces and commands are written out a second time here, plainly and from the definitions; only air and gravity, which
have their own tests, are shared.
"""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.core import manoeuvre
from cupola.core.atmosphere import air
from cupola.core.earth import (
    MEAN_RADIUS,
    MU,
    ROTATION_RATE,
    Vector,
    ecef_to_geodetic,
    geodetic_to_ecef,
    gravity,
    great_circle_point,
    rotate_z,
)
from cupola.core.integrate import END, START, powered_acceleration
from cupola.scenario.catalogue import entry
from cupola.threats.flight import Flight
from cupola.threats.quasi import fly_quasi, plan_of
from cupola.threats.quasi_spec import QuasiBallisticSpec
from cupola.threats.quasi_throw import Thrower

OMEGA = np.array([0.0, 0.0, ROTATION_RATE])
GROUND, AIR = "quasi-ballistic-notional", "quasi-ballistic-air-launched-notional"
# Missile, latitude deg, course deg, range km.
CASES = [
    (GROUND, 39.0, 60.0, 120.0),
    (GROUND, -55.0, 200.0, 330.0),
    (GROUND, 5.0, 290.0, 470.0),
    (AIR, 70.0, 5.0, 900.0),
]


def _flight(name: str, latitude: float, course: float, ground: float) -> Flight:
    launch = (math.radians(latitude), 2.0, 100.0)
    aim = great_circle_point(launch[0], launch[1], math.radians(course), ground * 1e3 / MEAN_RADIUS)
    return fly_quasi(entry("threats", name).spec, launch, aim)


def _across(vector: Vector, along: Vector) -> Vector:
    return vector - (vector @ along) * along


def _command(name: str, time: float, begun: float, heading: Vector, r: Vector, v: Vector, spec: QuasiBallisticSpec,
             aim: Vector) -> Vector:  # fmt: skip
    """Return the acceleration that a mode asks of the lift, gravity included."""
    up = r / np.linalg.norm(r)
    wind = v - np.cross(OMEGA, r)
    speed = float(np.linalg.norm(wind))
    to_aim = rotate_z(aim, ROTATION_RATE * time) - r
    if name == "pull-up":
        return spec.body.load_limit * up
    if name == "dive":
        left = max(float(np.linalg.norm(to_aim)) / speed, 0.6)
        level = rotate_z(heading, ROTATION_RATE * time)
        end = speed * (math.cos(spec.dive_angle) * level - math.sin(spec.dive_angle) * up)
        return 6.0 * (to_aim - wind * left) / left**2 - 2.0 * (end - wind) / left - np.array(gravity(*r))
    climb = float(v @ up)
    weight = MU / float(r @ r) - (float(v @ v) - climb**2) / float(np.linalg.norm(r))
    altitude = ecef_to_geodetic(*r)[2]
    wanted = float(np.clip((spec.glide_altitude - altitude) / 12.0, -150.0, 150.0))
    ahead = _across(wind, up)
    level_speed = float(np.linalg.norm(ahead))
    ahead = ahead / level_speed
    left_of = np.cross(up, ahead)
    side = level_speed * math.atan2(float(to_aim @ left_of), float(to_aim @ ahead)) / 15.0
    if spec.weave is not None:
        side += spec.weave.acceleration * math.sin(2.0 * math.pi * (time - begun) / spec.weave.period)
    return (weight + (wanted - climb) / 4.0) * up + side * left_of


def _acceleration(name: str, time: float, begun: float, heading: Vector, y: Vector, spec: QuasiBallisticSpec,
                  aim: Vector) -> Vector:  # fmt: skip
    r, v = y[:3], y[3:]
    wind = v - np.cross(OMEGA, r)
    speed = float(np.linalg.norm(wind))
    forward = wind / speed
    density = air(ecef_to_geodetic(*r)[2])[0]
    drag = 0.5 * density * speed**2 / spec.body.ballistic_coefficient
    lift = np.zeros(3)
    if name != "coast":
        lift = _across(_command(name, time, begun, heading, r, v, spec, aim), forward)
        most = min(2.0 * spec.body.lift_to_drag * drag, spec.body.load_limit)
        asked = float(np.linalg.norm(lift))
        lift = lift * min(1.0, most / asked)
    share = float(np.linalg.norm(lift)) / (2.0 * spec.body.lift_to_drag * drag)
    return np.array(gravity(*r)) + lift - drag * (1.0 + share**2) * forward


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0][:25]}-{case[3]:.0f}km")
def test_steered_flight_from_burnout_to_impact(case: tuple[str, float, float, float]) -> None:
    flight = _flight(*case)
    path = flight.payloads[0].trajectory
    aim = np.array(geodetic_to_ecef(*flight.aim, 0.0))
    y = np.concatenate([path.r[0], path.v[0]])
    worst = 0.0
    for phase in path.phases:
        r = rotate_z(y[:3], -ROTATION_RATE * phase.start_s)
        heading = _across(aim - r, r / np.linalg.norm(r))
        heading /= np.linalg.norm(heading)

        def rate(
            t: float, y: Vector, name: str = phase.name, begun: float = phase.start_s, h: Vector = heading
        ) -> Vector:
            return np.concatenate([y[3:], _acceleration(name, t, begun, h, y, flight.spec, aim)])

        inside = path.t[(path.t > phase.start_s) & (path.t < phase.end_s)]
        times = np.unique([*(inside[:-1] + 0.5 * np.diff(inside))[:: max(len(inside) // 50, 1)], phase.end_s])
        solution = solve_ivp(
            rate, (phase.start_s, phase.end_s), y, method="DOP853", rtol=1e-12, atol=1e-6, t_eval=times, max_step=2.0
        )
        # The last moments of a phase end on a node that both branches share.
        y = solution.y[:, -1]
        worst = max(worst, float(np.linalg.norm(path.states(times)[0] - solution.y[:3].T, axis=1).max()))
    assert worst < 10.0


@pytest.mark.parametrize("name", [GROUND, AIR])
def test_powered_flight_from_pad_and_aircraft(name: str) -> None:
    spec = entry("threats", name).spec
    thrower = Thrower(spec, (0.7, 0.4, 20.0), 0.0)
    boost = thrower.boost(0.3, 1.2)
    state, aim = thrower.start(0.3, 1.2)
    out, worst = np.empty(3), 0.0
    for row in thrower.segments(thrower.latest):

        def rate(t: float, y: Vector, row: Vector = row) -> Vector:
            powered_acceleration(t, y, row, aim, thrower.vehicle.drag, ROTATION_RATE, out)
            return np.concatenate([y[3:], out])

        times = np.linspace(row[START], row[END], 30)
        solution = solve_ivp(rate, (times[0], times[-1]), state, method="DOP853", rtol=1e-12, atol=1e-6, t_eval=times)
        state = solution.y[:, -1]
        worst = max(worst, float(np.linalg.norm(boost.states(times)[0] - solution.y[:3].T, axis=1).max()))
    assert boost.end_s == pytest.approx(thrower.latest)
    assert worst < 10.0


@pytest.mark.parametrize(("lift_to_drag", "fast", "slow"), [(2.0, 3_000.0, 1_500.0), (3.0, 4_000.0, 2_000.0)])
def test_equilibrium_glide(lift_to_drag: float, fast: float, slow: float) -> None:
    """Range between two speeds: R E / 2 ln((1 - v2^2) / (1 - v1^2)), speeds over circular speed (Eggers, Allen and
    Neice 1958, NACA report 1382), here with the height lost counted as speed; over an Earth at rest.

    Held at its best ratio by a glide altitude out of reach, the body swings about the equilibrium.
    """
    spec = entry("threats", GROUND).spec
    aim = (0.0, 1.5)
    plan = plan_of(spec, aim, glides=True)
    plan[manoeuvre.LIFT_TO_DRAG] = lift_to_drag
    plan[manoeuvre.GLIDE_ALTITUDE] = 200e3
    plan[manoeuvre.WEAVE] = 0.0
    r = np.array([MEAN_RADIUS + 7_100.0 + 40e3, 0.0, 0.0])
    start = np.concatenate([r, [-20.0, 1.12 * fast, 0.0]])
    nodes, memory = np.empty((40_000, 10)), np.empty((4, 4))
    n, _ = manoeuvre.guided_flight(start, 0.0, 1_500.0, 0.0, plan, 0.0, nodes, memory)
    r_all, v_all = nodes[:n, 1:4], nodes[:n, 4:7]
    assert np.isnan(memory[manoeuvre.DIVE, 0])
    # From the top of one swing to the top of another, lift and weight balance on the mean.
    climb = np.sum(r_all * v_all, axis=1)
    speeds = np.linalg.norm(v_all, axis=1)
    gliding = (nodes[: n - 1, 0] > memory[manoeuvre.GLIDE, 0]) & (speeds[1:] > slow)
    tops = np.flatnonzero((climb[:-1] >= 0.0) & (climb[1:] < 0.0) & gliding)
    i, j = int(tops[0]), int(tops[-1])
    assert speeds[i] - speeds[j] > 600.0
    radius = float(np.linalg.norm(r_all[i]))
    flown = radius * (math.atan2(r_all[j, 1], r_all[j, 0]) - math.atan2(r_all[i, 1], r_all[i, 0]))
    pull = MU / radius**2
    lost = 2.0 * pull * (radius - float(np.linalg.norm(r_all[j])))
    one, other = (speeds[i] ** 2 + lost) / (pull * radius), speeds[j] ** 2 / (pull * radius)
    expected = 0.5 * lift_to_drag * radius * math.log((1.0 - other) / (1.0 - one))
    assert flown == pytest.approx(expected, rel=0.02)
