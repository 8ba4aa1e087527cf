"""The engagement in three degrees of freedom against Kepler and SciPy, and the campaigns' linear loop against it."""

import dataclasses
import functools

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.core.earth import gravity
from cupola.core.kepler import propagate_j2
from cupola.core.trajectory import Trajectory
from cupola.engine.homing import last_leg, times_of
from cupola.interceptors.endgame import fly_last_leg
from cupola.interceptors.engagement import EngagementEnd, engage
from cupola.scenario.catalogue import entry

GBI = entry("interceptors", "gbi").spec.kill_vehicle
G = 9.80665


def flown(r, v, seconds, beside=lambda t, r, v: np.zeros(3), nodes=400):
    """Integrate a body under J2 gravity and an acceleration beside it."""

    def rates(t, s):
        return np.concatenate([s[3:], np.array(gravity(*s[:3])) + beside(t, s[:3], s[3:])])

    times = np.linspace(0.0, seconds, nodes)
    states = solve_ivp(rates, (0.0, seconds), np.concatenate([r, v]), t_eval=times, rtol=1e-11, atol=1e-6).y.T
    a = np.array([rates(t, s)[3:] for t, s in zip(times, states, strict=True)])
    return Trajectory(t=times, r=states[:, :3].copy(), v=states[:, 3:].copy(), a=a)


@dataclasses.dataclass(frozen=True)
class Case:
    """A target that manoeuvres, and a kill vehicle that arrives with ``v_kv`` after ``seconds``, ``off`` m wide."""

    name: str
    kv: str = "gbi"
    altitude: float = 600e3
    v_target: tuple = (-2e3, -6e3, 1e3)
    v_kv: tuple = (1.5e3, 4e3, 500.0)
    off: float = 0.0
    beside: str = "nothing"
    size: float = 0.0
    change: tuple = ()

    def manoeuvre(self, t, r, v):
        u = v / np.linalg.norm(v)
        side = np.cross(u, r / np.linalg.norm(r))
        if self.beside == "thrust":
            return self.size * u
        if self.beside == "turn":
            return self.size * side
        if self.beside == "weave":
            return self.size * np.sin(2.0 * np.pi * t / 4.0) * side
        if self.beside == "drag":
            return -self.size * u
        return np.zeros(3)

    def kill_vehicle(self):
        return entry("interceptors", self.kv).spec.kill_vehicle.model_copy(update=dict(self.change))

    def built(self):
        """Return target, kill vehicle's state at acquisition and the last leg that the campaign would fly."""
        kv = self.kill_vehicle()
        v_kv, v_target = np.array(self.v_kv), np.array(self.v_target)
        closing = v_target - v_kv
        speed = float(np.linalg.norm(closing))
        seconds = kv.seeker_range / speed
        start = np.array([6_371e3 + self.altitude, 0.0, 0.0]) - v_target * seconds
        target = flown(start, v_target, 1.4 * seconds, self.manoeuvre)
        hit, arriving = target.state(seconds)
        closing = arriving - v_kv
        speed, unit = float(np.linalg.norm(closing)), closing / np.linalg.norm(closing)
        aside = np.cross(unit, [0.0, 0.0, 1.0])
        r_aim = hit + self.off * aside / np.linalg.norm(aside)
        back = flown(r_aim, -v_kv, seconds)
        leg = last_leg(
            kv, target, times_s=times_of(0.0, seconds), r_aim=r_aim, v_arrival=v_kv, closing_dir=unit,
            closing_speed=speed, foreseen=self.expected(target, seconds),
        )  # fmt: skip
        return kv, target, back.r[-1], -back.v[-1], leg

    def expected(self, target, seconds):
        r, _, a = target.states(times_of(0.0, seconds))
        return a - np.array([gravity(*place) for place in r])


def test_without_divert_the_engagement_is_kepler() -> None:
    r, v = np.array([7_000e3, 0.0, 0.0]), np.array([100.0, 6_500.0, 500.0])
    target = flown(np.array([7_050e3, 300e3, 60e3]), np.array([-800.0, -5e3, 0.0]), 60.0)
    end = engage(GBI, r, v, 0.0, target, divert=0.0)
    times = np.linspace(end.time_s - 0.5, end.time_s + 0.5, 2_001)
    apart = [np.linalg.norm(propagate_j2(r, v, t, step_s=5.0)[0] - target.state(t)[0]) for t in times]
    assert end.miss_m == pytest.approx(min(apart), abs=5.0)
    assert end.time_s == pytest.approx(times[int(np.argmin(apart))], abs=2e-3)
    assert end.divert == 0.0
    assert end.miss_m > 1e3


@pytest.mark.parametrize("beside", ["nothing", "turn"])
def test_homing_agrees_with_an_independent_integration(beside: str) -> None:
    """Proportional navigation with a single lag, written plainly over SciPy's Runge-Kutta: sight line filtered, the
    gravity that differs added, no limit reached."""
    case = Case("plain", off=1_500.0, beside=beside, size=3.0, change=(("lag_order", 1), ("time_constant", 0.4)))
    kv, target, r, v, _ = case.built()
    lag, ratio = kv.time_constant, kv.navigation_ratio

    def rates(t, s):
        r_t, v_t = target.state(t)
        d, w = r_t - s[:3], v_t - s[3:6]
        away = np.linalg.norm(d)
        u, fall = d / away, np.array(gravity(*s[:3]))
        turn = (u - s[6:9]) / lag
        push = -ratio * (u @ w) * turn + s[9:12]
        push -= (push @ u) * u
        known = ratio * (np.array(gravity(*r_t)) - fall) / 3.0
        return np.concatenate([s[3:6], fall + push, turn, (known - s[9:12]) / lag, [np.linalg.norm(push)]])

    def closest(t, s):
        r_t, v_t = target.state(t)
        return (r_t - s[:3]) @ (v_t - s[3:6])

    closest.terminal, closest.direction = True, 1.0
    d = target.state(0.0)[0] - r
    known = ratio * (np.array(gravity(*target.state(0.0)[0])) - np.array(gravity(*r))) / 3.0
    start = np.concatenate([r, v, d / np.linalg.norm(d), known, [0.0]])
    plain = solve_ivp(rates, (0.0, target.end_s), start, events=closest, rtol=1e-9, atol=1e-9, method="DOP853")
    seeing = kv.model_copy(update={"seeker_range": 1.2 * kv.seeker_range})
    (time,), end = plain.t_events[0], engage(seeing, r, v, 0.0, target)
    miss = np.linalg.norm(target.state(time)[0] - plain.y_events[0][0][:3])
    assert end.end is EngagementEnd.WITHIN_REACH
    assert end.time_s == pytest.approx(time, abs=1e-6)
    assert end.miss_m == pytest.approx(miss, abs=5e-3)
    assert end.divert == pytest.approx(plain.y_events[0][0][12], rel=2e-3)


def test_pulses_hit_as_well_until_the_shortest_is_too_long() -> None:
    kv, target, r, v, _ = Case("pulses", off=800.0).built()
    fine, coarse = (engage(kv, r, v, 0.0, target, shortest_pulse=pulse) for pulse in (0.0002, 0.009))
    assert fine.end is EngagementEnd.WITHIN_REACH
    assert fine.divert == pytest.approx(engage(kv, r, v, 0.0, target).divert, rel=0.1)
    assert coarse.miss_m > 10.0 * fine.miss_m


def test_every_failure_has_its_cause() -> None:
    kv, target, r, v, _ = Case("off", off=2_000.0).built()
    assert engage(kv, r, v, 0.0, target).end is EngagementEnd.WITHIN_REACH
    assert engage(kv, r, v, 0.0, target, divert=40.0).end is EngagementEnd.DIVERT_EXHAUSTED
    lost = engage(kv, r, v, 0.0, target, belief_error_m=np.array([0.0, 0.0, 30e3]))
    assert lost.end is EngagementEnd.OUTSIDE_BASKET
    assert np.isnan(lost.acquired_s)
    assert engage(kv, r + np.array([0.0, 0.0, 900e3]), v, 0.0, target).end is EngagementEnd.NOT_ACQUIRED
    weak = kv.model_copy(update={"divert_acceleration": 1.0})
    assert engage(weak, r, v, 0.0, target).end is EngagementEnd.OVERSTRETCHED
    blurred = kv.model_copy(update={"seeker_noise": 5e-3})
    assert engage(blurred, r, v, 0.0, target, noise=np.random.default_rng(2)).miss_m > kv.lethal_radius


def test_bad_input_is_refused() -> None:
    _, target, r, v, _ = Case("bad").built()
    with pytest.raises(ValueError, match="shape"):
        engage(GBI, r[:2], v, 0.0, target)
    with pytest.raises(ValueError, match="within the target's flight"):
        engage(GBI, r, v, 1e4, target)


GLIDER = {"altitude": 45e3, "v_target": (0.0, -3e3, 300.0), "v_kv": (500.0, 1.6e3, 0.0)}
AIR = {"altitude": 15e3, "v_target": (-1.5e3, -1.2e3, 0.0), "v_kv": (700.0, 800.0, 0.0)}
SPACE = {"kv": "sbi-notional", "altitude": 200e3, "v_target": (2e3, -4e3, 0.0), "v_kv": (0.0, 5e3, 4e3)}
CASES = (
    Case("warhead, 100 m off", off=100.0),
    Case("warhead, 9 km off", off=9e3),
    Case("warhead, 9 km off, weak", off=9e3, change=(("divert_acceleration", 9.0),)),
    Case("warhead, blurred seeker", off=500.0, change=(("seeker_noise", 3e-4),)),
    Case("warhead, wandering centre", off=500.0, change=(("glint", 1.2),)),
    Case("warhead, little divert", off=4e3, change=(("divert", 155.0),)),
    Case("burning missile, foreseen", off=2e3, beside="thrust", size=60.0, **SPACE),
    Case("burning missile, not foreseen", beside="thrust", size=60.0, change=(("guidance", "proportional"),), **SPACE),
    Case("gliding target in a 2 g turn", kv="thaad", beside="turn", size=2 * G, **GLIDER),
    Case("gliding target in a 4 g turn", kv="thaad", beside="turn", size=4 * G, **GLIDER),
    Case("weaving at 1 g", kv="thaad", beside="weave", size=1 * G, **GLIDER),
    Case("weaving at 6 g", kv="thaad", beside="weave", size=6 * G, **GLIDER),
    Case("weaving, blurred", kv="thaad", beside="weave", size=1 * G, change=(("seeker_noise", 5e-4),), **GLIDER),
    Case("re-entry in the air, hit to kill", kv="pac-3-mse", beside="drag", size=10 * G, off=50.0, **AIR),
    Case("weaving in the air, hit to kill", kv="pac-3-mse", beside="weave", size=5 * G, off=50.0, **AIR),
    Case("weaving at 2 g", kv="thaad", beside="weave", size=2 * G, **GLIDER),
    Case("weaving in the air, fragments", kv="sm-6", beside="weave", size=5 * G, off=50.0, **AIR),
    Case("wandering centre, fragments", kv="sm-6", off=50.0, change=(("glint", 18.0),), **AIR),
)  # fmt: skip
DRAWS = 120


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_linear_loop_agrees_with_the_engagement(case: Case) -> None:
    """Share of misses within the lethal radius within 0.1 (one sigma of 120 draws against 120 is 0.06 at most), mean
    divert within a tenth or 3 m/s."""
    whole, fast = outcomes(case)
    near = case.kill_vehicle().lethal_radius
    assert np.mean(fast[:, 0] <= near) == pytest.approx(np.mean(whole[:, 0] <= near), abs=0.1)
    assert fast[:, 1].mean() == pytest.approx(whole[:, 1].mean(), rel=0.1, abs=3.0)


@functools.cache
def outcomes(case):
    """Return miss and divert (n, 2) of the engagement and of the linear loop over seeker noise."""
    kv, target, r, v, leg = case.built()
    chance = np.random.default_rng(11)
    whole = [engage(kv, r, v, 0.0, target, noise=chance) for _ in range(DRAWS)]
    fast = [fly_last_leg(kv, leg, kv.divert, chance) for _ in range(DRAWS)]
    return tuple(np.array([(e.miss_m, e.divert) for e in each]) for each in (whole, fast))


def test_what_is_kept_apart_is_within_reach_and_beyond() -> None:
    """The grid above holds shots that always hit, that never do, and that sometimes do."""
    shares = [np.mean(outcomes(case)[1][:, 0] <= case.kill_vehicle().lethal_radius) for case in CASES]
    assert min(shares) < 0.05
    assert max(shares) > 0.95
    assert sum(0.1 < share < 0.9 for share in shares) >= 3
