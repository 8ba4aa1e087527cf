"""What one commander knows of the raid: the tracks, what was read of them, and who reported which when."""

import copy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cupola.battle.manager import BattleManager
from cupola.core.earth import Vector
from cupola.sensors.detection import Measurements
from cupola.tracking.discrimination import Discriminator
from cupola.tracking.picture import TrackEvents, TrackPicture

Integers = NDArray[np.int64]


@dataclass(kw_only=True)
class Situation:
    """A commander and his picture: the national node's, or that of a layer alone. Track numbers mean something in one
    picture only; those from before the cut mean the same track in all.
    """

    commander: BattleManager
    tracker: TrackPicture
    discriminator: Discriminator
    layer: str = ""
    """Whose it is; empty for the national node's"""
    groups: frozenset[int] | None = None
    """Numbers of the sensor groups that report to it; none: all do"""
    origin: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """(tracks,) the object that each track's newest report truly came from, -1 for a false report: for the judge"""
    firm: set[int] = field(default_factory=set)
    """Tracks that were firm after the newest reports"""
    alarmed: bool = False
    """Whether any track was ever firm"""

    def alone(self, layer: str, time_s: float) -> "Situation":
        """Return what is left to a layer at ``time_s``, when the national node is cut: the picture as it is now, which
        nothing but the reports of the layer's own sensor groups changes from now on.
        """
        commander = self.commander.alone(layer, time_s)
        return Situation(
            commander=commander,
            tracker=copy.deepcopy(self.tracker),
            discriminator=copy.deepcopy(self.discriminator),
            layer=layer,
            groups=frozenset(commander.authority.own_sensors(layer)),
            origin=self.origin.copy(),
            firm=set(self.firm),
            alarmed=self.alarmed,
        )

    def hears(self, group: int) -> bool:
        """Say whether a sensor group reports to this commander."""
        return self.groups is None or group in self.groups

    def take(
        self, reports: Measurements, objects: Integers, *, seen_s: float, group: int, burn_time_s: Vector
    ) -> TrackEvents:
        """Give the tracker the reports (k,) that a group made at ``seen_s``, and remember which ``objects`` (k,) they
        came from, which it is not told.
        """
        events = self.tracker.process(reports, time_s=seen_s, group=group, burn_time_s=burn_time_s)
        taken = np.flatnonzero(events.owner >= 0)
        slots = len(self.tracker.mode)
        if len(self.origin) < slots:
            longer = np.full(slots, -1, dtype=np.int64)
            longer[: len(self.origin)] = self.origin
            self.origin = longer
        self.origin[events.owner[taken]] = objects[taken]
        self.commander.authority.sightings.note(events.owner[taken], group, seen_s)
        self.discriminator.resize(slots)
        return events

    def object_of(self, track: int) -> int:
        """Return the object that a track's newest report came from, -1 for a false report. For the record and the
        judge: no tracker knows.
        """
        return int(self.origin[track])

    def whole(self, time_s: float) -> NDArray[np.bool_]:
        """Return which tracks (n,) are believed to be missiles that still carry what they will release."""
        tracker = self.tracker
        released_s = tracker.burnout_s + self.commander.spec.assumed_release_time
        return np.asarray(tracker.plumed & ~tracker.split & (time_s < released_s))

    def lethal_probability(self, time_s: float) -> Vector:
        """Return by track (n,) the chance, as the commander believes, of being or carrying a warhead; a whole missile
        carries one.
        """
        return np.where(self.whole(time_s), 1.0, self.discriminator.lethal_probability())

    def newly_firm(self) -> list[int]:
        """Return the tracks that have become firm since this was last asked."""
        spec = self.commander.spec
        firm = set(np.flatnonzero(self.tracker.firm(spec.firm_updates, spec.firm_error)).tolist())
        new, self.firm = sorted(firm - self.firm), firm
        return new
