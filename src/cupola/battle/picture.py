"""What the battle manager knows: predicted tracks on a time grid, and batteries with what they have left."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cupola.battle.launcher import Launcher
from cupola.core.earth import ROTATION_RATE, Vector
from cupola.interceptors.aerial import AerialInterceptorSpec
from cupola.interceptors.laser import LaserSpec
from cupola.interceptors.patrol import flown_on
from cupola.interceptors.phases import PHASES, Codes, codes
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
    worth: Vector | None = None
    """(m,) what stopping each track is worth beside the others, at most 1; none: they are worth the same"""

    @property
    def value(self) -> Vector:
        """What an assignment gains by destroying each track (m,): the chance that it is a warhead, times its worth."""
        return np.asarray(self.lethal if self.worth is None else self.lethal * self.worth, dtype=np.float64)

    def engaged(self, phases: Sequence[Phase]) -> Flags:
        """Return which points (m, k) lie in one of ``phases``."""
        wanted = np.zeros(len(PHASES), dtype=np.bool_)
        wanted[codes(phases)] = True
        return np.asarray(wanted[self.phase])

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
            worth=None if self.worth is None else self.worth[rows],
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
        """Interceptors that may be fired in what is left of the raid."""
        return int(self.remaining.sum()) - self.reserve

    def available(self, time_s: float) -> int:
        """Return the interceptors that may be fired at ``time_s``."""
        return self.spare

    def spend(self, order: "Order") -> None:
        """Take off the interceptor of an order."""
        self.remaining[order.shooter] -= 1

    def restore(self, order: "Order") -> None:
        """Put back the interceptor of an order that was not carried out."""
        self.remaining[order.shooter] += 1


@dataclass(kw_only=True)
class SiteBattery:
    """One site's rounds of one model, all ready unless it has a ``launcher``."""

    name: str
    model: str
    layer: str
    remaining: int
    reserve: int = 0
    launcher: Launcher | None = None

    @property
    def spare(self) -> int:
        """Rounds that may be fired in what is left of the raid."""
        return self.remaining - self.reserve

    def available(self, time_s: float) -> int:
        """Return the rounds that may be fired at ``time_s``, the reserve left out."""
        return self.spare if self.launcher is None else min(self.launcher.loaded(time_s, self.remaining), self.spare)

    def spend(self, order: "Order") -> None:
        """Take off the round of an order."""
        self.remaining -= 1
        if self.launcher is not None:
            self.launcher.fired(order.release_s)

    def restore(self, order: "Order") -> None:
        """Put back the round of an order that was not carried out."""
        self.remaining += 1
        if self.launcher is not None:
            self.launcher.kept()


@dataclass(kw_only=True)
class GroundBattery(SiteBattery):
    """One site's interceptors that a reach table tells of."""

    spec: GroundInterceptorSpec
    table: ReachTable
    r_site_ecef: Vector


@dataclass(kw_only=True)
class AerialBattery(SiteBattery):
    """One site's missiles that fly by lift, or one patrol's: its station (3,), its place now and where it is sent."""

    spec: AerialInterceptorSpec
    r_station_ecef: Vector
    ready_s: float = -np.inf
    """When a patrol is on its station; infinite while it waits on alert"""
    alert_delay_s: float = 0.0
    goal: Vector | None = None
    r_ecef: Vector = field(init=False)
    _moved_s: float = field(init=False, default=np.nan)

    def __post_init__(self) -> None:
        """Begin at the station."""
        self.r_ecef = self.r_station_ecef

    def available(self, time_s: float) -> int:
        """Return the missiles that may be fired at ``time_s``: none before the patrol is on station."""
        return 0 if time_s < self.ready_s else super().available(time_s)

    def alert(self, time_s: float) -> None:
        """Send up a patrol that waits."""
        if np.isinf(self.ready_s) and self.ready_s > 0.0:
            self.ready_s = time_s + self.alert_delay_s

    def move(self, time_s: float) -> None:
        """Fly a patrol on towards its goal, or back to its station, to where it is at ``time_s``."""
        since_s = time_s - max(self._moved_s, self.ready_s)
        self._moved_s = time_s
        if self.spec.aircraft is not None and since_s > 0.0:
            self.r_ecef = flown_on(self.spec.aircraft, self.r_ecef, self.r_station_ecef, self.goal, since_s)


@dataclass(kw_only=True)
class LaserBattery:
    """One laser: whether its sky is clear in this run, and when its beam is free."""

    name: str
    model: str
    layer: str
    spec: LaserSpec
    r_director_ecef: Vector
    clear: bool
    remaining: int
    reserve: int = 0
    free_s: float = -np.inf

    @property
    def spare(self) -> int:
        """Engagements that its energy allows in what is left of the raid."""
        return self.remaining - self.reserve

    def available(self, time_s: float) -> int:
        """Return 1: the beam is on one target at a time, and an order says from when."""
        return min(self.spare, 1)

    def spend(self, order: "Order") -> None:
        """Hold the beam on an order's target to its end."""
        self.remaining -= 1
        self.free_s = order.intercept_s + self.spec.slew_time

    def restore(self, order: "Order") -> None:
        """Free the beam of an order that was not carried out."""
        self.remaining += 1
        self.free_s = order.release_s


Battery = SpaceBattery | GroundBattery | AerialBattery | LaserBattery


@dataclass(frozen=True, kw_only=True)
class Order:
    """Release one interceptor: battery and satellite index (0 on the ground), track number, times and aim point. For a
    laser, the beam opens at the release and has burnt through at the intercept.
    """

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
