import numpy as np
import pytest

from cupola.core.earth import ROTATION_RATE, Vector
from cupola.core.trajectory import Phase, Trajectory

COEFFICIENTS = np.array(
    [[7e6, 10.0, -3.0, 0.2, -0.01, 4e-4], [1e5, -7e3, 1.0, 0.1, 0.02, -1e-4], [0.0, 5.0, 4.0, 0.0, 0.0, 2e-4]]
)


def _derivative(order: int, times: Vector) -> Vector:
    return np.stack([np.polynomial.Polynomial(row).deriv(order)(times) for row in COEFFICIENTS], axis=1)


def _flight(times: Vector) -> Trajectory:
    return Trajectory(
        t=times,
        r=np.stack([np.polynomial.Polynomial(row)(times) for row in COEFFICIENTS], axis=1),
        v=_derivative(1, times),
        a=_derivative(2, times),
        phases=(Phase(name="one", start_s=0.0, end_s=4.0), Phase(name="two", start_s=4.0, end_s=12.0)),
    )


def test_quintic_motion_is_returned_exactly() -> None:
    flight = _flight(np.array([0.0, 4.0, 7.0, 12.0]))
    times = np.linspace(0.0, 12.0, 37)
    r, v, a = flight.states(times)
    np.testing.assert_allclose(
        r, np.stack([np.polynomial.Polynomial(row)(times) for row in COEFFICIENTS], axis=1), atol=1e-6
    )
    np.testing.assert_allclose(v, _derivative(1, times), atol=1e-6)
    np.testing.assert_allclose(a, _derivative(2, times), atol=1e-6)


def test_ends_are_held_outside_the_flight() -> None:
    flight = _flight(np.array([0.0, 4.0, 12.0]))
    np.testing.assert_array_equal(flight.state(-5.0)[0], flight.r[0])
    np.testing.assert_allclose(flight.state(99.0)[0], flight.r[-1], rtol=1e-14)
    assert (flight.start_s, flight.end_s) == (0.0, 12.0)


def test_a_double_node_separates_two_branches() -> None:
    t = np.array([0.0, 1.0, 1.0, 2.0])
    a = np.array([[2.0, 0, 0], [2.0, 0, 0], [-4.0, 0, 0], [-4.0, 0, 0]])
    v = np.array([[0.0, 0, 0], [2.0, 0, 0], [2.0, 0, 0], [-2.0, 0, 0]])
    r = np.array([[0.0, 0, 0], [1.0, 0, 0], [1.0, 0, 0], [1.0, 0, 0]])
    flight = Trajectory(t=t, r=r, v=v, a=a)
    _, _, acceleration = flight.states(np.array([0.999, 1.0, 1.5]))
    np.testing.assert_allclose(acceleration[:, 0], [2.0, -4.0, -4.0], atol=1e-9)
    # A double node at the very end must not divide by its zero length.
    ended = Trajectory(t=t[:3], r=r[:3], v=v[:3], a=a[:3])
    np.testing.assert_allclose(ended.state(1.0)[1], [2.0, 0.0, 0.0])


@pytest.mark.parametrize(("time", "name"), [(-1.0, "one"), (3.9, "one"), (4.0, "two"), (50.0, "two")])
def test_phases_by_time(time: float, name: str) -> None:
    assert _flight(np.array([0.0, 4.0, 12.0])).phase_at(time) == name


def test_a_later_launch_starts_from_a_turned_earth() -> None:
    flight = _flight(np.array([0.0, 4.0, 12.0]))
    later = flight.launched_at(500.0)
    assert later.start_s == 500.0
    assert later.phases[1].start_s == 504.0
    angle = 500.0 * ROTATION_RATE
    x, y, z = flight.state(3.0)[0]
    expected = [np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y, z]
    np.testing.assert_allclose(later.state(503.0)[0], expected, rtol=1e-12)
