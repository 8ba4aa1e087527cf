"""Reports that arrive late: tracks go back to before them and take the newer reports again, in order of time.

The result is that of reports in order, as far as it goes back; which report belongs to which track, once decided, is
not asked again. Bar-Shalom, Willett and Tian (2011), Tracking and Data Fusion, sec. 10.2, calls this reprocessing.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from cupola.core.earth import Vector
from cupola.sensors.looks import Indices
from cupola.tracking.gating import absorb_pairs
from cupola.tracking.imm import Tracks, Work
from cupola.tracking.lifecycle import ascending
from cupola.tracking.reports import Reports


@dataclass(kw_only=True)
class Batch:
    """One batch of reports that tracks took: which track (k,) took which row (k,), and how the ``touched`` tracks were
    before.
    """

    time_s: float
    rows: Reports
    tracks: Indices
    which: Indices
    touched: Indices
    before: Tracks


class Replay:
    """The batches of the last ``memory_s`` seconds, so that a late one can be put in its place."""

    def __init__(self, memory_s: float) -> None:
        self.memory_s = memory_s
        self._batches: deque[Batch] = deque()

    def copied(self, t: Tracks, tracks: Indices) -> Tracks | None:
        """Return a copy of what reports may move, None where no report can be late."""
        return rows_of(t, tracks) if self.memory_s > 0.0 and len(tracks) else None

    def remember(self, time_s: float, rows: Reports, owner: Indices, touched: Indices, before: Tracks | None) -> None:
        """Keep a batch: the track ``owner`` (k,) of each row, negative for none, and how the ``touched`` (m,) tracks,
        those that it moved at all, were ``before``.
        """
        if before is None:
            return
        which = np.flatnonzero(owner >= 0)
        batch = Batch(time_s=time_s, rows=rows, tracks=owner[which], which=which, touched=touched, before=before)
        place = len(self._batches)
        while place and self._batches[place - 1].time_s > time_s:
            place -= 1
        self._batches.insert(place, batch)
        newest = self._batches[-1].time_s
        while self._batches[0].time_s < newest - self.memory_s:
            self._batches.popleft()

    def rewind(self, t: Tracks, time_s: float) -> tuple[list[Batch], Indices]:
        """Take tracks back to before the batches newer than ``time_s``; return those, oldest first, and the tracks."""
        if not self._batches or self._batches[-1].time_s <= time_s:
            return [], np.empty(0, np.int64)
        newer = [batch for batch in self._batches if batch.time_s > time_s]
        for batch in reversed(newer):
            for array, old in zip(t, batch.before, strict=True):
                array[batch.touched] = old
        return newer, ascending(np.concatenate([batch.touched for batch in newer]))

    def again(self, t: Tracks, newer: list[Batch], work: Work, x: Vector, p: Vector, mode: Indices) -> None:
        """Give the tracks the ``newer`` batches once more."""
        for batch in newer:
            batch.before = rows_of(t, batch.touched)
            absorb_pairs(t, batch.tracks, batch.rows, batch.which, batch.time_s, work, x, p, mode)


def rows_of(t: Tracks, tracks: Indices) -> Tracks:
    """Return a copy of some rows of the tracks' arrays."""
    return Tracks._make(array.take(tracks, axis=0) for array in t)
