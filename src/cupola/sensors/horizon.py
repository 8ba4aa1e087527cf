"""Whether a look is worth its cost: does anything stand above the horizon of any site, and within range?"""

import math

from cupola.core.earth import POLAR_RADIUS, ROTATION_RATE, Vector
from cupola.core.kernel import kernel
from cupola.sensors.looks import Flags

HORIZON_SLACK_M = 150e3
"""How far below a site's horizontal plane an object may be before a look is skipped: far more than refraction bends."""
SUNK, FAR, IN_VIEW = 0, 1, 2


@kernel
def best_view(r_ecef: Vector, time_s: float, exists: Flags, r: Vector, reach_m: float) -> int:
    """Return the best that any of the sites ``r_ecef`` (s, 3) has of any object that ``exists`` (n,) at inertial ``r``
    (n, 3): SUNK below the horizon, FAR beyond ``reach_m``, or IN_VIEW.
    """
    cos, sin = math.cos(ROTATION_RATE * time_s), math.sin(ROTATION_RATE * time_s)
    best = SUNK
    for i in range(r_ecef.shape[0]):
        x, y, z = cos * r_ecef[i, 0] - sin * r_ecef[i, 1], sin * r_ecef[i, 0] + cos * r_ecef[i, 1], r_ecef[i, 2]
        squared = x * x + y * y + z * z
        least = math.sqrt(squared) * (POLAR_RADIUS - HORIZON_SLACK_M)
        for j in range(r.shape[0]):
            if not exists[j]:
                continue
            along = r[j, 0] * x + r[j, 1] * y + r[j, 2] * z
            if along < least:
                continue
            best = FAR
            far2 = r[j, 0] * r[j, 0] + r[j, 1] * r[j, 1] + r[j, 2] * r[j, 2] + squared - 2.0 * along
            if far2 <= reach_m * reach_m:
                return IN_VIEW
    return best
