"""How good each sensor group's view of each object was along a run: the quality ladder, kept for the record.

What makes a track and what can guide a weapon is the shooters' requirement, not the sensor's: one radar is good enough
for a seeker that looks kilometres around and too coarse for one that does not. A track is what the battle manager calls
firm; fire control is what every interceptor deployed could take a handover from, two sigma within the narrowest basket.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from cupola.core.earth import Vector
from cupola.engine.record import Ladder, Ladders
from cupola.engine.situation import Situation
from cupola.engine.world import World
from cupola.interceptors.kinds import InterceptorSpec
from cupola.interceptors.laser import LaserSpec
from cupola.sensors.looks import CODE, REASONS, UNRESOLVED, Flags, Indices, Looks
from cupola.sensors.quality import RUNG, RUNGS, Quality, QualityThresholds, quality_of
from cupola.tracking.motion import NONE

FRESH_S = 120.0
"""A network track that nobody has reported for so long says nothing of what its sensors are good for (assumed)."""


class LadderTally:
    """How long every object stood on each rung of one sensor group, and why it stood on none."""

    def __init__(self, objects: int, thresholds: QualityThresholds) -> None:
        self.thresholds = thresholds
        self.rung_s = np.zeros((len(RUNGS), objects))
        self.first_s = np.full((len(RUNGS), objects), np.nan)
        self.unseen_s = np.zeros((len(REASONS), objects))

    def note(self, looks: Looks, confirmed: Flags, best: Indices, r: Vector, fused: Vector, hold_s: float) -> None:
        """Add a scan that stands for ``hold_s`` seconds, until the next one.

        ``confirmed`` (s, n) passed the m-of-n rule, ``best`` (n,) is the reason that came nearest to a report, ``r``
        (n, 3) where the objects are and ``fused`` (n,) the error of the best track of each that those have whom the
        group reports to.
        """
        distance = np.linalg.norm(r[None, :, :] - looks.r_sensors[:, None, :], axis=2)
        apart = confirmed & (looks.reason != UNRESOLVED)
        each = quality_of(looks, apart, self.thresholds, range_m=distance, fused_error=fused)
        self._add(each.max(axis=0), best, looks.time_s, hold_s)

    def blind(self, reasons: Indices, time_s: float, hold_s: float) -> None:
        """Add a scan in which no sensor could see anything, for ``reasons`` (n,)."""
        self._add(np.full(len(reasons), RUNG[Quality.NONE]), reasons, time_s, hold_s)

    def _add(self, rungs: Indices, reasons: Indices, time_s: float, hold_s: float) -> None:
        there = np.flatnonzero(reasons != CODE["ABSENT"])
        self.rung_s[rungs[there], there] += hold_s
        unseen = there[rungs[there] == RUNG[Quality.NONE]]
        self.unseen_s[reasons[unseen], unseen] += hold_s
        reached = np.arange(len(RUNGS))[:, None] <= rungs[there]
        self.first_s[:, there] = np.where(reached & np.isnan(self.first_s[:, there]), time_s, self.first_s[:, there])

    def of(self, i: int) -> Ladder:
        """Return what was tallied of one object."""
        return Ladder(
            seconds={rung.code: float(self.rung_s[k, i]) for k, rung in enumerate(RUNGS) if self.rung_s[k, i] > 0.0},
            first_s={
                rung.code: float(self.first_s[k, i])
                for k, rung in enumerate(RUNGS)
                if k and np.isfinite(self.first_s[k, i])
            },
            unseen_s={
                reason.code: float(self.unseen_s[k, i]) for k, reason in enumerate(REASONS) if self.unseen_s[k, i] > 0.0
            },
        )


def thresholds_of(world: World) -> tuple[QualityThresholds, str]:
    """Return what makes a track and what can guide a weapon in a scenario, and the interceptor that asks most.

    Without interceptors the usual error stands for what some weapon would need, and the name is empty.
    """
    firm = float(world.scenario.battle.firm_error)
    baskets = {arsenal.group.model: _basket(arsenal.group.spec) for arsenal in world.arsenals}
    strictest = min(baskets, key=baskets.__getitem__, default="")
    needed = 0.5 * baskets[strictest] if strictest else QualityThresholds().fire_control_error
    return QualityThresholds(track_error=firm, fire_control_error=min(needed, firm)), strictest


def _basket(spec: InterceptorSpec) -> float:
    """Return the half-width in m within which a weapon finds its target by itself."""
    return float(spec.acquisition_field if isinstance(spec, LaserSpec) else spec.kill_vehicle.seeker_field)


def fused_errors(situations: Iterable[Situation], objects: int, time_s: float) -> Vector:
    """Return (objects,) the one-sigma position error in m at ``time_s`` of the best track of each object in any of
    ``situations``; infinite without a confirmed track that was reported lately.
    """
    errors = np.full(objects, np.inf)
    for situation in situations:
        tracker = situation.tracker
        alive = tracker.confirmed()[: len(tracker.mode)] & (tracker.mode != NONE)
        fresh = alive & (time_s - tracker.last_report_s < FRESH_S)
        tracks = np.flatnonzero(fresh)
        if len(tracks):
            sigma = tracker.predict(tracks, np.array([time_s])).sigma[:, 0]
            real = situation.origin[tracks] >= 0
            np.fmin.at(errors, situation.origin[tracks[real]], sigma[real])
    return errors


def ladders_of(
    object_ids: Sequence[str], tallies: Mapping[str, LadderTally], thresholds: QualityThresholds, strictest: str
) -> Ladders:
    """Return the record of the tallies of all sensor groups by name."""
    return Ladders(
        track_error_m=thresholds.track_error,
        fire_control_error_m=thresholds.fire_control_error,
        fire_control_of=strictest,
        by_object={name: {group: tally.of(i) for group, tally in tallies.items()} for i, name in enumerate(object_ids)},
    )
