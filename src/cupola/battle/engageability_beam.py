"""What a laser could do about which track: how long its beam must stay, and whether sky and beam are free."""

import numpy as np
from numpy.typing import NDArray

from cupola.battle.engageability import Opportunities
from cupola.battle.picture import LaserBattery, Picture
from cupola.battle.reasons import NoShot
from cupola.core.earth import Vector
from cupola.interceptors.laser import LaserSpec, fluence, in_beam

MARGIN = 1.5
"""Energy that a dwell is planned to bring over what the target withstands, as the track errs in range (assumed)."""


def dwell(spec: LaserSpec, times_s: Vector, light: Vector, sharp: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the indices of the earliest opening and of the end of a beam that does its work, -1 where there is none.

    ``light`` (k,) is the irradiance in W/m2 at ``times_s`` (k,), zero where the target cannot be shone upon; the beam
    may open where ``sharp`` (k,). Both ends lie on the instants: the beam stays up to one step longer than it must.
    """
    energy = fluence(times_s, light)
    lit = light > 0.0
    for start in np.flatnonzero(lit & sharp).tolist():
        dark = np.flatnonzero(~lit[start:])
        last = start + int(dark[0]) if len(dark) else len(times_s)
        enough = np.flatnonzero(energy[start:last] - energy[start] >= MARGIN * spec.hardness)
        if len(enough) and times_s[start + enough[0]] - times_s[start] <= spec.longest_dwell:
            return start, start + int(enough[0])
    return -1, -1


def laser_opportunities(
    battery: LaserBattery, picture: Picture, release_s: float, release_before_s: float, error_limit_m: float
) -> Opportunities:
    """Return the earliest dwell of a laser on every track that it engages, opened from ``release_s`` on; what need not
    begin before ``release_before_s`` is left to the next cycle.
    """
    spec, m = battery.spec, len(picture.track)
    engaged = picture.engaged(spec.engages) & picture.released[:, None] & (picture.times_s >= release_s)
    start, end = np.full(m, -1), np.full(m, -1)
    obstacles: list[NoShot | None] = []
    reach = np.zeros(m, dtype=np.int64)
    for i in range(m):
        _, light = in_beam(spec, battery.r_director_ecef, np.ascontiguousarray(picture.r_ecef[i]))
        light = np.where(engaged[i], light, 0.0)
        # Its own fine tracker takes over once the beam is open.
        sharp = picture.sigma[i] <= min(error_limit_m, spec.acquisition_field)
        opened = dwell(spec, picture.times_s, light, np.ones_like(sharp))
        aimed = dwell(spec, picture.times_s, light, sharp)
        free = dwell(spec, picture.times_s, light, sharp & (picture.times_s >= battery.free_s))
        reach[i] = int(opened[0] >= 0)
        obstacle: NoShot | None = None
        if not engaged[i].any():
            obstacle = NoShot.WRONG_PHASE
        elif not light.any():
            obstacle = NoShot.OUT_OF_REACH
        elif not battery.clear:
            obstacle = NoShot.WEATHER
        elif opened[0] < 0:
            obstacle = NoShot.DWELL_TOO_LONG
        elif aimed[0] < 0:
            obstacle = NoShot.TRACK_TOO_COARSE
        elif battery.spare <= 0:
            obstacle = NoShot.NO_INVENTORY
        elif free[0] < 0:
            obstacle = NoShot.BEAM_BUSY
        elif picture.times_s[free[0]] > release_before_s:
            obstacle = NoShot.BEAM_BUSY if picture.times_s[aimed[0]] <= release_before_s else NoShot.TOO_EARLY
        else:
            start[i], end[i] = free
        obstacles.append(obstacle)
    rows = np.flatnonzero(start >= 0)
    return Opportunities(
        track=rows,
        shooter=np.zeros(len(rows), dtype=np.int64),
        at=end[rows],
        release_s=picture.times_s[start[rows]],
        latest_release_s=np.full(m, -np.inf),
        in_reach=reach,
        obstacle=obstacles,
    )
