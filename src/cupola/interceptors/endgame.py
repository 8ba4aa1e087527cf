"""From the last course correction to the hit: what a kill vehicle can still do, and how a shot ends.

Linear proportional navigation (Zarchan 2012, Tactical and Strategic Missile Guidance, chapters 2 and 3) with effective
navigation ratio N' = 3: a zero-effort miss e seen with t to go costs N'/(N'-1) e/t of divert and N' e/t2 of
acceleration at once, a steady target manoeuvre n costs N'/(N'-1) n t and ends at N'/(N'-2) n.
"""

import math

import numpy as np

from cupola.core.earth import Vector
from cupola.core.reason import Reason
from cupola.interceptors.spec import KillVehicleSpec

NAVIGATION_RATIO = 3.0


class ShotOutcome(Reason):
    """How one shot ended."""

    KILL = "It hit a lethal object and destroyed it."
    HIT_DECOY = "It hit, but what it hit was not lethal."
    MISSED = "It found its target and had the divert to reach it, but did not destroy it."
    DIVERT_EXHAUSTED = "Reaching the target took more divert velocity or acceleration than the kill vehicle had left."
    OUTSIDE_BASKET = "The predicted point was so far off that the target was not in the seeker's field at handover."
    SEEKER_BLIND = "The target no longer showed what the seeker looks for."
    TARGET_ALREADY_DEAD = "Another interceptor had destroyed the target before."
    TARGET_GONE = (
        "The target had come down, or had been left behind by what it carried, before the interceptor arrived."
    )
    FAILED_LAUNCH = "The interceptor failed at launch, in its burn or in guidance, on its own."
    NOTHING_THERE = "There was nothing where it was sent: the track was one of false reports."
    COMMON_MODE_FAILURE = "All interceptors of this type failed in this run for one shared cause."


def course_correction(
    delta_pip: Vector, closing_direction: Vector, time_to_go: float, acceleration: float = math.inf
) -> float:
    """Return the divert in m/s that moves the intercept by ``delta_pip`` (3,) m with ``time_to_go`` s left.

    Only the part across the ``closing_direction`` (3,) counts: along it, the meeting shifts in time instead. A burn of
    ``acceleration`` m/s2 then a drift is assumed; infinite when the thrusters cannot do it in time.
    """
    if time_to_go <= 0.0:
        return math.inf
    unit = closing_direction / max(float(np.linalg.norm(closing_direction)), 1e-12)
    across = float(np.linalg.norm(delta_pip - (delta_pip @ unit) * unit))
    rest = time_to_go * time_to_go - 2.0 * across / acceleration
    return 2.0 * across / (time_to_go + math.sqrt(rest)) if rest >= 0.0 else math.inf


def terminal_divert(
    kill_vehicle: KillVehicleSpec, handover_error_m: float, closing_speed: float, target_acceleration: float = 0.0
) -> float:
    """Return the divert in m/s that homing takes from seeker acquisition to the hit; infinite beyond the thrusters'
    force.

    ``handover_error_m`` is the miss without guidance, ``closing_speed`` in m/s, ``target_acceleration`` in m/s2 what
    the target does across the line of sight that was not foreseen.
    """
    t: float = kill_vehicle.seeker_range / closing_speed
    peak = NAVIGATION_RATIO * handover_error_m / (t * t)
    peak = max(peak, NAVIGATION_RATIO / (NAVIGATION_RATIO - 2.0) * target_acceleration)
    if peak > kill_vehicle.divert_acceleration:
        return math.inf
    return NAVIGATION_RATIO / (NAVIGATION_RATIO - 1.0) * (handover_error_m / t + target_acceleration * t)


def finish(
    kill_vehicle: KillVehicleSpec,
    *,
    handover_error_m: float,
    closing_speed: float,
    divert_left: float,
    reliable: bool,
    common_mode_failed: bool,
    target_observable: bool,
    target_lethal: bool,
    uniform: float,
    target_dead: bool = False,
    target_gone: bool = False,
    nothing_there: bool = False,
    target_acceleration: float = 0.0,
) -> ShotOutcome:
    """Return how a shot ends; the first cause in the order of the flight decides.

    ``handover_error_m`` miss without further guidance when the seeker opens, ``divert_left`` m/s (negative when
    corrections have already asked for more than there was), ``uniform`` in [0, 1) the draw against the kill
    probability, ``nothing_there`` that it was sent after a false track and its seeker found nothing.
    """
    if common_mode_failed:
        return ShotOutcome.COMMON_MODE_FAILURE
    if not reliable:
        return ShotOutcome.FAILED_LAUNCH
    if nothing_there:
        return ShotOutcome.NOTHING_THERE
    if target_dead:
        return ShotOutcome.TARGET_ALREADY_DEAD
    if target_gone:
        return ShotOutcome.TARGET_GONE
    if divert_left < 0.0:
        return ShotOutcome.DIVERT_EXHAUSTED
    if handover_error_m > kill_vehicle.seeker_field:
        return ShotOutcome.OUTSIDE_BASKET
    if not target_observable:
        return ShotOutcome.SEEKER_BLIND
    if terminal_divert(kill_vehicle, handover_error_m, closing_speed, target_acceleration) > divert_left:
        return ShotOutcome.DIVERT_EXHAUSTED
    if uniform >= kill_vehicle.kill_probability:
        return ShotOutcome.MISSED
    return ShotOutcome.KILL if target_lethal else ShotOutcome.HIT_DECOY
