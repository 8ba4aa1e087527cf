"""Which objects are warheads, as far as features tell: Bayesian odds from Gaussian feature populations.

A sensor of quality q sees warheads' features at 0 and decoys' at q K, both with unit spread over the population
(K-factor: Sessler et al. 2000, Countermeasures, ch. 11). An object's own deviation from its population stays the same
however often one sensor group looks, so looking on removes the look noise and nothing else; another group sees
another, independent feature.
"""

import numpy as np

from cupola.core.earth import Vector
from cupola.sensors.detection import FEATURE_LOOK_NOISE
from cupola.sensors.looks import Flags, Indices


class Discriminator:
    """Believed odds that each of ``n`` objects is lethal, from the features that ``groups`` sensor groups read.

    ``prior`` (scalar or (n,)) is the believed probability before any feature; ``feature_distance`` the K that the
    defender assumes of decoys. Assuming K too large makes odds too sure: that is the defender's risk and stays in the
    result.
    """

    def __init__(self, n: int, groups: int, *, prior: float | Vector, feature_distance: float) -> None:
        chance = np.clip(np.broadcast_to(np.asarray(prior, dtype=np.float64), (n,)), 1e-9, 1.0 - 1e-9)
        self._prior = np.log(chance / (1.0 - chance))
        self._distance = feature_distance
        self._sum = np.zeros((n, groups))
        self._count = np.zeros((n, groups))
        self._quality = np.zeros((n, groups))

    def absorb(self, objects: Indices, groups: Indices, readings: Vector, quality: Vector) -> None:
        """Take in feature ``readings`` (k,) of ``objects`` (k,) by sensor ``groups`` (k,) at their ``quality`` (k,)."""
        np.add.at(self._sum, (objects, groups), readings)
        np.add.at(self._count, (objects, groups), 1.0)
        self._quality[objects, groups] = quality

    def log_odds(self) -> Vector:
        """Return (n,) log odds of being lethal: prior plus, per group, the log likelihood ratio of its mean reading."""
        seen = self._count > 0.0
        looks = np.where(seen, self._count, 1.0)
        shift = self._quality * self._distance
        variance = 1.0 + FEATURE_LOOK_NOISE**2 / looks
        gain = shift * (shift - 2.0 * self._sum / looks) / (2.0 * variance)
        return np.asarray(self._prior + np.where(seen, gain, 0.0).sum(axis=1))

    def lethal_probability(self) -> Vector:
        """Return (n,) believed probabilities of being lethal."""
        return np.asarray(1.0 / (1.0 + np.exp(-self.log_odds())))

    def looked_at(self) -> Flags:
        """Return which objects (n,) any discriminating sensor has read."""
        return np.asarray((self._count > 0.0).any(axis=1))
