import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.core.atmosphere import height
from cupola.core.batch import Ends, ascend_many, fall_many, fall_many_densely
from cupola.core.earth import MU, ROTATION_RATE, Vector, geodetic_to_ecef
from cupola.core.integrate import fall_acceleration
from cupola.core.rocket import ascend, coast
from cupola.scenario.catalogue import entry
from cupola.threats.ballistic import vehicle_for


def _bodies(count: int, seed: int) -> tuple[Vector, Vector]:
    """Return states and 1 / beta of bodies between 80 and 900 km, light decoys among them."""
    rng = np.random.default_rng(seed)
    states = np.empty((count, 6))
    for i in range(count):
        r = np.array(geodetic_to_ecef(math.asin(rng.uniform(-1, 1)), rng.uniform(-3.1, 3.1), rng.uniform(80e3, 900e3)))
        up = r / np.linalg.norm(r)
        level = np.cross(up, rng.normal(size=3))
        climb = math.radians(rng.uniform(-8.0, 80.0))
        states[i, :3] = r
        states[i, 3:] = rng.uniform(1e3, 7.2e3) * (
            math.sin(climb) * up + math.cos(climb) * level / np.linalg.norm(level)
        )
    beta = np.exp(rng.uniform(math.log(50.0), math.log(15e3), count))
    beta[::7] = rng.uniform(3.0, 50.0, len(beta[::7]))
    return states, 1.0 / beta


def _exact(state: Vector, inverse_beta: float, times: Vector) -> Vector:
    out = np.empty(3)

    def rate(_: float, y: Vector) -> Vector:
        fall_acceleration(y, inverse_beta, ROTATION_RATE, out)
        return np.concatenate([y[3:], out])

    solution = solve_ivp(
        rate, (0.0, times[-1]), state, method="DOP853", rtol=1e-12, atol=1e-6, t_eval=times, max_step=10.0
    )
    return np.asarray(solution.y[:3].T)


def test_the_end_of_every_body_is_the_scalar_flights() -> None:
    states, inverse_beta = _bodies(200, 1)
    ends = fall_many(states, 30.0, inverse_beta)
    assert np.all(np.isfinite(ends.states))
    assert ends.landed.all()
    miss = []
    for i in range(200):
        flight = coast(states[i, :3], states[i, 3:], 30.0, 1.0 / inverse_beta[i])
        assert ends.times_s[i] == pytest.approx(flight.end_s, abs=0.2)
        assert abs(height(*ends.states[i, :3])) < 1e-3
        # Where it lands on the turning Earth: a slow body may land at another moment.
        turn = ROTATION_RATE * (ends.times_s[i] - flight.end_s)
        spot = ends.states[i, :3] - turn * np.array([-ends.states[i, 1], ends.states[i, 0], 0.0])
        miss.append(np.linalg.norm(spot - flight.r[-1]))
    assert np.percentile(miss, 50) < 0.5
    assert np.percentile(miss, 95) < 3.0
    assert max(miss) < 10.0


def test_flights_are_the_exact_ones_at_and_between_nodes() -> None:
    states, inverse_beta = _bodies(24, 2)
    worst = []
    for i, flight in enumerate(fall_many_densely(states, 0.0, inverse_beta)):
        times = np.unique(
            np.concatenate([np.linspace(0.0, flight.end_s, 40)[1:], 0.5 * (flight.t[1:] + flight.t[:-1])])
        )
        exact = _exact(states[i], inverse_beta[i], times)
        worst.append(np.linalg.norm(flight.states(times)[0] - exact, axis=1).max())
    assert np.percentile(worst, 50) < 1.0
    assert max(worst) < 10.0


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33])
def test_any_number_of_bodies(count: int) -> None:
    states, inverse_beta = _bodies(max(count, 1), 3)
    states, inverse_beta = states[:count], inverse_beta[:count]
    ends = fall_many(states, 0.0, inverse_beta)
    assert ends.states.shape == (count, 6)
    assert ends.times_s.shape == ends.landed.shape == (count,)
    flights = fall_many_densely(states, 0.0, inverse_beta)
    assert len(flights) == count
    for i, flight in enumerate(flights):
        assert flight.end_s == ends.times_s[i]
        np.testing.assert_array_equal(flight.r[-1], ends.states[i, :3])
        assert np.all(np.diff(flight.t) >= 0.0)


def test_a_body_flies_the_same_in_any_company() -> None:
    states, inverse_beta = _bodies(70, 4)
    together = fall_many(states, 0.0, inverse_beta)
    alone = fall_many(states[41:42], 0.0, inverse_beta[41:42])
    np.testing.assert_array_equal(together.states[41], alone.states[0])


def test_a_body_on_the_ground_stays_and_one_thrown_up_comes_back() -> None:
    r = np.array(geodetic_to_ecef(0.5, 0.3, 0.0))
    still = np.array([*r, -ROTATION_RATE * r[1], ROTATION_RATE * r[0], 0.0])
    thrown = still.copy()
    thrown[3:] += 50.0 * r / np.linalg.norm(r)
    ends = fall_many(np.array([still, thrown]), 100.0, 1e-3)
    assert ends.landed.all()
    assert ends.times_s[0] == pytest.approx(100.0, abs=1e-4)
    assert ends.times_s[1] == pytest.approx(100.0 + 2.0 * 50.0 / 9.79, abs=0.5)


def test_what_never_comes_down_flies_to_its_end() -> None:
    r = 7.5e6
    circle = np.array([r, 0.0, 0.0, 0.0, math.sqrt(MU / r), 0.0])
    escape = np.array([r, 0.0, 0.0, 0.0, 1.6 * math.sqrt(MU / r), 0.0])
    ends = fall_many(np.array([circle, escape]), 0.0, np.array([1e-3, 0.0]))
    assert not ends.landed.any()
    np.testing.assert_array_equal(ends.times_s, 43_200.0)
    assert np.linalg.norm(ends.states[0, :3]) == pytest.approx(r, rel=5e-3)
    assert np.linalg.norm(ends.states[1, :3]) > 2e8


def test_without_drag_the_flight_is_the_vacuum_one() -> None:
    states, _ = _bodies(10, 5)
    ends = fall_many(states, 0.0, 0.0, 150.0)
    for i in np.flatnonzero(~ends.landed):
        exact = _exact(states[i], 0.0, np.array([150.0]))
        assert np.linalg.norm(ends.states[i, :3] - exact[-1]) < 0.5


@pytest.mark.parametrize("floor", [0.0, 250e3])
def test_without_drag_a_body_still_lands_on_its_floor(floor: float) -> None:
    r, v = np.array([6.7e6, 0.0, 0.0]), np.array([1e3, 5e3, 2e3])
    ends = fall_many(np.array([[*r, *v]]), 0.0, 0.0, floor=floor)
    flight = coast(r, v, 0.0, math.inf, floor=floor)
    assert ends.landed.all()
    assert ends.times_s[0] == pytest.approx(flight.end_s, abs=0.01)
    assert np.linalg.norm(ends.states[0, :3] - flight.r[-1]) < 3.0


def test_end_times_hold_for_each_body() -> None:
    states, inverse_beta = _bodies(40, 6)
    end = np.linspace(0.0, 200.0, 40)
    ends = fall_many(states, 0.0, inverse_beta, end)
    np.testing.assert_array_equal(ends.times_s[~ends.landed], end[~ends.landed])
    np.testing.assert_array_equal(ends.states[0], states[0])
    assert np.all(ends.times_s <= end)


@pytest.mark.parametrize("name", ["icbm-solid-notional", "icbm-liquid-notional", "srbm-scud-b-class"])
def test_launches_together_are_the_launches_one_by_one(name: str) -> None:
    spec = entry("threats", name).spec
    vehicle, rise, pitch = vehicle_for(spec), spec.vertical_rise_time, spec.pitch_over_time
    rng = np.random.default_rng(7)
    sites = np.stack([rng.uniform(-1.4, 1.4, 37), rng.uniform(-3, 3, 37), rng.uniform(0, 800, 37)], axis=1)
    azimuths, cutoffs = rng.uniform(0.0, math.tau, 37), vehicle.burnout_s * rng.uniform(0.6, 1.1, 37)
    kicks = np.radians(rng.uniform(0.3, 0.9, 37) if "liquid" in name else rng.uniform(2.0, 7.0, 37))
    ends = ascend_many(vehicle, sites, azimuths, kicks, rise, pitch, cutoffs)
    assert isinstance(ends, Ends)
    assert not ends.landed.any()
    for i in range(0, 37, 4):
        fine = ascend(vehicle, *sites[i], azimuths[i], kicks[i], rise, pitch, cutoffs[i], dt=0.05)
        assert ends.times_s[i] == pytest.approx(fine.end_s, abs=1e-9)
        assert np.linalg.norm(ends.states[i, :3] - fine.r[-1]) < 1.0
        assert np.linalg.norm(ends.states[i, 3:] - fine.v[-1]) < 0.01


def test_a_launch_that_falls_back_is_marked() -> None:
    spec = entry("threats", "srbm-scud-b-class").spec
    vehicle = vehicle_for(spec)
    site = np.array([[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]])
    ends = ascend_many(vehicle, site, 1.0, np.radians([80.0, 3.0]), spec.vertical_rise_time, spec.pitch_over_time)
    np.testing.assert_array_equal(ends.landed, [True, False])
    assert ends.times_s[0] < ends.times_s[1] == pytest.approx(vehicle.burnout_s)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"states": np.zeros((3, 5))}, "states: got shape"),
        ({"states": np.zeros((3, 6))}, "states: row 0"),
        ({"inverse_beta": -1.0}, "inverse_beta: row 0"),
        ({"inverse_beta": math.inf}, "got NaN or infinity"),
        ({"start_s": np.zeros(2)}, r"start_s: got shape \(2,\)"),
        ({"end_s": -5.0}, "end_s: row 0"),
    ],
)
def test_bad_input_is_refused(change: dict[str, object], message: str) -> None:
    states, inverse_beta = _bodies(3, 8)
    given = {"states": states, "start_s": 0.0, "inverse_beta": inverse_beta, "end_s": 10.0}
    with pytest.raises(ValueError, match=message):
        fall_many(**{**given, **change})


@pytest.mark.parametrize(("sites", "cutoff"), [(np.zeros((2, 2)), 10.0), (np.zeros((2, 3)), 0.0)])
def test_bad_launches_are_refused(sites: Vector, cutoff: float) -> None:
    vehicle = vehicle_for(entry("threats", "srbm-scud-b-class").spec)
    with pytest.raises(ValueError, match="accepted is"):
        ascend_many(vehicle, sites, 0.0, 0.1, 5.0, 15.0, cutoff)
