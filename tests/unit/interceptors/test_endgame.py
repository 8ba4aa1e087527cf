"""Handover, divert and outcome: closed forms of linear guidance, and every outcome reached by its own cause."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cupola.interceptors.endgame import (
    LastLeg,
    ShotOutcome,
    course_correction,
    finish,
    fly_last_leg,
    lateral_limit,
)
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


def leg(offset: float = 500.0, manoeuvre: float = 0.0, speed: float = 10e3, limit: float = 34.3) -> LastLeg:
    time = 400e3 / speed
    shape = np.tile([0.0, manoeuvre], (5, 1))
    # The offset at the hit holds the manoeuvre to come.
    return LastLeg(
        offset_m=np.array([offset, 0.5 * manoeuvre * time * time]),
        time_to_go=time,
        closing_speed=speed,
        target_acceleration=shape,
        foreseen=np.zeros((5, 2)),
        limit=np.full(5, limit),
    )


@pytest.mark.parametrize(("miss", "manoeuvre"), [(4e3, 0.0), (0.0, 8.0)])
def test_the_last_leg_spends_what_plainly_simulated_proportional_navigation_spends(
    miss: float, manoeuvre: float
) -> None:
    total = KV.seeker_range / 10e3

    def rates(t: float, s: Any) -> list[float]:
        left = total - t
        command = 3.0 * (s[0] + s[1] * left) / left**2
        return [s[1], manoeuvre - command, abs(command)]

    flown = solve_ivp(rates, (0.0, total * (1.0 - 1e-4)), [0.0, miss / total, 0.0], rtol=1e-9, atol=1e-9)
    homed = fly_last_leg(KV, leg(miss, manoeuvre, limit=math.inf), math.inf)
    assert homed.miss_m < 0.05
    assert homed.divert == pytest.approx(flown.y[2, -1], rel=2e-3)


def test_lift_limits_the_acceleration_where_the_air_is_thin() -> None:
    finned = KV.model_copy(update={"lift_area": 0.3, "mass": 147.0, "divert_acceleration": 245.0})
    assert lateral_limit(KV, 0.0, 1e3) == KV.divert_acceleration
    assert lateral_limit(finned, 0.0, 1e3) == 245.0
    # 0.01841 kg/m3 at 30 km (USSA 1976, table I).
    assert lateral_limit(finned, 30e3, 1e3) == pytest.approx(0.5 * 0.01841 * 1e6 * 0.3 / 147.0, rel=1e-3)


GOOD: dict[str, Any] = {
    "leg": leg(),
    "divert_left": 500.0,
    "reliable": True,
    "common_mode_failed": False,
    "target_observable": True,
    "target_lethal": True,
    "uniform": 0.1,
}


FLOWN = (
    ShotOutcome.KILL, ShotOutcome.HIT_DECOY, ShotOutcome.MISSED, ShotOutcome.OUTMANOEUVRED,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, ShotOutcome.KILL),
        ({"target_lethal": False}, ShotOutcome.HIT_DECOY),
        ({"uniform": 0.6}, ShotOutcome.MISSED),
        ({"divert_left": 5.0}, ShotOutcome.DIVERT_EXHAUSTED),
        ({"leg": leg(speed=20e3, offset=11e3)}, ShotOutcome.DIVERT_EXHAUSTED),
        ({"leg": leg(manoeuvre=15.0)}, ShotOutcome.OUTMANOEUVRED),
        ({"divert_left": -1.0}, ShotOutcome.DIVERT_EXHAUSTED),
        ({"leg": leg(12_001.0)}, ShotOutcome.OUTSIDE_BASKET),
        ({"target_observable": False}, ShotOutcome.SEEKER_BLIND),
        ({"target_dead": True}, ShotOutcome.TARGET_ALREADY_DEAD),
        ({"target_gone": True}, ShotOutcome.TARGET_GONE),
        ({"leg": None, "target_observable": False}, ShotOutcome.NOTHING_THERE),
        ({"reliable": False}, ShotOutcome.FAILED_LAUNCH),
        ({"common_mode_failed": True, "reliable": False}, ShotOutcome.COMMON_MODE_FAILURE),
    ],
)
def test_every_outcome_has_its_cause(change: dict[str, Any], outcome: ShotOutcome) -> None:
    end = finish(KV, **{**GOOD, **change})
    assert end.outcome is outcome
    assert outcome.sentence.endswith(".")
    assert (end.homed is not None) or outcome not in FLOWN


def test_noise_is_named_when_nothing_else_leads_past() -> None:
    blind = KV.model_copy(update={"seeker_noise": 3e-3, "time_constant": 0.1, "lag_order": 3})
    ends = [finish(blind, **GOOD, noise=np.random.default_rng(seed)).outcome for seed in range(5)]
    assert set(ends) <= {ShotOutcome.NOISE, ShotOutcome.KILL}
    assert ShotOutcome.NOISE in ends
    assert finish(blind, **GOOD).outcome is ShotOutcome.KILL


def test_kill_frequency_is_the_kill_probability() -> None:
    """Within three standard deviations of the binomial, with a seeker that never leads past."""
    chance = np.random.default_rng(3)
    seeing = KV.model_copy(update={"seeker_noise": 2e-5, "time_constant": 0.2, "lag_order": 3})
    draws = chance.random(2_000)
    ends = [finish(seeing, **{**GOOD, "uniform": float(u), "noise": chance}) for u in draws]
    kills = sum(end.outcome is ShotOutcome.KILL for end in ends)
    assert kills / len(draws) == pytest.approx(0.6, abs=3.0 * math.sqrt(0.6 * 0.4 / len(draws)))
