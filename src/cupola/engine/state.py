"""What changes during one run. Truth and beliefs lie side by side here; only the engine's handlers touch both."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cupola.battle.manager import BattleManager
from cupola.battle.reasons import NoShot
from cupola.core.chance import stream
from cupola.core.earth import ecef_to_geodetic, eci_to_ecef
from cupola.engine.events import EventQueue
from cupola.engine.post import Post
from cupola.engine.record import FALSE_TRACK, Event, EventKind, HeldFire, ShotRow
from cupola.engine.recorder import TrackRecorder
from cupola.engine.situation import Situation
from cupola.engine.world import World
from cupola.threats.raid import PackedRaid, ThreatObject


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
    national: Situation
    """What the national node knows: all that is reported, until it is cut"""
    queue: EventQueue
    post: Post
    fates: list[ObjectFate]
    best_sigma_m: NDArray[np.float64]
    """(n,) smallest one-sigma position error that each object's track ever had; NaN without a track."""
    recorder: TrackRecorder | None = None
    log: list[Event] = field(default_factory=list)
    shots: list[ShotRow] = field(default_factory=list)
    alone: dict[str, Situation] = field(default_factory=dict)
    """Layer -> its own commander and his picture, once the national node is cut"""
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

    @property
    def manager(self) -> BattleManager:
        """The national node's commander, whose rules and batteries are everybody's."""
        return self.national.commander

    def situation(self, layer: str) -> Situation:
        """Return who decides for a layer now, and by what picture."""
        return self.alone.get(layer, self.national)

    def situations(self) -> tuple[Situation, ...]:
        """Return all who decide for any layer now."""
        return tuple(self.alone.values()) or (self.national,)

    def hearing(self, group: int) -> tuple[Situation, ...]:
        """Return those whom a sensor group reports to now; nobody may be left."""
        return tuple(situation for situation in self.situations() if situation.hears(group))

    def hold_fire(self, time_s: float, group: str, target: int, reason: NoShot) -> None:
        """Remember what kept a group of interceptors from firing at an object; nothing of a false track's, -1."""
        if target >= 0:
            held = self.held_fire.setdefault(target, {}).setdefault(group, {})
            held[reason.code] = (held.get(reason.code, (time_s,))[0], time_s)

    def name_of(self, target: int) -> str:
        """Return the name of an object, or that of a false track for -1."""
        return FALSE_TRACK if target < 0 else self.threats[target].object_id

    def over(self) -> bool:
        """Say whether no object can do anything any more."""
        return not any(fate.alive for fate in self.fates)


def place_of(r_eci: NDArray[np.float64], time_s: float) -> tuple[float, float, float]:
    """Return latitude deg, longitude deg, altitude m of an inertial position at a time."""
    fixed = eci_to_ecef(r_eci, time_s)
    latitude, longitude, altitude = ecef_to_geodetic(float(fixed[0]), float(fixed[1]), float(fixed[2]))
    return float(np.degrees(latitude)), float(np.degrees(longitude)), altitude
