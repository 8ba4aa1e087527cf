"""A national centre that is sent tracks, not reports: every sensor group has a tracker of its own.

Tracks of one object share its process noise, and by how much their errors are correlated is known to nobody; the centre
joins them by covariance intersection. It keeps nothing of an estimate but the numbers, and nothing goes back to the
local trackers, so no report is counted twice (fusion without memory and without feedback: Chong, Mori, Barker and Chang
2000, IEEE AES Magazine 15(1), 9).
"""

from dataclasses import dataclass

import numpy as np

from cupola.core.earth import Vector
from cupola.sensors.looks import Flags, Indices, Measurements
from cupola.tracking.association import chi_square_gate
from cupola.tracking.fusion import covariance_intersection, same_objects, track_distance
from cupola.tracking.imm import advance, new_tracks
from cupola.tracking.imm_mixing import MODELS
from cupola.tracking.imm_switch import PLUME_MEMORY
from cupola.tracking.joining import KINEMATIC, carried, near, with_parameters
from cupola.tracking.motion import BOOST, NONE
from cupola.tracking.picture import TrackEvents, TrackPicture, lengthened
from cupola.tracking.spec import TrackingSpec
from cupola.tracking.tracker import Tracker

LAPSE_S = 30.0
"""s after which the tracks of a group that sends nothing are looked through for those to give up"""
CATCH_UP_S = 30.0
"""s behind which a silent local track is carried forward for good, not again for every joining"""
SILENCE_S = 15.0
"""s; of two local tracks that part, the one leaves that was not reported for longer than that before the other"""
THRUST_LAG_S, THRUST = 10.0, 30.0
"""s and m/s2; how far the track of a radar, which sees no plume, may trail behind what burns (assumed)"""
WEIGHT_LEVEL = 1e-2
"""How exactly weights are sought: covariance intersection holds for any"""
LAG = np.kron(
    THRUST**2 * np.array([[THRUST_LAG_S**4 / 4.0, THRUST_LAG_S**3 / 2.0], [THRUST_LAG_S**3 / 2.0, THRUST_LAG_S**2]]),
    np.eye(3),
)


@dataclass(frozen=True, kw_only=True)
class Members:
    """Local tracks (k,) of one object at one time: ``groups``, their ``tracks`` there, estimates x (k, 9), p (k, 9, 9),
    ``mode`` (k,), ``weight`` (k, 5), when they were last reported, and whether they are seen ``burning``.
    """

    groups: Indices
    tracks: Indices
    x: Vector
    p: Vector
    mode: Indices
    weight: Vector
    last_report_s: Vector
    burning: Flags


@dataclass(frozen=True, kw_only=True)
class Joined:
    """One estimate ``x`` (9,), ``p`` (9, 9) of several members, the weights ``omega`` (k,), and which one leads."""

    x: Vector
    p: Vector
    omega: Vector
    lead: int


class Centre(TrackPicture):
    """System tracks of one run, each made of at most one local track of every sensor group.

    A local tracker sends the tracks that it has confirmed; ``latest_s`` is how late one may come after a newer one of
    another group. ``members`` (n, groups) are the local tracks of each system track, -1 for none.
    """

    def __init__(self, spec: TrackingSpec, *, groups: int, latest_s: float = 0.0, capacity: int = 64) -> None:
        self.spec = spec
        self.local = [Tracker(spec) for _ in range(groups)]
        self.count = 0
        self.x, self.p = np.zeros((capacity, 9)), np.zeros((capacity, 9, 9))
        self.mode = np.zeros(capacity, np.int64)
        self.updates = np.zeros(capacity, np.int64)
        self.plumed = np.zeros(capacity, np.bool_)
        self.split = np.zeros(capacity, np.bool_)
        self.parent = np.full(capacity, -1, np.int64)
        self.last_report_s = np.full(capacity, -np.inf)
        self.members = np.full((capacity, groups), -1, np.int64)
        self._time_s = np.full(capacity, -np.inf)
        self._burnout_s = np.full(capacity, np.inf)
        self._weight = np.zeros((capacity, MODELS))
        self._system = [np.full(len(tracker.mode), -1, np.int64) for tracker in self.local]
        self._lapsed_s = np.full(groups, -np.inf)
        self._latest_s = latest_s
        self._gate = float(chi_square_gate(spec.gate_probability, KINEMATIC))
        self._spare = new_tracks(1)

    @property
    def time_s(self) -> Vector:
        """Times (n,) of the estimates."""
        return self._time_s

    @property
    def burnout_s(self) -> Vector:
        """Believed burnout times (n,)."""
        return self._burnout_s

    @property
    def weight(self) -> Vector:
        """Probabilities (n, 5) of the models, those of the local track that leads."""
        return self._weight

    def confirmed(self) -> Flags:
        """Return which tracks (n,) are confirmed: all that live, for only such are sent."""
        return np.asarray(self.mode != NONE)

    def process(self, reports: Measurements, *, time_s: float, group: int, burn_time_s: Vector) -> TrackEvents:
        """See :meth:`cupola.tracking.picture.TrackPicture.process`. Reports of a track that its group has not confirmed
        yet have no owner.
        """
        first, burning, alive = self.count, self.mode == BOOST, self.mode != NONE
        tracker = self.local[group]
        events = tracker.process(reports, time_s=time_s, group=0, burn_time_s=burn_time_s)
        touched = self._release(group, time_s)
        system = self._numbers(group)
        seen = np.unique(events.owner[events.owner >= 0])
        seen = seen[tracker.confirmed()[seen]]
        known = system[seen[system[seen] >= 0]]
        self.updates[known] += 1
        touched |= set(known.tolist())
        for i in sorted(touched):
            self._renew(i, time_s)
        self._welcome(group, seen[system[seen] < 0], time_s)
        for i in sorted(touched):
            self._merge(i)
        initiated = np.arange(first, self.count)
        before = len(alive)
        return TrackEvents(
            owner=np.where(events.owner >= 0, system[np.maximum(events.owner, 0)], events.owner),
            initiated=initiated,
            confirmed=initiated,
            coasting=np.flatnonzero(burning & (self.mode[:before] > BOOST)),
            ended=np.flatnonzero(alive & (self.mode[:before] == NONE)),
        )

    def _numbers(self, group: int) -> Indices:
        """Return the system track (n,) of each local track of a group, -1 for none."""
        size = len(self.local[group].mode)
        if len(self._system[group]) < size:
            self._system[group] = lengthened(self._system[group], size, -1)
        return self._system[group]

    def _release(self, group: int, time_s: float) -> set[int]:
        """Let go of local tracks that have ended, of the group that reports and now and then of all; return the system
        tracks that lost one and still have others.
        """
        due = np.flatnonzero(time_s - self._lapsed_s >= LAPSE_S)
        self._lapsed_s[due] = time_s
        for g in due.tolist():
            self.local[g].lapse(time_s)
        poorer: set[int] = set()
        for g in {group, *due.tolist()}:
            system = self._numbers(g)
            for track in np.flatnonzero((system >= 0) & (self.local[g].mode == NONE)).tolist():
                poorer.add(int(system[track]))
                self._detach(g, track)
        return {i for i in poorer if self.mode[i] != NONE}

    def _detach(self, group: int, track: int) -> None:
        """Take a local track from its system track, which ends without any."""
        i = self._system[group][track]
        self._system[group][track] = self.members[i, group] = -1
        if (self.members[i] < 0).all():
            self.mode[i] = NONE

    def _attach(self, i: int, group: int, track: int) -> None:
        """Make a local track part of system track i."""
        tracker, system = self.local[group], self._system[group]
        self.members[i, group], system[track] = track, i
        self.updates[i] += tracker.updates[track]
        parent = system[tracker.parent[track]] if tracker.parent[track] >= 0 else -1
        if parent >= 0 and parent != i:
            self.split[parent] = True
            self.parent[i] = parent if self.parent[i] < 0 else self.parent[i]

    def _begin(self) -> int:
        if self.count == len(self.mode):
            longer = 2 * self.count
            for name in ("x", "p", "mode", "updates", "plumed", "split", "_weight", "_time_s"):
                setattr(self, name, lengthened(getattr(self, name), longer))
            for name, fill in (("parent", -1), ("members", -1), ("last_report_s", -np.inf), ("_burnout_s", np.inf)):
                setattr(self, name, lengthened(getattr(self, name), longer, fill))
        self.count += 1
        self._time_s[self.count - 1] = -np.inf
        return self.count - 1

    def _carried(self, groups: Indices, tracks: Indices, time_s: float) -> Members:
        """Return local tracks (k,) at ``time_s``; those whose covariance is none any more have the mode NONE."""
        k = len(groups)
        x, p, weight = np.zeros((k, 9)), np.zeros((k, 9, 9)), np.zeros((k, MODELS))
        mode, last, burning = np.zeros(k, np.int64), np.zeros(k), np.zeros(k, np.bool_)
        for a, (group, track) in enumerate(zip(groups.tolist(), tracks.tolist(), strict=True)):
            tracker = self.local[group]
            # What may still be reported of that time by this group must find the track no later than that.
            sure_s = time_s - self._latest_s
            if sure_s - tracker.time_s[track] > CATCH_UP_S:
                advance(tracker.tracks, track, sure_s, tracker.work)
                tracker.renew(track)
            mode[a] = carried(tracker.tracks, track, time_s, self._spare, tracker.work, x[a], p[a], weight[a])
            last[a] = tracker.last_report_s[track]
            burning[a] = mode[a] == BOOST and time_s - tracker.tracks.last_plume_s[track] < PLUME_MEMORY
        return Members(
            groups=groups, tracks=tracks, x=x, p=p, mode=mode, weight=weight, last_report_s=last, burning=burning
        )

    def _members(self, i: int, time_s: float) -> Members:
        groups = np.flatnonzero(self.members[i] >= 0)
        return self._carried(groups, self.members[i, groups], time_s)

    def _renew(self, i: int, time_s: float) -> None:
        """Join the local tracks of system track i anew, at ``time_s`` or its own newer time; those that no longer fit
        the one that leads leave it.
        """
        time_s = max(time_s, float(self._time_s[i]))
        members = self._members(i, time_s)
        kept = members.mode != NONE
        while kept.any():
            used = usable(members, kept)
            joined = join(members, used)
            misfit = self._misfit(members, used, joined)
            if misfit < 0:
                break
            kept[misfit] = False
        for a in np.flatnonzero(~kept).tolist():
            group, track = int(members.groups[a]), int(members.tracks[a])
            if members.mode[a] == NONE:
                self.local[group].end(np.array([track]))
            self._detach(group, track)
        if kept.any():
            self._store(i, members, kept, used, joined, time_s)

    def _misfit(self, members: Members, used: Indices, joined: Joined) -> int:
        """Return which member (index into all) is of another object than most, -1 where all ``used`` (m,) agree."""
        if len(used) < 2:
            return -1
        lead = used[joined.lead]
        x, p = kinematic(members.x), kinematic(members.p)
        distance, _ = track_distance(x[lead : lead + 1], p[lead : lead + 1], x[used], p[used])
        distance[0, joined.lead] = 0.0
        worst = used[int(distance[0].argmax())]
        if distance[0].max() < self._gate:
            return -1
        older = members.last_report_s[lead] < members.last_report_s[worst] - SILENCE_S
        return int(lead if older else worst)

    def _store(self, i: int, members: Members, kept: Flags, used: Indices, joined: Joined, time_s: float) -> None:
        lead = int(used[joined.lead])
        self.x[i], self.p[i], self._time_s[i] = joined.x, joined.p, time_s
        self.mode[i], self._weight[i] = members.mode[lead], members.weight[lead]
        self.last_report_s[i] = max(self.last_report_s[i], members.last_report_s[kept].max())
        best, seen = -1.0, False
        for a in np.flatnonzero(kept).tolist():
            tracker, track = self.local[members.groups[a]], members.tracks[a]
            self.split[i] |= tracker.split[track]
            omega = float(joined.omega[used == a].sum())
            # Who never saw it burn takes its first report for burnout.
            if (tracker.plumed[track], omega) > (seen, best) and (tracker.plumed[track] or not self.plumed[i]):
                best, seen, self._burnout_s[i] = omega, bool(tracker.plumed[track]), tracker.burnout_s[track]
        self.plumed[i] |= seen

    def _welcome(self, group: int, tracks: Indices, time_s: float) -> None:
        """Give local tracks (k,) that belong to no system track to one that has none of their group, or begin one."""
        if len(tracks) == 0:
            return
        groups = np.full(len(tracks), group)
        new = self._carried(groups, tracks, time_s)
        live = self.living()
        open_ = live[self.members[live, group] < 0]
        rough = np.zeros(len(open_), np.bool_)
        for x, p in zip(new.x, new.p, strict=True):
            rough |= near(self.x, self.p, self._time_s, open_, x, p, time_s)
        open_ = open_[rough]
        match = np.full(len(tracks), -1)
        if len(open_):
            common_s = max(time_s, float(self._time_s[open_].max()))
            new = self._carried(groups, tracks, common_s)
            x, p = self._estimates(open_, common_s)
            match = same_objects(kinematic(new.x), kinematic(new.p), x, p)
        for track, j in zip(tracks.tolist(), match.tolist(), strict=True):
            i = int(open_[j]) if j >= 0 else self._begin()
            self._attach(i, group, track)
            self._renew(i, time_s)

    def _estimates(self, rows: Indices, time_s: float) -> tuple[Vector, Vector]:
        """Return position and velocity (m, 6) and covariance (m, 6, 6) of system tracks (m,) at ``time_s``, to ask
        whether they are of one object: what burns leaves room for tracks that know of no thrust.
        """
        x, p = np.zeros((len(rows), 9)), np.zeros((len(rows), 9, 9))
        for a, i in enumerate(rows.tolist()):
            members = self._members(i, time_s)
            kept = members.mode != NONE
            if kept.any():
                joined = join(members, usable(members, kept))
                x[a], p[a] = joined.x, joined.p
                if members.burning.any():
                    p[a, :KINEMATIC, :KINEMATIC] += LAG
        return kinematic(x), kinematic(p)

    def _merge(self, i: int) -> None:
        """Make one of system track i and another one of the same object to which other groups contribute; the older
        number stays.
        """
        if self.mode[i] == NONE:
            return
        live = self.living()
        apart = live[~((self.members[live] >= 0) & (self.members[i] >= 0)).any(axis=1)]
        apart = apart[near(self.x, self.p, self._time_s, apart, self.x[i], self.p[i], self._time_s[i])]
        if len(apart) == 0:
            return
        common_s = max(float(self._time_s[i]), float(self._time_s[apart].max()))
        x, p = self._estimates(np.append(i, apart), common_s)
        found = same_objects(x[:1], p[:1], x[1:], p[1:])[0]
        if found < 0:
            return
        old, young = sorted((i, int(apart[found])))
        for group in np.flatnonzero(self.members[young] >= 0).tolist():
            track = self.members[young, group]
            self.members[old, group], self._system[group][track] = track, old
        if self.plumed[young] and not self.plumed[old]:
            self._burnout_s[old] = self._burnout_s[young]
        for flags in (self.plumed, self.split):
            flags[old] |= flags[young]
        self.updates[old] += self.updates[young]
        self.parent[self.parent == young] = old
        self.members[young], self.mode[young] = -1, NONE
        self._renew(old, common_s)


def kinematic(array: Vector) -> Vector:
    """Return the position and velocity part of states (k, 9) or covariances (k, 9, 9), contiguous."""
    part = array[:, :KINEMATIC] if array.ndim == 2 else array[:, :KINEMATIC, :KINEMATIC]
    return np.ascontiguousarray(part)


def usable(members: Members, kept: Flags) -> Indices:
    """Return which of the ``kept`` (k,) members are joined: while one is seen burning, only those that believe in
    thrust, for a plume tells what no path does.
    """
    thrust = kept & (members.mode == BOOST)
    return np.flatnonzero(thrust if (kept & members.burning).any() else kept)


def join(members: Members, used: Indices) -> Joined:
    """Return the covariance intersection of the members ``used`` (m,), in the model of the one that leads."""
    if len(used) == 1:
        only = int(used[0])
        return Joined(x=members.x[only], p=members.p[only], omega=np.ones(1), lead=0)
    xs, ps = members.x[used], members.p[used]
    omega = covariance_intersection(kinematic(xs), kinematic(ps), level=WEIGHT_LEVEL).omega
    x, p = np.empty(9), np.empty((9, 9))
    lead = with_parameters(xs, ps, members.mode[used], omega, x, p)
    return Joined(x=x, p=p, omega=omega, lead=lead)
