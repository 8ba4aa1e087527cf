"""What changes during one run. Truth and beliefs lie side by side here; only the engine's handlers touch both."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cupola.battle.manager import BattleManager
from cupola.battle.reasons import NoShot
from cupola.battle.sightings import Sightings
from cupola.core.chance import stream
from cupola.core.earth import ecef_to_geodetic, eci_to_ecef
from cupola.engine.events import EventQueue
from cupola.engine.post import Post
from cupola.engine.record import FALSE_TRACK, Event, EventKind, HeldFire, ShotRow
from cupola.engine.recorder import TrackRecorder
from cupola.engine.world import World
from cupola.threats.raid import PackedRaid, ThreatObject
from cupola.tracking.discrimination import Discriminator
from cupola.tracking.picture import TrackPicture


@dataclass(kw_only=True)
class ObjectFate:
    """What happened to one threat object so far."""

    alive: bool = True
    end_time_s: float = np.nan
    killed_by: str = ""
    kill_place: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    died_with_booster: bool = False
    first_detection_s: float = np.nan
    first_detection_by: str = ""
    firm_track_s: float = np.nan
    in_reach: int = 0
    shots: int = 0
    obstacles: dict[str, NoShot] = field(default_factory=dict)
    """Layer -> the furthest that layer came towards a shot."""


@dataclass(kw_only=True)
class RunState:
    """One run in progress."""

    world: World
    seed: int
    run: int
    threats: tuple[ThreatObject, ...]
    raid: PackedRaid
    tracker: TrackPicture
    discriminator: Discriminator
    manager: BattleManager
    """The national node's"""
    sightings: Sightings
    queue: EventQueue
    post: Post
    fates: list[ObjectFate]
    best_sigma_m: NDArray[np.float64]
    """(n,) smallest one-sigma position error that each object's track ever had; NaN without a track."""
    origin: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """(tracks,) the object that each track's newest report truly came from, -1 for a false report."""
    recorder: TrackRecorder | None = None
    log: list[Event] = field(default_factory=list)
    shots: list[ShotRow] = field(default_factory=list)
    alone: dict[str, BattleManager] = field(default_factory=dict)
    """Layer -> its own commander, once the national node is cut"""
    satellites_in_reach: dict[int, NDArray[np.bool_]] = field(default_factory=dict)
    held_fire: dict[int, dict[str, HeldFire]] = field(default_factory=dict)
    """Object -> interceptor group -> what held its fire, and from when to when; kept with a recorder only."""

    def stream(self, *names: str) -> np.random.Generator:
        """Return this run's random stream of a name."""
        return stream(self.seed, self.run, *names)

    def note(
        self, time_s: float, kind: EventKind, subject: str, actor: str = "", **data: float | int | str | bool
    ) -> None:
        """Append one line to the event log."""
        self.log.append(Event(time_s=time_s, kind=kind, subject=subject, actor=actor, data=data))

    def unharmed(self) -> NDArray[np.bool_]:
        """Return which objects (n,) have not been destroyed and have not ended."""
        return np.array([fate.alive for fate in self.fates])

    def commander(self, layer: str) -> BattleManager:
        """Return who decides for a layer now."""
        return self.alone.get(layer, self.manager)

    def commanders(self) -> tuple[BattleManager, ...]:
        """Return all who decide for any layer now."""
        return tuple(self.alone.values()) or (self.manager,)

    def heard(self, group: int) -> bool:
        """Say whether anybody is left whom a sensor group reports to."""
        own = (commander.authority.own_sensors(layer) or () for layer, commander in self.alone.items())
        return not self.alone or any(group in sensors for sensors in own)

    def lethal_probability(self, time_s: float, layer: str) -> NDArray[np.float64]:
        """Return by track (n,) the chance, as a layer's commander believes, of being or carrying a warhead; a whole
        missile carries one.
        """
        own = self.commander(layer).authority.own_sensors(layer)
        known = self.discriminator if own is None else self.discriminator.of_groups(own)
        believed = known.lethal_probability()
        return np.where(self.whole(time_s), 1.0, believed)

    def whole(self, time_s: float) -> NDArray[np.bool_]:
        """Return which tracks (n,) are believed to be missiles that still carry what they will release."""
        tracker = self.tracker
        released_s = tracker.burnout_s + self.manager.spec.assumed_release_time
        return np.asarray(tracker.plumed & ~tracker.split & (time_s < released_s))

    def hold_fire(self, time_s: float, group: str, track: int, reason: NoShot) -> None:
        """Remember that a group of interceptors was asked to fire at a track, and what kept it from it."""
        target = self.object_of(track)
        if target >= 0:
            held = self.held_fire.setdefault(target, {}).setdefault(group, {})
            held[reason.code] = (held.get(reason.code, (time_s,))[0], time_s)

    def object_of(self, track: int) -> int:
        """Return the object that a track's newest report came from, -1 for a false report. For the record and the
        judge: no tracker knows.
        """
        return int(self.origin[track])

    def name_of(self, target: int) -> str:
        """Return the name of an object, or that of a false track for -1."""
        return FALSE_TRACK if target < 0 else self.threats[target].object_id

    def note_origins(self, tracks: NDArray[np.int64], objects: NDArray[np.int64]) -> None:
        """Remember which objects (k,) the newest reports of ``tracks`` (k,) came from."""
        if len(self.origin) < len(self.tracker.mode):
            longer = np.full(len(self.tracker.mode), -1, dtype=np.int64)
            longer[: len(self.origin)] = self.origin
            self.origin = longer
        self.origin[tracks] = objects

    def over(self) -> bool:
        """Say whether no object can do anything any more."""
        return not any(fate.alive for fate in self.fates)


def place_of(r_eci: NDArray[np.float64], time_s: float) -> tuple[float, float, float]:
    """Return latitude deg, longitude deg, altitude m of an inertial position at a time."""
    fixed = eci_to_ecef(r_eci, time_s)
    latitude, longitude, altitude = ecef_to_geodetic(float(fixed[0]), float(fixed[1]), float(fixed[2]))
    return float(np.degrees(latitude)), float(np.degrees(longitude)), altitude
