"""Where a tracked object will come down, and how surely: the filter's own model flown to the ground.

The covariance at the crossing is that of a fixed time; an error that puts the object ahead, behind, above or below its
path also moves the moment of crossing. Projecting along the velocity over the turning ground, (I - w n^T / n^T w) with
n the ellipsoid's normal, takes that out and leaves the error on the ground; its share along n is the error in time.

The covariance is that of the motion model alone. Whether the object will fly by that model is another question: above
the air a glider falls like a warhead, and no track can tell them apart, so that a point foretold there is that of a
ballistic object (``CONDITIONS``).
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from cupola.core.earth import (
    MEAN_RADIUS,
    ROTATION_RATE,
    Vector,
    central_angle,
    ecef_to_geodetic,
    eci_to_ecef,
    great_circle_azimuth,
    local_basis,
)
from cupola.core.kernel import kernel
from cupola.core.sight import radial_altitude
from cupola.tracking.filter import propagate
from cupola.tracking.imm_tracks import BURNOUT_SPREAD
from cupola.tracking.initiation import end_of_boost
from cupola.tracking.motion import BOOST, COAST, CRUISE, DRAG_CEILING, GLIDE, REENTRY
from cupola.tracking.motion_linear import set_parameters
from cupola.tracking.prediction import STILL_BURNING

LONGEST_FLIGHT = 5_400.0  # s, beyond which an object is in orbit and no impact point is given
CONFIDENCE = 0.95
CONDITIONS = {
    BOOST: "ballistic",
    COAST: "ballistic",
    REENTRY: "ballistic",
    GLIDE: "lift held",
    CRUISE: "level flight held",
}
"""What each model takes for granted: an impact point and its covariance hold on that condition alone."""
_STEEP_ENOUGH = 1e-3  # sine of the angle of descent, below which a linear error on the ground means nothing


@dataclass(frozen=True, kw_only=True)
class ImpactEstimate:
    """A predicted impact: ``time_s`` and its ``sigma_time_s``, place in rad, and ``covariance`` (2, 2) in m2, east and
    north.
    """

    time_s: float
    sigma_time_s: float
    latitude: float
    longitude: float
    covariance: Vector

    @property
    def axes(self) -> tuple[float, float, float]:
        """One-sigma half axes in m, longer first, and the azimuth in rad of the longer one."""
        return ellipse_axes(self.covariance)

    @property
    def circular_error_probable(self) -> float:
        """Radius in m of the circle about the estimate that holds the impact with probability one half."""
        major, minor, _ = self.axes
        return circular_error(major, minor)

    def ellipse(self, probability: float = CONFIDENCE) -> tuple[float, float, float]:
        """Return half axes in m and azimuth in rad of the ellipse that holds the impact with ``probability``."""
        if not 0.0 < probability < 1.0:
            raise ValueError(f"got a probability of {probability}, accepted is between 0 and 1")
        scale = math.sqrt(-2.0 * math.log1p(-probability))
        major, minor, azimuth = self.axes
        return scale * major, scale * minor, azimuth

    def error(self, latitude: float, longitude: float) -> tuple[Vector, float]:
        """Return the error (2,) east and north in m of the estimate against a place in rad, and its normalised square.

        The square is chi-squared of two degrees of freedom where the covariance is honest.
        """
        distance = MEAN_RADIUS * central_angle(self.latitude, self.longitude, latitude, longitude)
        azimuth = great_circle_azimuth(self.latitude, self.longitude, latitude, longitude)
        miss = -distance * np.array([math.sin(azimuth), math.cos(azimuth)])
        return miss, float(miss @ np.linalg.solve(self.covariance, miss))


def ellipse_axes(covariance: Vector) -> tuple[float, float, float]:
    """Return one-sigma half axes, longer first, and the azimuth in rad in [0, pi) of the longer one, of an east-north
    covariance (2, 2).
    """
    values, vectors = np.linalg.eigh(covariance)
    azimuth = math.atan2(vectors[0, 1], vectors[1, 1]) % math.pi
    return math.sqrt(max(values[1], 0.0)), math.sqrt(max(values[0], 0.0)), azimuth


def circular_error(major: float, minor: float, probability: float = 0.5) -> float:
    """Return the radius of the circle that holds a bivariate normal with half axes ``major``, ``minor`` with
    ``probability``.

    In polar coordinates the radial integral is closed and the angle is left: P(R) = (2 / pi) int_0^{pi/2}
    (1 - exp(-R^2 g / 2)) / (s1 s2 g) da, g = cos^2 a / s1^2 + sin^2 a / s2^2.
    """
    if major <= 0.0:
        return 0.0
    ratio = max(minor / major, 1e-6)

    def held(radius: float) -> float:
        def part(t: float) -> float:
            # tan a = ratio tan t spreads the sharp peak of a flat ellipse evenly: s1 s2 g da = dt.
            g = 1.0 / (math.cos(t) ** 2 + ratio**2 * math.sin(t) ** 2)
            return 1.0 - math.exp(-0.5 * radius * radius * g)

        return 2.0 / math.pi * float(quad(part, 0.0, 0.5 * math.pi)[0])

    return major * float(brentq(lambda radius: held(radius) - probability, 0.0, 10.0))


def impact_point(x: Vector, p: Vector, mode: int, time_s: float, burnout_s: float = -math.inf) -> ImpactEstimate | None:
    """Return the impact of a track with state x and covariance p in a ``mode`` of :mod:`cupola.tracking.motion`.

    A boosting track runs on until ``burnout_s`` (five seconds more where that is past), with the spread of the burn
    time. A coasting one gets, on falling into the air, the drag that the re-entry model expects beforehand and its
    spread; other modes keep what they estimated. None where it stays up for an hour and a half or comes down too flat
    for a linear error.
    """
    state, covariance = np.array(x, dtype=np.float64), np.array(p, dtype=np.float64)
    landed = _fly_down(state, covariance, int(mode), time_s, burnout_s)
    if not math.isfinite(landed):
        return None
    r = eci_to_ecef(state[:3], landed)
    w = eci_to_ecef(state[3:6], landed) + ROTATION_RATE * np.array([r[1], -r[0], 0.0])
    latitude, longitude, _ = ecef_to_geodetic(float(r[0]), float(r[1]), float(r[2]))
    basis = local_basis(latitude, longitude)
    down = float(basis[2] @ w)
    if down > -_STEEP_ENOUGH * float(np.linalg.norm(w)):
        return None
    turn = np.column_stack([eci_to_ecef(axis, landed) for axis in np.eye(3)])
    fixed = turn @ covariance[:3, :3] @ turn.T
    onto = basis[:2] @ (np.eye(3) - np.outer(w, basis[2]) / down)
    return ImpactEstimate(
        time_s=landed,
        sigma_time_s=math.sqrt(float(basis[2] @ fixed @ basis[2])) / -down,
        latitude=latitude,
        longitude=longitude,
        covariance=onto @ fixed @ onto.T,
    )


@kernel
def _fly_down(x: Vector, p: Vector, mode: int, time_s: float, burnout_s: float) -> float:
    """Carry x, p in place to the crossing of the surface and return its time; NaN where there is none."""
    n = x.shape[0]
    work, c = np.empty((4, n, n)), np.empty((n, 0))
    now = time_s
    if mode == BOOST:
        burnout = max(burnout_s, now + STILL_BURNING)
        propagate(BOOST, x, p, c, 0, burnout - now, work)
        end_of_boost(COAST, x, p, BURNOUT_SPREAD)
        now, mode = burnout, COAST
    before, carried = x.copy(), p.copy()
    while now - time_s < LONGEST_FLIGHT:
        altitude = radial_altitude(x[0], x[1], x[2])
        climb = (x[0] * x[3] + x[1] * x[4] + x[2] * x[5]) / math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
        if mode == COAST and altitude < DRAG_CEILING and climb < 0.0:
            mode = REENTRY
            set_parameters(REENTRY, x, p)
        before[:], carried[:] = x, p
        seconds = 30.0 if altitude > 500e3 else (5.0 if altitude > DRAG_CEILING else 1.0)
        propagate(mode, x, p, c, 0, seconds, work)
        now += seconds
        if radial_altitude(x[0], x[1], x[2]) <= 0.0 or not math.isfinite(x[0]):
            break
    if not radial_altitude(x[0], x[1], x[2]) <= 0.0:
        return math.nan
    # The last second again, halved until the crossing is known to a tenth of a millisecond.
    low, high = 0.0, seconds
    now -= seconds
    for _ in range(14):
        middle = 0.5 * (low + high)
        x[:], p[:] = before, carried
        propagate(mode, x, p, c, 0, middle, work)
        if radial_altitude(x[0], x[1], x[2]) > 0.0:
            low = middle
        else:
            high = middle
    return now + 0.5 * (low + high)
