"""The quality ladder: what a sensor's view of a target is good for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cupola.core.earth import Vector
from cupola.core.reason import Reason
from cupola.sensors.looks import Flags, Looks


class Quality(Reason):
    """What one sensor's report of one target is good for. Tables hold the position of the member; higher is better."""

    NONE = "It gives nothing: no look detected the target."
    DETECT = "It knows that something is there: a look hit, but the m-of-n rule has not confirmed it yet."
    CUE = "It can tell others where to look: confirmed, but too coarse, or without range, for a track of its own."
    TRACK = "It can hold a track: its position error is within what tracking needs."
    FIRE_CONTROL = "It can guide a weapon: its position error is within what an interceptor can correct."


RUNGS: tuple[Quality, ...] = tuple(Quality)
RUNG: dict[Quality, int] = {quality: index for index, quality in enumerate(RUNGS)}


@dataclass(frozen=True, kw_only=True)
class QualityThresholds:
    """Largest position errors in m, one sigma along the worst axis, that make a track and that a weapon can use.

    Both are the shooters' requirements: take them from those there are. The defaults, for where there are none, are
    assumed: a track that another radar can find in a beam of a degree at 300 km; an error that an exoatmospheric kill
    vehicle removes in its last minute with 10 m/s of divert or so.
    """

    track_error: float = 5e3
    fire_control_error: float = 500.0

    def __post_init__(self) -> None:
        """Refuse thresholds that are out of order."""
        if not 0.0 < self.fire_control_error <= self.track_error:
            raise ValueError(
                f"got a fire_control_error of {self.fire_control_error} m and a track_error of {self.track_error} m, "
                "accepted is 0 < fire_control_error <= track_error"
            )


def position_error(looks: Looks, range_m: Vector) -> Vector:
    """Return the one-sigma position error (s, n) in m along the worst axis of each look, bias included.

    ``range_m`` (s, n) is the distance to each target; across the line it turns angles into metres. A look without range
    is off by any distance along the line: infinite. NaN where there was no hit.
    """
    bias = looks.bias_angle
    across = range_m * np.sqrt(np.max(looks.sigma_angle, axis=2) ** 2 + bias * bias)
    along = np.where(np.isnan(looks.range_m), np.inf, np.hypot(looks.sigma_range, looks.bias_range))
    return np.where(looks.hit, np.maximum(across, along), np.nan)


def quality_of(
    looks: Looks,
    confirmed: Flags,
    thresholds: QualityThresholds,
    *,
    range_m: Vector | None = None,
    fused_error: Vector | None = None,
) -> NDArray[np.int8]:
    """Return the rung (s, n), an index into :data:`RUNGS`, of every sensor and target.

    ``confirmed`` (s, n) are the pairs that pass the m-of-n rule; ``range_m`` (s, n) in m is needed for sensors that
    measure none, else the looks' own is taken. ``fused_error`` (n,) in m is the error of the track that several sensors
    make together: a confirmed sensor that has no range of its own then counts for what that track is worth, as long as
    its own error across the line is no worse.
    """
    distance = looks.range_m if range_m is None else range_m
    alone = position_error(looks, distance)
    error = alone
    if fused_error is not None:
        across = distance * np.hypot(np.max(looks.sigma_angle, axis=2), looks.bias_angle)
        error = np.where(np.isinf(alone), np.maximum(across, fused_error[None, :]), alone)
    rungs = np.full(looks.hit.shape, RUNG[Quality.NONE], np.int8)
    rungs[looks.hit] = RUNG[Quality.DETECT]
    firm = looks.hit & confirmed
    rungs[firm] = RUNG[Quality.CUE]
    rungs[firm & (error <= thresholds.track_error)] = RUNG[Quality.TRACK]
    rungs[firm & (error <= thresholds.fire_control_error)] = RUNG[Quality.FIRE_CONTROL]
    return rungs
