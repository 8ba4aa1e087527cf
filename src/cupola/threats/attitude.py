"""Which way a body points, where no equation of motion says: the rules that decide which side a radar sees.

Assumed, as no public source gives attitudes: a body points along its velocity relative to the air while it burns or
flies below 100 km, along its inertial velocity above. A vehicle released in space for re-entry is spun up at the
attitude that it will enter with, and keeps it: along its velocity relative to the air as it comes down through 100 km.
A replica of a vehicle does the same, or its motion would betray it. Light decoys and debris tumble, and show every side
in turn: at each look the mean over the sphere.
"""

import math
from itertools import pairwise

import numpy as np

from cupola.core.earth import Vector, surface_velocity
from cupola.core.trajectory import Trajectory
from cupola.threats.spec import BodySignature, RadarCrossSection

CLASS_SHARES = np.array([1.0 - math.sqrt(0.5), math.sqrt(2.0), 1.0 - math.sqrt(0.5)]) / 2.0
"""Share of the sphere within 45 deg of the nose, between, and within 45 deg of the rear"""


def held_axis(path: Trajectory) -> tuple[Vector, float, float]:
    """Return the inertial unit vector (3,) that a spun-up body keeps, from when and until when in s on the trajectory's
    clock: over its phase ``midcourse`` where ``re-entry`` follows. Zeros and an empty span for any other.
    """
    for before, after in pairwise(path.phases):
        if before.name == "midcourse" and after.name == "re-entry":
            r, v = path.state(after.start_s)
            through_air = v - surface_velocity(r)
            return through_air / np.linalg.norm(through_air), before.start_s, after.start_s
    return np.zeros(3), 0.0, 0.0


def cross_sections(body: BodySignature, *, tumbling: bool) -> Vector:
    """Return (3, 4) m2: nose, side and rear in uhf, l_band, s_band, x_band; of a tumbling body thrice the mean over the
    sphere.
    """
    classes = np.array([_bands(body.radar), _bands(body.radar_side), _bands(body.radar_rear)])
    return np.tile(CLASS_SHARES @ classes, (3, 1)) if tumbling else classes


def _bands(radar: RadarCrossSection) -> list[float]:
    return [radar.uhf, radar.l_band, radar.s_band, radar.x_band]
