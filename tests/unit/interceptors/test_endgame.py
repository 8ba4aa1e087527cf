"""Handover, divert and outcome: closed forms of linear guidance, and every outcome reached by its own cause."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.interceptors.endgame import NAVIGATION_RATIO, ShotOutcome, course_correction, finish, terminal_divert
from cupola.interceptors.spec import KillVehicleSpec

KV = KillVehicleSpec.model_validate(
    {
        "mass": "64 kg",
        "divert": "0.8 km/s",
        "divert_acceleration": "3.5 g_0",
        "seeker_range": "400 km",
        "seeker_field": "12 km",
        "kill_probability": 0.6,
    }
)


def test_course_correction_counts_only_what_is_across() -> None:
    closing = np.array([0.0, 0.0, 10e3])
    assert course_correction(np.array([0.0, 0.0, 50e3]), closing, 100.0) == pytest.approx(0.0)
    assert course_correction(np.array([3e3, 4e3, 9e3]), closing, 100.0) == pytest.approx(50.0)
    assert course_correction(np.array([3e3, 4e3, 0.0]), closing, 0.0) == math.inf


def test_course_correction_with_finite_thrust_solves_burn_then_drift() -> None:
    need = course_correction(np.array([5e3, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]), 40.0, acceleration=20.0)
    assert need * (40.0 - need / (2.0 * 20.0)) == pytest.approx(5e3)
    assert course_correction(np.array([50e3, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]), 40.0, acceleration=20.0) == math.inf


@pytest.mark.parametrize(("miss", "manoeuvre"), [(4e3, 0.0), (0.0, 8.0)])
def test_terminal_divert_is_what_a_simulated_proportional_navigation_spends(miss: float, manoeuvre: float) -> None:
    total = KV.seeker_range / 10e3

    def rates(t: float, s: Any) -> list[float]:
        left = total - t
        command = NAVIGATION_RATIO * (s[0] + s[1] * left) / left**2
        return [s[1], manoeuvre - command, abs(command)]

    flown = solve_ivp(rates, (0.0, total * (1.0 - 1e-4)), [0.0, miss / total, 0.0], rtol=1e-9, atol=1e-9)
    assert abs(flown.y[0, -1]) < 1.0
    assert terminal_divert(KV, miss, 10e3, manoeuvre) == pytest.approx(flown.y[2, -1], rel=2e-3)


def test_terminal_divert_knows_the_thrusters_limit() -> None:
    assert math.isfinite(terminal_divert(KV, 10e3, 10e3))
    assert terminal_divert(KV, 10e3, 20e3) == math.inf
    assert terminal_divert(KV, 0.0, 10e3, 15.0) == math.inf


GOOD: dict[str, Any] = {
    "handover_error_m": 500.0,
    "closing_speed": 10e3,
    "divert_left": 500.0,
    "reliable": True,
    "common_mode_failed": False,
    "target_observable": True,
    "target_lethal": True,
    "uniform": 0.1,
}


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, ShotOutcome.KILL),
        ({"target_lethal": False}, ShotOutcome.HIT_DECOY),
        ({"uniform": 0.6}, ShotOutcome.MISSED),
        ({"divert_left": 5.0}, ShotOutcome.DIVERT_EXHAUSTED),
        ({"divert_left": -1.0}, ShotOutcome.DIVERT_EXHAUSTED),
        ({"handover_error_m": 12_001.0}, ShotOutcome.OUTSIDE_BASKET),
        ({"target_observable": False}, ShotOutcome.SEEKER_BLIND),
        ({"target_dead": True}, ShotOutcome.TARGET_ALREADY_DEAD),
        ({"target_gone": True}, ShotOutcome.TARGET_GONE),
        ({"nothing_there": True, "target_observable": False}, ShotOutcome.NOTHING_THERE),
        ({"reliable": False}, ShotOutcome.FAILED_LAUNCH),
        ({"common_mode_failed": True, "reliable": False}, ShotOutcome.COMMON_MODE_FAILURE),
    ],
)
def test_every_outcome_has_its_cause(change: dict[str, Any], outcome: ShotOutcome) -> None:
    assert finish(KV, **{**GOOD, **change}) is outcome
    assert outcome.sentence.endswith(".")


def test_kill_frequency_is_the_kill_probability() -> None:
    draws = np.random.default_rng(3).random(20_000)
    kills = sum(finish(KV, **{**GOOD, "uniform": float(u)}) is ShotOutcome.KILL for u in draws)
    assert kills / len(draws) == pytest.approx(0.6, abs=0.012)
