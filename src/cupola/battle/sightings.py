"""Which sensor groups reported which track, and when last: what a layer knows by itself."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector

Integers = NDArray[np.int64]


class Sightings:
    """Newest report of every track (n,) by every sensor group (g,).

    ``groups`` are the groups' names, ``infrared`` says of each whether it sees heat; the others are radars.
    """

    def __init__(self, groups: Iterable[str] = (), infrared: Iterable[bool] = ()) -> None:
        self.groups = tuple(groups)
        self._infrared = np.array(list(infrared), dtype=np.bool_)
        self._last_s = np.full((0, len(self.groups)), -np.inf)

    def note(self, tracks: Integers, group: int, time_s: float) -> None:
        """Remember that ``tracks`` (k,) took reports that the group numbered ``group`` made at ``time_s``."""
        if len(tracks) == 0:
            return
        self._reach(int(tracks.max()) + 1)
        self._last_s[tracks, group] = np.maximum(self._last_s[tracks, group], time_s)

    def last_s(self, tracks: Integers, groups: Iterable[int]) -> Vector:
        """Return when any of ``groups`` last reported each of ``tracks`` (m,); minus infinity for never."""
        which = np.array(list(groups), dtype=np.int64)
        if len(which) == 0 or len(tracks) == 0:
            return np.full(len(tracks), -np.inf)
        self._reach(int(np.max(tracks)) + 1)
        return np.asarray(self._last_s[np.asarray(tracks)[:, None], which].max(axis=1))

    def confirmed(self, tracks: Integers, groups: Iterable[int] | None = None) -> NDArray[np.bool_]:
        """Return which of ``tracks`` (m,) both infrared sensors and radars have reported, of ``groups`` or of all."""
        which = list(range(len(self.groups))) if groups is None else list(groups)
        heat = [group for group in which if self._infrared[group]]
        echo = [group for group in which if not self._infrared[group]]
        return np.asarray(np.isfinite(self.last_s(tracks, heat)) & np.isfinite(self.last_s(tracks, echo)))

    def _reach(self, count: int) -> None:
        """Make room for ``count`` tracks."""
        known = len(self._last_s)
        if count > known:
            longer = np.full((max(count, 2 * known), len(self.groups)), -np.inf)
            longer[:known] = self._last_s
            self._last_s = longer
