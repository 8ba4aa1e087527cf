"""What sensors are shown and what they hand on: targets at one instant, the looks at them, and measurements."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.core.kernel import kernel
from cupola.core.reason import Reason

Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]


class NonDetection(Reason):
    """Why a look gave no measurement. Tables hold the position of the member in this enum."""

    NONE = "It was seen and reported."
    ABSENT = "The object does not exist at this time."
    BEHIND_EARTH = "The Earth stands between the sensor and the object."
    BELOW_LIMB = "Its body is seen against the warm Earth or its air, where the thermal band cannot pick it out."
    CLOUD = "Cloud hides it."
    OUT_OF_RANGE = "It is beyond the range at which looks are scheduled."
    OUT_OF_FIELD = (
        "It is outside the radar's sector or above its highest beam, or outside the satellite's field of regard."
    )
    BELOW_HORIZON = "It is below the radio horizon or the lowest beam of the radar."
    NO_SIGNAL = "It shows nothing in the bands of this sensor."
    TOO_FAINT = "The signal stayed below the detection threshold."
    UNCONFIRMED = "It was seen, but not yet often enough to be reported."
    NOT_TASKED = "It was seen, but enough better-placed sensors, or more urgent looks, took the report."
    UNRESOLVED = "It was seen, but as one with a brighter object beside it."
    NOT_CUED = "The sensor has a narrow field and looks only where it is cued, and nothing cued it there."
    SUN = "The sun stands too near the line of sight."
    INSIDE_SKIP_ZONE = "It is closer than the nearest place where the ionosphere brings the rays back down."
    NO_PROPAGATION = "The ionosphere carried no usable frequency to it."
    TOO_SLOW = "Its radial speed is too low to be told from the clutter of the ground or the sea."
    GRAZING = "The ray meets the ground there at too flat or too steep an angle for a radar in space."
    NOT_SEARCHED = "No track is held on it, and the search fence was not where it is."
    OVERLOADED = "The radar holds more tracks than its time allows, and this one had to wait."


REASONS: tuple[NonDetection, ...] = tuple(NonDetection)
CODE: dict[str, int] = {reason.name: index for index, reason in enumerate(REASONS)}
NEARNESS = (
    "ABSENT", "BEHIND_EARTH", "OUT_OF_RANGE", "BELOW_HORIZON", "INSIDE_SKIP_ZONE", "OUT_OF_FIELD", "GRAZING",
    "NO_SIGNAL", "NO_PROPAGATION", "CLOUD", "BELOW_LIMB", "SUN", "NOT_CUED", "NOT_SEARCHED", "TOO_SLOW", "TOO_FAINT",
    "OVERLOADED", "UNRESOLVED", "UNCONFIRMED", "NOT_TASKED", "NONE",
)  # fmt: skip
"""What a look can give, from the farthest from a report to the report itself"""
RANKS = np.array([NEARNESS.index(name) for name in CODE])
SEEN = CODE["NONE"]
TOO_FAINT = CODE["TOO_FAINT"]
UNCONFIRMED = CODE["UNCONFIRMED"]
NOT_TASKED = CODE["NOT_TASKED"]
UNRESOLVED = CODE["UNRESOLVED"]


def best_of(reason: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return by object (n,) the reason code that came nearest to a report among the looks (s, n) of all sensors."""
    nearest = RANKS[reason].argmax(axis=0)
    return np.asarray(reason[nearest, np.arange(reason.shape[1])], dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class TargetSet:
    """All objects of a raid at one instant, as sensors could see them.

    ``exists`` (n,); inertial ``r`` and ``v`` (n, 3) in m and m/s; geodetic ``altitude`` (n,) in m; ``plume`` (n,) in
    W/sr in the 2.7 um band; ``body_temperature`` (n,) in K; ``emissive_area`` (n,) in m2, emissivity x area; inertial
    unit vectors ``nose`` (n, 3) along the bodies' axes; ``rcs`` (n, 3, 4) in m2 seen from the nose (within 45 deg of
    it), the side and the rear (more than 135 deg), in the order of :data:`cupola.sensors.spec.RADAR_BANDS`.
    """

    exists: Flags
    r: Vector
    v: Vector
    altitude: Vector
    plume: Vector
    body_temperature: Vector
    emissive_area: Vector
    nose: Vector
    rcs: Vector


@dataclass(frozen=True, kw_only=True)
class Measurements:
    """Rows of reports, structure of arrays of length k, in inertial axes. Nothing in them tells whose reports they are.

    ``sensor`` is an index; ``r_sensor`` (k, 3) in m and ``v_sensor`` (k, 3) in m/s; ``u`` (k, 3)
    measured unit sight line, noise and bias in it; ``sigma_angle`` (k, 2) in rad is the noise of one look along the
    two axes of :func:`cupola.core.sight.tangent_basis`, horizontal first, and ``bias_angle`` (k,) the standard
    deviation of the constant error beneath either; ``range_m``, ``sigma_range``, ``bias_range`` in m, NaN without
    range; ``range_rate`` and ``sigma_range_rate`` in m/s, the rate of the distance between sensor and target, NaN
    without Doppler; ``burning`` says that the plume was seen, ``sees_plumes`` that the sensor would have seen one;
    ``feature`` is the share of the full feature distance that the sensor resolves, NaN where it cannot discriminate.
    """

    sensor: Indices
    time_s: Vector
    r_sensor: Vector
    v_sensor: Vector
    u: Vector
    sigma_angle: Vector
    bias_angle: Vector
    range_m: Vector
    sigma_range: Vector
    bias_range: Vector
    range_rate: Vector
    sigma_range_rate: Vector
    burning: Flags
    sees_plumes: Flags
    feature: Vector

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.time_s)

    @staticmethod
    def join(parts: Sequence["Measurements"]) -> "Measurements":
        """Return the rows of several batches one after the other; at least one batch is needed."""
        if len(parts) == 1:
            return parts[0]
        return Measurements(
            **{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Measurements)}
        )


@dataclass(frozen=True, kw_only=True)
class Looks:
    """Every look of ``s`` sensors at ``n`` objects at one time.

    ``snr`` (s, n): amplitude ratio for infrared, power ratio for radar; ``hit`` (s, n); ``reason`` (s, n) indices into
    :data:`REASONS`; ``burning`` (s, n): seen by its plume; ``u`` (s, n, 3), ``sigma_angle`` (s, n, 2), ``range_m``,
    ``range_rate`` and their sigmas (s, n) are what would be reported, meaningful where ``hit``, as in
    :class:`Measurements`; a satellite fills them for what is too faint as well, whose light adds to its neighbours'.
    ``resolution_angle`` in rad and ``resolution_range`` in m (infinite without range) tell how close two objects may
    come before they are one.
    """

    time_s: float
    r_sensors: Vector
    v_sensors: Vector
    snr: Vector
    hit: Flags
    reason: NDArray[np.int8]
    burning: Flags
    u: Vector
    range_m: Vector
    sigma_angle: Vector
    sigma_range: Vector
    range_rate: Vector
    sigma_range_rate: Vector
    bias_angle: float
    bias_range: float
    sees_plumes: bool
    feature: float
    tasked_per_object: int
    looks_per_scan: int
    resolution_angle: float
    resolution_range: float
    within: NDArray[np.int64] = field(init=False)
    """(s, n) the object in whose report each object is, itself where it stands alone; -1 before
    :meth:`measurements` and where there is none."""

    def __post_init__(self) -> None:
        """Make room for what :meth:`measurements` finds out."""
        object.__setattr__(self, "within", np.full(self.hit.shape, -1, np.int64))

    def measurements(
        self, confirmed: Flags | None = None, sensor_offset: int = 0
    ) -> tuple[Measurements, NDArray[np.int64]]:
        """Return the reports of the hits, of the ``confirmed`` (s, n) pairs alone when given, and whose they are.

        What one sensor cannot resolve it reports as one object: at the centre of all that shows there, weighed by
        signal, what alone would be too faint or is not confirmed among it, and in all else as the brightest. At most
        ``tasked_per_object`` sensors report one object and one sensor gives at most ``looks_per_scan`` reports, best
        signal first. Hits that fall out have their ``reason`` set, in place. ``sensor_offset`` is added to the sensor
        index, so that the sensors of several groups keep apart. The second value, (k,) indices of objects, the
        brightest in each report, is the truth: for the judge, not for a tracker.
        """
        allowed = self.hit.copy() if confirmed is None else self.hit & confirmed
        self.reason[self.hit & ~allowed] = UNCONFIRMED
        if not allowed.any():
            return _no_reports(), np.empty(0, np.int64)
        merged = _merge(
            self.snr,
            self.u,
            self.sigma_angle,
            self.range_m,
            self.resolution_angle,
            self.resolution_range,
            allowed,
            self.reason,
            self.within,
        )
        seen = _Seen(self.u, self.sigma_angle, self.range_m, self.sigma_range, self.range_rate, self.sigma_range_rate)
        if merged:
            seen = _Seen(*(array.copy() for array in seen))
            _centre(self.snr, self.within, *seen)
        s, n = _task(self.snr, allowed, self.reason, self.tasked_per_object, self.looks_per_scan)
        count = len(s)
        reports = Measurements(
            sensor=s + sensor_offset,
            time_s=np.full(count, self.time_s),
            r_sensor=self.r_sensors[s],
            v_sensor=self.v_sensors[s],
            u=seen.u[s, n],
            sigma_angle=seen.sigma_angle[s, n],
            bias_angle=np.full(count, self.bias_angle),
            range_m=seen.range_m[s, n],
            sigma_range=seen.sigma_range[s, n],
            bias_range=np.full(count, self.bias_range),
            range_rate=seen.range_rate[s, n],
            sigma_range_rate=seen.sigma_range_rate[s, n],
            burning=self.burning[s, n],
            sees_plumes=np.full(count, self.sees_plumes),
            feature=np.full(count, self.feature),
        )
        return reports, n

    def shares(self, sensors: Indices, objects: Indices) -> Vector:
        """Return (k, n) what each object is of the reports that ``sensors`` (k,) made of ``objects`` (k,), the
        brightest in each; rows add up to one. Only after :meth:`measurements`, and for the judge.
        """
        part = np.where(self.within[sensors] == objects[:, None], self.snr[sensors], 0.0)
        return np.asarray(part / part.sum(axis=1, keepdims=True))


class _Seen(NamedTuple):
    """What reports say of where things are; arrays of :class:`Looks`."""

    u: Vector
    sigma_angle: Vector
    range_m: Vector
    sigma_range: Vector
    range_rate: Vector
    sigma_range_rate: Vector


@functools.cache
def _no_reports() -> Measurements:
    shapes = {"r_sensor": (0, 3), "v_sensor": (0, 3), "u": (0, 3), "sigma_angle": (0, 2)}
    kinds = {"sensor": np.int64, "burning": np.bool_, "sees_plumes": np.bool_}
    return Measurements(
        **{f.name: np.empty(shapes.get(f.name, 0), kinds.get(f.name, np.float64)) for f in fields(Measurements)}
    )


@kernel
def _merge(
    snr: Vector,
    u: Vector,
    sigma_angle: Vector,
    range_m: Vector,
    angle: float,
    spacing: float,
    allowed: Flags,
    reason: NDArray[np.int8],
    within: NDArray[np.int64],
) -> bool:
    """Take from ``allowed`` (s, n) what each sensor cannot tell from a brighter object and write ``within`` (s, n);
    say whether there was any. What makes no report of its own counts where its signal is known.

    Two objects are one to a sensor when they lie within ``angle`` in rad and, where it measures range, within
    ``spacing`` in m.
    """
    near = 2.0 - 2.0 * math.cos(angle)
    found = False
    for i in range(allowed.shape[0]):
        for j in range(allowed.shape[1]):
            within[i, j] = j if allowed[i, j] else -1
        for j in range(allowed.shape[1]):
            if not allowed[i, j]:
                continue
            nearest = -1
            for k in range(allowed.shape[1]):
                brighter = snr[i, k] > snr[i, j] or (snr[i, k] == snr[i, j] and k < j)
                if not (allowed[i, k] or reason[i, k] == UNRESOLVED) or not brighter:
                    continue
                if not _one(i, j, k, u, range_m, near, spacing):
                    continue
                if nearest < 0 or snr[i, k] > snr[i, nearest]:
                    nearest = k
            if nearest >= 0:
                allowed[i, j] = False
                reason[i, j] = UNRESOLVED
                within[i, j] = nearest
                found = True
        for j in range(allowed.shape[1]):
            # Chains end at a brightest: every link leads to something brighter.
            while within[i, j] >= 0 and within[i, within[i, j]] != within[i, j]:
                within[i, j] = within[i, within[i, j]]
        for j in range(allowed.shape[1]):
            silent = within[i, j] < 0 and (reason[i, j] == TOO_FAINT or reason[i, j] == UNCONFIRMED)
            if not silent or math.isnan(sigma_angle[i, j, 0]):
                continue
            nearest = -1
            for k in range(allowed.shape[1]):
                if allowed[i, k] and _one(i, j, k, u, range_m, near, spacing):
                    nearest = k if nearest < 0 or snr[i, k] > snr[i, nearest] else nearest
            if nearest >= 0:
                within[i, j], found = nearest, True
    return found


@kernel
def _one(i: int, j: int, k: int, u: Vector, range_m: Vector, near: float, spacing: float) -> bool:
    """Say whether sensor i cannot tell j from k; ``near`` is the square of the chord between their unit lines."""
    x, y, z = u[i, j, 0] - u[i, k, 0], u[i, j, 1] - u[i, k, 1], u[i, j, 2] - u[i, k, 2]
    return not (x * x + y * y + z * z > near or abs(range_m[i, j] - range_m[i, k]) > spacing)


@kernel
def _centre(
    snr: Vector,
    within: NDArray[np.int64],
    u: Vector,
    sigma_angle: Vector,
    range_m: Vector,
    sigma_range: Vector,
    range_rate: Vector,
    sigma_range_rate: Vector,
) -> None:
    """Put the report of what cannot be told apart at its centre, in place: the mean of its members weighed by signal,
    with the error of such a mean.
    """
    for i in range(within.shape[0]):
        for j in range(within.shape[1]):
            if within[i, j] != j:
                continue
            total, members = 0.0, 0
            line, variance = np.zeros(3), np.zeros(4)
            distance, rate = 0.0, 0.0
            for k in range(within.shape[1]):
                if within[i, k] != j:
                    continue
                w = snr[i, k]
                total, members = total + w, members + 1
                line += w * u[i, k]
                distance, rate = distance + w * range_m[i, k], rate + w * range_rate[i, k]
                variance[0] += (w * sigma_angle[i, k, 0]) ** 2
                variance[1] += (w * sigma_angle[i, k, 1]) ** 2
                variance[2] += (w * sigma_range[i, k]) ** 2
                variance[3] += (w * sigma_range_rate[i, k]) ** 2
            if members < 2:
                continue
            u[i, j] = line / math.sqrt(line[0] ** 2 + line[1] ** 2 + line[2] ** 2)
            sigma_angle[i, j, 0], sigma_angle[i, j, 1] = math.sqrt(variance[0]) / total, math.sqrt(variance[1]) / total
            range_m[i, j], sigma_range[i, j] = distance / total, math.sqrt(variance[2]) / total
            range_rate[i, j], sigma_range_rate[i, j] = rate / total, math.sqrt(variance[3]) / total


@kernel
def _task(
    snr: Vector, allowed: Flags, reason: NDArray[np.int8], per_object: int, per_sensor: int
) -> tuple[Indices, Indices]:
    sensors, objects = allowed.shape
    kept = np.zeros((sensors, objects), np.bool_)
    for j in range(objects):
        for _ in range(per_object):
            best, strongest = -1, 0.0
            for i in range(sensors):
                if allowed[i, j] and not kept[i, j] and snr[i, j] > strongest:
                    best, strongest = i, snr[i, j]
            if best < 0:
                break
            kept[best, j] = True
    total = 0
    for i in range(sensors):
        count = 0
        for j in range(objects):
            count += kept[i, j]
        while count > per_sensor:
            worst, weakest = -1, np.inf
            for j in range(objects):
                if kept[i, j] and snr[i, j] < weakest:
                    worst, weakest = j, snr[i, j]
            kept[i, worst] = False
            count -= 1
        total += count
    rows, columns = np.empty(total, np.int64), np.empty(total, np.int64)
    k = 0
    for j in range(objects):
        for i in range(sensors):
            if kept[i, j]:
                rows[k], columns[k] = i, j
                k += 1
            elif allowed[i, j]:
                reason[i, j] = NOT_TASKED
    return rows, columns
