"""Linear homing against its closed forms (Zarchan 2012; Bryson and Ho 1975) and the adjoint of the loop."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from cupola.interceptors.guidance import (
    Loop,
    acceleration_advantage,
    home,
    known_acceleration,
    manoeuvre_divert,
    miss_of_heading,
    miss_of_manoeuvre,
    offset_divert,
)

STEADY = np.tile([10.0, 0.0], (2, 1))


@pytest.mark.parametrize("ratio", [3.0, 4.0, 5.0])
def test_without_lag_a_manoeuvre_costs_the_closed_form(ratio: float) -> None:
    end = home(
        Loop(navigation_ratio=ratio), time_to_go=10.0, closing_speed=4e3, offset_m=np.zeros(2),
        target_acceleration=STEADY,
    )  # fmt: skip
    assert end.miss_m < 0.01
    assert end.peak_acceleration == pytest.approx(10.0 * acceleration_advantage(ratio), rel=2e-3)
    assert end.divert == pytest.approx(manoeuvre_divert(ratio, 10.0, 10.0), rel=2e-3)


@pytest.mark.parametrize("ratio", [3.0, 4.0, 5.0])
def test_without_lag_an_offset_costs_the_closed_form(ratio: float) -> None:
    end = home(Loop(navigation_ratio=ratio), time_to_go=10.0, closing_speed=4e3, offset_m=np.array([300.0, 400.0]))
    assert end.miss_m < 0.01
    assert end.divert == pytest.approx(offset_divert(ratio, 500.0, 10.0), rel=2e-3)


@pytest.mark.parametrize("ratio", [3, 4, 5])
@pytest.mark.parametrize("x", [0.5, 1.0, 2.0, 4.0, 8.0])
def test_with_one_lag_the_miss_is_the_closed_form(ratio: int, x: float) -> None:
    lag, speed = 0.5, 4e3
    loop = Loop(navigation_ratio=ratio, time_constant=lag)
    turned = home(
        loop, time_to_go=x * lag, closing_speed=speed, offset_m=np.zeros(2), target_acceleration=STEADY
    )  # fmt: skip
    astray = home(loop, time_to_go=x * lag, closing_speed=speed, offset_m=np.array([0.0, 100.0 * x * lag]))
    assert turned.miss[0] / (10.0 * lag**2) == pytest.approx(miss_of_manoeuvre(ratio, x), abs=2e-3)
    assert astray.miss[1] / (100.0 * lag) == pytest.approx(miss_of_heading(ratio, x), abs=2e-3)


def test_closed_forms_for_the_ratio_three_are_those_of_the_book() -> None:
    for x in (0.3, 2.0, 6.0):
        assert miss_of_manoeuvre(3, x) == pytest.approx(0.5 * x * x * math.exp(-x))
        assert miss_of_heading(3, x) == pytest.approx(x * math.exp(-x) * (1.0 - 0.5 * x))
    with pytest.raises(ValueError, match="3, 4 and 5"):
        miss_of_heading(6, 1.0)


@pytest.mark.parametrize("glint", [False, True])
def test_noise_gives_the_spread_of_the_adjoint(glint: bool) -> None:
    """One lag, N' = 3: white noise of density sigma^2 Ts reaches the miss through t h(t) Vc (angle) or h(t) (centre), h
    the inverse transform of 1 - [s / (s + 1/T)]^3: (3 - 3 x + x^2 / 2) e^-x / T."""
    lag, speed, sigma, sample = 0.2, 5e3, 1e-4, 0.01
    loop = Loop(
        time_constant=lag, angle_noise=0.0 if glint else sigma, glint=0.5 if glint else 0.0, sample_time=sample
    )  # fmt: skip

    def passed(t: float) -> float:
        x = t / lag
        response = (3.0 - 3.0 * x + 0.5 * x * x) * math.exp(-x) / lag
        return (0.5 * response if glint else sigma * speed * t * response) ** 2

    expected = math.sqrt(sample * quad(passed, 0.0, 4.0)[0])
    chance = np.random.default_rng(5)
    ends = [home(loop, time_to_go=4.0, closing_speed=speed, offset_m=np.zeros(2), noise=chance) for _ in range(1_500)]
    assert np.std([end.miss for end in ends]) == pytest.approx(expected, rel=0.06)


def test_the_ratio_three_spends_the_least_control_energy() -> None:
    """Bryson and Ho (1975), chapter 5: of all controls that hit, 3 ZEM / tgo^2 has the least integral of a^2. For an
    offset e the integral is N'^2 / (2 N' - 3) e^2 / tF^3, least at 3: measured here on the simulated path, whose divert
    up to a time is its whole less that of the flight begun then with the offset that is left."""
    ratios, times = (2.5, 3.0, 3.5, 4.0), np.linspace(0.0, 9.9, 400)
    energies = {}
    for ratio in ratios:
        spent = np.array([left_to_spend(ratio, 10.0 - t) for t in times])
        energies[ratio] = float(np.sum(np.diff(spent) ** 2 / np.diff(times)))
        assert energies[ratio] == pytest.approx(ratio**2 / (2.0 * ratio - 3.0) * 500.0**2 / 10.0**3, rel=0.03)
    assert min(ratios, key=lambda ratio: energies[ratio]) == 3.0


def left_to_spend(ratio: float, left: float) -> float:
    """The zero-effort miss of 500 m at 10 s falls as tgo^N' under its own guidance (d ZEM/dt = -tgo a)."""
    offset = np.array([500.0 * (left / 10.0) ** ratio, 0.0])
    return home(Loop(navigation_ratio=ratio), time_to_go=left, closing_speed=4e3, offset_m=offset).divert


def test_the_laws_know_more_in_turn() -> None:
    """Against a weave that its track foresees, the zero-effort-miss law spends only the offset."""
    shape = 30.0 * np.sin(np.linspace(0.0, 10.0, 101))[:, None] * np.array([[1.0, 0.0]])
    moment = known_acceleration("zero-effort-miss", shape, shape, 10.0)[0] * 100.0
    spent = {}
    for law in ("proportional", "augmented", "zero-effort-miss"):
        known = known_acceleration(law, shape, shape, 10.0)
        end = home(
            Loop(), time_to_go=10.0, closing_speed=4e3, offset_m=np.array([0.0, 400.0]) - moment,
            target_acceleration=shape, known=known,
        )  # fmt: skip
        assert end.miss_m < 0.05
        spent[law] = end.divert
    assert spent["zero-effort-miss"] == pytest.approx(offset_divert(3.0, 400.0, 10.0), rel=0.01)
    assert spent["zero-effort-miss"] < min(spent["proportional"], spent["augmented"])


def test_augmented_halves_the_acceleration_of_a_steady_manoeuvre() -> None:
    """Zarchan (2012), chapter 8: it begins at N'/2 nT and falls; proportional navigation rises to N'/(N'-2) nT."""
    end = home(
        Loop(), time_to_go=10.0, closing_speed=4e3, offset_m=np.zeros(2), target_acceleration=STEADY,
        known=known_acceleration("augmented", STEADY, STEADY, 10.0),
    )  # fmt: skip
    assert end.peak_acceleration == pytest.approx(15.0, rel=0.02)
    assert end.divert == pytest.approx(15.0 * 10.0 / 2.0, rel=0.01)


def test_limits_hold() -> None:
    loop = Loop(time_constant=0.1, lag_order=3)
    case = {"time_to_go": 5.0, "closing_speed": 4e3, "offset_m": np.array([400.0, 0.0])}
    weak, poor, sound = home(loop, limit=20.0, **case), home(loop, divert=50.0, **case), home(loop, **case)
    assert sound.miss_m < 0.1
    assert weak.saturated
    assert weak.peak_acceleration <= 20.0 + 1e-9
    assert weak.miss_m > 100.0
    assert poor.exhausted
    assert poor.divert == pytest.approx(50.0)
    assert poor.miss_m > 10.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"navigation_ratio": 2.0}, "above 2"),
        ({"lag_order": 6}, "orders 1 to 5"),
        ({"glint": 0.1}, "without a time constant"),
        ({"sample_time": 0.0}, "sample time above 0"),
    ],
)
def test_bad_loops_are_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Loop(**change)


def test_an_unknown_law_is_refused() -> None:
    with pytest.raises(ValueError, match="accepted are 'proportional'"):
        known_acceleration("pursuit", STEADY, STEADY, 1.0)
