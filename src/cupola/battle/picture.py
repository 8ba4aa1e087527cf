"""What the battle manager knows: predicted tracks on a time grid, and batteries with what they have left."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import ROTATION_RATE, Vector
from cupola.interceptors.phases import Codes, codes
from cupola.interceptors.reach import ReachTable
from cupola.interceptors.spec import GroundInterceptorSpec, Phase, SpaceInterceptorSpec
from cupola.orbits.constellation import Constellation

Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Tracks (m,) predicted at ``times_s`` (k,): inertial ``r`` and ``v`` (m, k, 3), one-sigma errors (m, k).

    ``track`` are the track numbers, ``burning`` says which are believed under power and ``burnout_s`` until when,
    ``released`` which are single objects and not a missile that still carries its payload, ``phase`` (m, k) the
    believed phase at each point, numbered as in :mod:`cupola.interceptors.phases`,
    ``lethal`` is the believed probability of being (or carrying) a warhead.
    """

    now_s: float
    track: Integers
    burning: Flags
    released: Flags
    burnout_s: Vector
    lethal: Vector
    times_s: Vector
    r: Vector
    v: Vector
    sigma: Vector
    phase: Codes

    def engaged(self, phases: Sequence[Phase]) -> Flags:
        """Return which points (m, k) lie in one of ``phases``."""
        return np.isin(self.phase, codes(phases))

    @functools.cached_property
    def r_ecef(self) -> Vector:
        """Predicted positions (m, k, 3) in Earth-fixed axes, where a site stands still."""
        angle = ROTATION_RATE * self.times_s
        cos, sin = np.cos(angle), np.sin(angle)
        x, y = self.r[..., 0], self.r[..., 1]
        return np.stack([cos * x + sin * y, cos * y - sin * x, self.r[..., 2]], axis=-1)

    @functools.cached_property
    def radius_squared(self) -> Vector:
        """Squared distance (m, k) from the Earth's centre in m2."""
        return np.asarray(np.einsum("mkc,mkc->mk", self.r, self.r))

    def only(self, rows: Flags) -> "Picture":
        """Return the picture of the tracks picked by a mask (m,)."""
        return Picture(
            now_s=self.now_s,
            track=self.track[rows],
            burning=self.burning[rows],
            released=self.released[rows],
            burnout_s=self.burnout_s[rows],
            lethal=self.lethal[rows],
            times_s=self.times_s,
            r=self.r[rows],
            v=self.v[rows],
            sigma=self.sigma[rows],
            phase=self.phase[rows],
        )


@dataclass(kw_only=True)
class SpaceBattery:
    """A constellation of interceptors, where it is in this run, and how many each satellite has left (s,)."""

    name: str
    model: str
    layer: str
    spec: SpaceInterceptorSpec
    constellation: Constellation
    turn_rad: float
    slide_rad: float
    remaining: Integers
    reserve: int = 0

    @property
    def spare(self) -> int:
        """Interceptors that may be fired now."""
        return int(self.remaining.sum()) - self.reserve


@dataclass(kw_only=True)
class GroundBattery:
    """One site's interceptors of one model."""

    name: str
    model: str
    layer: str
    spec: GroundInterceptorSpec
    table: ReachTable
    r_site_ecef: Vector
    remaining: int
    reserve: int = 0

    @property
    def spare(self) -> int:
        """Interceptors that may be fired now."""
        return self.remaining - self.reserve


Battery = SpaceBattery | GroundBattery


@dataclass(frozen=True, kw_only=True)
class Order:
    """Release one interceptor: battery and satellite index (0 on the ground), track number, times and aim point."""

    battery: int
    shooter: int
    layer: str
    track: int
    release_s: float
    intercept_s: float
    r_intercept: Vector
    v_track: Vector
    sigma_m: float
    kill_probability: float
