"""Where to draw the line between warheads and the rest: the battle manager's choice, made with the tracker's odds.

Two Gaussian populations of equal spread whose means lie d apart give log likelihood ratios of mean +- d^2 / 2 and
variance d^2, whence every rate is a normal integral (binormal model: Green and Swets 1966, Signal Detection Theory and
Psychophysics, ch. 3). Closed forms: they tell what a threshold costs before any run is played.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from cupola.core.earth import Vector
from cupola.sensors.features import FEATURE_LOOK_NOISE


@dataclass(frozen=True, kw_only=True)
class OperatingPoint:
    """A ``threshold`` on the believed lethal probability, and what it does: the share of warheads let through and the
    share of decoys engaged.
    """

    threshold: float
    leak: float
    false_alarm: float


def separation(feature_distance: float, quality: Vector, looks: Vector) -> float:
    """Return the distance d of warheads and decoys in units of the spread of mean readings.

    ``quality`` and ``looks`` (g,) are those of sensor groups with independent features:
    d^2 = sum q^2 K^2 / (1 + sigma^2 / looks). More looks end at the bodies' own spread, d <= K sqrt(sum q^2).
    """
    count = np.asarray(looks, dtype=np.float64)
    if feature_distance < 0.0 or np.any(count < 1.0):
        raise ValueError(f"got K {feature_distance} and looks {count}, accepted are K >= 0 and at least one look each")
    shift = np.asarray(quality, dtype=np.float64) * feature_distance
    return math.sqrt(float(np.sum(shift**2 / (1.0 + FEATURE_LOOK_NOISE**2 / count))))


def rates(threshold: float, prior: float, d: float) -> OperatingPoint:
    """Return what a threshold on the lethal probability lets through and wastes, at separation ``d`` and ``prior``.

    Engaged is what is believed at least as likely as the threshold. Without separation every object keeps its prior:
    all are engaged, or none.
    """
    _check(prior, d)
    if not 0.0 <= threshold <= 1.0:
        raise ValueError(f"got a threshold of {threshold}, accepted is a probability, 0 to 1")
    if threshold in (0.0, 1.0) or d == 0.0:
        none = float(threshold > prior)
        return OperatingPoint(threshold=threshold, leak=none, false_alarm=1.0 - none)
    needed = _logit(threshold) - _logit(prior)
    return OperatingPoint(
        threshold=threshold,
        leak=float(ndtr((needed - 0.5 * d * d) / d)),
        false_alarm=float(ndtr(-(needed + 0.5 * d * d) / d)),
    )


def leak_at(false_alarm: Vector, d: float) -> Vector:
    """Return the share of warheads let through at each share of decoys engaged: the ROC.

    The area under it, in shares of warheads engaged, is Phi(d / sqrt 2).
    """
    return np.asarray(1.0 - ndtr(d + ndtri(np.asarray(false_alarm, dtype=np.float64))))


def operating_point(
    prior: float, d: float, *, leak_cost: float, shot_cost: float, shots: float = 1.0, kill_probability: float = 1.0
) -> OperatingPoint:
    """Return the threshold of least expected cost: engage where p P_kill C_leak exceeds the cost of the salvo.

    ``leak_cost`` of a warhead let through and ``shot_cost`` of one interceptor in any one unit; ``shots`` a salvo,
    which kills with ``kill_probability``.
    """
    _check(prior, d)
    if leak_cost <= 0.0 or shot_cost < 0.0 or shots < 0.0 or not 0.0 < kill_probability <= 1.0:
        raise ValueError(
            f"got leak cost {leak_cost}, shot cost {shot_cost}, {shots} shots, kill probability {kill_probability}; "
            "accepted are a leak cost above 0, the others at least 0, and a probability above 0"
        )
    return rates(min(shots * shot_cost / (kill_probability * leak_cost), 1.0), prior, d)


def threshold_of_stock(lethal: Vector, objects: int) -> float:
    """Return the lowest threshold that engages at most ``objects`` of those believed lethal with ``lethal`` (n,).

    What has the probability of the first object left out is left out with it.
    """
    if objects < 0:
        raise ValueError(f"got {objects} objects, accepted is 0 or more")
    falling = np.sort(np.asarray(lethal, dtype=np.float64))[::-1]
    if objects >= len(falling):
        return 0.0
    return float(np.nextafter(falling[objects], 2.0))


def _logit(probability: float) -> float:
    return math.log(probability) - math.log1p(-probability)


def _check(prior: float, d: float) -> None:
    if not 0.0 < prior < 1.0 or not d >= 0.0:
        raise ValueError(f"got a prior of {prior} and a separation of {d}, accepted are 0 < prior < 1 and d >= 0")
