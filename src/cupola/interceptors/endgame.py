"""From the last course correction to the hit: what a kill vehicle can still do, and how a shot ends.

The last leg is the linear loop of :mod:`cupola.interceptors.guidance` along the closing direction, flown once for every
shot with the target's own manoeuvre, the seeker's noise and what the kill vehicle has left: the campaigns' model of the
engagement in :mod:`cupola.interceptors.engagement`, which it is held to in tests.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from cupola.core.atmosphere import density_at
from cupola.core.earth import Vector
from cupola.core.reason import Reason
from cupola.interceptors.guidance import Homed, Loop, home, known_acceleration
from cupola.interceptors.spec import KillVehicleSpec


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
    OUTMANOEUVRED = "The target's acceleration during homing was more than the kill vehicle could follow in time."
    BEAM_LOST = "The beam did not stay on the target for as long as its skin withstands."
    NOISE = "The seeker's errors led it past the target, further off than can kill."


@dataclass(frozen=True, kw_only=True)
class LastLeg:
    """Homing as it lies ahead at handover, in two axes across the closing direction.

    ``offset_m`` (2,) is where the target will truly pass the kill vehicle if nobody steers on; ``time_to_go`` in s,
    ``closing_speed`` in m/s. At k even instants from handover to the hit, in m/s2: what the target does beside falling,
    ``target_acceleration`` (k, 2), what its track foresees of that, ``foreseen`` (k, 2), and the kill vehicle's limit
    (k,).
    """

    offset_m: Vector
    time_to_go: float
    closing_speed: float
    target_acceleration: Vector
    foreseen: Vector
    limit: Vector

    @property
    def search_error_m(self) -> float:
        """How far in m from where the seeker looks the target is at handover: the offset without what of it is still to
        come, by acceleration that the track does not foresee.
        """
        surprise = self.target_acceleration - self.foreseen
        to_come = known_acceleration("zero-effort-miss", surprise, surprise, self.time_to_go)[0]
        return float(np.linalg.norm(self.offset_m - to_come * self.time_to_go**2))


@dataclass(frozen=True, kw_only=True)
class ShotEnd:
    """How a shot ended, and its homing where it came to that."""

    outcome: ShotOutcome
    homed: Homed | None = None


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


def lateral_limit(kill_vehicle: KillVehicleSpec, altitude_m: float, airspeed: float) -> float:
    """Return the largest acceleration across the flight in m/s2: the stated one, or less where the lift, dynamic
    pressure times ``lift_area`` over mass, does not reach it.
    """
    if kill_vehicle.lift_area == 0.0:
        return float(kill_vehicle.divert_acceleration)
    pressure = 0.5 * float(density_at(altitude_m)) * airspeed * airspeed
    return float(min(kill_vehicle.divert_acceleration, pressure * kill_vehicle.lift_area / kill_vehicle.mass))


def loop_of(kill_vehicle: KillVehicleSpec) -> Loop:
    """Return the homing loop of a kill vehicle."""
    return Loop(
        navigation_ratio=kill_vehicle.navigation_ratio,
        time_constant=kill_vehicle.time_constant,
        lag_order=kill_vehicle.lag_order,
        angle_noise=kill_vehicle.seeker_noise,
        glint=kill_vehicle.glint,
        sample_time=kill_vehicle.sample_time,
    )


def fly_last_leg(
    kill_vehicle: KillVehicleSpec, leg: LastLeg, divert_left: float, noise: np.random.Generator | None = None
) -> Homed:
    """Return the miss, and what it cost, of homing with ``divert_left`` m/s; a perfect seeker without ``noise``.

    The target's manoeuvre is part of ``leg.offset_m`` already, but the seeker meets it only as it happens: the loop
    begins with the offset less the manoeuvre to come.
    """
    time = leg.time_to_go
    to_come = known_acceleration("zero-effort-miss", leg.target_acceleration, leg.target_acceleration, time)[0]
    return home(
        loop_of(kill_vehicle),
        time_to_go=time,
        closing_speed=leg.closing_speed,
        offset_m=leg.offset_m - to_come * time * time,
        target_acceleration=leg.target_acceleration,
        known=known_acceleration(kill_vehicle.guidance, leg.target_acceleration, leg.foreseen, time),
        limit=leg.limit,
        divert=divert_left,
        noise=noise,
    )


def finish(
    kill_vehicle: KillVehicleSpec,
    leg: LastLeg | None,
    *,
    divert_left: float,
    reliable: bool,
    common_mode_failed: bool,
    target_observable: bool,
    target_lethal: bool,
    uniform: float,
    noise: np.random.Generator | None = None,
    target_dead: bool = False,
    target_gone: bool = False,
) -> ShotEnd:
    """Return how a shot ends; the first cause in the order of the flight decides.

    ``divert_left`` m/s (negative when corrections have already asked for more than there was), ``uniform`` in [0, 1)
    the draw against the kill probability, ``noise`` draws the seeker's errors. No ``leg`` is a shot sent after a false
    track whose seeker found nothing.
    """
    early = None
    if common_mode_failed:
        early = ShotOutcome.COMMON_MODE_FAILURE
    elif not reliable:
        early = ShotOutcome.FAILED_LAUNCH
    elif leg is None:
        early = ShotOutcome.NOTHING_THERE
    elif target_dead:
        early = ShotOutcome.TARGET_ALREADY_DEAD
    elif target_gone:
        early = ShotOutcome.TARGET_GONE
    elif divert_left < 0.0:
        early = ShotOutcome.DIVERT_EXHAUSTED
    elif not leg.search_error_m <= kill_vehicle.seeker_field:
        early = ShotOutcome.OUTSIDE_BASKET
    elif not target_observable:
        early = ShotOutcome.SEEKER_BLIND
    if early is not None or leg is None:
        return ShotEnd(outcome=early or ShotOutcome.NOTHING_THERE)
    homed = fly_last_leg(kill_vehicle, leg, divert_left, noise)
    if homed.miss_m > kill_vehicle.lethal_radius:
        return ShotEnd(outcome=_why_it_missed(kill_vehicle, leg, divert_left), homed=homed)
    if uniform >= kill_vehicle.kill_probability:
        return ShotEnd(outcome=ShotOutcome.MISSED, homed=homed)
    return ShotEnd(outcome=ShotOutcome.KILL if target_lethal else ShotOutcome.HIT_DECOY, homed=homed)


def _why_it_missed(kill_vehicle: KillVehicleSpec, leg: LastLeg, divert_left: float) -> ShotOutcome:
    """Take the causes away one by one: noise first, then the target's manoeuvre."""
    if fly_last_leg(kill_vehicle, leg, divert_left).miss_m <= kill_vehicle.lethal_radius:
        return ShotOutcome.NOISE
    nothing = np.zeros_like(leg.target_acceleration)
    coasting = replace(leg, target_acceleration=nothing, foreseen=nothing)
    if fly_last_leg(kill_vehicle, coasting, divert_left).miss_m <= kill_vehicle.lethal_radius:
        return ShotOutcome.OUTMANOEUVRED
    return ShotOutcome.DIVERT_EXHAUSTED
