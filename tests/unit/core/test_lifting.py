import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cupola.core.atmosphere import air, height
from cupola.core.earth import (
    MU,
    ROTATION_RATE,
    Vector,
    central_angle,
    geodetic_to_ecef,
    gravity,
    great_circle_azimuth,
    local_basis,
)
from cupola.core.integrate import FINISHED, GROUNDED
from cupola.core.lifting import PASSED, TO_GROUND, frame_of, lifting_acceleration, lifting_flight
from cupola.core.lifting_laws import (
    AIM_X,
    AIM_Z,
    BANK,
    COAST,
    DEAD_BAND,
    DIVE,
    DIVE_RANGE,
    DIVE_SPEED,
    FIXED,
    GLIDE,
    GREATEST_LIFT,
    INVERSE_BETA,
    LAW_COLUMNS,
    LEAST_COSINE,
    LIFT_TO_DRAG,
    PHASES,
    PULL_UP,
    SHARE,
    SKIP,
    WITHOUT_DAMPING,
    command,
    glide_worth,
    ground_angle,
    heading_error,
    wanted_side,
)

BETA, LIFT_DRAG = 10_000.0, 2.5
AIM = (0.6, 1.1)


def law(bank: float = 0.0, share: float = 1.0) -> Vector:
    row = np.zeros(LAW_COLUMNS)
    row[LIFT_TO_DRAG], row[INVERSE_BETA], row[GREATEST_LIFT] = LIFT_DRAG, 1.0 / BETA, 40.0
    row[LEAST_COSINE], row[DEAD_BAND] = math.cos(1.0), 0.08
    row[DIVE_RANGE], row[DIVE_SPEED] = 80e3, 1_700.0
    row[AIM_X : AIM_Z + 1] = geodetic_to_ecef(*AIM, 0.0)
    row[BANK], row[SHARE] = bank, share
    return row


def state_of(latitude: float, longitude: float, altitude: float, azimuth: float, slope: float, speed: float) -> Vector:
    """Speed and slope relative to the ground, at time zero."""
    r = np.array(geodetic_to_ecef(latitude, longitude, altitude))
    east, north, up = local_basis(latitude, longitude)
    level = math.sin(azimuth) * east + math.cos(azimuth) * north
    v = speed * (math.cos(slope) * level + math.sin(slope) * up)
    return np.concatenate([r, v + np.cross([0.0, 0.0, ROTATION_RATE], r)])


def lift_of(state: Vector, phase: int, row: Vector, side: float = 1.0, time: float = 0.0) -> tuple[Vector, float]:
    """Acceleration less gravity and drag, and the full lift."""
    out = np.empty(3)
    lifting_acceleration(time, state, phase, side, row, ROTATION_RATE, out)
    density = air(height(*state[:3]))[0]
    wind = state[3:] - np.cross([0.0, 0.0, ROTATION_RATE], state[:3])
    drag = 0.5 * density * np.linalg.norm(wind) / BETA * wind
    return out - np.array(gravity(*state[:3])) + drag, LIFT_DRAG * float(np.linalg.norm(drag))


latitudes, azimuths = st.floats(-1.5, 1.5), st.floats(0.0, math.tau)
speeds, heights = st.floats(1_000.0, 7_000.0), st.floats(15e3, 60e3)


@settings(deadline=None, max_examples=60)
@given(latitudes, azimuths, speeds, heights, st.floats(-0.5, 0.5), st.floats(-3.0, 3.0))
def test_lift_is_across_the_velocity_and_banks_to_the_right(
    latitude: float, azimuth: float, speed: float, altitude: float, slope: float, bank: float
) -> None:
    state = state_of(latitude, 0.5, altitude, azimuth, slope, speed)
    lift, full = lift_of(state, FIXED, law(bank, 0.7))
    wind = state[3:] - np.cross([0.0, 0.0, ROTATION_RATE], state[:3])
    _, _, up = local_basis(latitude, 0.5)
    assert abs(lift @ wind) < 1e-6 * full * speed + 1e-9
    assert np.linalg.norm(lift) == pytest.approx(0.7 * full, rel=1e-6)
    right = np.cross(wind, up)
    assert lift @ right / np.linalg.norm(right) == pytest.approx(0.7 * full * math.sin(bank), abs=2e-3 * full)


@settings(deadline=None, max_examples=60)
@given(latitudes, azimuths, speeds, heights, st.floats(-0.3, 0.3), st.sampled_from([PULL_UP, GLIDE, SKIP, DIVE]))
def test_no_command_asks_more_than_there_is(
    latitude: float, azimuth: float, speed: float, altitude: float, slope: float, phase: int
) -> None:
    state = state_of(latitude, 0.2, altitude, azimuth, slope, speed)
    lift, full = lift_of(state, phase, law())
    assert np.all(np.isfinite(lift))
    assert np.linalg.norm(lift) <= min(full, 40.0) * (1.0 + 1e-9) + 1e-9


@settings(deadline=None, max_examples=60)
@given(latitudes, st.floats(-3.0, 3.0), azimuths)
def test_range_and_bearing_of_the_aim_point(latitude: float, longitude: float, azimuth: float) -> None:
    state = state_of(latitude, longitude, 40e3, azimuth, 0.0, 5_000.0)
    row = law()
    # Geodetic latitudes on a sphere err by a third of a per cent.
    angle = central_angle(latitude, longitude, *AIM)
    assert ground_angle(0.0, state, row, ROTATION_RATE) == pytest.approx(angle, rel=0.01, abs=0.01)
    if 0.1 < angle < 3.0:
        error = heading_error(0.0, state, row, ROTATION_RATE, frame_of(state, ROTATION_RATE))
        bearing = great_circle_azimuth(latitude, longitude, *AIM)
        off = (bearing - azimuth - error + math.pi) % math.tau - math.pi
        assert abs(off) < 0.03 / math.sin(angle)


def test_the_aim_point_turns_with_the_earth() -> None:
    row = law()
    state = state_of(0.1, 0.2, 40e3, 1.0, 0.0, 5_000.0)
    turn = ROTATION_RATE * 1_000.0
    cos, sin = math.cos(turn), math.sin(turn)
    spin = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    later = np.concatenate([spin @ state[:3], spin @ state[3:]])
    for function in (ground_angle,):
        assert function(1_000.0, later, row, ROTATION_RATE) == pytest.approx(
            function(0.0, state, row, ROTATION_RATE), rel=1e-12
        )
    for phase in (GLIDE, SKIP, DIVE):
        before, _ = lift_of(state, phase, row)
        after, _ = lift_of(later, phase, row, time=1_000.0)
        np.testing.assert_allclose(after, spin @ before, rtol=1e-9, atol=1e-9)


def test_a_bank_is_reversed_outside_the_dead_band_only() -> None:
    row = law()
    assert wanted_side(0.07, -1.0, row) == -1.0
    assert wanted_side(0.09, -1.0, row) == 1.0
    assert wanted_side(-0.07, 1.0, row) == 1.0
    assert wanted_side(-0.09, 1.0, row) == -1.0


def test_a_glide_is_worth_the_closed_form_on_an_earth_at_rest() -> None:
    """Eggers, Allen and Neice; and an eastward glide, which the turning Earth lightens, is worth more."""
    row = law()
    state = state_of(0.0, 0.0, 45e3, math.pi / 2, 0.0, 5_500.0)
    rest = state.copy()
    rest[3:] -= np.cross([0.0, 0.0, ROTATION_RATE], state[:3])
    r = np.linalg.norm(state[:3])
    circular2 = MU / r
    expected = 0.5 * LIFT_DRAG * r * math.log((1.0 - 1_700.0**2 / circular2) / (1.0 - 5_500.0**2 / circular2))
    assert glide_worth(rest, row, 0.0, frame_of(rest, 0.0)) == pytest.approx(expected, rel=1e-9)
    west = state_of(0.0, 0.0, 45e3, -math.pi / 2, 0.0, 5_500.0)
    east_worth = glide_worth(state, row, ROTATION_RATE, frame_of(state, ROTATION_RATE))
    west_worth = glide_worth(west, row, ROTATION_RATE, frame_of(west, ROTATION_RATE))
    assert west_worth < expected < east_worth
    # The integral of u du over what is left of the weight, by the trapezoid rule.
    u = np.linspace(1_700.0, 5_500.0, 20_001)
    integrand = u / (MU / r**2 - (u + ROTATION_RATE * r) ** 2 / r)
    assert east_worth == pytest.approx(LIFT_DRAG * np.trapezoid(integrand, u), rel=1e-4)


def test_the_homing_command_points_at_the_aim_and_carries_the_weight() -> None:
    row = law()
    state = state_of(AIM[0] - 0.01, AIM[1], 25e3, 0.4, -0.3, 1_800.0)
    lift, _ = lift_of(state, DIVE, row)
    ahead = state[3:] - np.cross([0.0, 0.0, ROTATION_RATE], state[:3])
    ahead /= np.linalg.norm(ahead)
    sight = row[AIM_X : AIM_Z + 1] - state[:3]
    across = sight - (sight @ ahead) * ahead
    weight = np.array(gravity(*state[:3]))
    wanted = 4.0 * 1_800.0**2 / (sight @ sight) * across - (weight - (weight @ ahead) * ahead)
    assert np.linalg.norm(np.cross(lift, wanted)) < 1e-6 * np.linalg.norm(lift) * np.linalg.norm(wanted)
    assert lift @ wanted > 0.0


def flown(state: Vector, phase: int, row: Vector, end: float = 20_000.0) -> tuple[Vector, Vector, int]:
    nodes, marks = np.empty((8192, 10)), np.empty(PHASES)
    n, why = lifting_flight(state, 0.0, end, 0.0, phase, row, ROTATION_RATE, 2.0, TO_GROUND, nodes, marks)
    return nodes[:n], marks, why


def test_energy_falls_by_drag_alone() -> None:
    """In the Earth's axes the energy u2/2 + potential - (omega rho)2/2 falls at the rate D u, bank or no bank."""
    nodes, _, why = flown(state_of(0.4, 0.3, 45e3, 1.2, 0.0, 5_800.0), FIXED, law(0.6), 900.0)
    assert why == FINISHED
    r, v = nodes[:, 1:4], nodes[:, 4:7]
    wind = v - np.cross([0.0, 0.0, ROTATION_RATE], r)
    u = np.linalg.norm(wind, axis=1)
    radius = np.linalg.norm(r, axis=1)
    flat = 0.5 * 1.082626684e-3 * (6_378_137.0 / radius) ** 2 * (3.0 * (r[:, 2] / radius) ** 2 - 1.0)
    potential = -MU / radius * (1.0 - flat)
    energy = 0.5 * u**2 + potential - 0.5 * ROTATION_RATE**2 * (r[:, 0] ** 2 + r[:, 1] ** 2)
    loss = np.array([0.5 * air(height(*x))[0] * s**3 / BETA for x, s in zip(r, u, strict=True)])
    steps = np.diff(nodes[:, 0])
    # Simpson needs the middles; the trapezoid's error is of the second order in 2 s steps.
    spent = np.sum(0.5 * (loss[1:] + loss[:-1]) * steps)
    assert energy[0] - energy[-1] == pytest.approx(spent, rel=1e-4)


def test_a_commanded_jump_has_a_node_on_either_side() -> None:
    nodes, marks, why = flown(state_of(0.1, 0.0, 80e3, 0.9, 0.05, 5_000.0), COAST, law())
    assert why in (GROUNDED, PASSED)
    assert np.all(np.isfinite(nodes))
    assert np.all(np.diff(nodes[:, 0]) >= 0.0)
    doubled = np.flatnonzero(np.diff(nodes[:, 0]) == 0.0)
    assert len(doubled) >= 2
    np.testing.assert_array_equal(nodes[doubled, 1:7], nodes[doubled + 1, 1:7])
    for phase in (PULL_UP, GLIDE):
        assert np.any(nodes[doubled, 0] == marks[phase])
    # Nowhere else does the acceleration jump by more than a step can explain.
    jumps = np.linalg.norm(np.diff(nodes[:, 7:10], axis=0), axis=1)
    assert np.max(np.delete(jumps, doubled)) < 12.0


def test_it_ends_on_the_floor_or_behind_the_aim_point() -> None:
    nodes, _, why = flown(state_of(0.0, 0.0, 30e3, 1.0, -0.2, 2_000.0), FIXED, law(0.0, 0.0))
    assert why == GROUNDED
    assert abs(height(*nodes[-1, 1:4])) < 1e-3
    away = state_of(AIM[0], AIM[1] + 0.5, 40e3, math.pi / 2, 0.0, 4_000.0)
    assert flown(away, GLIDE, law())[2] == PASSED


def test_a_steady_glide_neither_skips_nor_sinks() -> None:
    """Started 6 km too low, the damped law climbs back and then holds; without damping the glider skips."""
    row = law()
    row[AIM_X : AIM_Z + 1] = geodetic_to_ecef(0.0, 2.0, 0.0)
    state = state_of(0.0, 0.0, 36e3, math.pi / 2, 0.0, 5_500.0)
    swings = {}
    for phase in (GLIDE, SKIP):
        row[WITHOUT_DAMPING] = 1.0 if phase == SKIP else 0.0
        nodes, _, _ = flown(state, phase, row, 900.0)
        climb = np.array([frame_of(node[1:7], ROTATION_RATE)[5] for node in nodes[nodes[:, 0] > 400.0]])
        swings[phase] = float(climb.max() - climb.min())
    assert swings[GLIDE] < 15.0
    assert swings[SKIP] > 150.0


def test_the_pull_up_keeps_its_limit_and_lifts_straight_up() -> None:
    state = state_of(0.2, 0.0, 25e3, 0.5, -0.2, 6_000.0)
    frame = frame_of(state, ROTATION_RATE)
    for full, lowest in ((90.0, 39.5), (40.0, 37.0), (10.0, 9.9), (0.0, 0.0)):
        up, right = command(0.0, state, PULL_UP, 1.0, law(), ROTATION_RATE, frame, gravity(*state[:3]), full)
        assert lowest <= up <= min(full, 40.0)
        assert right == 0.0
    assert command(0.0, state, COAST, 1.0, law(), ROTATION_RATE, frame, gravity(*state[:3]), 90.0) == (0.0, 0.0)
