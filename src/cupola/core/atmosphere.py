"""The U.S. Standard Atmosphere 1976, and the height above the ellipsoid that it needs at every step.

Up to 86 km the seven layers are exact (NOAA/NASA/USAF 1976, eq. 18, 23, 33a, 33b, 42, 50). Above, the density is the
standard's own table (part 4, table I), interpolated by cubics in its logarithm up to 1,000 km; beyond there is no air.

Kernels do not raise to powers: both parts are held as cubics over narrow cells that meet the formulas in value and
slope at their ends, and a layer never ends inside a cell. They leave the formulas by less than 1e-8 of the density
below 86 km, 3e-7 above.
"""

import math

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import (
    ECCENTRICITY_SQUARED,
    EQUATORIAL_RADIUS,
    FLATTENING,
    POLAR_RADIUS,
    STANDARD_GRAVITY,
    Vector,
)
from cupola.core.kernel import kernel

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
LOW_CELL = 250.0  # geopotential m: every layer of the standard ends at a whole number of cells
LOW_START = -5_000.0  # geopotential m: below, the air stays as it is here
LOW_CELLS = 360
HIGH_CELL = 500.0  # geometric m
CELLS = LOW_CELLS + round((TABLE_TOP - LAYERED_TOP) / HIGH_CELL)
NO_AIR = CELLS + 1.0  # the place in the table of what is beyond it
_HIGH_SOUND = 274.1  # m/s, held above 86 km


def layered_air(geopotential: Vector, layer: NDArray[np.int64]) -> tuple[Vector, Vector, Vector, Vector]:
    """Return density in kg/m3 and pressure in Pa of the standard's layers, and their slopes per geopotential m, each
    (n,).
    """
    rise, lapse, base = geopotential - _BASE[layer], _LAPSE[layer], _TEMPERATURE[layer]
    temperature = base + lapse * rise
    steep = np.where(lapse == 0.0, 1.0, lapse)
    power = np.where(lapse == 0.0, -_EXPONENT * rise / base, _EXPONENT / steep * np.log(base / temperature))
    pressure = _PRESSURE[layer] * np.exp(power)
    density = pressure / (GAS_CONSTANT * temperature)
    return density, pressure, -density * (_EXPONENT + lapse) / temperature, -pressure * _EXPONENT / temperature


def tabulated_density(altitude: Vector) -> tuple[Vector, Vector]:
    """Return the density in kg/m3 at geometric altitudes (n,) from 86 to 1,000 km, and its slope per m."""
    x, y = _UPPER[:, 0] * 1e3, np.log(_UPPER[:, 1])
    slope = np.gradient(y, x, edge_order=2)
    i = np.clip(np.searchsorted(x, altitude, side="left") - 1, 0, len(x) - 2)
    h = x[i + 1] - x[i]
    s, rise, d0, d1 = (altitude - x[i]) / h, y[i + 1] - y[i], slope[i] * h, slope[i + 1] * h
    bend, twist = 3.0 * rise - 2.0 * d0 - d1, d0 + d1 - 2.0 * rise
    density = np.exp(y[i] + s * (d0 + s * (bend + s * twist)))
    return density, density * (d0 + s * (2.0 * bend + s * 3.0 * twist)) / h


def cubics(f0: Vector, f1: Vector, d0: Vector, d1: Vector) -> Vector:
    """Return the rows (n, 4) of the cubics with these values and slopes per cell at either end."""
    rise = f1 - f0
    return np.stack([f0, d0, 3.0 * rise - 2.0 * d0 - d1, d0 + d1 - 2.0 * rise], axis=1)


def _cells() -> tuple[Vector, Vector, Vector]:
    low = LOW_START + LOW_CELL * np.arange(LOW_CELLS, dtype=np.float64)
    layer = np.clip(np.searchsorted(_BASE, low, side="right") - 1, 0, 6)
    (f0, p0, d0, e0), (f1, p1, d1, e1) = layered_air(low, layer), layered_air(low + LOW_CELL, layer)
    high = LAYERED_TOP + HIGH_CELL * np.arange(CELLS - LOW_CELLS, dtype=np.float64)
    (g0, h0), (g1, h1) = tabulated_density(high), tabulated_density(high + HIGH_CELL)
    above = cubics(g0, g1, HIGH_CELL * h0, HIGH_CELL * h1)
    density = np.concatenate([cubics(f0, f1, LOW_CELL * d0, LOW_CELL * d1), above])
    below = cubics(p0, p1, LOW_CELL * e0, LOW_CELL * e1)
    pressure = np.concatenate([below, _HIGH_SOUND**2 / HEAT_RATIO * above])
    a0, a1 = np.sqrt(HEAT_RATIO * p0 / f0), np.sqrt(HEAT_RATIO * p1 / f1)
    sound = np.zeros_like(density)
    sound[:LOW_CELLS] = cubics(
        a0, a1, 0.5 * a0 * (e0 / p0 - d0 / f0) * LOW_CELL, 0.5 * a1 * (e1 / p1 - d1 / f1) * LOW_CELL
    )
    sound[LOW_CELLS:, 0] = _HIGH_SOUND
    # One row more for the top itself, and one for what is beyond.
    tails = np.zeros((2, 2, 4))
    tails[0, 0, 0], tails[1, 0, 0] = g1[-1], _HIGH_SOUND**2 / HEAT_RATIO * g1[-1]
    return (
        np.concatenate([density, tails[0]]),
        np.concatenate([pressure, tails[1]]),
        np.concatenate([sound, sound[-1:], sound[-1:]]),
    )


DENSITY, PRESSURE, SOUND = _cells()
# Multiplied with, since a compiler may not turn a division into that.
_INVERSE_RADIUS, _LOW_SCALE, _HIGH_SCALE = 1.0 / GEOPOTENTIAL_RADIUS, 1.0 / LOW_CELL, 1.0 / HIGH_CELL
_LOW_OFFSET, _HIGH_OFFSET = -LOW_START / LOW_CELL, LOW_CELLS - LAYERED_TOP / HIGH_CELL


@kernel(contract=True, inline=True)
def place_of(altitude):  # type: ignore[no-untyped-def]
    """Return where a geometric altitude in m lies in ``DENSITY``: whole cells from the lowest, and the share of one.

    Free of branches, so that a loop over many bodies stays a vector loop. The geopotential is its series in altitude
    over radius: within 0.1 mm below 86 km.
    """
    q = altitude * _INVERSE_RADIUS
    low = _LOW_OFFSET + altitude * (
        _LOW_SCALE - q * (_LOW_SCALE - q * (_LOW_SCALE - q * (_LOW_SCALE - q * _LOW_SCALE)))
    )
    high = _HIGH_OFFSET + altitude * _HIGH_SCALE
    x = low if altitude < LAYERED_TOP else high
    return NO_AIR if altitude > TABLE_TOP else min(max(x, 0.0), float(CELLS))


@kernel(contract=True, inline=True)
def density_at(altitude):  # type: ignore[no-untyped-def]
    """Return the density in kg/m3 at a geometric altitude in m, without a branch."""
    s = place_of(altitude)
    i = np.int32(s)
    s -= i
    return DENSITY[i, 0] + s * (DENSITY[i, 1] + s * (DENSITY[i, 2] + s * DENSITY[i, 3]))


@kernel(contract=True, inline=True)
def air(altitude):  # type: ignore[no-untyped-def]
    """Return density in kg/m3, pressure in Pa and speed of sound in m/s at a geometric altitude in m.

    Below sea level the lowest layer continues, 5 km down. Above 86 km the speed of sound keeps its last value and the
    pressure follows the density (the standard defines no speed of sound there, and the pressure no longer moves a
    rocket).
    """
    s = place_of(altitude)
    i = np.int32(s)
    s -= i
    density = DENSITY[i, 0] + s * (DENSITY[i, 1] + s * (DENSITY[i, 2] + s * DENSITY[i, 3]))
    pressure = PRESSURE[i, 0] + s * (PRESSURE[i, 1] + s * (PRESSURE[i, 2] + s * PRESSURE[i, 3]))
    return density, pressure, SOUND[i, 0] + s * (SOUND[i, 1] + s * (SOUND[i, 2] + s * SOUND[i, 3]))


_SURFACE = POLAR_RADIUS * ECCENTRICITY_SQUARED ** np.arange(5) * (1.0, 1 / 2, 3 / 8, 5 / 16, 35 / 128)
_S0, _S1, _S2, _S3, _S4 = (float(c) for c in _SURFACE)


@kernel(contract=True, inline=True)
def height(x, y, z):  # type: ignore[no-untyped-def]
    """Return the geodetic altitude in m of an Earth-centred position in m, without the latitude.

    The distance above the ellipsoid along the radius, shortened by the angle between radius and normal, of which a
    height h sees the share a / (a + h) (series to second order in the flattening): within 2 cm up to 1,000 km. The
    radius of the ellipsoid is its binomial series in the squared eccentricity, within 0.1 mm.
    """
    p2 = x * x + y * y
    r2 = p2 + z * z
    r = math.sqrt(r2)
    inverse = 1.0 / r
    c = p2 * inverse * inverse
    surface = _S0 + c * (_S1 + c * (_S2 + c * (_S3 + c * _S4)))
    return (r - surface) * (1.0 - 2.0 * FLATTENING * FLATTENING * EQUATORIAL_RADIUS * inverse * c * (1.0 - c))


def standard_air(altitudes_m: Vector) -> tuple[Vector, Vector, Vector]:
    """Return density (kg/m3), pressure (Pa) and speed of sound (m/s), each (n,), at geometric altitudes (n,) in m."""
    values = np.array([air(float(altitude)) for altitude in np.atleast_1d(altitudes_m)])
    return values[:, 0], values[:, 1], values[:, 2]
