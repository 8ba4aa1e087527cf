"""Lifting flight against SciPy's DOP853 at 1e-12 on forces written out plainly, published glides, and closed forms."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.core.atmosphere import air
from cupola.core.earth import (
    ECCENTRICITY_SQUARED,
    EQUATORIAL_RADIUS,
    J2,
    MU,
    ROTATION_RATE,
    Vector,
    ecef_to_geodetic,
    geodetic_to_ecef,
    great_circle_point,
    local_basis,
)
from cupola.core.integrate import GROUNDED
from cupola.core.lifting import TO_GROUND, lifting_acceleration, lifting_flight
from cupola.core.lifting_laws import (
    BANK,
    COAST,
    DIVE,
    FIXED,
    GLIDE,
    INVERSE_BETA,
    LAW_COLUMNS,
    LIFT_TO_DRAG,
    PHASES,
    PULL_UP,
    SHARE,
    SKIP,
)
from cupola.core.rocket import trajectory_of
from cupola.core.trajectory import Trajectory
from cupola.scenario.catalogue import entry
from cupola.threats.glide import fly_glide
from cupola.threats.glide_aiming import LONGEST_STEP, law_of
from cupola.threats.glide_plane import equilibrium_height, equilibrium_range, equilibrium_time, glide_from

LIFT_DRAG, BETA = 2.6, 13_001.9


def plain_acceleration(r: Vector, v: Vector, bank: float, share: float, spin: float) -> Vector:
    """Gravity with J2 (Vallado eq. 8-28), drag, and lift about the air-relative velocity, in vectors."""
    radius = np.linalg.norm(r)
    bulge = 1.5 * J2 * (EQUATORIAL_RADIUS / radius) ** 2
    z2 = 5.0 * r[2] ** 2 / radius**2
    pull = -MU / radius**3 * r * (1.0 + bulge * (np.array([1.0, 1.0, 3.0]) - z2))
    density = air(ecef_to_geodetic(*r)[2])[0]
    wind = v - np.cross([0.0, 0.0, spin], r)
    speed = np.linalg.norm(wind)
    drag = 0.5 * density * speed**2 / BETA
    ahead = wind / speed
    vertical = r / np.array([1.0, 1.0, 1.0 - ECCENTRICITY_SQUARED])
    vertical = vertical - (vertical @ ahead) * ahead
    vertical /= np.linalg.norm(vertical)
    right = np.cross(ahead, vertical)
    lift = share * LIFT_DRAG * drag * (math.cos(bank) * vertical + math.sin(bank) * right)
    return pull - drag * ahead + lift


def exact(state: Vector, start: float, times: Vector, bank: float, share: float, spin: float) -> Vector:
    def rate(_: float, y: Vector) -> Vector:
        return np.concatenate([y[3:], plain_acceleration(y[:3], y[3:], bank, share, spin)])

    solution = solve_ivp(
        rate, (start, times[-1]), state, method="DOP853", rtol=1e-12, atol=1e-6, t_eval=times, max_step=20.0
    )
    return np.asarray(solution.y.T)


def fixed_law(bank: float = 0.0, share: float = 1.0) -> Vector:
    law = np.zeros(LAW_COLUMNS)
    law[LIFT_TO_DRAG], law[INVERSE_BETA], law[BANK], law[SHARE] = LIFT_DRAG, 1.0 / BETA, bank, share
    return law


def flown(state: Vector, start: float, end: float, law: Vector, spin: float) -> tuple[Trajectory, int]:
    nodes, marks = np.empty((8192, 10)), np.empty(PHASES)
    n, why = lifting_flight(state, start, end, 0.0, FIXED, law, spin, LONGEST_STEP, TO_GROUND, nodes, marks)
    return trajectory_of(nodes[:n].copy()), why


def level_start(latitude: float, azimuth: float, speed: float, spin: float) -> Vector:
    """Equilibrium height, level, at ``speed`` over the ground."""
    height = equilibrium_height(LIFT_DRAG, 1.0 / BETA, speed)
    r = np.array(geodetic_to_ecef(latitude, 0.3, height))
    east, north, _ = local_basis(latitude, 0.3)
    v = speed * (math.sin(azimuth) * east + math.cos(azimuth) * north)
    return np.concatenate([r, v + np.cross([0.0, 0.0, spin], r)])


def between_nodes(path: Trajectory, count: int) -> Vector:
    step = max(len(path.t) // count, 1)
    middles = 0.5 * (path.t[1:] + path.t[:-1])
    return np.unique(np.concatenate([middles[::step], path.t[-1:]]))


@pytest.mark.parametrize(
    ("latitude", "azimuth", "speed"),
    [
        (0.0, 90.0, 6_900.0),
        (35.0, 20.0, 7_000.0),
        (-50.0, 300.0, 6_000.0),
        (80.0, 5.0, 4_500.0),
        (10.0, 200.0, 2_500.0),
    ],
)
def test_a_glide_of_constant_lift(latitude: float, azimuth: float, speed: float) -> None:
    state = level_start(math.radians(latitude), math.radians(azimuth), speed, ROTATION_RATE)
    path, why = flown(state, 0.0, 20_000.0, fixed_law(), ROTATION_RATE)
    assert why == GROUNDED
    times = between_nodes(path, 200)
    truth = exact(state, 0.0, times, 0.0, 1.0, ROTATION_RATE)
    worst = np.max(np.linalg.norm(path.states(times)[0] - truth[:, :3], axis=1))
    assert worst < 10.0
    if speed == 7_000.0:
        way = np.linalg.norm(np.diff(path.r, axis=0), axis=1).sum()
        assert way > 12_000e3


def test_a_glide_with_commanded_changes_of_bank_and_lift() -> None:
    state = level_start(0.7, 1.0, 6_500.0, ROTATION_RATE)
    time, worst = 0.0, 0.0
    for bank, share in [(0.5, 1.0), (-0.9, 1.0), (0.3, 0.6), (0.0, 1.0), (1.2, 0.9), (-0.4, 1.0)]:
        path, _ = flown(state, time, time + 200.0, fixed_law(bank, share), ROTATION_RATE)
        times = between_nodes(path, 40)
        truth = exact(state, time, times, bank, share, ROTATION_RATE)
        worst = max(worst, float(np.max(np.linalg.norm(path.states(times)[0] - truth[:, :3], axis=1))))
        time, state = path.end_s, truth[-1]
    assert worst < 10.0


GUIDED = [
    ("glide-notional", "equilibrium", 12_000e3, 40.0),
    ("glide-notional", "equilibrium", 6_000e3, 250.0),
    ("glide-notional", "skip", 9_000e3, 20.0),
    ("glide-medium-notional", "equilibrium", 1_500e3, 120.0),
    ("glide-medium-notional", "skip", 1_100e3, 300.0),
]


@pytest.mark.parametrize(("name", "mode", "ground_range", "azimuth"), GUIDED)
def test_a_guided_flight_from_release_to_the_ground(name: str, mode: str, ground_range: float, azimuth: float) -> None:
    """The laws are functions of the state, so that they can be integrated as they stand, cut where a command jumps."""
    spec = entry("threats", name).spec.model_copy(update={"mode": mode})
    launch = (0.7, 1.7, 500.0)
    aim = great_circle_point(launch[0], launch[1], math.radians(azimuth), ground_range / 6_371e3)
    path = fly_glide(spec, launch, aim).payloads[0].trajectory
    law = law_of(spec, aim)
    jumps = np.flatnonzero(np.diff(path.t) == 0.0)
    cuts = [0, *(jumps + 1), len(path.t)]
    state, out, worst = np.concatenate([path.r[0], path.v[0]]), np.empty(3), 0.0
    for first, last in itertools.pairwise(cuts):
        # Which command a piece holds shows in its accelerations.
        trials = [(phase, side) for phase in (COAST, PULL_UP, SKIP, GLIDE, DIVE) for side in (1.0, -1.0)]
        misfits = []
        for phase, side in trials:
            misfit = 0.0
            for k in range(first, last, max((last - first) // 10, 1)):
                at_node = np.concatenate([path.r[k], path.v[k]])
                lifting_acceleration(float(path.t[k]), at_node, phase, side, law, ROTATION_RATE, out)
                misfit = max(misfit, float(np.linalg.norm(out - path.a[k])))
            misfits.append(misfit)
        phase, side = trials[int(np.argmin(misfits))]
        assert min(misfits) < 1e-9

        def rate(t: float, y: Vector, phase: int = phase, side: float = side) -> Vector:
            lifting_acceleration(t, y, phase, side, law, ROTATION_RATE, out)
            return np.concatenate([y[3:], out])

        piece = path.t[first:last]
        if len(piece) < 2:
            continue
        middles = 0.5 * (piece[1:] + piece[:-1])
        times = np.unique(np.concatenate([middles[:: max(len(middles) // 60, 1)], piece[-1:]]))
        span = (float(piece[0]), float(piece[-1]))
        solution = solve_ivp(rate, span, state, method="DOP853", rtol=1e-12, atol=1e-6, t_eval=times, max_step=10.0)
        errors = np.linalg.norm(path.states(times[:-1])[0] - solution.y[:3, :-1].T, axis=1)
        worst = max(worst, float(errors.max()))
        state = solution.y[:, -1]
    assert worst < 10.0


def planar(speed: float, radius: float, lift_to_drag: float = LIFT_DRAG, beta: float = BETA) -> tuple[float, Vector]:
    """Start height, and (time, ground angle, height, speed) at the ground: SciPy, polar coordinates, Earth at rest."""

    def pull(r: float) -> float:
        return MU / r**2 * (1.0 + 1.5 * J2 * (EQUATORIAL_RADIUS / r) ** 2)

    def rate(_: float, y: Vector) -> list[float]:
        _, h, v, slope = y
        r, drag = radius + h, 0.5 * air(h)[0] * v**2 / beta
        turn = (lift_to_drag * drag - (pull(r) - v**2 / r) * math.cos(slope)) / v
        return [v * math.cos(slope) / r, v * math.sin(slope), -drag - pull(r) * math.sin(slope), turn]

    def ground(_: float, y: Vector) -> float:
        return float(y[1])

    ground.terminal = True  # type: ignore[attr-defined]
    low, high = 10e3, 90e3
    while high - low > 1e-4:
        h = 0.5 * (low + high)
        lift = lift_to_drag * 0.5 * air(h)[0] * speed**2 / beta
        low, high = (h, high) if lift > pull(radius + h) - speed**2 / (radius + h) else (low, h)
    run = solve_ivp(
        rate, (0.0, 9_000.0), [0.0, low, speed, 0.0], method="DOP853", rtol=1e-12, atol=1e-9, events=ground, max_step=10
    )
    return low, np.array([run.t[-1], *run.y[:3, -1]])


@pytest.mark.parametrize(
    ("speed", "altitude_km", "range_km", "time_s"),
    [(6_000.0, 49.2, 7_335.2, 2_206.8), (7_000.0, 57.6, 13_125.7, 3_096.9)],
)
def test_published_glides(speed: float, altitude_km: float, range_km: float, time_s: float) -> None:
    """Tracy and Wright (2020) lineage: L/D 2.6, 2,663 lb/ft2, wings level from the equilibrium height."""
    glide = glide_from(entry("threats", "glide-notional").spec, speed)
    assert glide.start_altitude_m / 1e3 == pytest.approx(altitude_km, abs=0.05)
    assert glide.range_m / 1e3 == pytest.approx(range_km, rel=2e-3)
    assert glide.flight_time_s == pytest.approx(time_s, rel=2e-3)


@pytest.mark.parametrize("speed", [2_500.0, 6_000.0, 7_000.0])
def test_the_planar_answer_against_scipy(speed: float) -> None:
    glide = glide_from(entry("threats", "glide-notional").spec, speed)
    start, (time, angle, _, end_speed) = planar(speed, 6_371e3)
    assert glide.start_altitude_m == pytest.approx(start, abs=0.01)
    assert glide.range_m == pytest.approx(angle * 6_371e3, abs=10.0)
    assert glide.flight_time_s == pytest.approx(time, abs=0.05)
    assert glide.table[-1, 3] == pytest.approx(end_speed, abs=0.05)


@pytest.mark.parametrize("speed", [6_000.0, 7_000.0])
def test_the_kernel_against_the_plane_of_the_equator(speed: float) -> None:
    start, (time, angle, _, _) = planar(speed, EQUATORIAL_RADIUS)
    r = np.array([EQUATORIAL_RADIUS + start, 0.0, 0.0])
    path, _ = flown(np.concatenate([r, [0.0, speed, 0.0]]), 0.0, 20_000.0, fixed_law(), 0.0)
    assert path.end_s == pytest.approx(time, abs=0.05)
    swept = math.atan2(path.r[-1, 1], path.r[-1, 0]) % math.tau
    assert swept * EQUATORIAL_RADIUS == pytest.approx(angle * EQUATORIAL_RADIUS, abs=10.0)
    # The mean sphere of the planar convention moves the answer by little.
    assert glide_from(entry("threats", "glide-notional").spec, speed).flight_time_s == pytest.approx(time, rel=0.01)


@pytest.mark.parametrize("speed", [6_000.0, 7_000.0])
def test_closed_forms_of_the_equilibrium_glide(speed: float) -> None:
    """Eggers, Allen and Neice: thin air, small angles, no height lost. They hold while the speed is hypersonic."""
    table = glide_from(entry("threats", "glide-notional").spec, speed).table
    start = np.searchsorted(-table[:, 3], -0.95 * speed)
    for end_speed in (5_000.0, 4_000.0, 3_000.0):
        end = int(np.searchsorted(-table[:, 3], -end_speed))
        v0, vf = table[start, 3], table[end, 3]
        radius = 6_371e3 + float(table[start:end, 2].mean())
        flown_range = (table[end, 1] - table[start, 1]) * radius / 6_371e3
        assert equilibrium_range(LIFT_DRAG, v0, vf, radius) == pytest.approx(flown_range, rel=0.015)
        assert equilibrium_time(LIFT_DRAG, v0, vf, radius) == pytest.approx(table[end, 0] - table[start, 0], rel=0.015)
