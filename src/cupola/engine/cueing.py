"""What a sensor meets where the network's tracks point it."""

import numpy as np
from numpy.typing import NDArray

from cupola.engine.state import RunState
from cupola.threats.raid import ThreatObject

CUE_ERROR_M = 20e3
"""A track surer than this points a radar's beam or a narrow field at its object (assumed)"""
CUE_AGE_S = 120.0
"""and it must have been reported within this time"""


def cued(state: RunState, time_s: float) -> NDArray[np.bool_]:
    """Return which objects (n,) the network's tracks point a sensor at: those that a confirmed track was last reported
    of, and, where that was a missile that has let them go since, what it released near to where the track now is.
    """
    out = np.zeros(len(state.threats), dtype=np.bool_)
    tracker = state.tracker
    tracks = np.flatnonzero(tracker.firm(1, CUE_ERROR_M))
    tracks = tracks[time_s - tracker.last_report_s[tracks] < CUE_AGE_S]
    of = state.origin[tracks]
    out[of[of >= 0]] = True
    gone = [k for k, i in enumerate(of.tolist()) if i >= 0 and _released(state.threats[i], time_s)]
    if not gone:
        return out
    where = tracker.predict(tracks[gone], np.array([time_s])).r[:, 0]
    for place, i in zip(where, of[gone].tolist(), strict=True):
        for j, other in enumerate(state.threats):
            if other.missile_id == state.threats[i].missile_id and other.start_s <= time_s < other.end_s:
                out[j] |= bool(np.linalg.norm(other.trajectory.state(time_s)[0] - place) < CUE_ERROR_M)
    return out


def _released(threat: ThreatObject, time_s: float) -> bool:
    return threat.role == "booster" and time_s >= threat.end_s
