"""Where the sun stands, for the sensors that it blinds."""

import math
from datetime import UTC, datetime

import numpy as np

from cupola.core.earth import Vector, rotate_z
from cupola.core.kernel import kernel
from cupola.core.sight import lowest_altitude

J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
FAR = 1.5e11  # m, about an astronomical unit: a point far along the sun's direction


def days_since_j2000(epoch: datetime) -> float:
    """Return the days from 2000-01-01 12:00 to a moment. Raises ``ValueError`` for a moment without a time zone."""
    if epoch.tzinfo is None:
        raise ValueError(f"got the epoch {epoch.isoformat()} without a time zone, accepted is one in UTC: add Z")
    return (epoch - J2000).total_seconds() / 86_400.0


def sidereal_angle(days: float) -> float:
    """Return Greenwich mean sidereal time in rad (Vallado 2013, eq. 3-45, its terms in T^2 and T^3 left out: < 0.1
    arcsec a century from 2000). UT1 is taken as UTC, which is 0.004 deg at most.
    """
    return math.radians((280.460_618_37 + 360.985_647_366_29 * days) % 360.0)


def sun_of_date(days: float) -> Vector:
    """Return the unit vector (3,) to the sun in the equator and equinox of date, good to 0.01 deg from 1950 to 2050.

    Low-precision formula of the Astronomical Almanac (section C): mean longitude 280.460 + 0.9856474 d, mean anomaly
    357.528 + 0.9856003 d, two terms of the equation of the centre, obliquity 23.439 - 0.0000004 d, all in deg.
    """
    anomaly = math.radians(357.528 + 0.985_600_3 * days)
    longitude = 280.460 + 0.985_647_4 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2.0 * anomaly)
    along, tilt = math.radians(longitude), math.radians(23.439 - 0.000_000_4 * days)
    return np.array([math.cos(along), math.cos(tilt) * math.sin(along), math.sin(tilt) * math.sin(along)])


def sun_direction(epoch: datetime, time_s: float = 0.0) -> Vector:
    """Return the unit vector (3,) to the sun ``time_s`` after an epoch, in the Earth's axes at that epoch.

    Those are the inertial axes of a scenario. Parallax is left out (0.03 deg at geostationary height).
    """
    days = days_since_j2000(epoch)
    return rotate_z(sun_of_date(days + time_s / 86_400.0), -sidereal_angle(days))


@kernel
def sunlit(x: float, y: float, z: float, sx: float, sy: float, sz: float) -> bool:
    """Say whether the sun in the unit direction (sx, sy, sz) shines on a position in m, the Earth being opaque."""
    return lowest_altitude(x, y, z, x + FAR * sx, y + FAR * sy, z + FAR * sz, False) > 0.0
