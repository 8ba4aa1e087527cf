"""The powered part of a quasi-ballistic missile, and the arc it would fly on without lift.

The missile leaves the pad, or an aircraft at speed. Its kick bends the path down from the vertical, or up from level.
"""

import math
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import (
    ROTATION_RATE,
    Vector,
    central_angle,
    ecef_to_geodetic,
    geodetic_to_ecef,
    great_circle_azimuth,
    local_basis,
    surface_velocity,
)
from cupola.core.integrate import AREA, COAST, END, MASS, SEGMENT_COLUMNS, START, STEER, free_flight, powered_flight
from cupola.core.rocket import ASCENT_STEP, Vehicle, launch_state, segments_of, trajectory_of, vehicle_of
from cupola.core.trajectory import Phase, Trajectory
from cupola.threats.quasi_spec import AirReleaseSpec, QuasiBallisticSpec
from cupola.threats.shooting import summit

STEEPEST_KICK = math.radians(75.0)
COAST_STEP = 5.0  # s
FINE = 0.5  # share of a scale height in one step of a trial arc
LONGEST_ARC = 3_600.0  # s
TOLERANCE = 50.0  # m of apogee or ground range: what lift then makes good without being noticed


@dataclass(frozen=True, kw_only=True)
class Throw:
    """An arc without lift: apogee m, ground angle rad and bearing rad from the launch point to where it comes down."""

    apogee: float
    angle: float
    bearing: float


class Thrower:
    """One missile at one launch point. ``flatness`` from 0 to 1 says how flat it flies: 0 is straight up."""

    def __init__(self, spec: QuasiBallisticSpec, launch: tuple[float, float, float], extra_payload_kg: float) -> None:
        self.spec = spec
        self.launch = launch
        self.vehicle = quasi_vehicle(spec, extra_payload_kg)
        self.drop = 0.0 if spec.release is None else spec.release.drop_time
        self.earliest = self.drop + spec.vertical_rise_time + spec.pitch_over_time
        self.latest = self.drop + self.vehicle.burnout_s
        self._fall = np.empty((8192, 10))

    def kick(self, flatness: float) -> float:
        """Return the angle in rad between thrust and velocity in the pitch-over."""
        return STEEPEST_KICK * (flatness if self.spec.release is None else 1.0 - flatness)

    def boost(self, flatness: float, azimuth: float, cutoff_s: float = math.inf) -> Trajectory:
        """Return the flight from launch or release to the last burnout or ``cutoff_s``, with its phases.

        A rocket that flies into the ground ends there.
        """
        end = min(cutoff_s, self.latest)
        rows = self.segments(end)
        start, aim = self.start(flatness, azimuth)
        floor = self.launch[2] - 10.0
        nodes = np.empty((int(end / ASCENT_STEP) + 4 * len(rows) + 8, 10))
        count, _ = powered_flight(start, rows, aim, self.vehicle.drag, ROTATION_RATE, ASCENT_STEP, floor, nodes)
        return trajectory_of(nodes[:count], _phases(self.vehicle, self.drop, float(nodes[count - 1, 0])))

    def segments(self, end_s: float) -> Vector:
        """Return the rows (m, 8) of core/integrate from launch or release to ``end_s``."""
        spec = self.spec
        rows = segments_of(self.vehicle, spec.vertical_rise_time, spec.pitch_over_time, end_s - self.drop)
        rows[:, START] += self.drop
        rows[:, END] += self.drop
        return np.concatenate([_dropped(rows[0], self.drop), rows]) if self.drop > 0.0 else rows

    def start(self, flatness: float, azimuth: float) -> tuple[Vector, Vector]:
        """Return the inertial state (6,) at launch or release and the steering vector (8,) of core/integrate."""
        kick = self.kick(flatness)
        if self.spec.release is None:
            return launch_state(*self.launch, azimuth, kick, ROTATION_RATE)
        return _released(self.spec.release, self.launch, azimuth, kick)

    def throw(self, boost: Trajectory, cutoff_s: float) -> Throw:
        """Return the arc that follows where thrust ends at ``cutoff_s`` s on a boost."""
        time = min(cutoff_s, boost.end_s)
        r, v = boost.state(time)
        n, _ = free_flight(
            np.concatenate([r, v]),
            time,
            time + LONGEST_ARC,
            0.0,
            1.0 / self.spec.body.ballistic_coefficient,
            ROTATION_RATE,
            COAST_STEP,
            FINE,
            self._fall,
        )
        end, x, y, z = self._fall[n - 1, :4].tolist()
        cos, sin = math.cos(ROTATION_RATE * end), math.sin(ROTATION_RATE * end)
        latitude, longitude, _ = ecef_to_geodetic(cos * x + sin * y, cos * y - sin * x, z)
        return Throw(
            apogee=summit(self._fall, n),
            angle=central_angle(self.launch[0], self.launch[1], latitude, longitude),
            bearing=great_circle_azimuth(self.launch[0], self.launch[1], latitude, longitude),
        )

    def flattest(self, azimuth: float, apogee: float) -> tuple[float, Throw] | None:
        """Return the flatness that reaches ``apogee`` m with all the propellant, and its arc; None where none does."""

        def over(flatness: float) -> tuple[float, Throw]:
            arc = self.throw(self.boost(flatness, azimuth), self.latest)
            return arc.apogee - apogee, arc

        low, high = 0.02, 1.0
        f_low, arc = over(low)
        f_high, last = over(high)
        if f_low < 0.0:
            return None
        if f_high > 0.0:
            return high, last
        best = low
        for _ in range(40):
            middle = (low * f_high - high * f_low) / (f_high - f_low)
            f, trial = over(middle)
            if f >= 0.0:
                low, f_low, f_high = middle, f, 0.5 * f_high
                best, arc = middle, trial
            else:
                high, f_high, f_low = middle, f, 0.5 * f_low
            if 0.0 <= f < TOLERANCE:
                break
        return best, arc

    def cutoff_for(self, flatness: float, azimuth: float, apogee: float) -> tuple[float, Throw]:
        """Return the cut-off in s that gives an apogee at a flatness, and its arc; the last burnout where none does."""
        boost = self.boost(flatness, azimuth)
        low, high = self.earliest, min(self.latest, boost.end_s)
        arc = self.throw(boost, high)
        f_high, f_low = arc.apogee - apogee, self.throw(boost, low).apogee - apogee
        if f_high <= 0.0 or f_low >= 0.0:
            return (high, arc) if f_high <= 0.0 else (low, self.throw(boost, low))
        cutoff = high
        for _ in range(40):
            cutoff = (low * f_high - high * f_low) / (f_high - f_low)
            arc = self.throw(boost, cutoff)
            f = arc.apogee - apogee
            if abs(f) < TOLERANCE:
                break
            if f > 0.0:
                high, f_high, f_low = cutoff, f, 0.5 * f_low
            else:
                low, f_low, f_high = cutoff, f, 0.5 * f_high
        return cutoff, arc


def quasi_vehicle(spec: QuasiBallisticSpec, extra_payload_kg: float = 0.0) -> Vehicle:
    """Return the rocket of a quasi-ballistic missile with ``extra_payload_kg`` (decoys) on board."""
    drag = [(row.mach, row.drag_coefficient) for row in spec.drag]
    return vehicle_of(spec.stages, spec.payload_mass + extra_payload_kg, drag)


def _released(
    release: AirReleaseSpec, launch: tuple[float, float, float], azimuth: float, kick: float
) -> tuple[Vector, Vector]:
    """Return the inertial state (6,) at the release over the launch point and the kernel's steering vector (8,).

    The kick turns the thrust from the velocity towards the vertical, which takes the place of the heading.
    """
    latitude, longitude, _ = launch
    r = np.array(geodetic_to_ecef(latitude, longitude, release.altitude))
    east, north, up = local_basis(latitude, longitude)
    heading = math.sin(azimuth) * east + math.cos(azimuth) * north
    v = surface_velocity(r) + release.speed * (math.cos(release.climb) * heading + math.sin(release.climb) * up)
    return np.concatenate([r, v]), np.array([*up, *up, math.cos(kick), math.sin(kick)])


def _dropped(first: Vector, drop_s: float) -> Vector:
    """Return the segment row (1, 8) before ignition: no thrust, the mass and drag of the first one."""
    row = np.zeros((1, SEGMENT_COLUMNS))
    row[0, END], row[0, STEER], row[0, MASS], row[0, AREA] = drop_s, COAST, first[MASS], first[AREA]
    return row


def _phases(vehicle: Vehicle, drop_s: float, end_s: float) -> tuple[Phase, ...]:
    phases = [Phase(name="drop", start_s=0.0, end_s=drop_s)] if drop_s > 0.0 else []
    for i, start in enumerate(vehicle.stage_starts_s + drop_s):
        burnout = float(start + vehicle.burn_s[i])
        resume = burnout + float(vehicle.coast_after_s[i])
        phases.append(Phase(name=f"boost-{i + 1}", start_s=float(start), end_s=min(burnout, end_s)))
        phases.append(Phase(name=f"coast-{i + 1}", start_s=burnout, end_s=min(resume, end_s)))
    return tuple(p for p in phases if p.start_s < p.end_s)
