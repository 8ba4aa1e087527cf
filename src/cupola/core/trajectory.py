"""One dense trajectory for everything that flies: written once, read by sensors, trackers, exports and pictures.

Between nodes the position is the quintic that meets position, velocity and acceleration at both ends (Hermite), so the
velocity and acceleration returned are its exact derivatives.
"""

import bisect
from dataclasses import dataclass, replace

import numpy as np

from cupola.core.earth import ROTATION_RATE, Vector, rotate_z
from cupola.core.kernel import kernel


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A named part of a flight, e.g. ``boost-1``, ``coast``, ``re-entry``, from ``start_s`` to ``end_s`` on its
    trajectory.
    """

    name: str
    start_s: float
    end_s: float


@dataclass(frozen=True, kw_only=True)
class Trajectory:
    """Nodes of one flight: times ``t`` (n,) in s, rising; ``r``, ``v``, ``a`` (n, 3) in inertial axes, m, m/s, m/s2.

    A node may appear twice in time where the acceleration jumps (ignition, burnout, staging): the second is the new
    branch.
    """

    t: Vector
    r: Vector
    v: Vector
    a: Vector
    phases: tuple[Phase, ...] = ()

    @property
    def start_s(self) -> float:
        """Time of the first node."""
        return float(self.t[0])

    @property
    def end_s(self) -> float:
        """Time of the last node."""
        return float(self.t[-1])

    def state(self, time_s: float) -> tuple[Vector, Vector]:
        """Return position and velocity (3,) at a time; outside the flight the nearest end is held."""
        out = np.empty((1, 9))
        interpolate(self.t, self.r, self.v, self.a, np.array([time_s]), out)
        return out[0, 0:3], out[0, 3:6]

    def states(self, times_s: Vector) -> tuple[Vector, Vector, Vector]:
        """Return position, velocity, acceleration (k, 3) at ``times_s`` (k,); outside the flight the nearest end is
        held.
        """
        out = np.empty((len(times_s), 9))
        interpolate(self.t, self.r, self.v, self.a, np.asarray(times_s, dtype=np.float64), out)
        return out[:, 0:3], out[:, 3:6], out[:, 6:9]

    def phase_at(self, time_s: float) -> str:
        """Return the name of the phase at a time; the last one begun where phases touch, the first before the start."""
        starts = [phase.start_s for phase in self.phases]
        return self.phases[max(bisect.bisect_right(starts, time_s) - 1, 0)].name

    def launched_at(self, time_s: float) -> "Trajectory":
        """Return the same flight begun ``time_s`` later: the Earth, and the flight with it, has turned by then."""
        angle = ROTATION_RATE * time_s
        return replace(
            self,
            t=self.t + time_s,
            r=rotate_z(self.r, angle),
            v=rotate_z(self.v, angle),
            a=rotate_z(self.a, angle),
            phases=tuple(Phase(name=p.name, start_s=p.start_s + time_s, end_s=p.end_s + time_s) for p in self.phases),
        )


@kernel
def interpolate(t: Vector, r: Vector, v: Vector, a: Vector, times: Vector, out: Vector) -> None:
    """Write position, velocity, acceleration at ``times`` (k,) into ``out`` (k, 9) from the nodes of a trajectory."""
    n = t.shape[0]
    for k in range(times.shape[0]):
        time = min(max(times[k], t[0]), t[n - 1])
        i = min(max(np.searchsorted(t, time, side="right") - 1, 0), n - 2)
        while i > 0 and t[i + 1] <= t[i]:
            i -= 1
        h = t[i + 1] - t[i]
        s = (time - t[i]) / h
        for c in range(3):
            p0, p1 = r[i, c], r[i + 1, c]
            d0, d1 = v[i, c] * h, v[i + 1, c] * h
            e0, e1 = a[i, c] * h * h, a[i + 1, c] * h * h
            jump, slope, bend = p1 - p0 - d0 - 0.5 * e0, d1 - d0 - e0, e1 - e0
            c3 = 10.0 * jump - 4.0 * slope + 0.5 * bend
            c4 = -15.0 * jump + 7.0 * slope - bend
            c5 = 6.0 * jump - 3.0 * slope + 0.5 * bend
            out[k, c] = p0 + s * (d0 + s * (0.5 * e0 + s * (c3 + s * (c4 + s * c5))))
            out[k, 3 + c] = (d0 + s * (e0 + s * (3.0 * c3 + s * (4.0 * c4 + s * 5.0 * c5)))) / h
            out[k, 6 + c] = (e0 + s * (6.0 * c3 + s * (12.0 * c4 + s * 20.0 * c5))) / (h * h)
