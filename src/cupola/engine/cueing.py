"""What a sensor meets where the tracks of those who hear it point it."""

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.tracking.picture import TrackPicture

CUE_ERROR_M = 20e3
"""A track surer than this points a radar's beam or a narrow field, which meets what is as near to where it points;"""
CUE_AGE_S = 120.0
"""and it must have been reported within this time (all assumed)"""


def cued(tracker: TrackPicture, time_s: float, exists: NDArray[np.bool_], r: Vector) -> NDArray[np.bool_]:
    """Return which objects (n,) lie where a confirmed and fresh track is believed to be by now.

    ``r`` (n, 3) in m is where the objects that exist (n,) truly are: a sensor pointed at a belief sees what is there.
    """
    tracks = np.flatnonzero(tracker.firm(1, CUE_ERROR_M))
    tracks = tracks[time_s - tracker.last_report_s[tracks] < CUE_AGE_S]
    if not (len(tracks) and exists.any()):
        return np.zeros(len(exists), dtype=np.bool_)
    believed = tracker.predict(tracks, np.array([time_s])).r[:, 0]
    off = r[:, None, :] - believed[None, :, :]
    near = np.einsum("nmk,nmk->nm", off, off) < CUE_ERROR_M**2
    return np.asarray(exists & near.any(axis=1))
