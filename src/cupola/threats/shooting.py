"""Steering a staged missile to a named aim point: the boundary-value problem behind every ballistic threat.

Unknowns are the kick (angle and azimuth of the pitch-over) and the cut-off of thrust. Two of them bring the impact onto
the aim point on the turning Earth, drag included; the third is free and gives either the asked apogee or, by default,
the least energy at burnout. The search runs on coarse steps; the root is then polished on the steps that the stored
trajectory is made of.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cupola.core.atmosphere import height
from cupola.core.earth import (
    MEAN_RADIUS,
    MU,
    ROTATION_RATE,
    Vector,
    central_angle,
    ecef_to_geodetic,
    geodetic_to_ecef,
    great_circle_azimuth,
    local_basis,
)
from cupola.core.freefall import first_reaching, landing_angle
from cupola.core.integrate import GROUNDED, free_flight, powered_flight
from cupola.core.kernel import kernel
from cupola.core.rocket import (
    ASCENT_STEP,
    COAST_STEP,
    FINE_STEP,
    Vehicle,
    launch_state,
    segments_of,
    trajectory_of,
)
from cupola.core.trajectory import Trajectory, interpolate

LOWEST_CUTOFF_ALTITUDE = 10e3  # m: a cut-off below is no ballistic flight any more
HIT = 5.0  # m from the aim point, and from the asked apogee x 0.1
# Trial kicks in rad: a slow liquid needs tenths of a degree, a fast solid tens of degrees, a counter-rotation shot a
# backward one.
_DEGREES = [0.2, 0.5, 0.8, 1.1, 1.5, 2.0, 3.0, 4.5, 6.5, 9.0, 12.0, 16.0, 21.0, 28.0, 38.0, 50.0]
KICKS = np.radians([-30.0, -16.0, -8.0, -4.0, -2.0, -1.0, -0.4, 0.0, *_DEGREES])
LONGEST = 6.0 * 3600.0  # s
LONG_RANGE = 2.0  # rad
HALF_TURN_TIME = 2000.0  # s, less than any ballistic flight takes round half the Earth


@dataclass(frozen=True, kw_only=True)
class Steps:
    """How fine a flight is integrated: seconds in boost and coast, share of a scale height in the air."""

    boost: float
    coast: float
    fine: float


COARSE = Steps(boost=1.0, coast=40.0, fine=0.6)
STORED = Steps(boost=ASCENT_STEP, coast=COAST_STEP, fine=FINE_STEP)


@dataclass(frozen=True, kw_only=True)
class Steering:
    """A solved flight: ``kick`` rad towards ``azimuth`` rad, thrust ended ``cutoff_s`` s after lift-off."""

    kick: float
    azimuth: float
    cutoff_s: float


@kernel
def summit(nodes: Vector, n: int) -> float:
    """Return the greatest altitude in m: the parabola through the highest of ``n`` nodes and its neighbours."""
    best, top = 0, -1e9
    for i in range(n):
        h = height(nodes[i, 1], nodes[i, 2], nodes[i, 3])
        if h > top:
            best, top = i, h
    if best == 0 or best == n - 1:
        return top
    d0, d1 = nodes[best - 1, 0] - nodes[best, 0], nodes[best + 1, 0] - nodes[best, 0]
    f0 = height(nodes[best - 1, 1], nodes[best - 1, 2], nodes[best - 1, 3]) - top
    f1 = height(nodes[best + 1, 1], nodes[best + 1, 2], nodes[best + 1, 3]) - top
    bend = (f1 / d1 - f0 / d0) / (d1 - d0)
    slope = f0 / d0 - bend * d0
    return top - 0.25 * slope * slope / bend if bend < 0.0 else top


@kernel
def swept_over_half(state: Vector, x: float, y: float, z: float) -> bool:
    """Return whether an inertial flight from ``state`` (6,) came to x, y, z over more than half a turn."""
    ax, ay, az, u, v, w = state[0], state[1], state[2], state[3], state[4], state[5]
    swept = (ay * z - az * y) * (ay * w - az * v) + (az * x - ax * z) * (az * u - ax * w)
    return bool(swept + (ax * y - ay * x) * (ax * v - ay * u) < 0.0)


@kernel
def osculating_apogees(r: Vector, v: Vector, out: Vector) -> None:
    """Write into ``out`` (n,) the two-body apogee in m above the mean sphere of every state (n, 3), or infinity."""
    for i in range(r.shape[0]):
        r2 = r[i, 0] ** 2 + r[i, 1] ** 2 + r[i, 2] ** 2
        v2 = v[i, 0] ** 2 + v[i, 1] ** 2 + v[i, 2] ** 2
        rv = r[i, 0] * v[i, 0] + r[i, 1] * v[i, 1] + r[i, 2] * v[i, 2]
        energy = 0.5 * v2 - MU / math.sqrt(r2)
        if energy >= 0.0:
            out[i] = np.inf
            continue
        eccentricity = math.sqrt(max(1.0 + 2.0 * energy * (r2 * v2 - rv * rv) / (MU * MU), 0.0))
        out[i] = -0.5 * MU / energy * (1.0 + eccentricity) - MEAN_RADIUS


class Shooter:
    """One missile on one pad with one aim point: flies trial kicks and cut-offs. Work arrays inside: one per thread."""

    def __init__(
        self,
        vehicle: Vehicle,
        vertical_rise_s: float,
        pitch_over_s: float,
        ballistic_coefficient: float,
        launch: tuple[float, float, float],
        aim: tuple[float, float],
    ) -> None:
        self.vehicle = vehicle
        self.launch = launch
        self.inverse_beta = 1.0 / ballistic_coefficient
        self.angle = central_angle(launch[0], launch[1], *aim)
        self.bearing = great_circle_azimuth(launch[0], launch[1], *aim)
        self.earliest = vertical_rise_s + pitch_over_s
        self.latest = vehicle.burnout_s
        self._segments = segments_of(vehicle, vertical_rise_s, pitch_over_s, math.inf)
        self._aim = np.array(geodetic_to_ecef(*aim, 0.0))
        self._east, self._north, _ = local_basis(*aim)
        east, north, up = local_basis(launch[0], launch[1])
        self._start = up
        self._ahead = math.sin(self.bearing) * east + math.cos(self.bearing) * north
        self._radius = float(np.linalg.norm(self._aim))
        self._boost = np.empty((int(self.latest / ASCENT_STEP) + 4 * len(self._segments) + 8, 10))
        self._fall = np.empty((8192, 10))
        self._state = np.empty((1, 9))

    def boost(self, kick: float, azimuth: float, steps: Steps) -> Trajectory:
        """Return the whole powered flight, shorter where it flew into the ground."""
        start, aim = launch_state(*self.launch, azimuth, kick, ROTATION_RATE)
        floor = self.launch[2] - 10.0
        n, _ = powered_flight(
            start, self._segments, aim, self.vehicle.drag, ROTATION_RATE, steps.boost, floor, self._boost
        )
        return trajectory_of(self._boost[:n])

    def drop(self, boost: Trajectory, cutoff_s: float, steps: Steps) -> tuple[Vector, float, float]:
        """Return Earth-fixed impact (3,), time s and apogee m of a flight cut off on a boost.

        The time is negative when the body stays up or comes down beyond the far side of the Earth: too far either way.
        """
        self._look(boost, cutoff_s)
        start = self._state[0, :6]
        n, why = free_flight(
            start,
            cutoff_s,
            cutoff_s + LONGEST,
            0.0,
            self.inverse_beta,
            ROTATION_RATE,
            steps.coast,
            steps.fine,
            self._fall,
        )
        top = summit(self._fall, n)
        end, x, y, z = self._fall[n - 1, :4].tolist()
        if why != GROUNDED or (end - cutoff_s > HALF_TURN_TIME and swept_over_half(start, x, y, z)):
            return np.array([x, y, z]), -1.0, top
        cos, sin = math.cos(ROTATION_RATE * end), math.sin(ROTATION_RATE * end)
        return np.array([cos * x + sin * y, cos * y - sin * x, z]), end, top

    def altitude_at(self, boost: Trajectory, time_s: float) -> float:
        """Return the altitude in m at a time on a boost."""
        self._look(boost, time_s)
        return float(height(self._state[0, 0], self._state[0, 1], self._state[0, 2]))

    def downrange(self, boost: Trajectory, cutoff_s: float, kick: float) -> float:
        """Return the ground angle in rad flown by a boost: negative when away from the aim, half a turn at most.

        A flight that stays up or passes the far side counts as half a turn in the direction of its kick.
        """
        if cutoff_s > boost.end_s:
            return 0.0
        impact, end, _ = self.drop(boost, cutoff_s, COARSE)
        half = math.copysign(math.pi, kick)
        if end < 0.0:
            return half
        latitude, longitude, _ = ecef_to_geodetic(*impact)
        angle = central_angle(self.launch[0], self.launch[1], latitude, longitude)
        turned = great_circle_azimuth(self.launch[0], self.launch[1], latitude, longitude) - self.bearing
        angle = math.copysign(angle, math.cos(turned))
        # A long flight that came down behind its own kick went round the far side; a short one was left behind by the
        # Earth.
        return half if abs(angle) > LONG_RANGE and angle * half < 0.0 else angle

    def miss(self, impact: Vector) -> tuple[float, float]:
        """Return how far in m an Earth-fixed impact (3,) lies east and north of the aim, along the ground: it grows all
        the way to the far side of the Earth.
        """
        offset = impact / math.sqrt(impact @ impact) - self._aim / self._radius
        east, north = float(offset @ self._east), float(offset @ self._north)
        level = math.hypot(east, north)
        if level == 0.0:
            return 0.0, 0.0
        away = 2.0 * self._radius * math.asin(min(0.5 * math.sqrt(offset @ offset), 1.0)) / level
        return away * east, away * north

    def off_bearing(self, boost: Trajectory, cutoff_s: float) -> float:
        """Return by what angle in rad, in (-pi, pi], a flight cut off on a boost comes down clockwise of the aim."""
        impact, _, _ = self.drop(boost, cutoff_s, COARSE)
        latitude, longitude, _ = ecef_to_geodetic(*impact)
        turned = great_circle_azimuth(self.launch[0], self.launch[1], latitude, longitude) - self.bearing
        return (turned + math.pi) % math.tau - math.pi

    def quick_reach(self, kick: float, azimuth: float) -> tuple[float, float]:
        """Return what :meth:`reach` does, the fall being guessed by two-body motion: some fifteen times sooner."""
        n = len(self.boost(kick, azimuth, COARSE).t)
        return first_reaching(self._boost, n, self.earliest, self.angle, self._radius, self._start, self._ahead)

    def quick_for_apogee(self, kick: float, azimuth: float, apogee: float) -> tuple[float, float]:
        """Return what :meth:`cutoff_for_apogee` does, the fall being guessed by two-body motion."""
        boost = self.boost(kick, azimuth, COARSE)
        cutoff = self._cutoff_at(boost, apogee)
        if math.isnan(cutoff):
            return math.nan, math.nan
        self._look(boost, cutoff)
        angle = landing_angle(cutoff, self._state[0, :6], self._radius, self._start, self._ahead)
        return cutoff, float(angle)

    def reach(self, kick: float, azimuth: float) -> tuple[float, float]:
        """Return the earliest cut-off in s that flies the aim's ground angle, and the energy in J/kg at that moment.

        Where full burn falls short: infinite, and by how many rad.
        """
        boost = self.boost(kick, azimuth, COARSE)
        low, high = self.earliest, self.latest
        f_high = self.downrange(boost, high, kick) - self.angle
        if f_high < 0.0:
            return math.inf, -f_high
        f_low = self.downrange(boost, low, kick) - self.angle
        while high - low > 0.02 and f_low < 0.0:
            # The range grows steeply towards the end of burn: halve first, then false position (Illinois variant).
            middle = 0.5 * (low + high) if high - low > 20.0 else (low * f_high - high * f_low) / (f_high - f_low)
            middle = min(max(middle, low + 0.009), high - 0.009)
            f = self.downrange(boost, middle, kick) - self.angle
            if f < 0.0:
                low, f_low, f_high = middle, f, f_high * 0.5
            else:
                high, f_high, f_low = middle, f, f_low * 0.5
        self._look(boost, high)
        r, v = self._state[0, 0:3], self._state[0, 3:6]
        return high, float(0.5 * v @ v - MU / math.sqrt(r @ r))

    def cutoff_for_apogee(self, kick: float, azimuth: float, apogee: float) -> tuple[float, float]:
        """Return the cut-off in s that gives an apogee, and the ground angle then flown (NaN where out of energy)."""
        boost = self.boost(kick, azimuth, COARSE)
        cutoff = self._cutoff_at(boost, apogee)
        return cutoff, math.nan if math.isnan(cutoff) else self.downrange(boost, cutoff, kick)

    def _cutoff_at(self, boost: Trajectory, apogee: float) -> float:
        tops = np.empty(len(boost.t))
        osculating_apogees(boost.r, boost.v, tops)
        late = np.flatnonzero((tops >= apogee) & (boost.t >= self.earliest))
        if not len(late):
            return math.nan
        i = late[0]
        cutoff = float(boost.t[i])
        if tops[i] > tops[i - 1] and math.isfinite(tops[i]) and cutoff > self.earliest:
            cutoff -= (cutoff - float(boost.t[i - 1])) * (tops[i] - apogee) / (tops[i] - tops[i - 1])
        return cutoff

    def _look(self, boost: Trajectory, time_s: float) -> None:
        interpolate(boost.t, boost.r, boost.v, boost.a, np.array([time_s]), self._state)

    def furthest(self) -> tuple[float, float]:
        """Return the greatest ground angle in rad towards the aim at full burn, and the kick that gives it."""

        def short(kick: float) -> float:
            return -self.downrange(self.boost(kick, self.bearing, COARSE), self.latest, kick)

        kick, value = minimum(short, KICKS)
        return -value, kick


def minimum(function: Callable[[float], float], grid: Vector) -> tuple[float, float]:
    """Return the argument and value of a minimum: the best of a grid, then golden section between its neighbours to 0.5
    %.
    """
    values = [function(float(x)) for x in grid]
    i = int(np.argmin(values))
    low, high = float(grid[max(i - 1, 0)]), float(grid[min(i + 1, len(grid) - 1)])
    best, value = float(grid[i]), values[i]
    ratio = 0.5 * (math.sqrt(5.0) - 1.0)
    a, b = high - ratio * (high - low), low + ratio * (high - low)
    f_a, f_b = function(a), function(b)
    while high - low > 5e-3 * max(abs(best), 4e-3):
        if f_a <= f_b:
            high, b, f_b = b, a, f_a
            a = high - ratio * (high - low)
            f_a = function(a)
        else:
            low, a, f_a = a, b, f_b
            b = low + ratio * (high - low)
            f_b = function(b)
    for x, f in ((a, f_a), (b, f_b)):
        if f < value:
            best, value = x, f
    return best, value
