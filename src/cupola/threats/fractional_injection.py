"""From the pad into a low orbit: gravity turn, cut-off, coast to the highest point, and a level burn there.

The kick is the one that needs the least velocity of booster and injection stage together; the cut-off is when the
path's two-body apogee is the orbit's altitude; the level burn is centred on that apogee and ends at circular speed.
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.burns import burn_flight, burn_of, fly_burn
from cupola.core.earth import MEAN_RADIUS, MU, ROTATION_RATE, Vector
from cupola.core.rocket import Vehicle, ascend, coast, vehicle_of
from cupola.core.trajectory import Trajectory
from cupola.threats.flight import InfeasibleFlight, joined
from cupola.threats.fractional_spec import FractionalOrbitalSpec
from cupola.threats.shooting import osculating_apogees

# Trial kicks: from a nearly vertical flight of a slow liquid to a flat one of a fast solid.
KICKS = np.radians(np.geomspace(0.2, 30.0, 32))
LONGEST_RISE = 450.0  # s from cut-off to apogee: a flatter path stays in the air for too long
FINEST_KICK = 2e-3  # share of the kick to which the least velocity is found
BURN_STEPS = 40


@dataclass(frozen=True, kw_only=True)
class Ascent:
    """How the booster is flown for an orbit of a given apogee radius on one course."""

    kick: float
    azimuth: float
    cutoff_s: float
    velocity: float
    """Ideal velocity of booster and injection together, m/s, without the booster's losses to the air's pressure."""
    injection: float
    """Impulsive velocity that the injection must add at the apogee, m/s."""
    rise_s: float
    """Two-body time from cut-off to apogee, s."""


@dataclass(frozen=True, kw_only=True)
class Injection:
    """Launch to separation in orbit, the duration of the injection burn in s, and the ascent flown."""

    booster: Trajectory
    burn_s: float
    end_of_burn_s: float
    ascent: Ascent


class Injector:
    """One system on one pad, for orbits of one altitude (m above the mean sphere)."""

    def __init__(self, spec: FractionalOrbitalSpec, launch: tuple[float, float, float], altitude: float) -> None:
        self.spec = spec
        self.launch = launch
        self.radius = MEAN_RADIUS + altitude
        self.vehicle = fractional_vehicle(spec)
        self.orbital_mass = spec.reentry_vehicle.mass + spec.retro.wet_mass
        self.injection_velocity = spec.injection.ideal_speed(self.orbital_mass)

    def ascent(self, kick: float, azimuth: float) -> Ascent | None:
        """Return the ascent of a kick and course, or None where the booster does not reach the orbit's altitude."""
        spec = self.spec
        boost = ascend(self.vehicle, *self.launch, azimuth, kick, spec.vertical_rise_time, spec.pitch_over_time)
        if boost.end_s < self.vehicle.burnout_s - 1e-6:
            return None
        tops = np.empty(len(boost.t))
        osculating_apogees(boost.r, boost.v, tops)
        high = np.flatnonzero(tops + MEAN_RADIUS >= self.radius)
        if not len(high) or high[0] == 0:
            return None
        low_s, high_s = float(boost.t[high[0] - 1]), float(boost.t[high[0]])
        for _ in range(60):
            middle = 0.5 * (low_s + high_s)
            r, v = boost.state(middle)
            low_s, high_s = (middle, high_s) if _apogee_radius(r, v) < self.radius else (low_s, middle)
            if high_s - low_s < 1e-9:
                break
        r, v = boost.state(high_s)
        momentum = float(np.linalg.norm(np.cross(r, v)))
        missing = math.sqrt(MU / self.radius) - momentum / self.radius
        return Ascent(
            kick=kick,
            azimuth=azimuth,
            cutoff_s=high_s,
            velocity=velocity_spent(self.vehicle, high_s) + missing,
            injection=missing,
            rise_s=time_to_apogee(r, v),
        )

    def cheapest(self, azimuth: float) -> Ascent:
        """Return the ascent that needs the least velocity on a course.

        Raises :class:`InfeasibleFlight` where none reaches orbit, with what is missing.
        """
        trials = [self._sound(float(kick), azimuth) for kick in KICKS]
        costs = [math.inf if trial is None else trial.velocity for trial in trials]
        i = int(np.argmin(costs))
        best = trials[i]
        if best is None:
            raise InfeasibleFlight(
                f"orbit: the booster has no ascent to {(self.radius - MEAN_RADIUS) / 1e3:,.0f} km above the thick air; "
                "hint: ask for another altitude, or take a lighter payload or a larger booster"
            )
        low, high = float(KICKS[max(i - 1, 0)]), float(KICKS[min(i + 1, len(KICKS) - 1)])
        ratio = 0.5 * (math.sqrt(5.0) - 1.0)
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        one, other = self._sound(a, azimuth), self._sound(b, azimuth)
        while high - low > FINEST_KICK * high:
            if other is None or (one is not None and one.velocity <= other.velocity):
                high, b, other = b, a, one
                a = high - ratio * (high - low)
                one = trial = self._sound(a, azimuth)
            else:
                low, a, one = a, b, other
                b = low + ratio * (high - low)
                other = trial = self._sound(b, azimuth)
            if trial is not None and trial.velocity < best.velocity:
                best = trial
        if best.injection > self.injection_velocity:
            raise InfeasibleFlight(
                f"orbit: at {(self.radius - MEAN_RADIUS) / 1e3:,.0f} km on a course of "
                f"{math.degrees(azimuth) % 360.0:.0f} deg "
                f"the injection stage must add {best.injection:,.0f} m/s and has {self.injection_velocity:,.0f} m/s; "
                "hint: ask for another altitude, launch with the Earth's turning or nearer the equator, or take a "
                "lighter payload"
            )
        return best

    def _sound(self, kick: float, azimuth: float) -> Ascent | None:
        trial = self.ascent(kick, azimuth)
        return trial if trial is not None and trial.rise_s <= LONGEST_RISE else None

    def inject(self, ascent: Ascent) -> Injection:
        """Return the flight from launch to separation in orbit. Raises :class:`InfeasibleFlight` where the injection
        stage runs dry.
        """
        spec = self.spec
        boost = ascend(
            self.vehicle, *self.launch, ascent.azimuth, ascent.kick, spec.vertical_rise_time, spec.pitch_over_time,
            ascent.cutoff_s,
        )  # fmt: skip
        stage = spec.injection
        beta = spec.orbital_ballistic_coefficient * (self.orbital_mass + stage.wet_mass) / self.orbital_mass
        r, v = boost.r[-1], boost.v[-1]
        half = 0.5 * stage.time_to_gain(ascent.injection, self.orbital_mass)
        wait = max(time_to_apogee(r, v) - half, 0.1)
        count = len(boost.phases) // 2 + 1
        rise = coast(r, v, boost.end_s, beta, wait, phase=f"coast-{count}")
        duration = self._duration(rise, 2.0 * half, beta)
        burn = fly_burn(
            rise.r[-1], rise.v[-1], rise.end_s, stage, payload=self.orbital_mass, steer="level", duration=duration,
            ballistic_coefficient=beta, phase=f"boost-{count + 1}",
        )  # fmt: skip
        drift = coast(
            burn.r[-1], burn.v[-1], burn.end_s, spec.orbital_ballistic_coefficient, spec.deployment_delay, phase="bus"
        )
        return Injection(
            booster=joined(boost, rise, burn, drift), burn_s=duration, end_of_burn_s=burn.end_s, ascent=ascent
        )

    def _duration(self, rise: Trajectory, guess: float, beta: float) -> float:
        """Return the duration in s of the level burn after ``rise`` that ends at circular speed (secant)."""
        stage = self.spec.injection
        mass = self.orbital_mass + stage.wet_mass
        row = burn_of(stage, self.orbital_mass, rise.end_s, "level", mass / beta)
        start = np.concatenate([rise.r[-1], rise.v[-1]])
        nodes = np.empty((BURN_STEPS + 1, 10))

        def excess(duration: float) -> float:
            burn_flight(start, row, duration, ROTATION_RATE, BURN_STEPS, nodes)
            r, v = nodes[-1, 1:4], nodes[-1, 4:7]
            return float(np.linalg.norm(v)) - math.sqrt(MU / float(np.linalg.norm(r)))

        longest = float(stage.burn_time)
        one, other = min(guess, longest), min(1.02 * guess, 0.999 * longest)
        f_one, f_other = excess(one), excess(other)
        for _ in range(20):
            if abs(f_other) < 1e-9 or f_one == f_other:
                break
            following = other - f_other * (other - one) / (f_other - f_one)
            one, f_one = other, f_other
            other = min(max(following, 0.05), longest)
            f_other = excess(other)
        if f_other < -0.01:
            raise InfeasibleFlight(
                f"orbit: the injection stage is empty {-f_other:,.0f} m/s below circular speed; "
                "hint: ask for another altitude, launch with the Earth's turning, or take a lighter payload"
            )
        return other


def fractional_vehicle(spec: FractionalOrbitalSpec) -> Vehicle:
    """Return the booster with all that it throws up."""
    drag = [(row.mach, row.drag_coefficient) for row in spec.drag]
    payload = spec.reentry_vehicle.mass + spec.retro.wet_mass + spec.injection.wet_mass
    return vehicle_of(spec.stages, payload, drag, spec.shroud_mass, spec.shroud_time)


def velocity_spent(vehicle: Vehicle, time_s: float) -> float:
    """Return the ideal velocity in m/s that a rocket's stages have given by ``time_s`` after lift-off, shroud left
    out.
    """
    total, mass = 0.0, vehicle.launch_mass - vehicle.shroud
    for i, start in enumerate(vehicle.stage_starts_s):
        burnt = float(vehicle.mass_flow[i]) * min(max(time_s - float(start), 0.0), float(vehicle.burn_s[i]))
        total += float(vehicle.thrust[i] / vehicle.mass_flow[i]) * math.log(mass / (mass - burnt))
        mass -= float(vehicle.propellant[i] + vehicle.inert[i])
    return total


def time_to_apogee(r: Vector, v: Vector) -> float:
    """Return the two-body time in s from a state (3,), (3,) on the way up to its apogee (Kepler's equation)."""
    distance = float(np.linalg.norm(r))
    axis = 1.0 / (2.0 / distance - float(v @ v) / MU)
    motion = math.sqrt(MU / axis**3)
    e_sin, e_cos = float(r @ v) / math.sqrt(MU * axis), 1.0 - distance / axis
    anomaly = math.atan2(e_sin, e_cos)
    return ((math.pi - anomaly) + e_sin) % math.tau / motion


def _apogee_radius(r: Vector, v: Vector) -> float:
    out = np.empty(1)
    osculating_apogees(r[None, :], v[None, :], out)
    return float(out[0]) + MEAN_RADIUS
