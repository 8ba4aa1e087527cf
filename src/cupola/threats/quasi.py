"""Quasi-ballistic missiles: a flattened arc inside the air, a pull-up, a glide with lift, a steep dive.

The rocket throws the missile on an arc of the asked apogee that would come down, without lift, short of the aim by the
way left to the glide; where it could not throw it so far it burns to the end and leaves more to the glide. From the way
down on the missile steers itself (core/manoeuvre). Short ranges need no glide: the arc is steep enough to dive from.
Thrust is ended by command where less speed is needed, as for ballistic missiles (threats/ballistic says what that
assumes of a solid). Profile and guidance are ours: the open literature describes the manoeuvre, not its law.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import (
    MEAN_RADIUS,
    ROTATION_RATE,
    Vector,
    central_angle,
    geodetic_to_ecef,
    great_circle_azimuth,
    great_circle_point,
    surface_velocity,
)
from cupola.core.integrate import FULL, GROUNDED
from cupola.core.manoeuvre import (
    AIM_X,
    AIM_Z,
    BEGUN,
    DIVE_ANGLE,
    GLIDE_ALTITUDE,
    GLIDES,
    INVERSE_BETA,
    LIFT_TO_DRAG,
    LOAD_LIMIT,
    MEMORY_COLUMNS,
    MODES,
    PLAN_COLUMNS,
    PULL_UP_ALTITUDE,
    WEAVE,
    WEAVE_PERIOD,
    guided_flight,
)
from cupola.core.rocket import coast, trajectory_of
from cupola.core.trajectory import Phase, Trajectory
from cupola.threats.flight import (
    Flight,
    InfeasibleFlight,
    Payload,
    altitude_of,
    distance,
    flight_of,
    impact_of,
    joined,
)
from cupola.threats.quasi_spec import QuasiBallisticSpec
from cupola.threats.quasi_throw import Throw, Thrower

NAMES = ("coast", "pull-up", "glide", "dive")
APOGEE_SHARE = 0.3  # of the range: a short flight stays lower
STEEPEST_GLIDER = 0.75  # 4 x apogee over range of the arc: above, it comes down too steeply to pull up
GLIDE_SHARE = 0.3  # of the range, left to the glide at most
SLOWEST_IMPACT = 400.0  # m/s: a missile that comes in slower has spent itself on the way
ACCEPTED_MISS = 1_000.0  # m
APOGEE_TOLERANCE = 1_000.0  # m
LOWEST_CUTOFF_ALTITUDE = 2e3  # m above the launch point
LONGEST_FLIGHT = 3_600.0  # s
TRIAL_STEP = 1.3
TRIAL_RANGES = 20e3 * TRIAL_STEP ** np.arange(20)  # m, up to about 2,900 km, to find what a missile can do


@dataclass(frozen=True, kw_only=True)
class _Shot:
    """How the rocket is flown, and whether the missile glides after it."""

    flatness: float
    azimuth: float
    cutoff_s: float
    glides: bool


def fly_quasi(
    spec: QuasiBallisticSpec,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    apogee_m: float | None = None,
    *,
    extra_payload_kg: float = 0.0,
) -> Flight:
    """Fly a missile from ``launch`` (latitude, longitude in rad, altitude in m) to ``aim`` (latitude, longitude in
    rad); one that is dropped by an aircraft is let go over the launch point, at the spec's height.

    ``apogee_m`` is the apogee of the arc; None takes the spec's, lower at short range and up to the highest where the
    range needs it. Phases of the payload are ``coast``, ``pull-up``, ``glide`` and ``dive``, as they occur. Raises
    :class:`InfeasibleFlight` where the missile cannot.
    """
    thrower = Thrower(spec, launch, extra_payload_kg)
    ground = MEAN_RADIUS * central_angle(launch[0], launch[1], *aim)
    if ground < 1e3:
        raise InfeasibleFlight("range: the aim point is the launch point; hint: give an aim point at least 1 km away")
    if apogee_m is not None and apogee_m > spec.highest_apogee:
        raise InfeasibleFlight(
            f"apogee: got {apogee_m / 1e3:,.0f} km, accepted is up to {spec.highest_apogee / 1e3:,.0f} km, above which "
            "the air is too thin to steer; hint: ask for a lower apogee, or none"
        )
    for apogee in _apogees(spec, ground, apogee_m):
        flight = _try(thrower, aim, apogee)
        if flight is not None:
            return flight
    raise InfeasibleFlight(_limits(thrower, aim, ground, apogee_m))


def _apogees(spec: QuasiBallisticSpec, ground: float, apogee_m: float | None) -> list[float]:
    if apogee_m is not None:
        return [apogee_m]
    lowest = 0.0 if spec.release is None else spec.release.altitude + 5e3
    usual = max(min(spec.apogee, APOGEE_SHARE * ground), lowest)
    return [usual, 0.5 * (usual + spec.highest_apogee), spec.highest_apogee]


def _try(thrower: Thrower, aim: tuple[float, float], apogee: float) -> Flight | None:
    """Return the flight at an apogee; None where it misses, or arrives spent."""
    shot = _shoot(thrower, aim, apogee)
    if shot is None:
        return None
    spec, launch = thrower.spec, thrower.launch
    boost = thrower.boost(shot.flatness, shot.azimuth, shot.cutoff_s)
    burnout = boost.end_s
    if altitude_of(boost.r[-1]) < launch[2] + LOWEST_CUTOFF_ALTITUDE:
        return None
    beta = spec.body.ballistic_coefficient
    delay = coast(boost.r[-1], boost.v[-1], burnout, beta, spec.deployment_delay, phase=f"coast-{len(spec.stages)}")
    body = steered(delay, plan_of(spec, aim, glides=shot.glides))
    if body is None or distance(impact_of(body), aim) > ACCEPTED_MISS:
        return None
    if float(np.linalg.norm(body.v[-1] - surface_velocity(body.r[-1]))) < SLOWEST_IMPACT:
        return None
    flight = flight_of(
        spec=spec,
        propellant=spec.propellant,
        launch=launch,
        aim=aim,
        booster=joined(boost, delay),
        booster_body=spec.booster,
        plume=spec.plume,
        payloads=(Payload(trajectory=body, body=spec.body.signature, aim=aim),),
        burnout_s=burnout,
        full_burn_s=thrower.latest,
        cutoff_s=shot.cutoff_s if shot.cutoff_s < thrower.latest else math.inf,
        azimuth=shot.azimuth % math.tau,
        kick=thrower.kick(shot.flatness),
    )
    # A cut-off at once, or a glide above the arc, gives another apogee than the one asked.
    return flight if abs(flight.apogee_m - apogee) < APOGEE_TOLERANCE else None


def plan_of(spec: QuasiBallisticSpec, aim: tuple[float, float], *, glides: bool) -> Vector:
    """Return the row (12,) of core/manoeuvre for a missile with its aim."""
    plan = np.zeros(PLAN_COLUMNS)
    body = spec.body
    plan[INVERSE_BETA] = 1.0 / body.ballistic_coefficient
    plan[LIFT_TO_DRAG], plan[LOAD_LIMIT] = body.lift_to_drag, body.load_limit
    plan[AIM_X : AIM_Z + 1] = geodetic_to_ecef(*aim, 0.0)
    plan[GLIDES] = float(glides)
    plan[PULL_UP_ALTITUDE], plan[GLIDE_ALTITUDE] = spec.pull_up_altitude, spec.glide_altitude
    plan[DIVE_ANGLE] = spec.dive_angle
    if spec.weave is not None:
        plan[WEAVE], plan[WEAVE_PERIOD] = spec.weave.acceleration, spec.weave.period
    return plan


def steered(before: Trajectory, plan: Vector) -> Trajectory | None:
    """Return the steered flight that follows on a trajectory, to the ground; None where it does not come down."""
    start = np.concatenate([before.r[-1], before.v[-1]])
    memory = np.empty((MODES, MEMORY_COLUMNS))
    size = 4096
    while True:
        nodes = np.empty((size, 10))
        n, why = guided_flight(
            start, before.end_s, before.end_s + LONGEST_FLIGHT, 0.0, plan, ROTATION_RATE, nodes, memory
        )
        if why != FULL:
            break
        size *= 4
    if why != GROUNDED:
        return None
    begun = [(float(memory[mode, BEGUN]), NAMES[mode]) for mode in range(MODES) if not math.isnan(memory[mode, BEGUN])]
    ends = [time for time, _ in begun[1:]] + [float(nodes[n - 1, 0])]
    phases = [Phase(name=name, start_s=start, end_s=end) for (start, name), end in zip(begun, ends, strict=True)]
    return trajectory_of(nodes[:n], tuple(phase for phase in phases if phase.end_s > phase.start_s))


def _shoot(thrower: Thrower, aim: tuple[float, float], apogee: float) -> _Shot | None:
    """Return how to throw the missile at an apogee; None where the rocket cannot reach the apogee."""
    spec, launch = thrower.spec, thrower.launch
    ground = central_angle(launch[0], launch[1], *aim)
    bearing = great_circle_azimuth(launch[0], launch[1], *aim)
    arc_range = ground - min(spec.glide_range / MEAN_RADIUS, GLIDE_SHARE * ground)
    glides = arc_range * MEAN_RADIUS * STEEPEST_GLIDER > 4.0 * apogee
    wanted = arc_range if glides else ground
    found = thrower.flattest(bearing, apogee)
    if found is None:
        return None
    flatness, arc = found
    cutoff = thrower.latest
    if arc.angle > wanted:
        flatness, cutoff, arc = _shorter(thrower, bearing, apogee, flatness, wanted)
    # The Earth turns under the arc: the course is corrected by what the arc misses the bearing.
    turned = math.remainder(arc.bearing - bearing, math.tau)
    short = (wanted - arc.angle) * MEAN_RADIUS
    return _Shot(flatness=flatness, azimuth=bearing - turned, cutoff_s=cutoff, glides=glides or short > 2e3)


def _shorter(
    thrower: Thrower, azimuth: float, apogee: float, flattest: float, wanted: float
) -> tuple[float, float, Throw]:
    """Return flatness, cut-off and arc that come down at the ground angle ``wanted`` from the asked apogee."""
    low, high = 0.0, flattest
    cutoff, arc = thrower.cutoff_for(high, azimuth, apogee)
    flatness, f_low, f_high = high, -wanted, arc.angle - wanted
    for _ in range(40):
        if f_high <= 0.0:
            break
        flatness = (low * f_high - high * f_low) / (f_high - f_low)
        cutoff, arc = thrower.cutoff_for(flatness, azimuth, apogee)
        f = arc.angle - wanted
        if abs(f) * MEAN_RADIUS < 100.0:
            break
        if f > 0.0:
            high, f_high, f_low = flatness, f, 0.5 * f_low
        else:
            low, f_low, f_high = flatness, f, 0.5 * f_high
    return flatness, cutoff, arc


def _limits(thrower: Thrower, aim: tuple[float, float], ground: float, apogee_m: float | None) -> str:
    """Return what the missile could do instead: its greatest and least range in that direction."""
    launch = thrower.launch
    bearing = great_circle_azimuth(launch[0], launch[1], *aim)

    def flies(there: float) -> bool:
        point = great_circle_point(launch[0], launch[1], bearing, there / MEAN_RADIUS)
        apogees = _apogees(thrower.spec, there, apogee_m)
        return any(_try(thrower, point, apogee) is not None for apogee in apogees)

    asked = f"range asked {ground / 1e3:,.0f} km" + (
        "" if apogee_m is None else f" with an apogee of {apogee_m / 1e3:,.0f} km"
    )
    trials = [there for there in TRIAL_RANGES if flies(there)]
    if not trials:
        return f"{asked}: this missile flies no range so; hint: ask for another apogee, or none"
    furthest = _edge(flies, trials[-1], trials[-1] * TRIAL_STEP)
    if ground > furthest:
        hint = "a nearer aim point, a nearer launch point or a missile with more energy"
        return (
            f"{asked}, greatest range in that direction about {furthest / 1e3:,.0f} km; "
            f"hint: take {hint if apogee_m is None else 'another apogee, or none, ' + hint}"
        )
    nearest = _edge(flies, trials[0], trials[0] / TRIAL_STEP)
    return (
        f"{asked}: this missile flies ranges from about {nearest / 1e3:,.0f} to {furthest / 1e3:,.0f} km so; "
        "hint: take another aim point, or a lower apogee for a shorter flight"
    )


def _edge(flies: Callable[[float], bool], able: float, unable: float) -> float:
    while abs(unable - able) > 0.01 * able:
        middle = 0.5 * (able + unable)
        able, unable = (middle, unable) if flies(middle) else (able, middle)
    return able
