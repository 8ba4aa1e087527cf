"""Late reports against the same reports in order, and against the closed form for one step of lag."""

from dataclasses import dataclass, field
from itertools import permutations

import numpy as np
import pytest

from cupola.core.earth import Vector
from cupola.tracking.outofsequence import Reception, ReplayHistory

NOISE = 0.3  # m2/s3, white acceleration
H = np.array([[1.0, 0.0]])
R = np.array([[4.0]])


def transition(h: float) -> Vector:
    return np.array([[1.0, h], [0.0, 1.0]])


def process(h: float) -> Vector:
    return NOISE * np.array([[h**3 / 3.0, h**2 / 2.0], [h**2 / 2.0, h]])


@dataclass
class Kalman:
    """Tracks of position and velocity along one line, one filter a row."""

    x: list[Vector] = field(default_factory=list)
    p: list[Vector] = field(default_factory=list)
    t: list[float] = field(default_factory=list)
    updates: int = 0

    def add(self) -> int:
        self.x.append(np.array([0.0, 1.0]))
        self.p.append(np.diag([100.0, 9.0]))
        self.t.append(0.0)
        return len(self.t) - 1

    def apply(self, row: int, report: tuple[float, float]) -> None:
        time_s, z = report
        f = transition(time_s - self.t[row])
        x, p = f @ self.x[row], f @ self.p[row] @ f.T + process(time_s - self.t[row])
        gain = p @ H.T @ np.linalg.inv(H @ p @ H.T + R)
        self.x[row], self.p[row], self.t[row] = x + gain @ (z - H @ x), p - gain @ H @ p, time_s
        self.updates += 1

    def snapshot(self, row: int) -> tuple[Vector, Vector, float]:
        return self.x[row].copy(), self.p[row].copy(), self.t[row]

    def restore(self, row: int, state: tuple[Vector, Vector, float]) -> None:
        self.x[row], self.p[row], self.t[row] = state[0].copy(), state[1].copy(), state[2]

    def history(self, depth: int = 16) -> ReplayHistory[tuple[Vector, Vector, float], tuple[float, float]]:
        return ReplayHistory(snapshot=self.snapshot, restore=self.restore, apply=self.apply, depth=depth)


def reports(count: int, seed: int) -> list[tuple[float, float]]:
    g = np.random.Generator(np.random.PCG64(seed))
    times = np.cumsum(g.uniform(0.2, 2.0, count))
    return [(float(t), float(t + 2.0 * g.normal())) for t in times]


def in_order(rows: list[tuple[float, float]]) -> tuple[Vector, Vector]:
    plain = Kalman()
    plain.add()
    for report in sorted(rows, key=lambda report: report[0]):
        plain.apply(0, report)
    return plain.x[0], plain.p[0]


def test_every_order_of_arrival_ends_in_the_same_state() -> None:
    rows = reports(5, 1)
    expected = in_order(rows)
    for order in permutations(rows):
        bank = Kalman()
        history = bank.history()
        history.begin(bank.add(), 0.0)
        for report in order:
            assert history.take(0, report[0], report) in (Reception.IN_ORDER, Reception.REPLAYED)
        np.testing.assert_allclose(bank.x[0], expected[0], rtol=1e-12)
        np.testing.assert_allclose(bank.p[0], expected[1], rtol=1e-12)


def test_delays_of_a_long_flight_do_not_move_the_track() -> None:
    """Two hundred reports with delays of up to six seconds, memory for sixteen."""
    rows = reports(200, 2)
    g = np.random.Generator(np.random.PCG64(3))
    arrivals = sorted(rows, key=lambda report: report[0] + g.uniform(0.0, 6.0))
    bank = Kalman()
    history = bank.history()
    history.begin(bank.add(), 0.0)
    outcomes = [history.take(0, report[0], report) for report in arrivals]
    assert outcomes.count(Reception.REPLAYED) > 50
    assert Reception.TOO_OLD not in outcomes
    expected = in_order(rows)
    np.testing.assert_allclose(bank.x[0], expected[0], rtol=1e-12)
    np.testing.assert_allclose(bank.p[0], expected[1], rtol=1e-12)


def test_one_step_of_lag_is_the_closed_form() -> None:
    """Algorithm A of Bar-Shalom 2002, IEEE TAES 38(3): retrodict to the late report's time, with the part of the
    process noise that the last update has taught, and update with the cross-covariance.
    """
    first, late, last = reports(3, 4)
    before = Kalman()
    before.add()
    before.apply(0, first)
    h = last[0] - first[0]
    prior_p = transition(h) @ before.p[0] @ transition(h).T + process(h)
    innovation = last[1] - H @ transition(h) @ before.x[0]
    s = H @ prior_p @ H.T + R
    before.apply(0, last)
    x, p = before.x[0], before.p[0]
    back, q = np.linalg.inv(transition(last[0] - late[0])), process(last[0] - late[0])
    learnt = q @ H.T @ np.linalg.inv(s)
    x_then = back @ (x - learnt @ innovation)
    p_vv = q - learnt @ H @ q
    p_xv = q - prior_p @ H.T @ np.linalg.inv(s) @ H @ q
    p_then = back @ (p + p_vv - p_xv - p_xv.T) @ back.T
    p_xz = (p - p_xv) @ back.T @ H.T
    s_late = H @ p_then @ H.T + R
    expected_x = x + (p_xz @ np.linalg.inv(s_late) @ (late[1] - H @ x_then))
    expected_p = p - p_xz @ np.linalg.inv(s_late) @ p_xz.T

    bank = Kalman()
    history = bank.history()
    history.begin(bank.add(), 0.0)
    for report in (first, last, late):
        history.take(0, report[0], report)
    np.testing.assert_allclose(bank.x[0], expected_x, rtol=1e-11)
    np.testing.assert_allclose(bank.p[0], expected_p, rtol=1e-11)


def test_what_is_older_than_the_memory_is_refused_and_changes_nothing() -> None:
    rows = reports(8, 5)
    bank = Kalman()
    history = bank.history(depth=3)
    history.begin(bank.add(), 0.0)
    assert history.take(0, -1.0, (-1.0, 0.0)) is Reception.TOO_OLD
    for report in rows:
        assert history.take(0, report[0], report) is Reception.IN_ORDER
    held = bank.snapshot(0)
    oldest = rows[4][0]  # the newest report that is no longer remembered, whose state still is
    assert history.take(0, oldest - 0.01, (oldest - 0.01, 0.0)) is Reception.TOO_OLD
    np.testing.assert_array_equal(bank.x[0], held[0])
    assert bank.t[0] == held[2]
    late = (oldest + 0.01, rows[4][1])
    assert history.take(0, late[0], late) is Reception.REPLAYED
    np.testing.assert_allclose(bank.x[0], in_order([*rows, late])[0], rtol=1e-12)


def test_only_what_came_after_is_taken_again() -> None:
    rows = reports(10, 6)
    bank = Kalman()
    history = bank.history()
    history.begin(bank.add(), 0.0)
    for report in [*rows[:7], *rows[8:]]:
        history.take(0, report[0], report)
    bank.updates = 0
    assert history.take(0, rows[7][0], rows[7]) is Reception.REPLAYED
    assert bank.updates == 3


def test_rows_are_remembered_apart_and_can_be_begun_anew() -> None:
    rows = reports(4, 7)
    bank = Kalman()
    history = bank.history()
    history.begin(bank.add(), 0.0)
    history.begin(bank.add(), 0.0)
    other = in_order(rows[:1])[0]
    history.take(1, rows[0][0], rows[0])
    for report in (rows[0], rows[3], rows[1], rows[2]):
        history.take(0, report[0], report)
    np.testing.assert_allclose(bank.x[0], in_order(rows)[0], rtol=1e-12)
    np.testing.assert_allclose(bank.x[1], other, rtol=1e-12)
    history.begin(0, 100.0)
    assert history.take(0, rows[3][0], rows[3]) is Reception.TOO_OLD
    history.forget(1)
    assert history.take(1, 50.0, (50.0, 0.0)) is Reception.NO_TRACK


def test_a_memory_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="got a depth of 0"):
        Kalman().history(depth=0)
