"""The tracks of one run, from reports that do not say whose they are."""

import numpy as np

from cupola.core.earth import Vector
from cupola.sensors.looks import Flags, Indices, Measurements
from cupola.tracking.association import assignment_cost, chi_square_gate, nearest_neighbour
from cupola.tracking.gating import (
    CONTESTED,
    NOBODY,
    OUTSIDE,
    absorb_pairs,
    close_and_young,
    gates,
    near_any,
    note_taken,
    one_to_one,
)
from cupola.tracking.imm import Tracks, combined, new_tracks, new_work
from cupola.tracking.imm_mixing import EXTENDED, UNSCENTED
from cupola.tracking.imm_shared import absorb_weighted
from cupola.tracking.initiation import COARSEST_FIX
from cupola.tracking.jpda import joint_probabilities
from cupola.tracking.late import Batch, Replay
from cupola.tracking.lifecycle import TENTATIVE, Lifecycle, ascending
from cupola.tracking.motion import BOOST, NONE
from cupola.tracking.newborn import Nursery
from cupola.tracking.picture import TrackEvents, TrackPicture, lengthened
from cupola.tracking.reports import Reports, reports_of
from cupola.tracking.spec import TrackingSpec
from cupola.tracking.upkeep import coarser, hopeless, twins, unheard

TOO_YOUNG = -2
"""Owner of a late report of what began to be tracked after it"""
NO_TRACKS = np.empty(0, np.int64)
CLUTTER = 1e-12
"""Density of false reports and new objects that association allows for, per unit of the report's own measures: the
sensors' own m-of-n leaves next to none (assumed)
"""


class Tracker(TrackPicture):
    """Tracks from reports: the estimates are all models weighed together."""

    def __init__(self, spec: TrackingSpec, *, latest_s: float = 0.0, capacity: int = 64) -> None:
        self.spec = spec
        self._replay = Replay(latest_s)
        self.count = 0
        self.tracks = new_tracks(capacity)
        self.x, self.p = np.zeros((capacity, 9)), np.zeros((capacity, 9, 9))
        self.mode = np.zeros(capacity, np.int64)
        self.updates = np.zeros(capacity, np.int64)
        self.plumed = np.zeros(capacity, np.bool_)
        self.split = np.zeros(capacity, np.bool_)
        self.parent = np.full(capacity, -1, np.int64)
        self.last_report_s = np.full(capacity, -np.inf)
        self._groups = np.zeros(capacity, np.int64)
        self._life = Lifecycle(capacity, spec.confirm_hits, spec.confirm_scans)
        self._limits = np.concatenate([[0.0], chi_square_gate(spec.gate_probability, np.arange(1, 5))])
        self._nursery = Nursery(self)
        self.work = new_work(UNSCENTED if spec.filter == "unscented" else EXTENDED)

    @property
    def time_s(self) -> Vector:
        """Times (n,) of the estimates."""
        return self.tracks.time_s

    @property
    def burnout_s(self) -> Vector:
        """Believed burnout times (n,)."""
        return self.tracks.burnout_s

    @property
    def weight(self) -> Vector:
        """Probabilities (n, 5) of the models."""
        return self.tracks.weight

    def confirmed(self) -> Flags:
        """Return which tracks (n,) are confirmed."""
        return self._life.confirmed()

    def process(self, reports: Measurements, *, time_s: float, group: int, burn_time_s: Vector) -> TrackEvents:
        """See :meth:`cupola.tracking.picture.TrackPicture.process`."""
        first, burning = self.count, self.mode == BOOST
        lost = self.lapse(time_s)
        rows = reports_of(reports)
        newer = self._go_back(time_s)
        close, young = self._close_and_young(rows, time_s)
        before = self._replay.copied(self.tracks, close)
        owner, shared = self._associate(close, rows, time_s)
        taken = np.flatnonzero((owner >= 0) & ~shared)
        self._nursery.second_range(owner[taken], rows, taken, time_s)
        self.take(owner[taken], rows, taken, time_s)
        self._replay.remember(time_s, rows, owner, close, before)
        if len(young):
            owner[(owner < 0) & near_any(self.x, self.p, self.time_s, young, rows)] = TOO_YOUNG
        self._nursery.settle(rows, owner, time_s, burn_time_s)
        self._replay.again(self.tracks, newer, self.work, self.x, self.p, self.mode)
        initiated = self._keep_fine(first, owner)
        confirmed, given_up = self._count(ascending(owner[owner >= 0]), first, group)
        doubled = twins(self.x, self.p, self.mode, self.time_s, self.last_report_s, self.count, time_s)
        self.end(given_up)
        self.end(doubled)
        return TrackEvents(
            owner=owner,
            initiated=initiated,
            confirmed=confirmed,
            coasting=np.flatnonzero(burning & (self.mode[: len(burning)] > BOOST)),
            ended=ascending(np.concatenate([lost, given_up, doubled])),
        )

    def begin(self, parent: int = -1) -> int:
        """Return the number of a new track, whose arrays the caller fills."""
        if self.count == len(self.mode):
            self._grow()
        self.count += 1
        self.parent[self.count - 1] = parent
        return self.count - 1

    def _go_back(self, time_s: float) -> list[Batch]:
        """Take the tracks back to before the reports that are newer than ``time_s``; return those."""
        newer, touched = self._replay.rewind(self.tracks, time_s)
        for i in touched.tolist():
            self.renew(i)
        return newer

    def _close_and_young(self, rows: Reports, time_s: float) -> tuple[Indices, Indices]:
        """Return the tracks that any report lies near enough to for an exact test, and those that began after the
        reports and cannot take them any more.
        """
        if len(rows.time_s) == 0:
            return NO_TRACKS, NO_TRACKS
        return close_and_young(self.x, self.p, self.mode, self.time_s, self.count, rows, time_s)

    def take(self, tracks: Indices, rows: Reports, which: Indices, time_s: float) -> None:
        """Give each of ``tracks`` (k,) its report ``which`` (k,)."""
        if len(tracks) == 0:
            return
        absorb_pairs(self.tracks, tracks, rows, which, time_s, self.work, self.x, self.p, self.mode)
        self.plumed[tracks] |= rows.burning[which]
        self._note_taken(tracks, time_s)

    def renew(self, i: int) -> None:
        """Recompute the combined estimate of one track from its models."""
        self.mode[i] = combined(self.tracks, i, self.x[i], self.p[i], self.work)

    def density(self, tracks: Indices, rows: Reports, time_s: float) -> Vector:
        """Return the log density (m, k) of each report under each of ``tracks`` (m,), -inf outside its gate."""
        out = np.empty((len(tracks), len(rows.time_s)))
        if out.size:
            gates(self.tracks, tracks, self.x, self.p, self.mode, rows, self._limits, time_s, self.work, out)
        return out

    def _associate(self, live: Indices, rows: Reports, time_s: float) -> tuple[Indices, Flags]:
        """Return the track (k,) of each report, -1 for none, and which reports joint association has already taken in.

        A track takes one report of a sensor at most.
        """
        count = len(rows.time_s)
        owner, shared = np.full(count, NOBODY, np.int64), np.zeros(count, np.bool_)
        if count == 0 or len(live) == 0:
            return owner, shared
        density = self.density(live, rows, time_s)
        if not one_to_one(density, live, rows.sensor, owner):
            return owner, shared
        inside = density > OUTSIDE
        for sensor in np.unique(rows.sensor[owner == CONTESTED]):
            mine = np.flatnonzero((rows.sensor == sensor) & (owner == CONTESTED))
            owner[mine] = NOBODY
            near = np.flatnonzero(inside[:, mine].any(axis=1))
            block = inside[np.ix_(near, mine)]
            if self.spec.association == "joint" and self._life.confirmed()[live[near]].all():
                owner[mine] = self._share(live[near], density[np.ix_(near, mine)], rows, mine, time_s)
                shared[mine] = True
            else:
                cost, miss_cost = assignment_cost(
                    density[np.ix_(near, mine)],
                    detection_probability=self.spec.detection_probability,
                    extraneous_density=CLUTTER,
                )
                pairs = nearest_neighbour(cost, block, miss_cost=miss_cost)
                owner[mine[pairs[pairs >= 0]]] = live[near[pairs >= 0]]
        return owner, shared

    def _share(self, tracks: Indices, density: Vector, rows: Reports, mine: Indices, time_s: float) -> Indices:
        """Let the tracks of a crowd take every report near them, weighed by joint probabilities; return each report's
        most probable track.
        """
        inside = density > OUTSIDE
        betas = joint_probabilities(
            np.where(inside, density, 0.0),
            inside,
            detection_probability=self.spec.detection_probability,
            clutter_density=CLUTTER,
        )
        for a, track in enumerate(tracks):
            which = np.flatnonzero(inside[a])
            weights = np.concatenate([betas[a, -1:], betas[a, which]])
            absorb_weighted(self.tracks, int(track), rows, mine[which], weights, self.work)
            self.renew(int(track))
        likely = betas[:, :-1].argmax(axis=0)
        self._note_taken(tracks[likely], time_s)
        return np.asarray(tracks[likely])

    def _note_taken(self, tracks: Indices, time_s: float) -> None:
        self.end(note_taken(tracks, time_s, self.x, self.p, self.updates, self.last_report_s))

    def _count(self, seen: Indices, first: int, group: int) -> tuple[Indices, Indices]:
        """Count hits and misses of a group's scan; return the tracks confirmed by it and the tentative ones given up.

        A scan counts for a tentative track if its group has reported the track before.
        """
        bit = 1 << group
        silent = unheard(self._groups, self._life.status == TENTATIVE, seen, bit, self.count)
        given_up = self._life.miss(silent)
        if len(seen) == 0:
            return NO_TRACKS, given_up
        self._groups[seen] |= bit
        old = np.searchsorted(seen, first)
        return np.concatenate([self._life.begin(seen[old:]), self._life.hit(seen[:old])]), given_up

    def lapse(self, time_s: float) -> Indices:
        """End the tracks that nobody has reported for too long, that have grown too coarse, or have met the ground;
        return them.
        """
        limits = (self.spec.delete_after, self.spec.delete_error**2)
        lost = hopeless(self.x, self.p, self.mode, self.time_s, self.last_report_s, self.count, time_s, *limits)
        self.end(lost)
        return np.asarray(lost)

    def _keep_fine(self, first: int, owner: Indices) -> Indices:
        """End the tracks from ``first`` on that are too coarse to be of use, take them off ``owner`` (k,) in place, and
        return the others.
        """
        if self.count == first:
            return NO_TRACKS
        born = np.arange(first, self.count)
        coarse = coarser(self.p, first, self.count, COARSEST_FIX**2)
        if len(coarse) == 0:
            return born
        self.end(coarse)
        owner[np.isin(owner, coarse)] = NOBODY
        return np.setdiff1d(born, coarse)

    def end(self, tracks: Indices) -> None:
        """Forget tracks."""
        if len(tracks):
            self.mode[tracks] = NONE
            self._life.delete(tracks)

    def _grow(self) -> None:
        longer = 2 * len(self.mode)
        self.tracks = Tracks(*(lengthened(array, longer) for array in self.tracks))
        for name in ("x", "p", "mode", "updates", "plumed", "split", "parent", "last_report_s", "_groups"):
            setattr(self, name, lengthened(getattr(self, name), longer))
        self._life.resize(longer)
