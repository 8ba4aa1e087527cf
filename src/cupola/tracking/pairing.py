"""First fixes from sight lines that nobody has labelled: which lines of several sensors meet at one object.

Lines of different sensors that pass each other within their errors may be of one object, or cross by chance (a ghost).
Groups of lines are scored by their likelihood ratio against all their lines being of different objects, in the way of
Pattipati, Deb, Bar-Shalom and Washburn 1992, IEEE TAC 37(2), and the set of groups of greatest total score is taken, no
line being used twice. A third sensor therefore sorts out what two leave open.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.core.sight import radial_altitude, tangent_basis
from cupola.sensors.looks import Flags, Indices
from cupola.tracking.association import LOG_TWO_PI, chi_square_gate
from cupola.tracking.initiation import PARALLEL

LARGEST = 6  # lines of one group
MOST = 20_000  # groups that are looked at
MOST_EXACT = 4_000  # groups among which the best set is sought exactly; beyond, the best group is taken first
DEPTH = 1e6  # m along a line over which an object may be, before a second line says where; only its logarithm matters


@dataclass(frozen=True, kw_only=True)
class PairingRules:
    """What makes lines meet: a share ``probability`` of true groups passes the chi-square test of their misses;
    ``window_s`` between the lines of a group, and the speed in m/s at which a ``burning``, or a cold, object may move
    meanwhile; ``altitudes`` in m outside which a crossing is a ghost; ``line_density`` per sr of a sensor's lines
    whose object no other sensor reports, of which 100 is one in a field of 6 deg.

    Raises ``ValueError`` for a probability outside (0, 1) and values that are not positive.
    """

    probability: float = 0.999
    window_s: float = 6.0
    burning_speed: float = 1_500.0
    cold_speed: float = 7_000.0
    altitudes: tuple[float, float] = (-20e3, 8e6)
    line_density: float = 100.0

    def __post_init__(self) -> None:
        """Check the values."""
        if not 0.0 < self.probability < 1.0:
            raise ValueError(f"got a probability of {self.probability}, accepted is 0 to 1, both excluded")
        for name in ("window_s", "burning_speed", "cold_speed", "line_density"):
            if not getattr(self, name) > 0.0:
                raise ValueError(f"{name}: got {getattr(self, name)}, accepted are positive values")


class Fixes(NamedTuple):
    """Objects found: ``lines`` (g, LARGEST) indices of the lines of each, -1 where fewer; ``point`` (g, 3) in m and its
    ``covariance`` (g, 3, 3) at ``time_s`` (g,), that of the latest line; ``sigma_m`` (g,) over the three axes;
    ``chi_square`` (g,) of the misses.
    """

    lines: Indices
    point: Vector
    covariance: Vector
    sigma_m: Vector
    time_s: Vector
    chi_square: Vector


class _Lines(NamedTuple):
    sensor: Indices
    time_s: Vector
    r_sensor: Vector
    u: Vector
    sigma_angle: Vector
    range_m: Vector
    sigma_range: Vector
    burning: Flags


def pair_sight_lines(
    *,
    sensor: Indices,
    time_s: Vector,
    r_sensor: Vector,
    u: Vector,
    sigma_angle: Vector,
    burning: Flags,
    range_m: Vector | None = None,
    sigma_range: Vector | None = None,
    rules: PairingRules | None = None,
) -> Fixes:
    """Return the objects that k unassociated sight lines of several sensors fix.

    ``sensor`` (k,) indices; ``time_s`` (k,); inertial ``r_sensor`` and unit ``u`` (k, 3); ``sigma_angle`` (k, 2) in rad
    along the axes of :func:`cupola.core.sight.tangent_basis`, noise and bias together; ``burning`` (k,); ``range_m``
    and ``sigma_range`` (k,) in m, NaN without. A ranged line fixes an object by itself, and helps others. At most one
    line of a sensor belongs to an object. Lines that pass the test with none are left out.
    """
    rules = rules if rules is not None else PairingRules()
    k = len(time_s)
    none = np.full(k, np.nan)
    order = np.argsort(sensor, kind="stable")
    data = _Lines(
        *(
            np.ascontiguousarray(array[order])
            for array in (
                np.asarray(sensor, dtype=np.int64),
                np.asarray(time_s, dtype=np.float64),
                np.asarray(r_sensor, dtype=np.float64),
                np.asarray(u, dtype=np.float64),
                np.asarray(sigma_angle, dtype=np.float64),
                none if range_m is None else np.asarray(range_m, dtype=np.float64),
                none if sigma_range is None else np.asarray(sigma_range, dtype=np.float64),
                np.asarray(burning, dtype=np.bool_),
            )
        )
    )
    gates = np.append(0.0, chi_square_gate(rules.probability, np.arange(1, 3 * LARGEST)))
    speeds, bounds = np.array([rules.cold_speed, rules.burning_speed]), np.array(rules.altitudes)
    lines, count, score = _groups(data, gates, rules.window_s, speeds, bounds, math.log(rules.line_density))
    chosen = _best_set(lines, score, k)
    lines, count = lines[chosen], count[chosen]
    alone = np.setdiff1d(np.flatnonzero(np.isfinite(data.range_m)), lines)
    single = np.full((len(alone), LARGEST), -1)
    single[:, 0] = alone
    lines, count = np.concatenate([lines, single]), np.concatenate([count, np.ones(len(alone), np.int64)])
    point, covariance, time, chi_square = _fit_all(data, lines, count, speeds)
    up = np.array([radial_altitude(*each) for each in point], dtype=np.float64)
    keep = (up > bounds[0]) & (up < bounds[1])
    return Fixes(
        lines=np.where(lines >= 0, order[lines], -1)[keep] if k else lines,
        point=point[keep],
        covariance=covariance[keep],
        sigma_m=np.sqrt(np.trace(covariance, axis1=1, axis2=2))[keep],
        time_s=time[keep],
        chi_square=chi_square[keep],
    )


def _best_set(lines: Indices, score: Vector, k: int) -> Indices:
    """Return the groups of greatest total score that share no line."""
    uses = np.bincount(lines[lines >= 0], minlength=k)
    if len(score) == 0 or uses.max() <= 1:
        return np.arange(len(score))
    if len(score) <= MOST_EXACT:
        group, place = np.nonzero(lines >= 0)
        table = csr_array((np.ones(len(group)), (lines[group, place], group)), shape=(k, len(score)))
        found = milp(
            -score,
            integrality=np.ones(len(score)),
            bounds=Bounds(0.0, 1.0),
            constraints=LinearConstraint(table, -np.inf, 1.0),
        )
        return np.flatnonzero(found.x > 0.5)
    taken, chosen = np.zeros(k + 1, np.bool_), []
    for group in np.argsort(-score, kind="stable"):
        mine = lines[group][lines[group] >= 0]
        if not taken[mine].any():
            taken[mine] = True
            chosen.append(int(group))
    return np.array(chosen, np.int64)


@kernel
def _start(d: _Lines, group: Indices, count: int, point: Vector) -> bool:
    """Set ``point`` (3,) to a range's end or the point nearest to the first two lines; False where they do not meet."""
    for m in range(count):
        i = group[m]
        if np.isfinite(d.range_m[i]):
            for axis in range(3):
                point[axis] = d.r_sensor[i, axis] + d.range_m[i] * d.u[i, axis]
            return True
    if count < 2:
        return False
    i, j = group[0], group[1]
    b = d.r_sensor[j] - d.r_sensor[i]
    c = (d.u[i] * d.u[j]).sum()
    if 1.0 - abs(c) < PARALLEL:
        return False
    along_i, along_j = (b * d.u[i]).sum(), (b * d.u[j]).sum()
    reach_i, reach_j = (along_i - c * along_j) / (1.0 - c * c), (c * along_i - along_j) / (1.0 - c * c)
    if reach_i <= 0.0 or reach_j <= 0.0:
        return False
    for axis in range(3):
        point[axis] = 0.5 * (
            d.r_sensor[i, axis] + reach_i * d.u[i, axis] + d.r_sensor[j, axis] + reach_j * d.u[j, axis]
        )
    return True


@kernel
def _rows(d: _Lines, i: int, point: Vector, drift: float, h: Vector, residual: Vector, variance: Vector) -> int:
    """Fill the unit directions ``h`` (3, 3), residuals and variances (3,) in m of one line about ``point``; return how
    many measures it has, 0 where the point lies behind the sensor.
    """
    ox, oy, oz = point[0] - d.r_sensor[i, 0], point[1] - d.r_sensor[i, 1], point[2] - d.r_sensor[i, 2]
    ux, uy, uz = d.u[i, 0], d.u[i, 1], d.u[i, 2]
    reach = ox * ux + oy * uy + oz * uz
    if not reach > 0.0:
        return 0
    basis = tangent_basis(ux, uy, uz, d.r_sensor[i, 0], d.r_sensor[i, 1], d.r_sensor[i, 2])
    for axis in range(2):
        h[axis, 0], h[axis, 1], h[axis, 2] = basis[3 * axis], basis[3 * axis + 1], basis[3 * axis + 2]
        residual[axis] = -(h[axis, 0] * ox + h[axis, 1] * oy + h[axis, 2] * oz)
        variance[axis] = (reach * d.sigma_angle[i, axis]) ** 2 + drift * drift
    if not np.isfinite(d.range_m[i]):
        return 2
    h[2, 0], h[2, 1], h[2, 2] = ux, uy, uz
    residual[2], variance[2] = d.range_m[i] - reach, d.sigma_range[i] ** 2 + drift * drift
    return 3


@kernel
def _fit(
    d: _Lines, group: Indices, count: int, speeds: Vector, point: Vector, covariance: Vector
) -> tuple[float, int, float]:
    """Fit ``point`` (3,) and ``covariance`` (3, 3) to a group by weighted least squares; return chi-square, degrees of
    freedom and the log-likelihood ratio but for the densities of lines; infinite chi-square where there is no fit.
    """
    latest, burning = -np.inf, False
    for m in range(count):
        latest = max(latest, d.time_s[group[m]])
        burning = burning or d.burning[group[m]]
    speed = speeds[1] if burning else speeds[0]
    if not _start(d, group, count, point):
        return np.inf, 0, -np.inf
    h, residual, variance = np.empty((3, 3)), np.empty(3), np.empty(3)
    chi_square, ratio, measures, ranged = 0.0, 0.0, 0, 0
    for step in range(3):
        information, side = np.zeros((3, 3)), np.zeros(3)
        chi_square, ratio, measures, ranged = 0.0, 0.0, 0, 0
        for m in range(count):
            i = group[m]
            # Any direction, at up to the speed: a third of its square per axis.
            drift = speed * (latest - d.time_s[i]) / math.sqrt(3.0)
            n = _rows(d, i, point, drift, h, residual, variance)
            if n == 0:
                return np.inf, 0, -np.inf
            measures += n
            ranged += n - 2
            offset = point - d.r_sensor[i]
            reach = math.sqrt((offset * offset).sum())
            ratio += 2.0 * math.log(reach)  # the angles' densities are per rad, their variances here in m2
            if m == 0:
                ratio -= 2.0 * math.log(reach)
            for axis in range(n):
                chi_square += residual[axis] ** 2 / variance[axis]
                ratio -= 0.5 * (LOG_TWO_PI + math.log(variance[axis]))
                for row in range(3):
                    side[row] += h[axis, row] * residual[axis] / variance[axis]
                    for column in range(3):
                        information[row, column] += h[axis, row] * h[axis, column] / variance[axis]
        covariance[:, :] = np.linalg.inv(information)
        if step < 2:
            point += covariance @ side
    ratio += 1.5 * LOG_TWO_PI + 0.5 * math.log(max(np.linalg.det(covariance), 1e-300)) - 0.5 * chi_square
    return chi_square, measures - 3, ratio + (ranged - 1) * math.log(DEPTH)


@kernel
def _groups(
    d: _Lines, gates: Vector, window_s: float, speeds: Vector, altitudes: Vector, log_density: float
) -> tuple[Indices, Indices, Vector]:
    """Return the groups of two lines and more that pass the tests: their lines (g, LARGEST), how many (g,), and their
    log-likelihood ratios (g,), those that are likelier one object than many.

    Lines are sorted by sensor. A group grows by lines of later sensors, so that each is met once.
    """
    k = len(d.time_s)
    lines, counts, scores = np.full((MOST, LARGEST), -1), np.zeros(MOST, np.int64), np.zeros(MOST)
    total = 0
    point, covariance, trial = np.zeros(3), np.zeros((3, 3)), np.full(LARGEST, -1)
    for seed in range(-k, MOST):
        # First every line by itself is the start of pairs, then every group found is that of larger ones.
        if seed >= total:
            break
        if seed < 0:
            trial[0] = seed + k
            count = 1
        else:
            trial[:] = lines[seed]
            count = counts[seed]
        if count == LARGEST:
            continue
        for i in range(trial[count - 1] + 1, k):
            if d.sensor[i] == d.sensor[trial[count - 1]]:
                continue
            near = True
            for m in range(count):
                near = near and abs(d.time_s[i] - d.time_s[trial[m]]) <= window_s
            if not near or total == MOST:
                continue
            trial[count] = i
            chi_square, freedom, ratio = _fit(d, trial, count + 1, speeds, point, covariance)
            score = ratio - count * log_density
            if freedom < 1 or not chi_square < gates[freedom] or not score > 0.0:
                continue
            altitude = radial_altitude(point[0], point[1], point[2])
            if altitudes[0] < altitude < altitudes[1]:
                lines[total, : count + 1] = trial[: count + 1]
                counts[total], scores[total] = count + 1, score
                total += 1
        trial[:] = -1
    return lines[:total], counts[:total], scores[:total]


@kernel
def _fit_all(d: _Lines, lines: Indices, count: Indices, speeds: Vector) -> tuple[Vector, Vector, Vector, Vector]:
    n = len(count)
    point, covariance = np.zeros((n, 3)), np.zeros((n, 3, 3))
    time_s, chi_square = np.full(n, -np.inf), np.zeros(n)
    for g in range(n):
        chi_square[g] = _fit(d, lines[g], count[g], speeds, point[g], covariance[g])[0]
        for m in range(count[g]):
            time_s[g] = max(time_s[g], d.time_s[lines[g, m]])
    return point, covariance, time_s, chi_square
