"""Which kick, azimuth and cut-off hit the aim point: search on coarse flights, Newton on the stored ones."""

import math
from collections.abc import Callable

import numpy as np

from cupola.core.earth import MEAN_RADIUS, Vector
from cupola.threats.flight import InfeasibleFlight
from cupola.threats.shooting import (
    COARSE,
    HIT,
    KICKS,
    LOWEST_CUTOFF_ALTITUDE,
    STORED,
    Shooter,
    Steering,
    Steps,
    minimum,
)

APOGEE_WEIGHT = 0.1  # an apogee 10 m off counts as much as an impact 1 m off
PROBE = np.array([1e-4, 1e-4, 0.02])  # rad, rad, s: far above the integration's noise, well inside its curvature
ROUNDS = 25
LEADS = 6  # corrections of the azimuth for the turning Earth before the search begins
NEAR_BEARING = 0.02  # rad
_NEVER = 1e9  # J/kg, above any missile's energy: orders the kicks that fall short by how much
_FORWARD = KICKS[KICKS > 0.0]

Residual = Callable[[Vector, Steps], Vector]
Reach = Callable[[float, float], tuple[float, float]]
Climb = Callable[[float, float, float], tuple[float, float]]


def steer(shooter: Shooter, apogee_m: float | None, *, explain: bool = True) -> Steering:
    """Return the steering that hits the shooter's aim point, at ``apogee_m`` or with the least energy at burnout.

    Raises :class:`InfeasibleFlight` with the range or the apogees that are possible, which takes a while to find out:
    ``explain=False`` leaves that out.
    """
    if apogee_m is None:
        solution = _cheapest(shooter, shooter.quick_reach) or _cheapest(shooter, shooter.reach)
    else:
        solution = (
            _at_apogee(shooter, apogee_m, shooter.quick_for_apogee)
            or _at_apogee(shooter, apogee_m, shooter.quick_for_apogee, lead=True)
            or _at_apogee(shooter, apogee_m, shooter.cutoff_for_apogee)
        )
    if solution is None:
        raise InfeasibleFlight(_limits(shooter, apogee_m) if explain else "out of reach")
    boost = shooter.boost(solution.kick, solution.azimuth, STORED)
    if shooter.altitude_at(boost, solution.cutoff_s) < shooter.launch[2] + LOWEST_CUTOFF_ALTITUDE:
        raise InfeasibleFlight(
            f"range: {_kilometres(shooter.angle)} km is too short for this missile at "
            f"{'its least energy' if apogee_m is None else 'that apogee'}: thrust would have to end below "
            f"{LOWEST_CUTOFF_ALTITUDE / 1e3:.0f} km; hint: loft it with a higher apogee, or take a smaller missile"
        )
    return solution


def cutoff_at_apogee(shooter: Shooter, apogee_m: float) -> float | None:
    """Return about when thrust must end to fly to the shooter's aim over an apogee in m, or None where it cannot."""
    found = _kick_for_apogee(shooter, apogee_m, shooter.quick_for_apogee, shooter.bearing)
    return None if found is None else found[1]


def _cheapest(shooter: Shooter, reach: Reach) -> Steering | None:
    azimuth = shooter.bearing

    def energy(kick: float) -> float:
        cutoff, value = reach(kick, azimuth)
        return _NEVER * (1.0 + value) if math.isinf(cutoff) else value

    kick, _ = minimum(energy, _FORWARD)
    cutoff, _ = reach(kick, azimuth)
    if math.isinf(cutoff):
        return None
    if shooter.altitude_at(shooter.boost(kick, azimuth, COARSE), cutoff) < shooter.launch[2] + LOWEST_CUTOFF_ALTITUDE:
        return Steering(kick=kick, azimuth=azimuth, cutoff_s=cutoff)  # too low to be worth polishing: it is refused

    def residual(x: Vector, steps: Steps) -> Vector:
        impact, end, _ = shooter.drop(shooter.boost(kick, float(x[0]), steps), float(x[1]), steps)
        return np.array(shooter.miss(impact)) if end > 0.0 else np.full(2, 1e8)

    x = _newton(residual, np.array([azimuth, cutoff]), PROBE[1:], shooter.latest)
    return None if x is None else Steering(kick=kick, azimuth=float(x[0]) % math.tau, cutoff_s=float(x[1]))


def _at_apogee(shooter: Shooter, apogee_m: float, climb: Climb, *, lead: bool = False) -> Steering | None:
    azimuth = shooter.bearing
    start = _kick_for_apogee(shooter, apogee_m, climb, azimuth)
    for _ in range(LEADS if lead else 0):
        if start is None:
            return None
        # A high flight is long enough for the Earth to turn far under it: begin near the azimuth that makes up for it.
        off = shooter.off_bearing(shooter.boost(start[0], azimuth, COARSE), start[1])
        azimuth -= off
        start = _kick_for_apogee(shooter, apogee_m, climb, azimuth)
        if abs(off) < NEAR_BEARING:
            break
    if start is None:
        return None
    kick, cutoff = start

    # The kick as a vector (north, east) has no singularity where the flight is steered straight up.
    def residual(x: Vector, steps: Steps) -> Vector:
        boost = shooter.boost(math.hypot(x[0], x[1]), math.atan2(x[1], x[0]), steps)
        impact, end, top = shooter.drop(boost, float(x[2]), steps)
        if end < 0.0:
            return np.full(3, 1e8)
        return np.array([*shooter.miss(impact), APOGEE_WEIGHT * (top - apogee_m)])

    first = np.array([kick * math.cos(azimuth), kick * math.sin(azimuth), cutoff])
    x = _newton(residual, first, PROBE, shooter.latest)
    if x is None:
        return None
    azimuth = math.atan2(x[1], x[0]) % math.tau
    return Steering(kick=math.hypot(x[0], x[1]), azimuth=azimuth, cutoff_s=float(x[2]))


def _kick_for_apogee(shooter: Shooter, apogee_m: float, climb: Climb, azimuth: float) -> tuple[float, float] | None:
    """Return kick and cut-off that fly the aim's ground angle at an apogee, towards an azimuth; None if none does.

    At a given apogee a flatter flight is a longer one, up to the kick that the propellant or the air no longer allows.
    """
    low, high = _bracket(shooter, KICKS, apogee_m, climb, azimuth)
    if math.isnan(low):
        return None
    if math.isnan(high):
        # The longest flights lie between the last trial kick that flies and the first that does not.
        nexts = KICKS[low < KICKS]
        low, high = _bracket(
            shooter, np.linspace(low, nexts[0] if len(nexts) else 2.0 * low, 25), apogee_m, climb, azimuth
        )
    if math.isnan(high):
        # Within a per cent of the limit the azimuth that the turning Earth asks for may still bring it in reach.
        cutoff, angle = climb(low, azimuth, apogee_m)
        return (low, cutoff) if angle > 0.99 * shooter.angle else None
    while high - low > 1e-4:
        middle = 0.5 * (low + high)
        _, angle = climb(middle, azimuth, apogee_m)
        low, high = (middle, high) if angle < shooter.angle else (low, middle)
    return low, climb(low, azimuth, apogee_m)[0]


def _bracket(shooter: Shooter, kicks: Vector, apogee_m: float, climb: Climb, azimuth: float) -> tuple[float, float]:
    """Return neighbouring kicks that fly too short and far enough at an apogee.

    NaN for the second where none flies far enough (the first then flies furthest), for both where none flies at all.
    """
    low, best = math.nan, -math.inf
    for kick in kicks:
        _, angle = climb(float(kick), azimuth, apogee_m)
        if angle >= shooter.angle and not math.isnan(low):
            return low, float(kick)
        if best < angle < shooter.angle:
            low, best = float(kick), angle
    return low, math.nan


def _newton(residual: Residual, x: Vector, probe: Vector, latest: float) -> Vector | None:
    """Return the root near ``x`` (last element: the cut-off, at most ``latest``), or None where there is none.

    Damped Newton on coarse flights down to 1 km, then on stored ones; the Jacobian is kept up by Broyden's rank-one
    rule while that works and differenced anew when it does not.
    """
    steps = COARSE
    f = residual(x, steps)
    jacobian, fresh = _differences(residual, x, f, probe, steps), True
    for _ in range(ROUNDS):
        size = float(np.linalg.norm(f))
        if steps is STORED and size < HIT:
            return x
        if steps is COARSE and size < 1e3:
            steps = STORED
            f = residual(x, steps)
            continue
        trial, g = _better(residual, x, f, jacobian, latest, steps)
        if np.linalg.norm(g) > 0.5 * size:
            if fresh and trial is x:
                return None
            x, f = trial, g
            jacobian, fresh = _differences(residual, x, f, probe, steps), True
            continue
        step = trial - x
        jacobian += np.outer(g - f - jacobian @ step, step) / (step @ step)
        x, f, fresh = trial, g, False
    return None


def _better(
    residual: Residual, x: Vector, f: Vector, jacobian: Vector, latest: float, steps: Steps
) -> tuple[Vector, Vector]:
    """Return a point with a smaller residual along Newton's direction, or ``x`` and ``f`` themselves."""
    try:
        move = np.linalg.solve(jacobian, -f)
    except np.linalg.LinAlgError:
        return x, f
    size = np.linalg.norm(f)
    for shrink in (1.0, 0.5, 0.2, 0.05, 0.01):
        trial = x + shrink * move
        trial[-1] = min(trial[-1], latest)
        g = residual(trial, steps)
        if np.linalg.norm(g) < size:
            return trial, g
    return x, f


def _differences(residual: Residual, x: Vector, f: Vector, probe: Vector, steps: Steps) -> Vector:
    jacobian = np.empty((len(f), len(x)))
    for i, delta in enumerate(probe):
        # The cut-off is probed backwards: there is no thrust after the last burnout.
        delta = -delta if i == len(probe) - 1 else delta
        near = x.copy()
        near[i] += delta
        jacobian[:, i] = (residual(near, steps) - f) / delta
    return jacobian


def _limits(shooter: Shooter, apogee_m: float | None) -> str:
    """Return what the missile could do instead."""
    asked = f"range asked {_kilometres(shooter.angle)} km"
    apogees = _apogees(shooter)
    if apogee_m is None or not apogees:
        furthest, _ = shooter.furthest()
        if furthest > shooter.angle:
            return (
                f"{asked}: at full burn it flies about {_kilometres(furthest)} km on that bearing, but the Earth turns "
                "under the flight and carries the aim point out of reach; "
                "hint: take a nearer aim point, a nearer launch point or a missile with more energy"
            )
        return (
            f"{asked}, greatest range in that direction about {_kilometres(furthest)} km; "
            "hint: take a nearer aim point, a nearer launch point or a missile with more energy"
        )
    return (
        f"{asked} with an apogee of {apogee_m / 1e3:,.0f} km: this missile flies that range with apogees from about "
        f"{min(apogees) / 1e3:,.0f} to {max(apogees) / 1e3:,.0f} km; "
        "hint: ask for an apogee well within, or none for the least energy"
    )


def _apogees(shooter: Shooter) -> list[float]:
    """Return apogees in m of flights over the aim's range for all trial kicks that can fly it and the limits between
    them.
    """
    possible = [math.isfinite(shooter.reach(float(kick), shooter.bearing)[0]) for kick in KICKS]
    trials = [float(kick) for kick, able in zip(KICKS, possible, strict=True) if able]
    for i in np.flatnonzero(np.diff(np.array(possible, dtype=np.int8))):
        able, unable = (float(KICKS[i]), float(KICKS[i + 1])) if possible[i] else (float(KICKS[i + 1]), float(KICKS[i]))
        for _ in range(12):
            middle = 0.5 * (able + unable)
            reaches = math.isfinite(shooter.reach(middle, shooter.bearing)[0])
            able, unable = (middle, unable) if reaches else (able, middle)
        trials.append(able)
    apogees = []
    for kick in trials:
        cutoff, _ = shooter.reach(kick, shooter.bearing)
        apogees.append(shooter.drop(shooter.boost(kick, shooter.bearing, COARSE), cutoff, COARSE)[2])
    return apogees


def _kilometres(angle: float) -> str:
    return f"{angle * MEAN_RADIUS / 1e3:,.0f}"
