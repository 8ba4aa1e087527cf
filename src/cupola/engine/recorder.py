"""Collects the tracks of a run while it is played, for its :class:`cupola.engine.tracklog.TrackLog`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.core.trajectory import Trajectory
from cupola.engine.tracklog import TrackLog
from cupola.tracking.picture import TrackPicture


@dataclass(kw_only=True)
class TrackRecorder:
    """Collects the rows of a :class:`TrackLog` while a run is played."""

    rows: list[tuple[float, int, int, int, Vector, Vector, Vector, float, Vector, bool]] = field(default_factory=list)
    members: list[tuple[int, int, float, Vector]] = field(default_factory=list)

    def note(
        self,
        group: int,
        tracker: TrackPicture,
        tracks: NDArray[np.int64],
        objects: NDArray[np.int64],
        shares: Vector,
        trajectories: Sequence[Trajectory],
    ) -> None:
        """Add the states of ``tracks`` (k,) after the reports of ``group``, which came from ``objects`` (k,), -1 for
        false reports; ``shares`` (k, n) are the parts of all objects in them.
        """
        confirmed = tracker.confirmed()
        for i, j, share in zip(tracks.tolist(), objects.tolist(), shares, strict=True):
            at = float(tracker.time_s[i])
            truth = np.zeros(6) if j >= 0 else np.full(6, np.nan)
            for k in np.flatnonzero(share).tolist():
                state = np.concatenate(trajectories[k].state(at))
                truth += share[k] * state
                self.members.append((len(self.rows), k, float(share[k]), state))
            self.rows.append(
                (
                    at,
                    i,
                    j,
                    group,
                    tracker.x[i].copy(),
                    tracker.p[i].copy(),
                    tracker.weight[i].copy(),
                    float(tracker.burnout_s[i]),
                    truth,
                    bool(confirmed[i]),
                )
            )

    def log(self, object_ids: tuple[str, ...], group_names: tuple[str, ...]) -> TrackLog:
        """Return what was collected."""
        columns = list(zip(*self.rows, strict=True)) if self.rows else [()] * 10
        shapes = ((), (), (), (), (9,), (9, 9), (5,), (), (6,), ())
        types = (float, np.int64, np.int64, np.int64, float, float, float, float, float, np.bool_)
        arrays: list[NDArray[Any]] = [
            np.array(column, dtype=kind).reshape(len(self.rows), *shape)
            for column, kind, shape in zip(columns, types, shapes, strict=True)
        ]
        names = ("time_s", "track", "object", "group", "x", "p", "weight", "burnout_s", "truth", "confirmed")
        count = len(self.members)
        row, member, share, state = zip(*self.members, strict=True) if self.members else ((), (), (), ())
        return TrackLog(
            object_ids=object_ids,
            group_names=group_names,
            **dict(zip(names, arrays, strict=True)),
            member_row=np.array(row, dtype=np.int64),
            member=np.array(member, dtype=np.int64),
            member_share=np.array(share, dtype=np.float64),
            member_truth=np.array(state, dtype=np.float64).reshape(count, 6),
        )
