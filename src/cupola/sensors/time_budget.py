"""A radar's time: what a search fence takes of it, how many tracks the rest carries, and who is looked at now.

One face sends one beam at a time. Its fence is a raster of beams, all azimuths of the face by some rows above the
lowest elevation, that is run through once per search frame; what remains of the time goes to track dwells.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.sensors.looks import CODE, Flags
from cupola.sensors.radar_spec import RadarSpec

SEEN = CODE["NONE"]
NOT_SEARCHED = CODE["NOT_SEARCHED"]
OVERLOADED = CODE["OVERLOADED"]
UNLIMITED = np.iinfo(np.int64).max
MOST_SEARCH = 0.9
"""Share of the time that search may take at most"""


@dataclass(frozen=True, kw_only=True)
class TimeBudget:
    """How one face's time is shared out.

    ``fence_positions`` beams make up the fence and take ``search_share`` of the time; one track takes ``track_share``;
    ``tracks`` is how many track dwells fit into one revisit beside it; ``frame_s`` is the time in which the fence is
    run through, longer than asked where the fence alone needs more than all time.
    """

    fence_positions: int
    search_share: float
    track_share: float
    tracks: int
    frame_s: float

    def load(self, held: int) -> float:
        """Return the share of the time that the fence and ``held`` tracks ask for; above 1 is overload."""
        return self.search_share + held * self.track_share


def time_budget(spec: RadarSpec, *, interval_s: float | None = None) -> TimeBudget:
    """Return the budget of one face of a radar whose tracks are looked at every ``interval_s`` (default its revisit).

    A fence that needs more than nine tenths of the time is slowed until a tenth is left for tracks: a radar that only
    searched would report nothing. A radar that turns looks at everything once a turn, and a radar without a fence
    spends all its time on tracks.
    """
    interval = spec.revisit if interval_s is None else interval_s
    if spec.rotation > 0.0:
        return TimeBudget(fence_positions=0, search_share=1.0, track_share=0.0, tracks=UNLIMITED, frame_s=spec.rotation)
    positions = fence_positions(spec)
    share, frame = 0.0, 0.0
    if positions:
        frame = max(spec.search_frame, positions * spec.fence_dwell / MOST_SEARCH)
        share = positions * spec.fence_dwell / frame
    tracks = max(1, int((1.0 - share) * interval / spec.dwell + 1e-9))
    return TimeBudget(
        fence_positions=positions,
        search_share=share,
        track_share=spec.dwell / interval,
        tracks=tracks,
        frame_s=frame,
    )


def fence_positions(spec: RadarSpec) -> int:
    """Return how many beam positions the fence of one face has: side by side at the beam width, in rows."""
    columns: int = math.ceil(spec.azimuth_width / spec.beamwidth - 1e-9)
    return columns * spec.fence_beams


def schedule(
    budget: TimeBudget,
    *,
    visible: Flags,
    held: Flags,
    face: NDArray[np.int8],
    fence_phase: Vector,
    directions: Vector,
    beamwidth: float,
    time_s: float,
    interval_s: float,
) -> NDArray[np.int8]:
    """Return (s, n) codes of who is looked at in the interval that ends at ``time_s``: SEEN, NOT_SEARCHED, OVERLOADED.

    ``visible`` (s, n) are the pairs that geometry allows, ``held`` those with a track, ``face`` the face that looks at
    each. ``fence_phase`` is the share of the frame after which the raster comes to the target, NaN off the fence;
    ``directions`` (s, n, 3) are unit sight lines. Held objects take track dwells, in turn where they are too many; what
    lies in the beam of such a dwell is seen with it; the rest must be where the raster passed.
    """
    out = np.full(visible.shape, SEEN, np.int8)
    swept = min(interval_s / budget.frame_s, 1.0) if budget.frame_s > 0.0 else 1.0
    ends = (time_s / budget.frame_s) % 1.0 if budget.frame_s > 0.0 else 0.0
    turn = round(time_s / interval_s)
    _schedule(
        visible,
        held,
        face,
        fence_phase,
        np.ascontiguousarray(directions),
        (min(budget.tracks, 1 << 40), turn, budget.fence_positions > 0),
        (swept, ends, math.cos(0.5 * beamwidth)),
        out,
    )
    return out


@kernel
def _schedule(
    visible: Flags,
    held: Flags,
    face: NDArray[np.int8],
    fence_phase: Vector,
    directions: Vector,
    whole: tuple[int, int, bool],
    shares: tuple[float, float, float],
    out: NDArray[np.int8],
) -> None:
    capacity, turn, fenced = whole
    swept, ends, in_beam = shares
    sensors, objects = visible.shape
    for i in range(sensors):
        faces = 0
        for j in range(objects):
            faces = max(faces, face[i, j] + 1)
        counts = np.zeros(faces, np.int64)
        for j in range(objects):
            if visible[i, j] and held[i, j]:
                counts[face[i, j]] += 1
        ranks = np.zeros(faces, np.int64)
        for j in range(objects):
            if not (visible[i, j] and held[i, j]):
                continue
            f = face[i, j]
            if counts[f] > capacity and (ranks[f] + turn * capacity) % counts[f] >= capacity:
                out[i, j] = OVERLOADED
            ranks[f] += 1
        if not fenced:
            continue
        for j in range(objects):
            if not visible[i, j] or held[i, j]:
                continue
            since = (ends - fence_phase[i, j]) % 1.0
            if since < swept:
                continue
            out[i, j] = NOT_SEARCHED
            for k in range(objects):
                if visible[i, k] and held[i, k] and out[i, k] == SEEN:
                    across = 0.0
                    for c in range(3):
                        across += directions[i, j, c] * directions[i, k, c]
                    if across >= in_beam:
                        out[i, j] = SEEN
                        break
