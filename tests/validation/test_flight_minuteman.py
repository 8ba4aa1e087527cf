"""The published fly-out of the Minuteman III-class stage set of the open models in the Wright lineage.

Independent integration, 18 deg of thrust offset from 10 to 25 s, 1976 atmosphere, Earth at rest: burnout at 188 s with
6.9 km/s, 243 km and 23 deg; range about 10,050 km, apogee about 1,490 km. The catalogue entry holds the stage set.
"""

import math

import numpy as np
import pytest

from cupola.core.atmosphere import height
from cupola.core.earth import MEAN_RADIUS, central_angle, ecef_to_geodetic
from cupola.core.rocket import ascend, coast
from cupola.scenario.catalogue import entry
from cupola.threats.ballistic import vehicle_for


def test_published_fly_out() -> None:
    spec = entry("threats", "minuteman-iii-class").spec
    boost = ascend(vehicle_for(spec), 0.0, 0.0, 0.0, math.pi / 4, math.radians(18.0), 10.0, 15.0, rotation_rate=0.0)
    r, v = boost.r[-1], boost.v[-1]
    speed = float(np.linalg.norm(v))
    assert boost.end_s == 188.0
    assert speed == pytest.approx(6_900.0, rel=0.01)
    assert height(*r) == pytest.approx(243e3, rel=0.03)
    assert math.degrees(math.asin(r @ v / np.linalg.norm(r) / speed)) == pytest.approx(23.0, abs=0.6)
    fall = coast(r, v, boost.end_s, 9_765.0, rotation_rate=0.0)
    latitude, longitude, _ = ecef_to_geodetic(*fall.r[-1])
    assert MEAN_RADIUS * central_angle(0.0, 0.0, latitude, longitude) == pytest.approx(10_050e3, rel=0.03)
    assert max(height(*point) for point in fall.r) == pytest.approx(1_490e3, rel=0.03)
