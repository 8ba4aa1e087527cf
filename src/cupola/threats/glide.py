"""Boost-glide weapons: one call flies booster and glider from a launch point to an aim point.

The booster is thrown flat: its pitch-over and the cut-off of its thrust give a low apogee and the speed that the glide
needs, with some in hand (``planned_bank``) for steering. Thrust ends as in :mod:`cupola.threats.ballistic`. The glider
falls back into the air, pulls up under its load limit, glides with bank reversals and dives onto its aim point.
"""

import math
from dataclasses import replace

import numpy as np

from cupola.core.earth import ROTATION_RATE, Vector, central_angle
from cupola.core.lifting import TO_GROUND, lifting_flight
from cupola.core.lifting_laws import COAST, DIVE, GLIDE, PHASES, PULL_UP, SKIP
from cupola.core.rocket import ascend, coast, trajectory_of
from cupola.core.trajectory import Phase, Trajectory
from cupola.threats.flight import REENTRY_ALTITUDE, Flight, InfeasibleFlight, Payload, altitude_of, flight_of, joined
from cupola.threats.glide_aiming import LONGEST_FLIGHT, LONGEST_STEP, Aiming, Insertion, insertion_for
from cupola.threats.glide_spec import GlideSpec
from cupola.threats.heating import skin_of, stagnation_peak

HIT = 500.0  # m: the promise is 1 km
EXTRA_BANKS = np.radians([0.0, 8.0, 18.0, 30.0])  # added to the planned bank until the glide arrives
ROWS = 8192


def fly_glide(
    spec: GlideSpec,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    apogee_m: float | None = None,
    *,
    course_offset_rad: float = 0.0,
    extra_payload_kg: float = 0.0,
) -> Flight:
    """Fly a boost-glide weapon from ``launch`` (latitude, longitude in rad, altitude in m) to ``aim`` (latitude,
    longitude in rad).

    ``apogee_m`` sets the apogee of the boost arc; None takes the spec's. ``course_offset_rad`` turns the launch away
    from the great circle, to the right if positive; the glider comes back by bank. The phases of the payload are
    ``midcourse`` (above 100 km, if it is there), ``pull-up``, ``glide`` and ``dive``. It lands within 1 km of the aim.
    Raises :class:`InfeasibleFlight` where it cannot.
    """
    if central_angle(launch[0], launch[1], *aim) < 1e-4:
        raise InfeasibleFlight("range: the aim point is the launch point; hint: give an aim point at least 100 km away")
    aiming = Aiming(spec, launch, aim, course_offset_rad, extra_payload_kg)
    apogee = spec.insertion_apogee if apogee_m is None else apogee_m
    best: tuple[float, Insertion, Trajectory, Trajectory] | None = None
    for extra in EXTRA_BANKS:
        insertion = insertion_for(aiming, apogee, spec.glider.planned_bank + float(extra))
        booster, glider = _flown(spec, aiming, insertion)
        miss = aiming.miss(glider)
        if best is None or miss < best[0]:
            best = miss, insertion, booster, glider
        if miss < HIT:
            break
    assert best is not None
    miss, insertion, booster, glider = best
    if miss > HIT:
        raise InfeasibleFlight(
            f"range asked {aiming.kilometres} km: the glide ends {miss / 1e3:,.1f} km from the aim point; "
            "hint: take an aim point farther off, a smaller offset of the course or a lower apogee"
        )
    return _record(spec, aiming, insertion, booster, glider)


def _flown(spec: GlideSpec, aiming: Aiming, insertion: Insertion) -> tuple[Trajectory, Trajectory]:
    """Return launch to release, and release to the ground."""
    boost = ascend(
        aiming.vehicle,
        *aiming.launch,
        aiming.azimuth,
        insertion.kick,
        spec.vertical_rise_time,
        spec.pitch_over_time,
        insertion.cutoff_s,
    )
    bus = coast(
        boost.r[-1],
        boost.v[-1],
        boost.end_s,
        spec.glider.ballistic_coefficient,
        spec.release_delay,
        phase="bus",
    )
    return joined(boost, bus), glide_path(bus.r[-1], bus.v[-1], bus.end_s, aiming.law)


def glide_path(
    r: Vector, v: Vector, t0: float, law: Vector, *, longest: float = LONGEST_STEP, rotation_rate: float = ROTATION_RATE
) -> Trajectory:
    """Return the guided flight of a glider from inertial ``r``, ``v`` (3,) at ``t0`` s to the ground, with its phases.

    ``law`` is a row of :mod:`cupola.core.lifting_laws`.
    """
    nodes, marks = np.empty((ROWS, 10)), np.empty(PHASES)
    start = np.concatenate([r, v]).astype(np.float64)
    count, _ = lifting_flight(
        start, t0, t0 + LONGEST_FLIGHT, 0.0, COAST, law, rotation_rate, longest, TO_GROUND, nodes, marks
    )
    path = trajectory_of(nodes[:count].copy())
    return replace(path, phases=_phases(path, marks))


def _phases(path: Trajectory, marks: Vector) -> tuple[Phase, ...]:
    glide = marks[SKIP] if math.isfinite(marks[SKIP]) else marks[GLIDE]
    top = marks[PULL_UP] if math.isfinite(marks[PULL_UP]) else path.start_s
    entry = _entry(path, float(top))
    starts = [("midcourse", path.start_s if entry > path.start_s else math.nan), ("pull-up", entry)]
    starts += [("glide", float(glide)), ("dive", float(marks[DIVE]))]
    known = [(name, start) for name, start in starts if math.isfinite(start)]
    ends = [start for _, start in known[1:]] + [path.end_s]
    return tuple(Phase(name=name, start_s=start, end_s=end) for (name, start), end in zip(known, ends, strict=True))


def _entry(path: Trajectory, top_s: float) -> float:
    """Return when the glider sinks through 100 km, or the start of its path where it never was above."""
    low, high = top_s, path.end_s
    if altitude_of(path.state(low)[0]) <= REENTRY_ALTITUDE:
        return path.start_s
    while high - low > 1e-3:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if altitude_of(path.state(middle)[0]) > REENTRY_ALTITUDE else (low, middle)
    return high


def _record(spec: GlideSpec, aiming: Aiming, insertion: Insertion, booster: Trajectory, glider: Trajectory) -> Flight:
    limit = spec.glider.greatest_heating
    peak = stagnation_peak(spec.glider, glider)
    if limit is not None and peak > limit:
        raise InfeasibleFlight(
            f"greatest_heating: the nose takes {peak / 1e6:,.1f} MW/m2 on this flight, accepted is up to "
            f"{limit / 1e6:,.1f} MW/m2; hint: take a nearer aim point or a lower apogee"
        )
    burn = aiming.vehicle.burnout_s
    return flight_of(
        spec=spec,
        propellant=spec.propellant,
        launch=aiming.launch,
        aim=aiming.aim,
        booster=booster,
        booster_body=spec.booster,
        plume=spec.plume,
        payloads=(
            Payload(trajectory=glider, body=spec.glider.body, aim=aiming.aim, skin=skin_of(spec.glider, glider)),
        ),
        burnout_s=insertion.cutoff_s,
        full_burn_s=burn,
        cutoff_s=insertion.cutoff_s if insertion.cutoff_s < burn else math.inf,
        azimuth=aiming.azimuth,
        kick=insertion.kick,
    )
