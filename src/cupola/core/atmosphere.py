"""The U.S. Standard Atmosphere 1976, and the height above the ellipsoid that it needs at every step.

Up to 86 km the seven layers are exact (NOAA/NASA/USAF 1976, eq. 18, 23, 33a, 33b, 42, 50). Above, the density is the
standard's own table (part 4, table I), interpolated by cubics in its logarithm up to 1,000 km; beyond there is no air.
"""

import math

import numpy as np
from numba import njit

from cupola.core.earth import ECCENTRICITY_SQUARED, EQUATORIAL_RADIUS, FLATTENING, STANDARD_GRAVITY, Vector

GAS_CONSTANT = 8314.32 / 28.9644  # J/(kg K), the 1976 value of R* over the sea-level molecular mass
HEAT_RATIO = 1.4
GEOPOTENTIAL_RADIUS = 6_356_766.0  # m
SEA_LEVEL_PRESSURE = 101_325.0  # Pa
LAYERED_TOP = 86_000.0  # m
TABLE_TOP = 1_000_000.0  # m

_BASE = np.array([0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3])  # geopotential m
_LAPSE = np.array([-6.5e-3, 0.0, 1e-3, 2.8e-3, 0.0, -2.8e-3, -2e-3])  # K/m
_EXPONENT = STANDARD_GRAVITY / GAS_CONSTANT  # K/m


def _layer_bases() -> tuple[Vector, Vector]:
    temperature, pressure = np.empty(7), np.empty(7)
    temperature[0], pressure[0] = 288.15, SEA_LEVEL_PRESSURE
    for i in range(6):
        rise = _BASE[i + 1] - _BASE[i]
        temperature[i + 1] = temperature[i] + _LAPSE[i] * rise
        if _LAPSE[i] == 0.0:
            pressure[i + 1] = pressure[i] * math.exp(-_EXPONENT * rise / temperature[i])
        else:
            pressure[i + 1] = pressure[i] * (temperature[i] / temperature[i + 1]) ** (_EXPONENT / _LAPSE[i])
    return temperature, pressure


_TEMPERATURE, _PRESSURE = _layer_bases()

# Geometric altitude in km and density in kg/m3, from table I of the standard.
_UPPER = np.array(
    [
        (86.0, 6.958e-6),
        (88.0, 4.875e-6),
        (90.0, 3.416e-6),
        (92.0, 2.393e-6),
        (95.0, 1.393e-6),
        (100.0, 5.604e-7),
        (105.0, 2.325e-7),
        (110.0, 9.708e-8),
        (115.0, 4.289e-8),
        (120.0, 2.222e-8),
        (125.0, 1.291e-8),
        (130.0, 8.152e-9),
        (140.0, 3.831e-9),
        (150.0, 2.076e-9),
        (160.0, 1.233e-9),
        (180.0, 5.194e-10),
        (200.0, 2.541e-10),
        (250.0, 6.073e-11),
        (300.0, 1.916e-11),
        (350.0, 7.014e-12),
        (400.0, 2.803e-12),
        (450.0, 1.184e-12),
        (500.0, 5.215e-13),
        (550.0, 2.384e-13),
        (600.0, 1.137e-13),
        (650.0, 5.712e-14),
        (700.0, 3.070e-14),
        (750.0, 1.788e-14),
        (800.0, 1.136e-14),
        (900.0, 5.759e-15),
        (1000.0, 3.561e-15),
    ]
)
_UPPER_ALTITUDE = np.ascontiguousarray(_UPPER[:, 0]) * 1e3
_UPPER_LOG = np.log(_UPPER[:, 1])
_UPPER_SLOPE = np.gradient(_UPPER_LOG, _UPPER_ALTITUDE, edge_order=2)


@njit(cache=True, error_model="numpy", nogil=True)
def air(altitude: float) -> tuple[float, float, float]:
    """Return density in kg/m3, pressure in Pa and speed of sound in m/s at a geometric altitude in m.

    Below sea level the lowest layer continues. Above 86 km the speed of sound keeps its last value and the pressure
    follows the density (the standard defines no speed of sound there, and the pressure no longer moves a rocket).
    """
    if altitude < LAYERED_TOP:
        return _layered(altitude)
    if altitude > TABLE_TOP:
        return 0.0, 0.0, 274.1
    i = 0
    while altitude > _UPPER_ALTITUDE[i + 1]:
        i += 1
    h = _UPPER_ALTITUDE[i + 1] - _UPPER_ALTITUDE[i]
    s = (altitude - _UPPER_ALTITUDE[i]) / h
    rise = _UPPER_LOG[i + 1] - _UPPER_LOG[i]
    d0, d1 = _UPPER_SLOPE[i] * h, _UPPER_SLOPE[i + 1] * h
    log_density = _UPPER_LOG[i] + s * (d0 + s * (3.0 * rise - 2.0 * d0 - d1 + s * (d0 + d1 - 2.0 * rise)))
    density = math.exp(log_density)
    return density, density * GAS_CONSTANT * 186.946, 274.1


@njit(cache=True, error_model="numpy", nogil=True)
def _layered(altitude: float) -> tuple[float, float, float]:
    geopotential = GEOPOTENTIAL_RADIUS * altitude / (GEOPOTENTIAL_RADIUS + altitude)
    i = 0
    while i < 6 and geopotential >= _BASE[i + 1]:
        i += 1
    rise = geopotential - _BASE[i]
    temperature = _TEMPERATURE[i] + _LAPSE[i] * rise
    if _LAPSE[i] == 0.0:
        pressure = _PRESSURE[i] * math.exp(-_EXPONENT * rise / temperature)
    else:
        pressure = _PRESSURE[i] * (_TEMPERATURE[i] / temperature) ** (_EXPONENT / _LAPSE[i])
    specific = GAS_CONSTANT * temperature
    return pressure / specific, pressure, math.sqrt(HEAT_RATIO * specific)


@njit(cache=True, error_model="numpy", nogil=True)
def height(x: float, y: float, z: float) -> float:
    """Return the geodetic altitude in m of an Earth-centred position in m, without the latitude.

    The distance above the ellipsoid along the radius, shortened by the angle between radius and normal, of which a
    height h sees the share a / (a + h) (series to second order in the flattening): within 2 cm up to 1,000 km.
    """
    p2 = x * x + y * y
    r2 = p2 + z * z
    r = math.sqrt(r2)
    cos2 = p2 / r2
    surface = EQUATORIAL_RADIUS * math.sqrt((1.0 - ECCENTRICITY_SQUARED) / (1.0 - ECCENTRICITY_SQUARED * cos2))
    tilt2 = 4.0 * FLATTENING * FLATTENING * cos2 * (1.0 - cos2)
    return (r - surface) * (1.0 - 0.5 * tilt2 * EQUATORIAL_RADIUS / r)


def standard_air(altitudes_m: Vector) -> tuple[Vector, Vector, Vector]:
    """Return density (kg/m3), pressure (Pa) and speed of sound (m/s), each (n,), at geometric altitudes (n,) in m."""
    values = np.array([air(float(altitude)) for altitude in np.atleast_1d(altitudes_m)])
    return values[:, 0], values[:, 1], values[:, 2]
