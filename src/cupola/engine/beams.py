"""What a laser's beam does to the truth: how a shot of light ends."""

import numpy as np

from cupola.battle.picture import LaserBattery, Order
from cupola.core.earth import Vector, eci_to_ecef
from cupola.core.trajectory import Trajectory
from cupola.interceptors.endgame import ShotOutcome
from cupola.interceptors.laser import fluence, in_beam

INSTANTS = 33
"""Instants of a dwell at which the irradiance is sampled."""


def beam_end(
    battery: LaserBattery,
    order: Order,
    target: Trajectory | None,
    *,
    reliable: bool,
    common_mode_failed: bool,
    target_observable: bool,
    target_lethal: bool,
    uniform: float,
    target_dead: bool = False,
    target_gone: bool = False,
) -> ShotOutcome:
    """Return how a dwell ends; the first cause decides. ``target`` is the true path, none for a false track."""
    early = None
    if common_mode_failed:
        early = ShotOutcome.COMMON_MODE_FAILURE
    elif not reliable:
        early = ShotOutcome.FAILED_LAUNCH
    elif target is None:
        early = ShotOutcome.NOTHING_THERE
    elif target_dead:
        early = ShotOutcome.TARGET_ALREADY_DEAD
    elif target_gone:
        early = ShotOutcome.TARGET_GONE
    elif not target_observable:
        early = ShotOutcome.SEEKER_BLIND
    if early is not None or target is None:
        return early or ShotOutcome.NOTHING_THERE
    times = np.linspace(order.release_s, order.intercept_s, INSTANTS)
    truth = target.states(times)[0]
    if beam_error(battery, order, truth[-1]) > battery.spec.acquisition_field:
        return ShotOutcome.OUTSIDE_BASKET
    fixed = np.stack([eci_to_ecef(truth[k], float(times[k])) for k in range(INSTANTS)])
    _, light = in_beam(battery.spec, battery.r_director_ecef, fixed)
    dark = np.flatnonzero(light <= 0.0)
    since = int(dark[-1]) + 1 if len(dark) else 0
    energy = fluence(times[since:], light[since:]) if since < INSTANTS else np.zeros(1)
    if energy[-1] < battery.spec.hardness:
        return ShotOutcome.BEAM_LOST
    if uniform >= battery.spec.kill_probability:
        return ShotOutcome.MISSED
    return ShotOutcome.KILL if target_lethal else ShotOutcome.HIT_DECOY


def beam_error(battery: LaserBattery, order: Order, r_target: Vector) -> float:
    """Return how far in m across the sight line the target (3,), inertial, is at the end from where the order looks."""
    site = eci_to_ecef(order.r_intercept, order.intercept_s) - battery.r_director_ecef
    sight = site / float(np.linalg.norm(site))
    error = eci_to_ecef(r_target - order.r_intercept, order.intercept_s)
    return float(np.linalg.norm(error - (error @ sight) * sight))
