"""Fractional orbital bombardment: into a low orbit, part of the way round the Earth, and down by a retro burn.

The warhead truly orbits: the flight between injection and retro burn is a free orbit under gravity, J2 and what air is
left, in a plane that does not turn with the Earth. The course at launch and the time of the retro burn bring it onto
the aim; the retro stage burns to the end, against the inertial velocity, and is left behind.

The booster's trajectory ends with the separation of warhead and retro stage in orbit: the last of its phases that burns
is the injection. The payload's phases are ``orbit``, ``deorbit``, ``midcourse`` and, below 100 km, ``re-entry``; the
retro burn is part of the payload and shows no plume, being a hundredth of the booster's thrust or less.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from cupola.core.burns import fly_burn
from cupola.core.earth import (
    MEAN_RADIUS,
    MU,
    ROTATION_RATE,
    Vector,
    central_angle,
    geodetic_to_ecef,
    local_basis,
    rotate_z,
    surface_velocity,
)
from cupola.core.rocket import coast
from cupola.core.trajectory import Trajectory
from cupola.threats.flight import (
    Flight,
    InfeasibleFlight,
    Payload,
    altitude_of,
    flight_of,
    impact_point,
    joined,
    with_reentry,
)
from cupola.threats.fractional_injection import LONGEST_RISE, Injection, Injector
from cupola.threats.fractional_spec import FractionalOrbitalSpec

LOWEST_ORBIT = 120e3  # m: below, the air takes it down within a revolution
HIGHEST_PERIGEE_DOWN = 50e3  # m: a path that does not point below it does not surely come down at once
HIT = 20.0  # m
ROUNDS = 30
SETTLED = 3  # rounds after which the retro burn's time is near its answer
ASCENT_LAG = 150.0  # s that an ascent takes longer than an orbit over the same way
OPPOSITE = 0.02  # sine of the angle round the Earth
LARGEST_MOVE = 0.3  # of an Earth radius that one round may shift the course by


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """One flight: its parts, and what its impact misses along and across the motion, in m."""

    injection: Injection
    payload: Trajectory
    miss: Vector
    x: Vector
    """The unknowns flown: m beside the aim, s of the retro burn, not before the separation in orbit."""
    angle: float
    """Round the Earth, rad, as the course was set."""


def fly_fractional(
    spec: FractionalOrbitalSpec,
    launch: tuple[float, float, float],
    aim: tuple[float, float],
    apogee_m: float | None = None,
    *,
    extra_payload_kg: float = 0.0,
) -> Flight:
    """Fly a warhead from ``launch`` (latitude, longitude in rad, altitude in m) round the Earth to ``aim`` (latitude,
    longitude in rad), the way round that the spec says.

    ``apogee_m`` is the altitude above the mean sphere at which the path is made circular; None takes the spec's. The
    flattened Earth and its pull then take the orbit up to about 45 km higher or 30 km lower over the ground. Raises
    :class:`InfeasibleFlight` where the system cannot.
    """
    if extra_payload_kg > 0.0:
        raise InfeasibleFlight(
            f"decoys: got {extra_payload_kg:,.0f} kg on a fractional orbital flight, accepted is none, for nothing "
            "would bring them down; hint: leave the decoys out"
        )
    altitude = spec.orbit_altitude if apogee_m is None else apogee_m
    _check(spec, altitude)
    injector = Injector(spec, launch, altitude)
    trial = _solve(injector, aim)
    lowest = _lowest(trial.payload)
    if lowest < LOWEST_ORBIT:
        raise InfeasibleFlight(
            f"apogee: got an orbit at {altitude / 1e3:,.0f} km, which sinks to {lowest / 1e3:,.0f} km over the "
            f"flattened Earth, accepted is above {LOWEST_ORBIT / 1e3:.0f} km throughout; hint: ask for a higher orbit"
        )
    ascent = trial.injection.ascent
    return flight_of(
        spec=spec,
        propellant=spec.propellant,
        launch=launch,
        aim=aim,
        booster=trial.injection.booster,
        booster_body=spec.booster,
        plume=spec.plume,
        payloads=(Payload(trajectory=_named(trial.payload), body=spec.orbital_body, aim=aim),),
        burnout_s=trial.injection.end_of_burn_s,
        full_burn_s=injector.vehicle.burnout_s + spec.injection.burn_time,
        cutoff_s=ascent.cutoff_s,
        azimuth=ascent.azimuth % math.tau,
        kick=ascent.kick,
    )


def descent_angle(radius: float, velocity: float, ground: float) -> float:
    """Return the angle in rad swept about the Earth's centre from an impulsive retro burn of ``velocity`` m/s on a
    circular orbit of ``radius`` m down to ``ground`` m from the centre, without air.

    The burn is the apogee of an ellipse: cos(angle) = (p / ground - 1) / -e (Vallado 2013, eq. 1-24). NaN where the
    ellipse does not come down to the ground.
    """
    speed = math.sqrt(MU / radius) - velocity
    axis = 1.0 / (2.0 / radius - speed * speed / MU)
    eccentricity = radius / axis - 1.0
    if axis * (1.0 - eccentricity) > ground:
        return math.nan
    parameter = axis * (1.0 - eccentricity * eccentricity)
    return math.acos((1.0 - parameter / ground) / eccentricity)


def _check(spec: FractionalOrbitalSpec, altitude: float) -> None:
    if altitude < LOWEST_ORBIT:
        raise InfeasibleFlight(
            f"apogee: got an orbit at {altitude / 1e3:,.0f} km, accepted is above {LOWEST_ORBIT / 1e3:.0f} km, below "
            "which the air takes it down; hint: ask for a higher orbit"
        )
    radius = MEAN_RADIUS + altitude
    retro = spec.retro.ideal_speed(spec.reentry_vehicle.mass)
    low = MEAN_RADIUS + HIGHEST_PERIGEE_DOWN
    # Speed at the apogee of the ellipse from the orbit down to the perigee wanted (vis-viva).
    needed = math.sqrt(MU / radius) - math.sqrt(2.0 * MU * low / (radius * (radius + low)))
    if retro < needed:
        raise InfeasibleFlight(
            f"deorbit: from {altitude / 1e3:,.0f} km the retro stage must give {needed:,.0f} m/s and gives "
            f"{retro:,.0f} m/s; hint: ask for a lower orbit"
        )


def _solve(injector: Injector, aim: tuple[float, float]) -> _Trial:
    """Return the flight that hits the aim.

    Unknowns are a point beside the aim, to which the course is set, and the time of the retro burn; the first guess is
    two-body motion from the pad. Newton with Broyden's rank-one rule: in these unknowns the Jacobian is nearly diagonal
    whatever the geometry.
    """
    spec, launch = injector.spec, injector.launch
    if math.sin(central_angle(launch[0], launch[1], *aim)) < 1e-4:
        raise InfeasibleFlight(
            "range: the aim point is the launch point or opposite it, where no course is marked out; "
            "hint: move the aim point by 10 km or more"
        )
    rate = math.sqrt(MU / injector.radius**3)
    down = descent_angle(injector.radius, spec.retro.ideal_speed(spec.reentry_vehicle.mass), MEAN_RADIUS)
    end = 0.0
    for _ in range(8):
        azimuth, angle = _course(injector, aim, end, 0.0)
        end = angle / rate + ASCENT_LAG
    try:
        trial = _iterate(injector, aim, azimuth, np.array([0.0, (angle - down) / rate + ASCENT_LAG]), end)
    except InfeasibleFlight:
        # Opposite the pad a small shift of the aim turns the course right round: what fails there is the course.
        if abs(math.sin(angle)) > OPPOSITE or math.cos(angle) > 0.0:
            raise
        trial = None
    if trial is None:
        raise InfeasibleFlight(
            f"range: no course was found to an aim point {math.degrees(angle):,.0f} deg round the Earth, as good as "
            "opposite the launch point or over it; hint: move the aim point by 100 km"
        )
    return trial


def _iterate(
    injector: Injector, aim: tuple[float, float], azimuth: float, guess: Vector, end_s: float
) -> _Trial | None:
    """Return the flight that hits the aim, from a guess of the unknowns; None where Newton's steps do not get there."""
    kick = injector.cheapest(azimuth).kick
    trial = _fly(injector, kick, aim, guess, end_s)
    jacobian = np.diag([1.0, math.sqrt(MU / injector.radius)])
    for i in range(ROUNDS):
        if float(np.linalg.norm(trial.miss)) < HIT:
            return trial
        move = np.linalg.solve(jacobian, -trial.miss)
        if trial.x[1] <= trial.injection.booster.end_s and move[1] < 0.0 and i >= SETTLED:
            raise InfeasibleFlight(_too_near(injector, trial))
        move *= min(1.0, LARGEST_MOVE * MEAN_RADIUS / max(abs(move[0]), abs(move[1]) * jacobian[1, 1], 1.0))
        following = _fly(injector, kick, aim, trial.x + move, trial.payload.end_s + move[1])
        moved = following.x - trial.x
        change = following.miss - trial.miss
        jacobian += np.outer(change - jacobian @ moved, moved) / max(float(moved @ moved), 1e-12)
        trial = following
    return None


def _course(injector: Injector, aim: tuple[float, float], end_s: float, aside: float) -> tuple[float, float]:
    """Return azimuth at launch and angle round the Earth, rad, to where the aim will be at ``end_s``, ``aside`` m to
    the left.
    """
    latitude, longitude, altitude = injector.launch
    pad = np.array(geodetic_to_ecef(latitude, longitude, altitude))
    there = rotate_z(np.array(geodetic_to_ecef(*aim, 0.0)), ROTATION_RATE * end_s)
    one, other = pad / np.linalg.norm(pad), there / np.linalg.norm(there)
    sign = 1.0 if injector.spec.route == "short" else -1.0
    normal = sign * np.cross(one, other)
    normal /= np.linalg.norm(normal)
    other = other * math.cos(aside / MEAN_RADIUS) + normal * math.sin(aside / MEAN_RADIUS)
    normal = sign * np.cross(one, other)
    normal /= np.linalg.norm(normal)
    angle = math.acos(min(max(float(one @ other), -1.0), 1.0))
    east, north, _ = local_basis(latitude, longitude)
    # The orbit's velocity is inertial, the rocket's course is over the ground.
    over = math.sqrt(MU / injector.radius) * np.cross(normal, one) - surface_velocity(pad)
    azimuth = math.atan2(float(over @ east), float(over @ north))
    return azimuth, angle if injector.spec.route == "short" else math.tau - angle


def _fly(injector: Injector, kick: float, aim: tuple[float, float], x: Vector, end_s: float) -> _Trial:
    """Return the flight with the course set ``x[0]`` m beside the aim and the retro burn at ``x[1]`` s."""
    azimuth, angle = _course(injector, aim, end_s, float(x[0]))
    ascent = injector.ascent(kick, azimuth)
    if ascent is None or ascent.rise_s > 2.0 * LONGEST_RISE or ascent.injection > injector.injection_velocity:
        # The course has turned from the one that the kick was chosen for.
        ascent = injector.cheapest(azimuth)
    injection = injector.inject(ascent)
    booster = injection.booster
    x = np.array([x[0], max(x[1], booster.end_s)])
    payload = _descend(injector.spec, booster, float(x[1]))
    left, along, up = _directions(payload)
    there = np.array(geodetic_to_ecef(*aim, 0.0))
    there /= np.linalg.norm(there)
    across = math.asin(min(max(float(there @ left), -1.0), 1.0))
    behind = math.atan2(float(there @ along), float(there @ up))
    miss = -MEAN_RADIUS * np.array([across, behind])
    return _Trial(injection=injection, payload=payload, miss=miss, x=x, angle=angle)


def _too_near(injector: Injector, trial: _Trial) -> str:
    """Return what to say where a retro burn right after the injection comes down beyond the aim."""
    asked = trial.angle * MEAN_RADIUS
    return (
        f"range asked {asked / 1e3:,.0f} km on the {injector.spec.route} way, least range of an orbit with this retro "
        f"stage about {(asked + trial.miss[1]) / 1e3:,.0f} km; "
        "hint: take the long route, a lower orbit or a farther launch point"
    )


def _descend(spec: FractionalOrbitalSpec, booster: Trajectory, retro_s: float) -> Trajectory:
    """Return orbit, retro burn and fall from separation in orbit, the burn begun at ``retro_s``."""
    beta = spec.orbital_ballistic_coefficient
    orbit = coast(booster.r[-1], booster.v[-1], booster.end_s, beta, retro_s - booster.end_s, phase="orbit")
    if altitude_of(orbit.r[-1]) < 1.0:
        raise InfeasibleFlight("orbit: it comes down by itself before the retro burn; hint: ask for a higher orbit")
    burn = fly_burn(
        orbit.r[-1], orbit.v[-1], orbit.end_s, spec.retro, payload=spec.reentry_vehicle.mass, steer="against",
        duration=spec.retro.burn_time, ballistic_coefficient=beta, phase="deorbit",
    )  # fmt: skip
    try:
        fall = coast(burn.r[-1], burn.v[-1], burn.end_s, spec.reentry_vehicle.ballistic_coefficient)
    except ValueError as error:
        raise InfeasibleFlight(f"deorbit: {error}; hint: ask for a lower orbit") from None
    return joined(orbit, burn, fall)


def _named(payload: Trajectory) -> Trajectory:
    """Name the phases of the fall after orbit and retro burn."""
    named = with_reentry(payload).phases
    orbit, burn, fall = payload.phases
    midcourse = replace(named[0], start_s=fall.start_s)
    return replace(payload, phases=(orbit, burn, midcourse, named[1]))


def _directions(payload: Trajectory) -> tuple[Vector, Vector, Vector]:
    """Return the Earth-fixed unit vectors left of the orbit's plane, along it, and up from the Earth's centre at the
    impact.
    """
    r, v = payload.state(payload.phases[1].start_s)
    normal = rotate_z(np.cross(r, v), -ROTATION_RATE * payload.end_s)
    up = impact_point(payload)
    along = np.cross(normal, up)
    left = np.cross(up, along)
    return left / np.linalg.norm(left), along / np.linalg.norm(along), up / np.linalg.norm(up)


def _lowest(payload: Trajectory) -> float:
    """Return the least altitude in m over the ellipsoid of the orbit phase."""
    orbit = payload.r[payload.t <= payload.phases[0].end_s]
    return min(altitude_of(r) for r in orbit)
