"""Free flights over a sphere against exact two-body results (targets.md, section 1: minimum energy and lofted shots).

The closed form is Wheelon (1959), ARS Journal 29, Free flight of a ballistic missile: v^2 = 2 g R sin(half) / (1 +
sin(half)). The Earth of those rows has R 6371.0 km and mu 398600.4418 km3/s2, does not turn and has no air.
"""

import math

import numpy as np
import pytest

from cupola.core.earth import MU, Vector
from cupola.core.kepler import lambert, propagate

R = 6_371.0e3


def _ends(range_m: float) -> tuple[Vector, Vector]:
    angle = range_m / R
    return R * np.array([1.0, 0.0, 0.0]), R * np.array([math.cos(angle), math.sin(angle), 0.0])


def _apogee(r: Vector, v: Vector) -> float:
    a = 1.0 / (2.0 / R - float(v @ v) / MU)
    h = float(np.linalg.norm(np.cross(r, v)))
    return a * (1.0 + math.sqrt(1.0 - h * h / (MU * a))) - R


@pytest.mark.parametrize(
    ("range_km", "speed_km_s", "angle_deg", "apogee_km", "time_s"),
    [
        (1_000.0, 3.0161, 42.75, 239.9, 474.4),
        (5_500.0, 6.0752, 32.63, 1_040.5, 1_315.8),
        (10_000.0, 7.1981, 22.52, 1_319.5, 1_931.0),
    ],
)
def test_minimum_energy_flights(
    range_km: float, speed_km_s: float, angle_deg: float, apogee_km: float, time_s: float
) -> None:
    start, end = _ends(range_km * 1e3)
    v1, _ = lambert(start, end, time_s)
    assert np.linalg.norm(v1) == pytest.approx(speed_km_s * 1e3, abs=1.0)
    assert math.degrees(math.asin(v1[0] / np.linalg.norm(v1))) == pytest.approx(angle_deg, abs=0.02)
    assert _apogee(start, v1) == pytest.approx(apogee_km * 1e3, abs=300.0)
    for other in (0.9 * time_s, 1.1 * time_s):
        assert np.linalg.norm(lambert(start, end, other)[0]) > np.linalg.norm(v1)


@pytest.mark.parametrize(
    ("range_km", "apogee_km", "time_s"),
    [(998.0, 3_724.9, 2_587.0), (950.0, 4_475.0, 3_017.0), (999.2, 6_040.9, 3_946.8)],
)
def test_lofted_flights(range_km: float, apogee_km: float, time_s: float) -> None:
    start, end = _ends(range_km * 1e3)
    v1, v2 = lambert(start, end, time_s)
    assert _apogee(start, v1) == pytest.approx(apogee_km * 1e3, abs=1_000.0)
    landed, speed = propagate(start, v1, time_s)
    assert np.linalg.norm(landed - end) < 1.0
    assert np.linalg.norm(speed - v2) < 1e-3
